"""A good site made better: the same proof, on the plots around it only."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic

from tenglong.domain.renewal.site.branching import proved
from tenglong.domain.renewal.site.ground import Apart, Ban, Ground, Wish
from tenglong.domain.renewal.site.growth import Found
from tenglong.domain.renewal.site.relaxation import Relaxation

RINGS, TIMES_LARGER = 2, 4


def bettered(ground: Ground, wish: Wish, site: Found, *, gap: float, until: float, stop: Callable[[], bool]) -> Found:
    """The lightest site among the plots within two steps of `site`, again and again while it gets lighter. Proves nothing."""
    while monotonic() < until and not stop():
        region = set(site.places)
        for _ in range(RINGS):
            region |= ground.fence(region)
        if len(ground) < TIMES_LARGER * len(region):
            break
        places = sorted(region)
        part = _part(ground, places)
        relaxation = Relaxation(part, wish)
        root = relaxation.tightened(enough=site.price * (1 - gap), until=until)
        _, found = proved(relaxation, root, float(site.price), gap=gap, until=until, stop=stop)
        if found is None:
            break
        site = Found(_names(found.places, places), tuple(_names(phase, places) for phase in found.phases), found.price)
    return site


def _names(inside: frozenset[int], places: list[int]) -> frozenset[int]:
    return frozenset(places[one] for one in inside)


def _part(ground: Ground, places: list[int]) -> Ground:
    """Some places of a ground as a ground of their own."""
    local = {place: at for at, place in enumerate(places)}
    near = [tuple(local[other] for other in ground.near[place] if other in local) for place in places]
    bans = [Ban(frozenset(local[one] for one in ban.plots if one in local), ban.most_cm2) for ban in ground.bans]
    apart = Apart(ground.apart.middles[places], ground.apart.span_m) if ground.apart is not None else None
    land, weight = [ground.land[place] for place in places], [ground.weight[place] for place in places]
    gate = frozenset(local[one] for one in ground.gate if one in local)
    return Ground(ground.names[places], near, land, weight, gate, bans, apart)
