"""Places the parks in their towns and makes the yards: exactly as many as asked, a little over 22 mu each on average."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box
from shapely.prepared import prep

from tenglong.demo.county import PLOTS, Lineage, Plot, Zone
from tenglong.demo.parks import AVENUE, Block, Park, lay_out, plan
from tenglong.demo.plane import Ring, geodesic_cm2, node, place, ring_area, to_lonlat
from tenglong.demo.streams import stream

#: 58,120 mu in m² for the whole county: “over 58,000 mu”
TARGET_M2 = 58_120 * 2000 / 3
SURVEYED = date(2021, 6, 1)
USES = ("100101", "100102", "100103", "110101")


@dataclass
class Yard:
    """A plot before it has words: plane cells (convex), plane polygon, where it lies."""

    town: str
    zone: str
    park: str
    block: int
    cells: list[Ring]
    shape: Polygon
    joined: bool = False


@dataclass
class Land:
    yards: list[Yard] = field(default_factory=list)
    zones: list[Zone] = field(default_factory=list)


def build_land(seed: int, plots: int, towns: dict[str, Polygon]) -> Land:
    """Yards and zones for `plots` plots. Raises RuntimeError when a park finds no room in its town."""
    rng, where = stream(seed, "plots"), stream(seed, "parks")
    parks = plan(plots)
    for park in parks:
        lay_out(park, rng)
    drawn = sum(ring_area(cell) for park in parks for block in park.blocks for cell in block.cells)
    scale = float(np.sqrt(TARGET_M2 * plots / PLOTS / drawn))
    taken: dict[str, list[Polygon]] = {code: [] for code in towns}
    land, serial = Land(), 0
    for number, park in enumerate(parks, 1):
        angle, origin = _find_room(park, scale, towns[park.town], taken[park.town], where)
        codes = _zones(land, park, number, scale, angle, origin)
        for block in park.blocks:
            serial += 1
            land.yards += _yards(park, block, serial, codes[block.quarter], (scale, angle, origin), rng)
    return land


def _find_room(
    park: Park, scale: float, town: Polygon, taken: list[Polygon], rng: np.random.Generator
) -> tuple[float, tuple[float, float]]:
    """Angle and origin such that the park lies inside its town, clear of the parks before it."""
    inside, middle = prep(town.buffer(-120)), np.array(town.representative_point().coords[0])
    reach = np.sqrt(town.area) / 12
    for attempt in range(4000):
        angle = float(rng.uniform(-0.45, 0.45))
        origin = middle + rng.normal(0, reach * (1 + attempt / 120), 2)
        spot = (float(origin[0]), float(origin[1]))
        outline = Polygon(place(_rectangle(park), scale, angle, spot)).buffer(90)
        if inside.contains(outline) and not any(outline.intersects(other) for other in taken):
            taken.append(outline)
            return angle, spot
    raise RuntimeError(f"{park.name} 在所属镇街内放不下，请换一个 --seed")


def _rectangle(park: Park) -> Ring:
    return [(0.0, 0.0), (park.width, 0.0), (park.width, park.height), (0.0, park.height)]


def _zones(
    land: Land, park: Park, number: int, scale: float, angle: float, origin: tuple[float, float]
) -> list[str]:
    """Add the park's zones; returns the zone code of each quarter."""
    letter = {"platform": "P", "town_park": "X", "small_firm_park": "N"}[park.kind]
    code = f"{park.town}-{letter}{number:02d}"

    def add(suffix: str, name: str, kind: str, ring: Ring, parent: str = "", margin: float = 14) -> str:
        outline = Polygon(place(ring, scale, angle, origin)).buffer(margin, join_style="mitre")
        shape = to_lonlat([outline])[0]
        tag = {"P": "2", "X": "X", "N": "N"}[letter]
        land.zones.append(Zone(code + suffix, name, kind, park.town, shape, parent, (f"2+X+N:{tag}",)))
        return code + suffix

    top = add("", park.name, park.kind, _rectangle(park))
    if park.kind != "platform":
        return [top]
    quarters = []
    for index, name in enumerate(park.quarters):
        hull = shapely.MultiPoint([p for b in park.blocks if b.quarter == index for p in b.outline]).envelope
        quarters.append(add(f"-Q{index + 1}", f"{park.name}·{name}", "quarter", list(hull.exterior.coords)[:-1], top, 10))
    x, y = park.width / 2, park.height / 2
    add("-C1", f"{park.name}·核心", "core", list(box(x - 150, y - 150, x + 150, y + 150).exterior.coords)[:-1], top)
    for index, line in enumerate((LineString([(0, y), (park.width, y)]), LineString([(x, 0), (x, park.height)]))):
        strip = line.buffer(AVENUE / 2, cap_style="flat")
        add(f"-A{index + 1}", f"{park.name}·{'横纵'[index]}轴", "axis", list(strip.exterior.coords)[:-1], top, 0)
    return quarters


def _yards(
    park: Park, block: Block, serial: int, zone: str, where: tuple[float, float, tuple[float, float]], rng: np.random.Generator
) -> list[Yard]:
    """The plots of a block: cells noded against each other, surplus cells joined to a neighbour (L-shapes)."""
    rings = node([place(cell, *where) for cell in block.cells])
    groups = [[ring] for ring in rings]
    for _ in range(len(rings) - block.plots):
        _join(groups, rng)
    yards = []
    for cells in groups:
        shape = Polygon(cells[0]) if len(cells) == 1 else shapely.union_all([Polygon(cell) for cell in cells])
        yards.append(Yard(park.town, zone, park.name, serial, cells, shape, len(cells) > 1))
    noded = node([list(yard.shape.exterior.coords)[:-1] for yard in yards])
    for yard, ring in zip(yards, noded, strict=True):
        yard.shape = Polygon(ring)
    return yards


