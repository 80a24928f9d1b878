"""A sheet of the record as the page that is printed: figures with their sources, land part by part, last year's beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tenglong.apps.evaluation.models import AreaItem, Sheet
from tenglong.apps.registry import queries as registry
from tenglong.domain.evaluation.units import unit_label
from tenglong.domain.units import from_cm2
from tenglong.files.pdf.sheet import AreaKind, AreaRow, MeasureRow
from tenglong.files.pdf.sheet import Sheet as Page

KINDS = {
    "titled": AreaKind.OWN_TITLED, "untitled": AreaKind.OWN_UNTITLED, "leased_in": AreaKind.LEASED_IN,
    "leased_out": AreaKind.LEASED_OUT, "deduction": AreaKind.DEDUCTION,
}
COLUMNS = {
    "titled": "titled_cm2", "untitled": "untitled_cm2", "leased_in": "leased_in_cm2", "leased_out": "leased_out_cm2",
    "deduction": "deducted_cm2",
}
#: how much of the version hash the code on paper holds
HASH = 16
PLACES = 4
PART = 500
MILLION = 10**6


def printed_hash(sheet: Any) -> str:
    return str(sheet.version_hash[:HASH])


def figure(value_e6: Any) -> Decimal | None:
    """Value × 10⁶ as kept → the number without trailing zeros."""
    if value_e6 in (None, ""):
        return None
    number = Decimal(int(value_e6)) / MILLION
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()


def pages_of(user: Any, sheets: list[Sheet]) -> list[Page]:
    """In the order given. Land is told part by part while the parts are those the sheet was made from, else by kind."""
    if not sheets:
        return []
    parts, before = _parts(sheets), _last_year(sheets)
    codes = dict(registry.plots(user, sheets[0].cycle.measure_day).values_list("plot_id", "code"))
    return [
        _page(sheet, parts.get(sheet.enterprise_id, []), before.get(sheet.enterprise_id, {}), codes) for sheet in sheets
    ]


def _page(sheet: Sheet, parts: list[AreaItem], before: dict[str, Any], codes: dict[int, str]) -> Page:
    data = sheet.content
    rows = [
        MeasureRow(one["label"], figure(one["value_e6"]), unit_label(one["unit"]), one.get("department", ""),
                   figure(before.get(one["id"]))) for one in data["measures"]
    ]
    return Page(
        id=sheet.code, version_hash=printed_hash(sheet), enterprise=data["name"], uscc=data["uscc"] or data["key"], rows=rows,
        area_rows=_land(data.get("area"), parts, codes), due=sheet.due_on,
    )


def _land(sums: dict[str, str] | None, parts: list[AreaItem], codes: dict[int, str]) -> list[AreaRow]:
    if sums is None:
        return []
    told: dict[str, int] = defaultdict(int)
    for part in parts:
        told[part.kind] += part.cm2
    if all(told.get(kind, 0) == int(sums[column]) for kind, column in COLUMNS.items()):
        return [AreaRow(KINDS[part.kind], codes.get(part.plot_id or 0, ""), from_cm2(part.cm2, "mu", PLACES),
                        part.document.name if part.document else "", part.deduction_type or part.note) for part in parts]
    return [AreaRow(KINDS[kind], "", from_cm2(int(sums[column]), "mu", PLACES))
            for kind, column in COLUMNS.items() if int(sums[column])]


def _parts(sheets: list[Sheet]) -> dict[int, list[AreaItem]]:
    found: dict[int, list[AreaItem]] = defaultdict(list)
    for chunk in _chunks([sheet.enterprise_id for sheet in sheets]):
        rows = AreaItem.objects.filter(area__cycle=sheets[0].cycle_id, area__enterprise_id__in=chunk, counted=True, cm2__gt=0)
        for item in rows.select_related("document", "area").order_by("kind", "plot_id", "pk"):
            found[item.area.enterprise_id].append(item)
    return found


def _last_year(sheets: list[Sheet]) -> dict[int, dict[str, Any]]:
    """Measure → value × 10⁶ on the valid sheet of the year before."""
    cycle = sheets[0].cycle
    found: dict[int, dict[str, Any]] = {}
    for chunk in _chunks([sheet.enterprise_id for sheet in sheets]):
        rows = Sheet.objects.filter(
            cycle__year=cycle.year - 1, cycle__division_code=cycle.division_code, enterprise_id__in=chunk,
            voided_at__isnull=True,
        ).order_by("pk")
        for firm, content in rows.values_list("enterprise_id", "content"):
            found[firm] = {one["id"]: one["value_e6"] for one in content.get("measures", [])}
    return found


def _chunks(keys: Iterable[int]) -> Iterable[list[int]]:
    every = list(keys)
    for start in range(0, len(every), PART):
        yield every[start : start + PART]
