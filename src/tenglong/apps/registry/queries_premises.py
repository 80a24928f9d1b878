"""Parks and units to let as a user may see them; `on` as in `queries`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.registry.models import LetUnitStep, LetUnitVersion, ParkVersion
from tenglong.apps.registry.queries import in_force

VERB: Final = "premises.view"
#: states that count as room that can be let; a closed unit is in neither part of the share
LETTABLE: Final = ("available", "talking", "let")


def parks(user: Any, on: date | None = None) -> QuerySet[ParkVersion]:
    found = scoped(user, ParkVersion.objects.filter(in_force(on)), VERB)
    return found.annotate(ulid=F("park__ulid")).select_related("park", "plot")


def park(user: Any, ulid: str, on: date | None = None) -> ParkVersion:
    """Raises ParkVersion.DoesNotExist when there is none or it is not the user's to see."""
    return parks(user, on).get(park__ulid=ulid)


def park_history(user: Any, ulid: str) -> QuerySet[ParkVersion]:
    """Every version the user may see, newest first."""
    return scoped(user, ParkVersion.objects.filter(park__ulid=ulid), VERB).order_by("-valid_from")


def units(user: Any, on: date | None = None) -> QuerySet[Any]:
    """LetUnitVersion rows with `ulid`, and `state` as of the day."""
    found = scoped(user, LetUnitVersion.objects.filter(in_force(on)), VERB).annotate(ulid=F("unit__ulid"))
    if on is None:
        return found.annotate(state=F("unit__state"))
    steps = LetUnitStep.objects.filter(unit_id=OuterRef("unit_id"), on__lte=on).order_by("-on", "-id")
    return found.annotate(state=Coalesce(Subquery(steps.values("state")[:1]), F("unit__state")))


def unit(user: Any, ulid: str, on: date | None = None) -> Any:
    """Raises LetUnitVersion.DoesNotExist."""
    return units(user, on).select_related("unit", "building", "park").get(unit__ulid=ulid)


def unit_history(user: Any, ulid: str) -> QuerySet[LetUnitVersion]:
    """Every version the user may see, newest first."""
    return scoped(user, LetUnitVersion.objects.filter(unit__ulid=ulid), VERB).order_by("-valid_from")


def steps(user: Any, unit_id: int) -> QuerySet[LetUnitStep]:
    """Newest first."""
    return scoped(user, LetUnitStep.objects.filter(unit_id=unit_id), VERB).order_by("-on", "-id")


def let_since(user: Any, unit_ids: Iterable[int], on: date | None = None) -> dict[int, LetUnitStep]:
    """Unit → the last step that let it, up to the day (None: today)."""
    found = scoped(user, LetUnitStep.objects.filter(unit_id__in=list(unit_ids), state="let"), VERB)
    dated = found if on is None else found.filter(on__lte=on)
    return {step.unit_id: step for step in dated.order_by("on", "id")}


def tenancies(user: Any, ulids: Iterable[str]) -> list[int]:
    """Land-use relations that were begun with a step of these units."""
    found = scoped(user, LetUnitStep.objects.filter(unit__ulid__in=list(ulids), occupancy__isnull=False), VERB)
    return list(found.values_list("occupancy_id", flat=True))


@dataclass
class Share:
    """Let ÷ lettable, in cm² and in units; `closed` stands apart."""

    let_cm2: int = 0
    all_cm2: int = 0
    let: int = 0
    all: int = 0
    closed: int = 0

    def add(self, state: str, cm2: int) -> None:
        if state not in LETTABLE:
            self.closed += 1
            return
        self.all, self.all_cm2 = self.all + 1, self.all_cm2 + cm2
        if state == "let":
            self.let, self.let_cm2 = self.let + 1, self.let_cm2 + cm2

    @property
    def percent(self) -> int | None:
        return round(100 * self.let_cm2 / self.all_cm2) if self.all_cm2 else None


@dataclass
class Storey:
    floor: int
    units: list[Any] = field(default_factory=list)
    share: Share = field(default_factory=Share)


@dataclass
class House:
    building_id: int
    code: str
    storeys: dict[int, Storey] = field(default_factory=dict)
    share: Share = field(default_factory=Share)


def tree(rows: Iterable[Any]) -> tuple[list[House], Share]:
    """Units → buildings → floors, top floor first, each with its share of area let."""
    houses: dict[int, House] = {}
    whole = Share()
    for row in sorted(rows, key=lambda row: (row.building.code, -row.floor, row.number, row.pk)):
        house = houses.setdefault(row.building_id, House(row.building_id, row.building.code))
        storey = house.storeys.setdefault(row.floor, Storey(row.floor))
        storey.units.append(row)
        for share in (whole, house.share, storey.share):
            share.add(row.state, row.unit_cm2)
    return list(houses.values()), whole


def park_shares(user: Any, park_ids: Iterable[int], on: date | None = None) -> dict[int, Share]:
    """Park → share, of the units that the user may see."""
    found: dict[int, Share] = {}
    rows = units(user, on).filter(park_id__in=list(park_ids)).order_by()
    for park_id, state, cm2 in rows.values_list("park_id", "state", "unit_cm2"):
        found.setdefault(park_id, Share()).add(state, cm2)
    return found
