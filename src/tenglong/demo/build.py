"""One call that makes the whole county of a seed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import numpy as np
from shapely.geometry import Polygon

from tenglong.demo.county import COUNTY_CODE, ENTERPRISES, PLOTS, YEARS, Building, County, Link, Parcel, Plot
from tenglong.demo.figures import build_accounts, build_deals, build_facts
from tenglong.demo.identity import parcel_code
from tenglong.demo.land import build_history, build_land, name_plots
from tenglong.demo.lives import found_late, since_founding
from tenglong.demo.people import People, build_occupancies, build_people, rank_scale
from tenglong.demo.plane import geodesic_cm2, ring_area, to_lonlat
from tenglong.demo.streams import DEFAULT_SEED, stream
from tenglong.demo.titles import Cadastre, House, build_houses, build_titles, mark_titles
from tenglong.demo.towns import build_towns


def build_county(seed: int = DEFAULT_SEED, plots: int = PLOTS) -> County:
    """The county of `seed`; a smaller `plots` gives a smaller county of the same shape (firms in proportion)."""
    towns, plane = build_towns(seed)
    land = build_land(seed, plots, plane)
    cadastre = build_titles(seed, land)
    yards = mark_titles(name_plots(seed, land, {town.code: town.name for town in towns}), cadastre, seed)
    retired, lineage = build_history(seed, land, yards)
    firms = round(plots * ENTERPRISES / PLOTS)
    people = build_people(seed, firms, yards, cadastre.owner_of)
    found_late(seed, people)
    parcels, links = _parcels(seed, cadastre, yards, people)
    buildings = _buildings(build_houses(seed, yards, cadastre), yards, parcels)
    county = County(seed, towns, land.zones, yards, retired, lineage, parcels, links, buildings)
    _fill(county, people)
    return county


def _fill(county: County, people: People) -> None:
    """Everything that hangs on firms: who uses what, accounts, facts, deals."""
    houses: dict[tuple[str, str], list[Building]] = {}
    for house in county.buildings:
        houses.setdefault(house.plot, []).append(house)
    county.occupancies = build_occupancies(county.seed, people, county.plots, houses)
    floors: dict[str, int] = {}
    for row in county.occupancies:
        floors[row.uscc] = floors.get(row.uscc, 0) + row.floor_cm2
    county.facts = build_facts(county.seed, people.enterprises, people.trades, floors)
    rank_scale(people, {row.uscc: int(row.values["revenue"]) for row in county.facts if row.year == YEARS[-1]})
    county.enterprises = people.enterprises
    county.facts = since_founding(county.facts, people.enterprises)
    county.accounts = build_accounts(county.seed, county.occupancies, people.enterprises, people.trades)
    count = max(30, round(len(county.plots) * 0.06))
    county.deals = build_deals(county.seed, count, county.plots, county.towns, people.enterprises)


def _parcels(seed: int, cadastre: Cadastre, plots: list[Plot], people: People) -> tuple[list[Parcel], list[Link]]:
    rng = stream(seed, "parcels")
    serials: dict[str, int] = {}
    shapes = to_lonlat([title.shape for title in cadastre.titles])
    parcels, links = [], []
    for title, shape in zip(cadastre.titles, shapes, strict=True):
        serial = serials[title.town] = serials.get(title.town, 0) + 1
        first = title.parts[0][0]
        code = parcel_code(title.town, serial, plots[first].acquisition == "集体流转")
        parcels.append(_parcel(code, plots[first], people, people.holder[first], shape, rng))
        parts = to_lonlat([part for _, part in title.parts])
        links += [Link(plots[yard].key, code, geodesic_cm2(part)) for (yard, _), part in zip(title.parts, parts, strict=True)]
    return parcels, links


def _parcel(code: str, plot: Plot, people: People, holder: int, shape: Polygon, rng: np.random.Generator) -> Parcel:
    firm = people.enterprises[holder]
    granted = firm.registered_on + timedelta(days=int(rng.integers(20, 600)))
    area = geodesic_cm2(shape)
    price = round(area / 10_000 * float(rng.uniform(150, 700)) / 10_000) * 10_000
    number = f"浙({granted.year})绍兴市上虞区不动产权第{code[-5:]}{int(code[6:9]):03d}号"
    acquisition = "出让" if plot.acquisition == "历史遗留" else plot.acquisition
    return Parcel(code, plot.town, firm.name, firm.uscc, shape, area, acquisition,
                  "有证" if plot.title_status == "证载不符" else plot.title_status, number, granted,
                  granted.replace(year=granted.year + 50, day=1), price, Decimal(int(rng.integers(8, 18))) / 10)


def _buildings(houses: list[House], plots: list[Plot], parcels: list[Parcel]) -> list[Building]:
    shapes = to_lonlat([Polygon(house.ring) for house in houses])
    serials: dict[object, int] = {}
    out = []
    for house, shape in zip(houses, shapes, strict=True):
        plot, parcel = plots[house.yard], parcels[house.title].code if house.title >= 0 else ""
        base = parcel or f"JZ{plot.town[len(COUNTY_CODE):]}-{plot.number[-4:]}"
        serial = serials[base] = serials.get(base, 0) + 1
        code = f"{parcel}F{serial:04d}0001" if parcel else f"{base}-{serial:02d}"
        floor = round(abs(ring_area(house.ring)) * house.floors) * 10_000
        out.append(Building(code, plot.key, parcel, f"{plot.number}号院{house.use}{serial}", house.floors, floor,
                            house.built_year, house.structure, house.use, shape))
    return out
