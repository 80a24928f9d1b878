"""The county as rows of fields: areas in cm², money in 元, dates, text; what a sheet later writes in its own units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shapely.geometry import Polygon

from tenglong.demo.county import COUNTY_NAME, County
from tenglong.demo.figures import DOCUMENTS, SOURCES

Cell = None | str | int | Decimal | date
USE_WORDS = {"100101": "一类工业用地", "100102": "二类工业用地", "100103": "三类工业用地", "110101": "一类物流仓储用地"}
STATUS_WORDS = {"in_use": "在用", "idle_suspected": "疑似闲置", "vacated": "已腾空", "building": "在建"}
ROLE_WORDS = {"owner": "自有", "lessee": "承租", "sublessee": "转租承租", "idle": "空置"}
ACCOUNT_WORDS = {"power": "电", "water": "水", "discharge": "排污许可证", "tax": "税号"}
BASIS_WORDS = {"shared": "部门共享", "declared": "企业申报并授权", "statistics": "统计"}


@dataclass(frozen=True)
class Record:
    """One row; `town` is the code that chooses the file."""

    town: str
    cells: dict[str, Cell]
    shape: Polygon | None = None


def plots(county: County) -> list[Record]:
    names, parks = _names(county), {zone.code: zone.name for zone in county.zones}
    return [
        Record(
            plot.town,
            {
                "survey_number": plot.number,
                "town": names[plot.town],
                "name": plot.name,
                "address": plot.address,
                "zone": parks[plot.zone],
                "land_use": USE_WORDS[plot.land_use],
                "status": STATUS_WORDS[plot.status],
                "control_line": "线内" if plot.control_line == "in" else "线外",
                "acquisition": plot.acquisition,
                "title_status": plot.title_status,
                "surveyed_area": plot.area_cm2,
                "stated_area": None if plot.title_status in ("无证", "证载不符") else plot.area_cm2,
                "valid_from": plot.valid_from,
            },
            plot.shape,
        )
        for plot in county.plots
    ]


def parcels(county: County) -> list[Record]:
    names = _names(county)
    return [
        Record(
            parcel.town,
            {
                "parcel_code": parcel.code,
                "town": names[parcel.town],
                "right_holder": parcel.holder,
                "holder_uscc": parcel.holder_uscc,
                "stated_area": parcel.area_cm2,
                "acquisition": parcel.acquisition,
                "title_status": parcel.title_status,
                "title_number": parcel.title_number,
                "granted_on": parcel.granted_on,
                "ends_on": parcel.ends_on,
                "price": parcel.price,
                "agreed_plot_ratio": str(parcel.plot_ratio),
            },
            parcel.shape,
        )
        for parcel in county.parcels
    ]


def links(county: County) -> list[Record]:
    names = _names(county)
    return [
        Record(
            link.plot[0],
            {
                "survey_number": link.plot[1],
                "town": names[link.plot[0]],
                "parcel_code": link.parcel,
                "area": link.area_cm2,
                "basis": "套合",
            },
        )
        for link in county.links
    ]


def buildings(county: County) -> list[Record]:
    names = _names(county)
    return [
        Record(
            house.plot[0],
            {
                "building_code": house.code,
                "survey_number": house.plot[1],
                "town": names[house.plot[0]],
                "parcel_code": house.parcel or None,
                "name": house.name,
                "floors": house.floors,
                "floor_area": house.floor_cm2,
                "built_year": house.built_year,
                "structure": house.structure,
                "use": house.use,
            },
            house.shape,
        )
        for house in county.buildings
    ]


def enterprises(county: County) -> list[Record]:
    names = _names(county)
    return [
        Record(
            firm.town,
            {
                "uscc": firm.uscc,
                "name": firm.name,
                "former_name": firm.former_name or None,
                "town": names[firm.town],
                "industry": firm.industry,
                "scale": "规上" if firm.scale == "above_scale" else "规下",
                "status": "在营" if firm.status == "active" else "停产",
                "listed": firm.listed or None,
                "address": firm.address,
                "registered_on": firm.registered_on,
                "production_address": None,
                "production_town": None,
                "contact": firm.contact,
                "phone": firm.phone,
            },
        )
        for firm in county.enterprises
    ]


def occupancies(county: County) -> list[Record]:
    names, firms = _names(county), {firm.uscc: firm.name for firm in county.enterprises}
    return [
        Record(
            row.plot[0],
            {
                "survey_number": row.plot[1],
                "town": names[row.plot[0]],
                "building_code": row.building or None,
                "uscc": row.uscc,
                "enterprise_name": firms[row.uscc],
                "role": ROLE_WORDS[row.role],
                "area": row.area_cm2,
                "floor_area": row.floor_cm2,
                "start": row.start,
                "end": row.end,
                "contract": row.contract or None,
                "landlord_uscc": row.landlord or None,
                "landlord_name": firms.get(row.landlord),
            },
        )
        for row in county.occupancies
    ]


def accounts(county: County) -> list[Record]:
    return [
        Record(
            row.plot[0],
            {
                "account_kind": ACCOUNT_WORDS[row.kind],
                "number": row.number,
                "uscc": row.uscc,
                "share": Decimal(row.share) / 100,
                "start": row.start,
                "evidence": row.evidence,
            },
        )
        for row in county.accounts
    ]


def facts(county: County) -> list[Record]:
    """One row per firm, year and department."""
    firms = {firm.uscc: firm for firm in county.enterprises}
    rows = []
    for fact in county.facts:
        by_department: dict[str, dict[str, Cell]] = {}
        for measure, value in fact.values.items():
            by_department.setdefault(SOURCES[measure][0], {})[measure] = value
        firm = firms[fact.uscc]
        rows += [
            Record(firm.town, _fact(firm.uscc, firm.name, fact.year, department, values))
            for department, values in by_department.items()
        ]
    return rows


def _fact(uscc: str, name: str, year: int, department: str, values: dict[str, Cell]) -> dict[str, Cell]:
    basis = SOURCES[next(iter(values))][1]
    return {
        "uscc": uscc,
        "enterprise_name": name,
        "period": str(year),
        "department": department,
        "legal_basis": BASIS_WORDS[basis],
        "legal_document": DOCUMENTS[basis],
        **values,
    }


def deals(county: County) -> list[Record]:
    return [
        Record(
            deal.town,
            {
                "contract_number": deal.number,
                "region": "浙江省,绍兴市",
                "division": COUNTY_NAME,
                "location": deal.location,
                "area": deal.area_cm2,
                "land_use": "工业用地",
                "supply_method": deal.method,
                "signed_on": deal.signed_on,
                "project_name": deal.project,
                "term_years": str(deal.term),
                "industry": deal.industry,
                "price": deal.price,
                "holder": deal.holder,
                "far_upper": deal.far_upper,
                "far_lower": deal.far_lower,
                "delivery_on": deal.delivery_on,
                "start_on": deal.start_on,
                "completion_on": deal.completion_on,
                "approver": "绍兴市上虞区人民政府",
            },
        )
        for deal in county.deals
    ]


def _names(county: County) -> dict[str, str]:
    return {town.code: town.name for town in county.towns}


ROWS: dict[str, Callable[[County], list[Record]]] = {
    "plots": plots,
    "parcels": parcels,
    "links": links,
    "buildings": buildings,
    "enterprises": enterprises,
    "occupancies": occupancies,
    "accounts": accounts,
    "facts": facts,
    "deals": deals,
}
