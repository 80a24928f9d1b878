"""Assessed areas, their parts and objections, and the differences per plot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tenglong.apps.evaluation.models import AreaGapNote, AreaItem, AreaObjection, AssessedArea, Cycle
from tenglong.apps.evaluation.queries.cycles import seen
from tenglong.apps.registry import queries as registry
from tenglong.domain.units import to_cm2

SIGNS = {"titled": 1, "untitled": 1, "leased_in": 1, "leased_out": -1}


@dataclass(frozen=True)
class Gap:
    """`gap_cm2` = plot − assessed (deductions do not take land off a plot). `note` only when it explains exactly this gap."""

    plot_id: int
    code: str
    name: str
    division_code: str
    plot_cm2: int
    assessed_cm2: int
    note: AreaGapNote | None
    #: what rounding may make, of the cycle's terms
    tolerance_cm2: int = 0

    @property
    def gap_cm2(self) -> int:
        return self.plot_cm2 - self.assessed_cm2

    @property
    def within(self) -> bool:
        """Not more than rounding makes."""
        return abs(self.gap_cm2) <= self.tolerance_cm2

    @property
    def open(self) -> bool:
        """Somebody has to say why."""
        return not self.within and self.note is None


def tolerance(cycle: Cycle) -> int:
    """cm² of a difference that counts as rounding; 0 for cycles opened before the terms stated it."""
    said = cycle.terms.get("checks", {}).get("area_gap")
    return to_cm2(str(said["value"]), "m2") if said else 0


def areas(user: Any, cycle: Cycle) -> QuerySet[AssessedArea]:
    return seen(user, AssessedArea.objects.filter(cycle=cycle)).select_related("enterprise")


def area(user: Any, ulid: str) -> AssessedArea:
    """Raises AssessedArea.DoesNotExist."""
    return seen(user, AssessedArea.objects.select_related("cycle", "enterprise")).get(ulid=ulid)


def area_items(user: Any, area: AssessedArea) -> QuerySet[AreaItem]:
    return seen(user, AreaItem.objects.filter(area=area)).select_related("plot", "document")


def objections(user: Any, cycle: Cycle) -> QuerySet[AreaObjection]:
    return seen(user, AreaObjection.objects.filter(area__cycle=cycle)).select_related("area", "document")


def area_gaps(user: Any, cycle: Cycle, *, plot_id: int | None = None) -> list[Gap]:
    """Plots of the user with a measured area on which anybody's land was assessed, by code. Offices only."""
    parts = seen(user, AreaItem.objects.filter(area__cycle=cycle, counted=True, kind__in=list(SIGNS)), "evaluation.view")
    plots = registry.plots(user, cycle.measure_day).filter(surveyed_cm2__isnull=False)
    if plot_id is not None:
        parts, plots = parts.filter(plot_id=plot_id), plots.filter(plot_id=plot_id)
    sums: dict[int, int] = defaultdict(int)
    for plot, kind, cm2 in parts.order_by().values_list("plot_id", "kind", "cm2"):
        sums[plot] += SIGNS[kind] * cm2
    allowed = tolerance(cycle)
    notes = {note.plot_id: note for note in seen(user, AreaGapNote.objects.filter(cycle=cycle), "evaluation.view")}
    names = ("plot_id", "code", "name", "division_code", "surveyed_cm2")
    return [
        Gap(pk, code, name, town, whole, sums[pk], _fits(notes.get(pk), whole - sums[pk]), allowed)
        for pk, code, name, town, whole in plots.order_by("code").values_list(*names) if pk in sums
    ]


def _fits(note: AreaGapNote | None, gap: int) -> AreaGapNote | None:
    return note if note is not None and note.gap_cm2 == gap else None
