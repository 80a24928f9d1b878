"""Assessed areas, their parts and objections, and the differences per plot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from tenglong.apps.evaluation.models import AreaGapNote, AreaItem, AreaObjection, AssessedArea, Cycle
from tenglong.apps.evaluation.queries.cycles import seen
from tenglong.apps.registry import queries as registry

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

    @property
    def gap_cm2(self) -> int:
        return self.plot_cm2 - self.assessed_cm2


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
    notes = {note.plot_id: note for note in seen(user, AreaGapNote.objects.filter(cycle=cycle), "evaluation.view")}
    names = ("plot_id", "code", "name", "division_code", "surveyed_cm2")
    return [
        Gap(pk, code, name, town, whole, sums[pk], _fits(notes.get(pk), whole - sums[pk]))
        for pk, code, name, town, whole in plots.order_by("code").values_list(*names) if pk in sums
    ]


def _fits(note: AreaGapNote | None, gap: int) -> AreaGapNote | None:
    return note if note is not None and note.gap_cm2 == gap else None
