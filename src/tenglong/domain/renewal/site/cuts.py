"""What makes a choice of plots connected: inequalities found only when a choice breaks them.

For a piece C that is too small to be the site and i in C, any site with i leaves C: x_i <= Σ x over the neighbours of C.
For i in C and j beyond C and its neighbours, any site with both crosses them: x_i + x_j − 1 <= Σ x over the neighbours of C.
Both hold for every connected choice of at least `least` cm² whatever the numbering of plots, and every other choice breaks one.
Where a greatest span is asked, two plots too far apart are not both in: x_i + x_j − 1 <= 0.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tenglong.domain.renewal.site.ground import Ground

DEEPEST = 80
VIOLATED = 1e-3
NOTHING = 1e-6
SURE = 1 - 1e-6


@dataclass(frozen=True, order=True)
class Cut:
    """Σ x(plots) − (len(plots) − 1) <= Σ x(fence)."""

    plots: tuple[int, ...]
    fence: tuple[int, ...]

    def holds(self, chosen: Collection[int]) -> bool:
        inside = set(chosen)
        return not inside.issuperset(self.plots) or not inside.isdisjoint(self.fence)


def broken(ground: Ground, chosen: Collection[int], least: int) -> list[Cut]:
    """Cuts that `chosen` breaks; none exactly when it is connected, of at least `least` cm² and not too wide (or empty)."""
    pieces = ground.pieces(chosen)
    found = [Cut((place, other), ()) for place in sorted(chosen) for other in sorted(ground.far(place).intersection(chosen))
             if place < other]
    for number, piece in enumerate(pieces):
        fence = tuple(sorted(ground.fence(piece)))
        if ground.area(piece) < least:
            found += [Cut((place,), fence) for place in sorted(piece)]
        elif number:
            found.append(Cut((min(piece), min(pieces[0])), fence))
    return found


def fractional(ground: Ground, value: Sequence[float], least: int) -> list[tuple[float, Cut]]:
    """Cuts that a fractional choice breaks, with how much; around each plot a piece grows where its fence gets cheapest.

    Plots of value 0 are never taken in: that could only add to the fence.
    """
    share = {place: part for place, part in enumerate(value) if part > NOTHING}
    view = _View(ground, share, {place: tuple(one for one in ground.near[place] if one in share) for place in share}, least,
                 frozenset(place for place, part in share.items() if part > SURE))
    found = _too_far(ground, share)
    for place in share:
        for violation, plots, inside in _worst(view, place):
            found[Cut(plots, tuple(sorted(ground.fence(inside))))] = violation
    return sorted(((violation, cut) for cut, violation in found.items()), key=lambda pair: (-pair[0], pair[1]))


def _too_far(ground: Ground, share: dict[int, float]) -> dict[Cut, float]:
    """Pairs too far apart that together count for more than one plot."""
    if ground.apart is None:
        return {}
    return {Cut((place, other), ()): part + share[other] - 1 for place, part in share.items()
            for other in ground.far(place).intersection(share) if place < other and part + share[other] > 1 + VIOLATED}


@dataclass(frozen=True)
class _View:
    """The places with a positive share, their neighbours among themselves, and those that are surely in."""

    ground: Ground
    share: dict[int, float]
    near: dict[int, tuple[int, ...]]
    least: int
    sure: frozenset[int]


_Broken = tuple[float, tuple[int, ...], frozenset[int]]


def _worst(view: _View, place: int) -> list[_Broken]:
    """The most broken cuts of one plot among the pieces of a greedy growth: leaving the piece, meeting a sure plot beyond."""
    share, land = view.share, view.ground.land
    inside, fence = {place}, set(view.near[place])
    area, around = land[place], sum(share[one] for one in fence)
    leave: _Broken = (VIOLATED, (place,), frozenset())
    meet: _Broken = (VIOLATED, (place,), frozenset())
    while len(inside) <= DEEPEST:
        lack = share[place] - around
        if area < view.least:
            if lack > leave[0]:
                leave = (lack, (place,), frozenset(inside))
        elif lack > meet[0] and (beyond := view.sure - inside - fence):
            meet = (lack + share[min(beyond)] - 1, (place, min(beyond)), frozenset(inside))
        step = _cheapest_step(view, inside, fence, view.least - area) if around > VIOLATED else None
        if step is None:
            break
        inside.add(step)
        area += land[step]
        fence.discard(step)
        fresh = [one for one in view.near[step] if one not in inside and one not in fence]
        around += sum(share[one] for one in fresh) - share[step]
        fence.update(fresh)
    return [one for one in (leave, meet) if one[2]]


def _cheapest_step(view: _View, inside: set[int], fence: set[int], room: int) -> int | None:
    """The neighbour whose taking in leaves the lightest fence; small pieces first, then such as stay clear of a sure plot."""
    share, near, land = view.share, view.near, view.ground.land
    open_ = [one for one in fence if land[one] < room] if room > 0 else []
    if not open_ and not view.sure <= inside | fence:
        open_ = [one for one in fence if one not in view.sure]
    best, least = None, float("inf")
    for one in open_:
        change = -share[one]
        for other in near[one]:
            if other not in inside and other not in fence:
                change += share[other]
        if change < least or (change == least and best is not None and one < best):
            best, least = one, change
    return best
