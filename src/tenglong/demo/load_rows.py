"""The county as prepared columns for the register's bulk writers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import shapely

from tenglong.apps.registry.bulk import PreparedRows
from tenglong.demo.county import MARK, County, Plot
from tenglong.demo.land import SURVEYED
from tenglong.demo.raw.records import USE_WORDS
from tenglong.demo.shares import surveyed
from tenglong.domain.survey.kinds import spec_of

Keys = dict[Any, int]
MARKED = {"来源": MARK}


def word_ids(kind: str, field: str) -> dict[str, str]:
    """Chinese label → choice id of a field."""
    return {choice.label: choice.id for choice in spec_of(kind).field(field).choices}


def _new(size: int, columns: dict[str, list[Any]], **rest: Any) -> PreparedRows:
    return PreparedRows(["new"] * size, [None] * size, columns, **rest)


def _drawn(shapes: Sequence[Any]) -> dict[str, Any]:
    return {"wkb": [shapely.to_wkb(shape) for shape in shapes], "boxes": [tuple(shape.bounds) for shape in shapes]}


def _column(items: Sequence[Any], *names: str) -> dict[str, list[Any]]:
    return {name: [getattr(item, name) for item in items] for name in names}


def plots(county: County) -> PreparedRows:
    """Current plots, then their retired ancestors (closed versions)."""
    every: list[Plot] = [*county.plots, *county.retired]
    acquired, titled = word_ids("plots", "acquisition"), word_ids("plots", "title_status")
    stated = [None if plot.title_status in ("无证", "证载不符") else plot.area_cm2 for plot in every]
    return _new(
        len(every),
        {
            **_column(every, "name", "address", "status", "stage", "control_line", "valid_to"),
            "survey_number": [plot.number for plot in every],
            "zone_code": [plot.zone for plot in every],
            "land_use": [USE_WORDS[plot.land_use] for plot in every],
            "land_use_system": ["自然资发〔2023〕234号"] * len(every),
            "acquisition": [acquired[plot.acquisition] for plot in every],
            "title_status": [titled[plot.title_status] for plot in every],
            "surveyed_cm2": [plot.area_cm2 for plot in every],
            "stated_cm2": stated,
            "attributes": [{**MARKED, **told} for told in surveyed(county)],
        },
        towns=[plot.town for plot in every],
        starts=[plot.valid_from for plot in every],
        **_drawn([plot.shape for plot in every]),
    )


def parcels(county: County) -> PreparedRows:
    rows = county.parcels
    acquired, titled = word_ids("parcels", "acquisition"), word_ids("parcels", "title_status")
    return _new(
        len(rows),
        {
            **_column(rows, "holder_uscc", "title_number", "granted_on", "ends_on"),
            "right_holder": [row.holder for row in rows],
            "stated_cm2": [row.area_cm2 for row in rows],
            "acquisition": [acquired[row.acquisition] for row in rows],
            "title_status": [titled[row.title_status] for row in rows],
            "price_fen": [row.price * 100 for row in rows],
            "agreed_plot_ratio": [str(row.plot_ratio) for row in rows],
            "attributes": [MARKED] * len(rows),
        },
        towns=[row.town for row in rows],
        codes=[row.code for row in rows],
        starts=[row.granted_on for row in rows],
        **_drawn([row.shape for row in rows]),
    )


def links(county: County, plot_ids: Keys, parcel_ids: Keys) -> PreparedRows:
    born = {plot.key: plot.valid_from for plot in county.plots}
    granted = {parcel.code: parcel.granted_on for parcel in county.parcels}
    rows = county.links
    return _new(
        len(rows),
        {
            "plot_id": [plot_ids[row.plot] for row in rows],
            "parcel_id": [parcel_ids[row.parcel] for row in rows],
            "area_cm2": [row.area_cm2 for row in rows],
            "basis": ["overlay"] * len(rows),
        },
        starts=[max(born[row.plot], granted[row.parcel]) for row in rows],
    )


def buildings(county: County, plot_ids: Keys, parcel_ids: Keys) -> PreparedRows:
    rows = county.buildings
    return _new(
        len(rows),
        {
            **_column(rows, "name", "floors", "floor_cm2", "built_year", "structure", "use"),
            "plot_id": [plot_ids[row.plot] for row in rows],
            "parcel_id": [parcel_ids.get(row.parcel) for row in rows],
            "attributes": [MARKED] * len(rows),
        },
        towns=[row.plot[0] for row in rows],
        codes=[row.code for row in rows],
        starts=[max(SURVEYED, date(row.built_year, 1, 1)) for row in rows],
        **_drawn([row.shape for row in rows]),
    )


def enterprises(county: County) -> PreparedRows:
    rows = county.enterprises
    return _new(
        len(rows),
        {
            **_column(
                rows,
                "uscc",
                "name",
                "former_name",
                "industry",
                "scale",
                "status",
                "listed",
                "address",
                "registered_on",
                "contact",
                "phone",
            ),
            "industry_year": [2017] * len(rows),
            "production_town": [row.town for row in rows],
            "attributes": [dict(MARKED) for _ in rows],
        },
        towns=[row.town for row in rows],
        codes=[row.uscc for row in rows],
        starts=[max(SURVEYED, row.registered_on) for row in rows],
    )


def occupancies(county: County, plot_ids: Keys, building_ids: Keys, firm_ids: Keys) -> PreparedRows:
    """The lease's end stands among the attributes: a relation in force stays open until it is ended."""
    rows = county.occupancies
    first: dict[tuple[Any, str], int] = {}
    for index, row in enumerate(rows):
        first.setdefault((row.plot, row.uscc), index)
    return _new(
        len(rows),
        {
            **_column(rows, "role", "area_cm2", "floor_cm2", "contract"),
            "plot_id": [plot_ids[row.plot] for row in rows],
            "building_id": [building_ids.get(row.building) for row in rows],
            "enterprise_id": [firm_ids[row.uscc] for row in rows],
            "landlord_index": [first.get((row.plot, row.landlord)) if row.landlord else None for row in rows],
            "attributes": [MARKED | ({"合同到期": row.end.isoformat()} if row.end else {}) for row in rows],
        },
        towns=[row.plot[0] for row in rows],
        starts=[row.start for row in rows],
    )


