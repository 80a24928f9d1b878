"""The proof: branch and cut on one ground. Every node is a relaxation with some plots in and some out, tightened by cuts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from math import inf
from time import monotonic

from tenglong.domain.renewal.site.cuts import broken
from tenglong.domain.renewal.site.growth import Found, by_price, grown, knapsack
from tenglong.domain.renewal.site.relaxation import Bound, Relaxation

WHOLE = 1e-5
ROUNDS_BELOW_ROOT = 8
GROW_EVERY = 10
MARGIN = 1e-6


@dataclass
class Tree:
    """Open nodes, lightest bound first; `closed` is the lightest bound among the nodes that were given up."""

    relaxation: Relaxation
    gap: float
    stop: Callable[[], bool]
    ceiling: float
    best: Found | None = None
    closed: float = inf
    nodes: int = 0
    heap: list[tuple[float, int, dict[int, int]]] = field(default_factory=list)
    serial: count[int] = field(default_factory=count)

    @property
    def price(self) -> float:
        return min(self.ceiling, self.best.price if self.best else inf)

    @property
    def enough(self) -> float:
        """A node that cannot beat the best known site by more than the gap is given up."""
        return self.price * (1 - self.gap)

    def push(self, floor: float, fixed: dict[int, int]) -> None:
        if floor >= self.enough:
            self.closed = min(self.closed, floor)
        else:
            heappush(self.heap, (floor, next(self.serial), fixed))

    def floor(self) -> float:
        """No site on this ground weighs less, or it is the best one known."""
        return min(self.closed, self.heap[0][0] if self.heap else inf, self.price)

    def offer(self, found: Found | None) -> None:
        if found is not None and found.price < self.price:
            self.best = found


def proved(relaxation: Relaxation, root: Bound, ceiling: float, *, gap: float, until: float,
           stop: Callable[[], bool]) -> tuple[float, Found | None]:
    """(lower bound of the ground, a site lighter than `ceiling` if there is one); stops at `until` with the bound reached."""
    tree = Tree(relaxation, gap, stop, ceiling)
    tree.push(root.weight, dict.fromkeys([*hopeless(root, ceiling), *lonely(relaxation, ceiling)], 0))
    while tree.heap and tree.heap[0][0] < tree.enough and monotonic() < until and not stop():
        floor, _, fixed = heappop(tree.heap)
        _visit(tree, floor, fixed, until)
    relaxation.fix({})
    return tree.floor(), tree.best


def hopeless(told: Bound, ceiling: float) -> list[int]:
    """Places left out by the relaxation whose taking in alone lifts the bound above the best known site."""
    dear = ceiling * (1 + MARGIN)
    return [place for place, extra in enumerate(told.reduced) if told.value[place] < WHOLE and told.weight + extra > dear]


def lonely(relaxation: Relaxation, ceiling: float) -> list[int]:
    """Where a greatest span is asked: places around which too little land lies, or only land that is too dear."""
    ground, least = relaxation.ground, relaxation.wish.least
    if ground.apart is None:
        return []
    order = by_price(ground)
    return [place for place in range(len(ground))
            if knapsack(ground, [other for other in order if other not in ground.far(place)], least) > ceiling * (1 + MARGIN)]


def _visit(tree: Tree, floor: float, fixed: dict[int, int], until: float) -> None:
    """Solve one node; close it, or split it on the plot that is least decided."""
    tree.nodes += 1
    tree.relaxation.fix(fixed)
    told, again = _told(tree, until), True
    while again and told.weight < tree.enough and _is_whole(told.value) and monotonic() < until:
        again = _settled(tree, told)
        told = _told(tree, until) if again else told
    floor = max(floor, told.weight)
    if floor >= tree.enough or not told.value or not again:
        tree.closed = min(tree.closed, floor)
        return
    if tree.nodes % GROW_EVERY == 1:
        _grow(tree, told, until)
    place = _least_decided(tree, told)
    if place is None:
        tree.push(floor, fixed)
        return
    further = fixed | dict.fromkeys(hopeless(told, tree.price), 0)
    far = tree.relaxation.ground.far(place)
    if not any(fixed.get(other) == 1 for other in far):
        tree.push(floor, further | dict.fromkeys(far, 0) | {place: 1})
    tree.push(floor, further | {place: 0})


def _told(tree: Tree, until: float) -> Bound:
    return tree.relaxation.tightened(enough=tree.enough, until=until, rounds=ROUNDS_BELOW_ROOT)


def _settled(tree: Tree, told: Bound) -> bool:
    """A whole-number answer. True: it is no site, and was cut off, look again. False: nothing lighter can come of this node."""
    relaxation = tree.relaxation
    chosen = frozenset(place for place, share in enumerate(told.value) if share > 0.5)
    cuts = [cut for cut in broken(relaxation.ground, chosen, relaxation.wish.least) if cut not in relaxation.cuts]
    if cuts:
        relaxation.add(cuts)
        return True
    if not relaxation.ground.fulfils(chosen, relaxation.wish):
        relaxation.forbid(chosen)
        return True
    site, impossible = _in_phases(relaxation, chosen)
    tree.offer(site)
    if impossible:
        relaxation.forbid(chosen)
    return impossible


def _in_phases(relaxation: Relaxation, chosen: frozenset[int]) -> tuple[Found | None, bool]:
    """The choice as a site, and whether it was proven that it cannot be split into the phases asked."""
    if not relaxation.wish.phases:
        return Found(chosen, (), relaxation.ground.price(chosen)), False
    from tenglong.domain.renewal.site.phasing import phased  # its solver takes a second to import

    return phased(relaxation.ground, relaxation.wish, chosen)


def _is_whole(value: list[float]) -> bool:
    return bool(value) and all(min(share, 1 - share) < WHOLE for share in value)


def _least_decided(tree: Tree, told: Bound) -> int | None:
    weight = tree.relaxation.ground.weight
    doubt = [min(share, 1 - share) for share in told.value]
    open_ = [(part * (weight[place] + 1), -place) for place, part in enumerate(doubt) if part >= WHOLE]
    return -max(open_)[1] if open_ else None


def _grow(tree: Tree, told: Bound, until: float) -> None:
    liked = sorted((place for place, share in enumerate(told.value) if share > 0.3), key=lambda place: -told.value[place])[:12]
    soon = min(until, monotonic() + 0.3)
    tree.offer(grown(tree.relaxation.ground, tree.relaxation.wish, liked, until=soon, leaning=told.value))
