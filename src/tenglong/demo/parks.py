"""Which parks stand in which town, and how blocks, streets and yards lie inside a park (local metres, before scaling)."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tenglong.demo.county import COUNTY_CODE
from tenglong.demo.plane import Ring, divide
from tenglong.demo.towns import TOWNS, WEIGHTS

MEAN_M2 = 14_900.0
STREET, AVENUE = 26.0, 60.0
SIZE = {"platform": 2.0, "town_park": 1.05, "small_firm_park": 0.5}
SMALL_PARK = 40
#: platform → (town, its quarters); the articles name the platforms and “一芯两轴四区”, the quarters' names are ours
PLATFORMS = {
    "智创青春谷": ("001", ("数智制造区", "青创孵化区", "产业邻里区", "科创服务区")),
    "智能装备生态园": ("002", ("高端装备区", "新能源装备区", "强链补链区", "配套协作区")),
}


@dataclass
class Park:
    """A park to place: `quarters` names its parts (one empty name when it has none)."""

    town: str
    name: str
    kind: str
    plots: int
    quarters: tuple[str, ...] = ("",)
    blocks: list[Block] = field(default_factory=list)
    width: float = 0.0
    height: float = 0.0


@dataclass
class Block:
    """Convex yards between streets; `merged` of them are to be joined to a neighbour."""

    quarter: int
    cells: list[Ring]
    plots: int
    outline: Ring


def plan(total: int) -> list[Park]:
    """Parks of all towns for `total` plots: platforms, one town park each, small-firm parks."""
    quotas = _quotas(total)
    parks: list[Park] = []
    for short, name, *_ in TOWNS:
        code, left = COUNTY_CODE + short, quotas[COUNTY_CODE + short]
        for platform, (town, quarters) in PLATFORMS.items():
            if town == short and left >= 16:
                parks.append(Park(code, platform, "platform", left // 2, quarters))
                left -= left // 2
        parks += _town_parks(code, name, left)
    return [park for park in parks if park.plots]


def _quotas(total: int) -> dict[str, int]:
    whole = sum(WEIGHTS.values())
    ends = np.round(np.cumsum(list(WEIGHTS.values())) / whole * total).astype(int)
    return dict(zip(WEIGHTS, np.diff(ends, prepend=0).tolist(), strict=True))


def _town_parks(code: str, name: str, plots: int) -> list[Park]:
    short = name.removesuffix("街道").removesuffix("镇").removesuffix("乡")
    small = max(0, round(plots * 0.45 / SMALL_PARK))
    counts = [SMALL_PARK] * small if plots > small * SMALL_PARK else []
    parks = [Park(code, f"{short}工业园区", "town_park", plots - sum(counts))]
    return parks + [Park(code, f"{short}第{'一二三四五六七八九'[i]}小微企业园", "small_firm_park", count)
                    for i, count in enumerate(counts)]


def lay_out(park: Park, rng: np.random.Generator) -> None:
    """Fill `park.blocks`, `width`, `height`: quarters in two columns, blocks in rows between streets."""
    shares = np.diff(np.round(np.linspace(0, park.plots, len(park.quarters) + 1)).astype(int))
    corner, row_height = np.zeros(2), 0.0
    for index, plots in enumerate(shares.tolist()):
        width, height = _lay_quarter(park, index, plots, corner, rng)
        park.width, park.height = max(park.width, corner[0] + width), max(park.height, corner[1] + height)
        row_height = max(row_height, height)
        if index % 2:
            corner, row_height = np.array([0.0, corner[1] + row_height + AVENUE]), 0.0
        else:
            corner = np.array([corner[0] + width + AVENUE, corner[1]])


def _lay_quarter(park: Park, quarter: int, plots: int, corner: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    mean = MEAN_M2 * SIZE[park.kind]
    row_width = np.sqrt(plots * mean * 1.4)
    x = y = widest = depth = 0.0
    for count in _block_counts(plots, rng):
        if x > row_width:
            x, y, depth = 0.0, y + depth + STREET, 0.0
        if x == 0.0:
            depth = float(np.sqrt(5 * mean / rng.uniform(1.2, 1.8)))
        width = count * mean * rng.lognormal(0, 0.22) / depth
        park.blocks.append(_block(quarter, count, corner + (x, y), width, depth, rng))
        x += width + STREET
        widest = max(widest, x - STREET)
    return widest, y + depth


def _block_counts(plots: int, rng: np.random.Generator) -> list[int]:
    counts: list[int] = []
    while plots:
        counts.append(min(plots, int(rng.integers(3, 9))))
        plots -= counts[-1]
    return counts


def _block(quarter: int, plots: int, corner: np.ndarray, width: float, depth: float, rng: np.random.Generator) -> Block:
    cut = 5.0
    x0, y0, x1, y1 = *(corner + rng.uniform(0, 2.5, 2)), *(corner + (width, depth) - rng.uniform(0, 2.5, 2))
    lean = rng.uniform(0, 3.0)
    outline = [(x0 + cut, y0), (x1 - cut, y0), (x1, y0 + cut), (x1 - lean, y1 - cut),
               (x1 - lean - cut, y1), (x0 + lean + cut, y1), (x0 + lean, y1 - cut), (x0, y0 + cut)]
    joined = int(plots >= 3 and rng.random() < 0.3)
    ring = [(float(x), float(y)) for x, y in outline]
    return Block(quarter, divide(ring, plots + joined, rng), plots, ring)
