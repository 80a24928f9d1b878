"""Titles are not yards: some yards cover several titles, one title holds several yards, some land has none."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import shapely
from shapely.geometry import Polygon

from tenglong.demo.county import Plot
from tenglong.demo.land import Land, Yard, shared_edge
from tenglong.demo.plane import Ring, divide, node, place, ring_area, shrink
from tenglong.demo.streams import stream

STILL = (1.0, 0.0, (0.0, 0.0))


@dataclass
class Title:
    """A title to be: plane shape and the yards (by index) it lies in, with the part's plane shape."""

    town: str
    block: int
    shape: Polygon
    parts: list[tuple[int, Polygon]]


@dataclass
class Cadastre:
    """`owner_of[yard]` is the slot of the right holder; `pieces[yard]` are convex rings with the title over them (-1: none)."""

    titles: list[Title] = field(default_factory=list)
    owner_of: list[int] = field(default_factory=list)
    pieces: list[list[tuple[Ring, int]]] = field(default_factory=list)
    owners: int = 0


@dataclass(frozen=True)
class House:
    yard: int
    title: int
    ring: Ring
    floors: int
    built_year: int
    structure: str
    use: str


def build_titles(seed: int, land: Land) -> Cadastre:
    """Titles over the yards, walking each block once."""
    rng, cadastre = stream(seed, "titles"), Cadastre()
    index = 0
    while index < len(land.yards):
        yard = land.yards[index]
        kind = str(rng.choice(["single", "shared", "split", "partial", "none"], p=[0.61, 0.13, 0.14, 0.04, 0.08]))
        following = land.yards[index + 1] if index + 1 < len(land.yards) else None
        if kind == "shared" and following and following.block == yard.block and shared_edge(yard.cells, following.cells) > 5:
            _shared(cadastre, land, index)
            index += 2
            continue
        _alone(cadastre, yard, index, kind, rng)
        index += 1
    _node_blocks(cadastre)
    return cadastre


def _shared(cadastre: Cadastre, land: Land, index: int) -> None:
    """One title over two yards of the same holder."""
    pair = [(i, land.yards[i]) for i in (index, index + 1)]
    number = len(cadastre.titles)
    whole = shapely.union_all([yard.shape for _, yard in pair])
    cadastre.titles.append(Title(pair[0][1].town, pair[0][1].block, whole, [(i, yard.shape) for i, yard in pair]))
    for _, yard in pair:
        cadastre.owner_of.append(cadastre.owners)
        cadastre.pieces.append([(cell, number) for cell in yard.cells])
    cadastre.owners += 1


def _alone(cadastre: Cadastre, yard: Yard, index: int, kind: str, rng: np.random.Generator) -> None:
    cadastre.owner_of.append(cadastre.owners)
    cadastre.owners += 1
    if kind == "none":
        cadastre.pieces.append([(cell, -1) for cell in yard.cells])
    elif kind in ("split", "partial") and len(yard.cells) == 1:
        cadastre.pieces.append(_cut(cadastre, yard, index, kind == "partial", rng))
    else:
        cadastre.pieces.append([(cell, len(cadastre.titles)) for cell in yard.cells])
        cadastre.titles.append(Title(yard.town, yard.block, yard.shape, [(index, yard.shape)]))


def _cut(cadastre: Cadastre, yard: Yard, index: int, partial: bool, rng: np.random.Generator) -> list[tuple[Ring, int]]:
    """Several titles in one yard; with `partial` the last piece is untitled."""
    rings = [place(ring, *STILL) for ring in divide(yard.cells[0], int(rng.integers(2, 4)), rng)]
    pieces: list[tuple[Ring, int]] = []
    for number, ring in enumerate(rings):
        if partial and number == len(rings) - 1:
            pieces.append((ring, -1))
            continue
        pieces.append((ring, len(cadastre.titles)))
        shape = Polygon(ring)
        cadastre.titles.append(Title(yard.town, yard.block, shape, [(index, shape)]))
    return pieces


def _node_blocks(cadastre: Cadastre) -> None:
    """Titles of a block share every vertex of their common edges."""
    by_block: dict[int, list[Title]] = {}
    for title in cadastre.titles:
        by_block.setdefault(title.block, []).append(title)
    for titles in by_block.values():
        rings = node([list(title.shape.exterior.coords)[:-1] for title in titles])
        for title, ring in zip(titles, rings, strict=True):
            title.shape = Polygon(ring)
            if len(title.parts) == 1:
                title.parts = [(title.parts[0][0], title.shape)]


def mark_titles(plots: list[Plot], cadastre: Cadastre, seed: int) -> list[Plot]:
    """Plots with title status and acquisition after their titles: 无证 is a valid state."""
    rng = stream(seed, "title-words")
    out = []
    for plot, pieces in zip(plots, cadastre.pieces, strict=True):
        titled = {number >= 0 for _, number in pieces}
        if titled == {True}:
            status = str(rng.choice(["有证", "抵押", "查封"], p=[0.8, 0.19, 0.01]))
            acquisition = str(rng.choice(["出让", "划拨", "集体流转", "租赁"], p=[0.85, 0.05, 0.07, 0.03]))
        elif titled == {False}:
            status, acquisition = "无证", str(rng.choice(["历史遗留", "占用未批", "以租代征"], p=[0.6, 0.25, 0.15]))
        else:
            status, acquisition = "证载不符", "历史遗留"
        out.append(replace(plot, title_status=status, acquisition=acquisition))
    return out


def build_houses(seed: int, plots: list[Plot], cadastre: Cadastre) -> list[House]:
    """Footprints inside the pieces, so that none straddles a title or a yard."""
    rng = stream(seed, "buildings")
    houses: list[House] = []
    for index, (plot, pieces) in enumerate(zip(plots, cadastre.pieces, strict=True)):
        for ring, title in pieces:
            count = 1 + int(rng.integers(0, 2)) + int(abs(ring_area(ring)) > 25_000)
            for part in divide(ring, 1 if plot.status == "building" else count, rng):
                houses.append(_house(index, title, part, rng))
    return houses


def _house(yard: int, title: int, part: Ring, rng: np.random.Generator) -> House:
    factor = float(rng.uniform(0.55, 0.85))
    use = str(rng.choice(["生产车间", "仓库", "办公楼", "宿舍"], p=[0.7, 0.14, 0.11, 0.05]))
    floors = int(rng.choice([1, 2, 3, 4, 5, 6], p=[0.35, 0.2, 0.2, 0.13, 0.08, 0.04]))
    structure = "钢结构" if floors == 1 else str(rng.choice(["框架", "砖混"], p=[0.8, 0.2]))
    return House(yard, title, place(shrink(part, factor), *STILL), floors,
                 int(rng.integers(1992, 2024)), structure, use)
