"""The demo county's plots as one GeoPackage for the site search: fictional costs, households and months."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from tenglong.demo.build import build_county
from tenglong.demo.county import PLOTS, County
from tenglong.demo.streams import stream
from tenglong.domain.units import CM2_PER_M2, from_cm2
from tenglong.files.export import write_gpkg

#: fictional: 万元 a mu of land, 元 a m² of floor, 万元 a household
LAND_WAN, FLOOR_YUAN, HOUSEHOLD_WAN = (38.0, 62.0), (900, 1_600), 20
MONTHS, MONTHS_PER_HOUSEHOLD = (4, 15), 2
YUAN_PER_WAN = 10_000


def write_site_file(path: Path, seed: int, plots: int = PLOTS) -> int:
    """Writes the layer 地块; returns the number of plots. The same seed gives the same file."""
    return write_county(path, build_county(seed, plots))


def write_county(path: Path, county: County) -> int:
    cost, owners, months = figures(county)
    names = {zone.code: zone.name for zone in county.zones}
    return write_gpkg(path, "地块", {
        "地块编号": [plot.number for plot in county.plots], "镇街": [plot.town for plot in county.plots],
        "片区": [names.get(plot.zone, plot.zone) for plot in county.plots],
        "控制线": ["线内" if plot.control_line == "in" else "线外" for plot in county.plots],
        "面积（亩）": [from_cm2(plot.area_cm2, "mu", 4) for plot in county.plots], "成本（万元）": cost, "户数": owners,
        "腾退月数": months,
    }, [plot.shape for plot in county.plots], "EPSG:4490")


def figures(county: County) -> tuple[list[Decimal], list[int], list[int]]:
    """Fictional cost (万元), households and months to clear of each plot."""
    rng = stream(county.seed, "site-file")
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in county.occupancies:
        if row.end is None and row.role != "idle":
            users[row.plot].add(row.uscc)
    floor: dict[tuple[str, str], int] = defaultdict(int)
    for house in county.buildings:
        floor[house.plot] += house.floor_cm2
    cost, months = [], []
    for plot in county.plots:
        households = len(users[plot.key])
        land = float(from_cm2(plot.area_cm2, "mu", 4)) * rng.uniform(*LAND_WAN)
        built = floor[plot.key] / CM2_PER_M2 * rng.uniform(*FLOOR_YUAN) / YUAN_PER_WAN
        cost.append(Decimal(str(round(land + built + households * HOUSEHOLD_WAN, 2))))
        months.append(int(rng.integers(*MONTHS)) + MONTHS_PER_HOUSEHOLD * households)
    return cost, [len(users[plot.key]) for plot in county.plots], months
