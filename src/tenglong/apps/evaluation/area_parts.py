"""What the register says of each firm's land, in parts. Pure: rows in, parts out.

Areas of occupancies are own use (the sum on a plot stays within the plot). What a landlord has leased out is what its tenants
use with everything below them; what it holds is its own use and what it has leased out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property


@dataclass(frozen=True)
class Use:
    """One occupancy. `cm2` None: not measured; then `floor_cm2` of the plot's floors shares it."""

    id: int
    plot_id: int
    enterprise_id: int | None
    role: str  # owner lessee sublessee idle
    cm2: int | None
    floor_cm2: int | None = None
    landlord_id: int | None = None  # occupancy


@dataclass(frozen=True)
class Title:
    """A piece of a title inside a plot; `cm2` None: nobody has said how much of the title lies there."""

    plot_id: int
    parcel_id: int
    enterprise_id: int | None
    cm2: int | None


@dataclass(frozen=True)
class Part:
    """Kinds as `AreaItem.kind`. `open`: a word for what is not known (`no-area`, `no-share`); then `cm2` is 0."""

    enterprise_id: int
    kind: str
    plot_id: int
    cm2: int
    occupancy_id: int | None = None
    parcel_id: int | None = None
    note: str = ""
    open: str = ""


@dataclass
class Land:
    uses: list[Use]
    titles: list[Title]
    plot_cm2: Mapping[int, int | None]
    floors: Mapping[int, int] = field(default_factory=dict)  # floor area of all buildings of a plot

    @cached_property
    def by_id(self) -> dict[int, Use]:
        return {use.id: use for use in self.uses}

    @cached_property
    def tenants(self) -> dict[int, list[Use]]:
        found: dict[int, list[Use]] = defaultdict(list)
        for use in self.uses:
            if use.landlord_id in self.by_id and use.landlord_id != use.id:
                found[use.landlord_id].append(use)
        return found

    def own(self, use: Use) -> int | None:
        """Own use of a plot, by floor area where nobody measured the ground."""
        if use.cm2 is not None:
            return use.cm2
        whole, floors = self.plot_cm2.get(use.plot_id), self.floors.get(use.plot_id, 0)
        if use.floor_cm2 and whole and floors:
            return whole * min(use.floor_cm2, floors) // floors
        return None

    def held(self, use: Use, above: frozenset[int] = frozenset()) -> int:
        """Own use and everything leased out below; a ring in the chain is cut."""
        below = sum(self.held(tenant, above | {use.id}) for tenant in self.tenants.get(use.id, ()) if tenant.id not in above)
        return (self.own(use) or 0) + below

    def let(self, use: Use) -> int:
        return self.held(use) - (self.own(use) or 0)


def parts(land: Land) -> list[Part]:
    """Parts of every firm, tenants and owners."""
    found: list[Part] = []
    for use in land.uses:
        if use.enterprise_id is not None:
            found += _of_use(land, use)
    return [*found, *_of_owners(land)]


def _of_use(land: Land, use: Use) -> Iterable[Part]:
    """What was leased in and out; own land follows from titles."""
    firm = int(use.enterprise_id or 0)
    own = land.own(use)
    if own is None:
        yield Part(firm, _kind(use), use.plot_id, 0, use.id, open="no-area")
    note = "按建筑面积分摊" if use.cm2 is None and own is not None else ""
    if use.role in ("lessee", "sublessee") and own is not None:
        yield Part(firm, "leased_in", use.plot_id, land.held(use), use.id, note=note)
    for tenant in land.tenants.get(use.id, ()):
        if tenant.enterprise_id != firm:
            yield Part(firm, "leased_out", use.plot_id, land.held(tenant), tenant.id)


def _kind(use: Use) -> str:
    return "leased_in" if use.role in ("lessee", "sublessee") else "untitled"


def _of_owners(land: Land) -> Iterable[Part]:
    """Titled: what its titles cover here. Untitled: what it holds here beyond them."""
    held: dict[tuple[int, int], int] = defaultdict(int)
    for use in land.uses:
        if use.enterprise_id is not None and use.role in ("owner", "idle"):
            held[(use.enterprise_id, use.plot_id)] += land.held(use)
    titled: dict[tuple[int, int], int] = defaultdict(int)
    for title in land.titles:
        place = (title.enterprise_id or 0, title.plot_id)
        if place not in held:
            continue
        titled[place] += title.cm2 or 0
        lacks = "no-share" if title.cm2 is None else ""
        yield Part(place[0], "titled", title.plot_id, title.cm2 or 0, parcel_id=title.parcel_id, open=lacks)
    for (firm, plot), cm2 in held.items():
        if cm2 > titled[(firm, plot)]:
            yield Part(firm, "untitled", plot, cm2 - titled[(firm, plot)])
