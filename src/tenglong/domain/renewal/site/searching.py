"""Find the lightest connected site, prove how light one can be, and list others that differ from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import inf
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.renewal.graph import Graph, Members
from tenglong.domain.renewal.site.branching import proved
from tenglong.domain.renewal.site.ground import Ban, Ground, Wish, grounds
from tenglong.domain.renewal.site.growth import Found, by_price, grown, knapsack
from tenglong.domain.renewal.site.nearby import bettered
from tenglong.domain.renewal.site.relaxation import Bound, Relaxation
from tenglong.domain.renewal.site.result import Site, Sites, Unmet
from tenglong.domain.renewal.site.weigh import Aim, Eligible, eligible, weighed

GROWTH_SHARE, FIRST_SHARE = 0.25, 0.5
RELAX_SHARE, ALONE_SHARE, BETTER_SHARE = 1 / 3, 0.8, 0.3
LIKED, SEEDS = 0.1, 60
Numbers = Sequence[int | None] | NDArray[np.int64] | None


@dataclass
class _Field:
    """One piece of ground with what is known of it: its relaxation, lower bound, and what the relaxation says."""

    ground: Ground
    floor: float
    relaxation: Relaxation | None = None
    told: Bound | None = None
    known: tuple[int, Found | None] = (-1, None)

    def grown(self, wish: Wish, until: float) -> Found | None:
        """The best of growth; grown anew only when a site of this ground was listed since."""
        if self.known[0] != len(self.ground.bans):
            self.known = (len(self.ground.bans), grown(self.ground, wish, by_price(self.ground), until=until))
        return self.known[1]


@dataclass
class _Search:
    """The state over all alternatives of one call."""

    wish: Wish
    fields: list[_Field]
    gap: float
    stop: Callable[[], bool]
    best: tuple[_Field, Found] | None = None

    @property
    def price(self) -> float:
        return self.best[1].price if self.best else inf

    def open(self) -> list[_Field]:
        """Fields that could still hold a lighter site, most promising first."""
        return sorted((one for one in self.fields if one.floor < self.price * (1 - self.gap)), key=lambda one: one.floor)

    def offer(self, one: _Field, found: Found | None) -> None:
        if found is not None and found.price < self.price:
            self.best = (one, found)


def search(graph: Graph, land_cm2: Sequence[int | None] | NDArray[np.int64], cost: Numbers, owners: Numbers, months: Numbers, *,
           min_cm2: int, allowed: NDArray[np.bool_] | None = None, within: int | None = None, phases: Sequence[int] = (),
           alternatives: int = 1, time_limit_s: float = 10.0, aim: Aim | None = None, owner_fen: int = 0,
           gate: Members | None = None, middles: NDArray[np.float64] | None = None, span_m: float | None = None,
           differ: float = 0.3, gap: float = 1e-3,
           cancelled: Callable[[], bool] = lambda: False) -> Sites:
    """Connected sites of at least `min_cm2` (and the sum of `phases`), lightest first.

    land_cm2, cost (分), owners (households), months (to clear) are one figure per plot of `graph`; None for a whole column or
    one plot is “not known”: such a plot is left out where the figure is needed, and counted in the result. `allowed`: plots
    inside zones and control line. `within`: every plot cleared within so many months. `phases`: least land of each phase, each
    connected, and all together too. `gate`: plots of which the site must hold one (near a road). `span_m`: no two plots of the
    site have their `middles` (n, 2, metres) farther apart. `aim`: what is made least; by default cost (plus `owner_fen` 分 a
    household), else households, else land. Another alternative shares at most 1 − `differ` of its land with each site before
    it. Every site carries a proven bound. Raises ValueError for wrong input.
    """
    began = monotonic()
    wish = Wish(max(min_cm2, sum(phases)), tuple(phases), gate is not None)
    asked = eligible(graph, land_cm2, cost, owners, months, allowed=allowed, within=within, aim=aim, owner_fen=owner_fen)
    _refuse(wish, alternatives, differ)
    if span_m is not None and (middles is None or len(middles) != graph.n):
        raise ValueError("限定跨度时须给出每块地的中心点")
    pieces = grounds(graph, asked.land, asked.weight, asked.plots, gate, middles, span_m)
    fields = [_Field(one, knapsack(one, by_price(one), wish.least)) for one in pieces if sum(one.land) >= wish.least]
    fields = [one for one in fields if not wish.gated or one.ground.gate]
    if not fields:
        return Sites([], asked, wish, monotonic() - began, _unmet(pieces, wish))
    sites: list[Site] = []
    state = _Search(wish, fields, gap, cancelled)
    for rank in range(alternatives):
        left = began + time_limit_s - monotonic()
        share = FIRST_SHARE if rank == 0 and alternatives > 1 else 1 / (alternatives - rank)
        site = _one(state, asked, monotonic() + left * share) if left > 0 else None
        if site is None:
            break
        sites.append(site)
        _ban(state, differ)
    missing = Unmet("time" if state.open() else "none", sum(pieces[0].land), pieces[0].names)
    return Sites(sites, asked, wish, monotonic() - began, None if sites else missing)


def _refuse(wish: Wish, alternatives: int, differ: float) -> None:
    if wish.least <= 0 or any(phase <= 0 for phase in wish.phases):
        raise ValueError("用地面积须大于 0")
    if alternatives < 1 or not 0 < differ <= 1:
        raise ValueError("备选方案数须不小于 1，方案之间的差异须在 0 与 1 之间")


def _one(state: _Search, asked: Eligible, until: float) -> Site | None:
    """The lightest site not ruled out yet, with the least any such site can weigh."""
    began = monotonic()
    _grow(state, began + (until - began) * GROWTH_SHARE)
    if state.best is not None and state.wish.phases:
        from tenglong.domain.renewal.site.phasing import polished  # its solver takes a second to import

        one, found = state.best
        state.offer(one, polished(one.ground, state.wish, found, began + (until - began) * 2 * GROWTH_SHARE))
    _better(state, monotonic() + (until - monotonic()) * BETTER_SHARE)
    for one in state.open():
        if one.floor < state.price * (1 - state.gap):
            _relax(state, one, until)
    _prove(state, until)
    if state.best is None:
        return None
    home, found = state.best
    floor = min([one.floor for one in state.fields] + [float(found.price)])
    names = home.ground.names
    phases = tuple(np.sort(names[sorted(phase)]) for phase in found.phases)
    return weighed(asked, np.sort(names[sorted(found.places)]), phases, found.price, floor, monotonic() - began)


def _grow(state: _Search, until: float) -> None:
    """A first good site: every piece of ground gets its turn, most promising first."""
    queue = sorted(state.fields, key=lambda one: one.floor)
    for number, one in enumerate(queue):
        if one.floor >= state.price or monotonic() > until:
            break
        share = (until - monotonic()) / (len(queue) - number) * 2
        state.offer(one, one.grown(state.wish, min(until, monotonic() + share)))


def _better(state: _Search, until: float) -> None:
    """The proof on the plots around the best site known: only worth while where its ground is much larger."""
    if state.best is not None:
        one, found = state.best
        state.offer(one, bettered(one.ground, state.wish, found, gap=state.gap, until=until, stop=state.stop))


def _relax(state: _Search, one: _Field, until: float) -> None:
    if monotonic() > until or state.stop():
        return
    one.relaxation = one.relaxation or Relaxation(one.ground, state.wish)
    share = ALONE_SHARE if len(state.fields) == 1 else RELAX_SHARE
    soon = monotonic() + (until - monotonic()) * share
    told = one.told = one.relaxation.tightened(enough=state.price * (1 - state.gap), until=soon)
    one.floor = max(one.floor, told.weight)
    if one.floor < state.price:
        liked = [place for place, share in enumerate(told.value) if share > LIKED]
        liked = sorted(liked, key=lambda place: -told.value[place])[:SEEDS]
        soon = min(until, monotonic() + 0.5)
        state.offer(one, grown(one.ground, state.wish, liked, until=soon, leaning=told.value))


def _prove(state: _Search, until: float) -> None:
    """Branch and cut on the pieces still open; each gets its share of the time left."""
    done: set[int] = set()
    while monotonic() < until and not state.stop():
        queue = [one for one in state.open() if id(one) not in done and one.told is not None]
        if not queue:
            break
        one = queue[0]
        done.add(id(one))
        if one.relaxation is not None and one.told is not None:
            share = monotonic() + (until - monotonic()) * max(0.5, 1 / len(queue))
            floor, found = proved(one.relaxation, one.told, state.price, gap=state.gap, until=share, stop=state.stop)
            one.floor = max(one.floor, floor)
            state.offer(one, found)


def _ban(state: _Search, differ: float) -> None:
    """The site just listed may come again only by 1 − differ of its land."""
    if state.best is None:
        return
    home, found = state.best
    home.ground.bans.append(Ban(found.places, int(home.ground.area(found.places) * (1 - differ))))
    state.best = None


def _unmet(pieces: list[Ground], wish: Wish) -> Unmet:
    if not pieces:
        return Unmet("nothing", 0, np.zeros(0, dtype=np.int64))
    large = [one for one in pieces if sum(one.land) >= wish.least]
    shown = large[0] if large else pieces[0]
    return Unmet("gate" if large else "land", sum(shown.land), shown.names)
