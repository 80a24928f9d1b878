"""Good sites found by growing: from a seed plot always the neighbour that costs least for the land still missing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic

from tenglong.domain.renewal.site.ground import Ground, Wish


@dataclass(frozen=True)
class Found:
    """A site on a ground: its places, the places of each phase, and what it weighs."""

    places: frozenset[int]
    phases: tuple[frozenset[int], ...]
    price: int


def grown(ground: Ground, wish: Wish, seeds: Iterable[int], *, until: float,
          leaning: Sequence[float] | None = None) -> Found | None:
    """The lightest site over all seeds; `leaning` (0…1 per place) draws growth to what a relaxation likes."""
    pull = [1.0 - 0.9 * share for share in leaning] if leaning is not None else [1.0] * len(ground)
    best: Found | None = None
    for seed in seeds:
        if monotonic() > until:
            break
        found = _from_seed(ground, wish, seed, pull)
        if found is not None and (best is None or found.price < best.price):
            best = found
    return _improved(ground, wish, best, until) if best is not None and not wish.phases else best


def _improved(ground: Ground, wish: Wish, site: Found, until: float) -> Found:
    """Take in one plot of the fence and drop what is then to spare, as long as that makes the site lighter."""
    better = True
    while better and monotonic() < until:
        better = False
        for place in sorted(ground.fence(site.places)):
            trial = site.places | {place}
            if ground.allows(trial):
                lighter = frozenset(_pruned(ground, wish, set(trial)))
                if ground.price(lighter) < site.price:
                    site, better = Found(lighter, (), ground.price(lighter)), True
                    break
    return site


def by_price(ground: Ground) -> list[int]:
    """Places, lowest weight for its land first."""
    return sorted(range(len(ground)), key=lambda place: (ground.weight[place] / max(ground.land[place], 1), place))


def _from_seed(ground: Ground, wish: Wish, seed: int, pull: Sequence[float]) -> Found | None:
    room = [ban.most_cm2 for ban in ground.bans]
    if not _take(ground, room, seed):
        return None
    taken, phases, start = {seed}, [], seed
    for least in wish.phases or (wish.least,):
        phase = _phase(ground, least, start, taken, pull, room)
        if phase is None:
            return None
        phases.append(phase)
        border = [one for one in ground.fence(taken) if _fits(ground, room, one) and ground.far(one).isdisjoint(taken)]
        start = min(border, key=lambda one: ground.weight[one] * pull[one] / max(ground.land[one], 1), default=-1)
    if len(phases) == 1:
        taken = phases[0] = _pruned(ground, wish, taken)
    kept = frozenset(taken)
    parts = tuple(frozenset(phase) for phase in phases) if wish.phases else ()
    return Found(kept, parts, ground.price(kept)) if ground.fulfils(kept, wish) else None


def _phase(ground: Ground, least: int, start: int, taken: set[int], pull: Sequence[float], room: list[int]) -> set[int] | None:
    """Grow one phase from `start` beside what is taken; `taken` and `room` are carried on."""
    if start < 0 or (start not in taken and not _take(ground, room, start)):
        return None
    phase, area = {start}, ground.land[start]
    taken.add(start)
    border = {one for one in ground.near[start] if one not in taken and ground.far(one).isdisjoint(taken)}
    newest = start
    while area < least:
        border = {one for one in border if _fits(ground, room, one)} - ground.far(newest)
        if not border:
            return None
        missing = least - area
        best = min(border, key=lambda one: (ground.weight[one] * pull[one] / max(1, min(ground.land[one], missing)), one))
        _take(ground, room, best)
        phase.add(best)
        taken.add(best)
        area += ground.land[best]
        newest = best
        border.discard(best)
        border.update(one for one in ground.near[best] if one not in taken and ground.far(one).isdisjoint(taken))
    return phase


def _fits(ground: Ground, room: list[int], place: int) -> bool:
    return all(left >= ground.land[place] for left, ban in zip(room, ground.bans, strict=True) if place in ban.plots)


def _take(ground: Ground, room: list[int], place: int) -> bool:
    if not _fits(ground, room, place):
        return False
    for number, ban in enumerate(ground.bans):
        if place in ban.plots:
            room[number] -= ground.land[place]
    return True


def _pruned(ground: Ground, wish: Wish, places: set[int]) -> set[int]:
    """Drop the heaviest plots that the site can do without."""
    kept, spare = set(places), ground.area(places) - wish.least
    for place in sorted(places, key=lambda one: (-ground.weight[one], one)):
        rest = kept - {place}
        if ground.land[place] <= spare and (not wish.gated or not ground.gate.isdisjoint(rest)) and ground.is_whole(rest):
            kept, spare = rest, spare - ground.land[place]
    return kept


def knapsack(ground: Ground, order: Iterable[int], least: int) -> float:
    """The cheapest land of `order` (lowest weight for its land first) cut to measure: no site of these places weighs less."""
    area, weight = 0, 0.0
    for place in order:
        land = ground.land[place]
        if area + land >= least:
            return (weight + ground.weight[place] * (least - area) / max(land, 1)) * (1 - 1e-9)
        area, weight = area + land, weight + ground.weight[place]
    return inf