def accounts(county: County, plot_ids: Keys, firm_ids: Keys) -> PreparedRows:
    rows = county.accounts
    return _new(
        len(rows),
        {
            **_column(rows, "kind", "number"),
            "enterprise_id": [firm_ids[row.uscc] for row in rows],
            "plot_id": [plot_ids[row.plot] for row in rows],
            "share_bp": [row.share for row in rows],
            "evidence": [f"{row.evidence}（{MARK}）" for row in rows],
        },
        starts=[row.start for row in rows],
    )


def deals(county: County) -> PreparedRows:
    from tenglong.apps.supply.bulk import natural_key

    rows, methods = county.deals, word_ids("deals", "supply_method")
    keys = [natural_key({"contract_number": row.number}, MARK) for row in rows]
    return _new(
        len(rows),
        {
            **_column(
                rows, "location", "area_cm2", "signed_on", "industry", "holder", "delivery_on", "start_on", "completion_on"
            ),
            "key": keys,
            "source": [MARK] * len(rows),
            "contract_number": [row.number for row in rows],
            "region": ["浙江省,绍兴市"] * len(rows),
            "division": ["上虞区"] * len(rows),
            "land_use": ["工业用地"] * len(rows),
            "supply_method": [methods[row.method] for row in rows],
            "project_name": [row.project for row in rows],
            "price_fen": [row.price * 100 for row in rows],
            "term_years": [str(row.term) for row in rows],
            "far_upper": [str(row.far_upper) for row in rows],
            "far_lower": [str(row.far_lower) for row in rows],
            "approver": ["绍兴市上虞区人民政府"] * len(rows),
        },
        towns=[row.town for row in rows],
    )
