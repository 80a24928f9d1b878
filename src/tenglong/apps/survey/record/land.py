"""Plots, titles, their links, and buildings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from tenglong.apps.registry import bulk, locate
from tenglong.apps.survey.appliers import Held, Prepared, Problem, Values
from tenglong.apps.survey.record.base import (
    Found,
    RegistryApplier,
    as_date,
    plots_of,
    text,
    towns_of_plots,
    unknown,
)

NO_TOWN = Problem("missing-town", "town", "没有所属镇街，无法编码和归口管理。", "请补上镇街全名或 9 位代码。")


class Plots(RegistryApplier):
    """By plot code, else by town and survey number."""

    kind = "plots"
    layers = ["plots"]
    columns = {
        "survey_number": "survey_number",
        "name": "name",
        "address": "address",
        "zone": "zone_code",
        "land_use": "land_use",
        "status": "status",
        "control_line": "control_line",
        "acquisition": "acquisition",
        "title_status": "title_status",
        "surveyed_area": "surveyed_cm2",
        "stated_area": "stated_cm2",
    }
    carried = {"stated_text": "stated_text"}

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        out = []
        for row, (pk, _sought) in zip(rows, plots_of(rows), strict=True):
            missing = () if pk or text(row, "town") else (NO_TOWN,)
            out.append(Found(pk, text(row, "town"), problems=missing))
        return out

    def codes(self, rows: Sequence[Prepared]) -> list[str]:
        return [text(row.values, "plot_code") if row.target_id is None else "" for row in rows]

    def start(self, row: Prepared) -> date | None:
        return as_date(row.values.get("valid_from"))


class Parcels(RegistryApplier):
    """By cadastral code."""

    kind = "parcels"
    layers = ["parcels"]
    columns = {
        "right_holder": "right_holder",
        "holder_uscc": "holder_uscc",
        "stated_area": "stated_cm2",
        "acquisition": "acquisition",
        "title_status": "title_status",
        "title_number": "title_number",
        "granted_on": "granted_on",
        "ends_on": "ends_on",
        "price": "price_fen",
        "agreed_plot_ratio": "agreed_plot_ratio",
    }
    dates = frozenset({"granted_on", "ends_on"})
    carried = {"stated_text": "stated_text"}

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        held = locate.parcels_by_code({text(row, "parcel_code") for row in rows})
        out = []
        for row in rows:
            pk = held.get(text(row, "parcel_code"))
            town = text(row, "town") or text(row, "parcel_code")[:9]
            out.append(Found(pk, town, problems=() if pk or town else (NO_TOWN,)))
        return out

    def codes(self, rows: Sequence[Prepared]) -> list[str]:
        return [text(row.values, "parcel_code") for row in rows]


class Buildings(RegistryApplier):
    """By building code; its town is its plot's."""

    kind = "buildings"
    layers = ["buildings"]
    columns = {
        "name": "name",
        "floors": "floors",
        "floor_area": "floor_cm2",
        "built_year": "built_year",
        "structure": "structure",
        "use": "use",
    }

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        held = locate.buildings_by_code({text(row, "building_code") for row in rows})
        parcels = locate.parcels_by_code({text(row, "parcel_code") for row in rows} - {""})
        plots = plots_of(rows)
        towns = towns_of_plots(pk for pk, _ in plots)
        out = []
        for row, (plot, sought) in zip(rows, plots, strict=True):
            town = towns.get(plot or 0, "") or text(row, "town")
            problems = (unknown("地块", "unknown-plot", "plot_code", sought),) if sought and not plot else ()
            pk = held.get(text(row, "building_code"))
            if not pk and not town and not problems:
                problems = (NO_TOWN,)
            links = {"plot_id": plot, "parcel_id": parcels.get(text(row, "parcel_code"))}
            out.append(Found(pk, town, links, problems))
        return out

    def codes(self, rows: Sequence[Prepared]) -> list[str]:
        return [text(row.values, "building_code") for row in rows]

    def cells(self, rows: Sequence[Prepared]) -> dict[str, list[Any]]:
        links = {name: [row.links.get(name) or bulk.KEEP for row in rows] for name in ("plot_id", "parcel_id")}
        return super().cells(rows) | links


class Links(RegistryApplier):
    """By plot and title."""

    kind = "links"
    layers = ["plots", "parcels", "links"]
    columns = {"area": "area_cm2", "basis": "basis"}

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        parcels = locate.parcels_by_code({text(row, "parcel_code") for row in rows})
        plots = plots_of(rows)
        towns = towns_of_plots(pk for pk, _ in plots)
        keys = [(plot or 0, parcels.get(text(row, "parcel_code"), 0)) for row, (plot, _) in zip(rows, plots, strict=True)]
        held = locate.links_by_key(keys)
        out = []
        for row, key, (plot, sought) in zip(rows, keys, plots, strict=True):
            problems: tuple[Problem, ...] = () if plot else (unknown("地块", "unknown-plot", "plot_code", sought),)
            if not key[1]:
                problems += (unknown("宗地", "unknown-parcel", "parcel_code", text(row, "parcel_code")),)
            links = {"plot_id": plot, "parcel_id": key[1] or None}
            out.append(Found(held.get(key), towns.get(plot or 0, ""), links, problems))
        return out

    def held(self, targets: set[int]) -> dict[int, Held]:
        return held_rows(self, targets)

    def cells(self, rows: Sequence[Prepared]) -> dict[str, list[Any]]:
        return super().cells(rows) | linked(rows, "plot_id", "parcel_id")


def held_rows(applier: RegistryApplier, targets: set[int]) -> dict[int, Held]:
    """Rows without versions of their own; their town is judged by what they hang on."""
    found = locate.held_rows(applier.kind, targets)
    return {
        pk: Held(pk, str(row.get("lock_version", "")), row.get("division_code", ""), applier.spoken(row), "", row["valid_from"])
        for pk, row in found.items()
    }


def linked(rows: Sequence[Prepared], *names: str) -> dict[str, list[Any]]:
    return {name: [row.links.get(name) for row in rows] for name in names}