def _join(groups: list[list[Ring]], rng: np.random.Generator) -> None:
    """Join two neighbours with a common edge of 20 m or more; one always exists in a divided block."""
    pairs = [(a, b) for a in range(len(groups)) for b in range(a) if shared_edge(groups[a], groups[b]) >= 20]
    a, b = pairs[int(rng.integers(len(pairs)))]
    groups[b] += groups.pop(a)


def shared_edge(first: list[Ring], second: list[Ring]) -> float:
    """Length of the common boundary in metres."""
    one, two = (shapely.union_all([Polygon(ring) for ring in rings]).boundary for rings in (first, second))
    return float(one.intersection(two).length)


def name_plots(seed: int, land: Land, names: dict[str, str]) -> list[Plot]:
    """Plots in the order of the yards, with numbers, addresses and states; titles change them later."""
    rng = stream(seed, "plot-words")
    serials: dict[str, int] = {}
    plots = []
    for yard, shape in zip(land.yards, to_lonlat([yard.shape for yard in land.yards]), strict=True):
        serial = serials[yard.town] = serials.get(yard.town, 0) + 1
        status, stage = _state(rng)
        town, use = names[yard.town], USES[int(rng.choice(4, p=[0.25, 0.6, 0.1, 0.05]))]
        plots.append(Plot(
            number=f"{yard.town[-3:]}-{serial:04d}", town=yard.town, zone=yard.zone,
            name=f"{yard.park}{yard.block}-{serial}号地块",
            address=f"上虞区{town}{yard.park}{ROADS[yard.block % len(ROADS)]}{serial * 2}号", shape=shape,
            area_cm2=geodesic_cm2(shape), land_use=use, status=status, stage=stage,
            control_line="in" if rng.random() < 0.85 else "out", acquisition="出让", title_status="有证", valid_from=SURVEYED,
        ))
    return plots


ROADS = ("兴业路", "创新大道", "腾飞路", "舜江路", "振兴路", "工业大道", "康庄路", "五星路", "朝阳路", "凤凰路", "青创路")
_STATES = (
    ("in_use", "evaluate", 0.62), ("in_use", "survey", 0.08), ("in_use", "decide", 0.09), ("in_use", "produce", 0.07),
    ("idle_suspected", "decide", 0.05), ("vacated", "clear", 0.03), ("vacated", "reserve", 0.02), ("vacated", "supply", 0.01),
    ("building", "permit", 0.01), ("building", "build", 0.02),
)


def _state(rng: np.random.Generator) -> tuple[str, str]:
    status, stage, _ = _STATES[int(rng.choice(len(_STATES), p=[share for *_, share in _STATES]))]
    return status, stage


def build_history(seed: int, land: Land, plots: list[Plot]) -> tuple[list[Plot], list[Lineage]]:
    """Retired ancestors: joined yards came from a merge, some neighbours from a split. Areas add up."""
    rng = stream(seed, "lineage")
    retired: list[Plot] = []
    lineage: list[Lineage] = []
    for index, yard in enumerate(land.yards):
        if yard.joined and rng.random() < 0.5:
            _merge(plots, index, yard, date(int(rng.integers(2022, 2026)), int(rng.integers(1, 13)), 15), retired, lineage)
        elif index + 1 < len(plots) and not yard.joined and rng.random() < 0.02:
            _split(plots, index, land, date(int(rng.integers(2022, 2026)), int(rng.integers(1, 13)), 20), retired, lineage)
    return retired, lineage


def _ancestor(heir: Plot, suffix: str, shape: Polygon, end: date) -> Plot:
    words = {name: getattr(heir, name) for name in heir.__dataclass_fields__}
    words |= {"number": heir.number + suffix, "shape": shape, "area_cm2": geodesic_cm2(shape), "valid_to": end,
              "valid_from": SURVEYED, "stage": "survey", "status": "in_use"}
    return Plot(**words)


def _reborn(plot: Plot, start: date) -> Plot:
    return Plot(**{name: getattr(plot, name) for name in plot.__dataclass_fields__} | {"valid_from": start})


def _merge(plots: list[Plot], index: int, yard: Yard, day: date, retired: list[Plot], lineage: list[Lineage]) -> None:
    heir = plots[index] = _reborn(plots[index], day)
    for suffix, shape in zip("甲乙", to_lonlat([Polygon(cell) for cell in yard.cells]), strict=False):
        parent = _ancestor(heir, suffix, shape, day)
        retired.append(parent)
        lineage.append(Lineage(parent.key, heir.key, "merge", day, parent.area_cm2))


def _split(plots: list[Plot], index: int, land: Land, day: date, retired: list[Plot], lineage: list[Lineage]) -> None:
    one, two = land.yards[index], land.yards[index + 1]
    whole = shapely.union_all([one.shape, two.shape])
    if one.block != two.block or two.joined or whole.geom_type != "Polygon" or plots[index].valid_from != SURVEYED:
        return
    for place_ in (index, index + 1):
        plots[place_] = _reborn(plots[place_], day)
    parent = _ancestor(plots[index], "原", to_lonlat([whole])[0], day)
    retired.append(parent)
    lineage += [Lineage(parent.key, plots[i].key, "split", day, plots[i].area_cm2) for i in (index, index + 1)]
