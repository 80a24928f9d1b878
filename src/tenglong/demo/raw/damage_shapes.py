"""Damage to drawn shapes, done in plane metres on the finished layer."""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from shapely.affinity import scale, translate
from shapely.geometry import LineString, Polygon

from tenglong.demo.raw.finished import Grid
from tenglong.demo.raw.seeding import Bench, NoRow, Spot, defect

LAND = ("plots", "parcels")


def _land(bench: Bench) -> str:
    return LAND[int(bench.rng.integers(2))]


def _ring(shape: Any) -> list[tuple[float, float]]:
    polygon = shape if shape.geom_type == "Polygon" else shape.geoms[0]
    return [(x, y) for x, y, *_ in polygon.exterior.coords][:-1]


@defect("自相交", "边界自相交（蝴蝶结）", "相邻顶点对调", "首尾顶点对调", "多绕一圈")
def bowtie(bench: Bench, variant: str) -> None:
    grid, index = bench.pick(_land(bench), grids=lambda grid: grid.drawn, alone=True)
    ring = _ring(bench.shape(grid, index))
    corners = [ring[i] for i in _corners(ring)]
    if variant == "多绕一圈":
        middle = np.mean(corners, axis=0)
        inner = [tuple(middle + (np.array(p) - middle) * 0.5) for p in corners]
        ring = [*ring, ring[0], *inner, inner[0]]
    else:
        a, b = (1, 2) if variant == "相邻顶点对调" else (0, len(corners) - 1)
        corners[a], corners[b] = corners[b], corners[a]
        ring = corners
    shape = Polygon(ring)
    if shape.is_valid:
        raise NoRow("蝴蝶结没有做成")
    bench.drawing((grid, index), shape)


def _corners(ring: list[tuple[float, float]]) -> list[int]:
    """The four vertices that matter: the extreme ones along both diagonals, in ring order."""
    xy = np.array(ring)
    turned = [xy[:, 0] + xy[:, 1], xy[:, 0] - xy[:, 1]]
    return sorted({int(pick(values)) for values in turned for pick in (np.argmin, np.argmax)})


@defect("尖刺", "边界有尖刺", "零宽尖刺", "窄尖刺", "长尖刺")
def spike(bench: Bench, variant: str) -> None:
    length, width = {"零宽尖刺": (8.0, 0.0), "窄尖刺": (12.0, 0.02), "长尖刺": (18.0, 0.05)}[variant]
    grid, index, edge = _open_edge(bench)
    ring = _ring(bench.shape(grid, index))
    a, b = np.array(ring[edge]), np.array(ring[(edge + 1) % len(ring)])
    along = (b - a) / np.hypot(*(b - a))
    outward = np.array([along[1], -along[0]])
    middle = (a + b) / 2
    if bench.shape(grid, index).contains(shapely.Point(middle + outward)):
        outward = -outward
    tip, foot = middle + outward * length, along * width / 2
    ring[edge + 1 : edge + 1] = [tuple(middle - foot), tuple(tip), tuple(middle + foot)]
    bench.drawing((grid, index), Polygon(ring))


def _open_edge(bench: Bench) -> tuple[Grid, int, int]:
    """A row and an edge of it that faces a street, so that the spike touches no neighbour."""
    for _ in range(400):
        grid, index = bench.pick(_land(bench), grids=lambda grid: grid.drawn, alone=True)
        shape = bench.shape(grid, index)
        ring = _ring(shape)
        for edge, start in enumerate(ring):
            line = LineString([start, ring[(edge + 1) % len(ring)]])
            others = [
                bench.shape(*spot) for spot in bench.near(line.centroid.buffer(17), (grid.kind,)) if spot != (grid, index)
            ]
            if line.length > 25 and all(other.distance(line.centroid) > 20 for other in others):
                return grid, index, edge
    raise NoRow("没有临街的边")


@defect("图形重复", "两行画了同一个图形", "原样复制", "反向复制", "起点不同")
def duplicate_shape(bench: Bench, variant: str) -> None:
    grid, index, other = _pair(bench, adjoining=False)
    ring = _ring(bench.shape(*other))
    ring = {"反向复制": ring[::-1], "起点不同": ring[2:] + ring[:2]}.get(variant, ring)
    bench.drawing((grid, index), Polygon(ring), [other])


@defect("重叠", "图形压到相邻图形", "约 1 平方米", "约 100 平方米", "大片")
def overlap(bench: Bench, variant: str) -> None:
    width, depth = {"约 1 平方米": (1.0, 1.0), "约 100 平方米": (10.0, 10.0), "大片": (24.0, 15.0)}[variant]
    grid, index, other = _pair(bench, adjoining=True)
    mine, theirs = bench.shape(grid, index), bench.shape(*other)
    patch = _patch(mine, theirs, width, depth)
    bench.drawing((grid, index), mine.union(patch), [other])


@defect("缝隙", "相邻图形之间有缝", "0.1 米", "0.3 米", "0.6 米")
def gap(bench: Bench, variant: str) -> None:
    depth = float(variant.split()[0])
    grid, index, other = _pair(bench, adjoining=True)
    mine, theirs = bench.shape(grid, index), bench.shape(*other)
    patch = _patch(theirs, mine, 14.0, depth)
    bench.drawing((grid, index), mine.difference(patch), [other])


def _patch(mine: Any, theirs: Any, width: float, depth: float) -> Polygon:
    """A rectangle of `width` along the middle of the common edge, reaching `depth` into `theirs` (and a hair into `mine`)."""
    edge = _edge(mine, theirs)
    a, b = (np.array(p) for p in (edge.coords[0], edge.coords[-1]))
    along = (b - a) / np.hypot(*(b - a))
    inward = np.array([-along[1], along[0]])
    middle = (a + b) / 2
    if not theirs.contains(shapely.Point(middle + inward * 0.05)):
        inward = -inward
    start, end = middle - along * width / 2, middle + along * width / 2
    back = -inward * 0.02
    return Polygon([start + back, end + back, end + inward * depth, start + inward * depth])


def _edge(mine: Any, theirs: Any) -> LineString:
    """The longest straight piece of the common boundary."""
    common = mine.boundary.intersection(theirs.boundary.buffer(0.01))
    parts = [part for part in getattr(common, "geoms", [common]) if part.geom_type == "LineString"]
    pieces = [LineString(pair) for part in parts for pair in zip(part.coords, part.coords[1:], strict=False)]
    return max(pieces, key=lambda piece: piece.length, default=LineString([(0, 0), (0, 1e-9)]))


def _pair(bench: Bench, adjoining: bool) -> tuple[Grid, int, Spot]:
    """Two undamaged rows of a layer: with a straight common edge of 30 m, or well apart."""
    for _ in range(300):
        grid, index = bench.pick(_land(bench), grids=lambda grid: grid.drawn and len(grid) > 3, alone=True)
        shape = bench.shape(grid, index)
        if adjoining:
            near = [spot for spot in bench.near(shape, (grid.kind,)) if spot[0] is grid and spot[1] != index]
        else:
            near = [(grid, int(bench.rng.integers(len(grid))))]
        for other in near:
            apart = bench.shape(*other).distance(shape) > 200
            if (
                bench.free(*other)
                and bench.untouched(*other)
                and (_edge(shape, bench.shape(*other)).length > 30 if adjoining else apart)
            ):
                return grid, index, other
    raise NoRow("没有合适的一对图形")


@defect("包含", "一个图形落在另一个里面", "小块", "一半大", "贴近边界")
def containment(bench: Bench, variant: str) -> None:
    factor = {"小块": 0.2, "一半大": 0.5, "贴近边界": 0.9}[variant]
    grid, index, other = _pair(bench, adjoining=False)
    host = bench.shape(*other)
    inside = scale(host, factor, factor, origin=host.representative_point())
    if not host.contains(inside):
        inside = host.representative_point().buffer(3.0, quad_segs=2)
    bench.drawing((grid, index), inside, [other])


@defect("厂房跨宗", "一幢厂房跨了两宗地", "各一半", "少量越界", "斜跨")
def straddle(bench: Bench, variant: str) -> None:
    for _ in range(300):
        parcel = bench.pick("parcels", grids=lambda grid: grid.drawn, alone=True)
        shape = bench.shape(*parcel)
        for other in bench.near(shape, ("parcels",)):
            edge = _edge(shape, bench.shape(*other)) if other != parcel else LineString([(0, 0), (0, 1e-9)])
            houses = [spot for spot in bench.near(shape, ("buildings",)) if bench.free(*spot) and bench.untouched(*spot)]
            if edge.length > 30 and bench.free(*other) and bench.untouched(*other) and houses:
                bench.drawing(houses[0], _across(edge, variant), [])
                return
    raise NoRow("没有合适的相邻宗地")


def _across(edge: LineString, variant: str) -> Polygon:
    middle = np.array(edge.centroid.coords[0])
    along = np.array(edge.coords[-1]) - np.array(edge.coords[0])
    along = along / np.hypot(*along)
    inward = np.array([-along[1], along[0]])
    if variant == "斜跨":
        along, inward = (along + inward) / np.sqrt(2), (inward - along) / np.sqrt(2)
    shift = inward * (3.0 if variant == "少量越界" else 0.0)
    a, b = along * 9, inward * 4
    return Polygon([middle + shift - a - b, middle + shift + a - b, middle + shift + a + b, middle + shift - a + b])


@defect("图形在镇外", "图形不在所属镇街范围内", "平移到邻镇", "平移到县外", "平移很远")
def outside(bench: Bench, variant: str) -> None:
    grid, index = bench.pick("plots", grids=lambda grid: grid.drawn, alone=True)
    shape = bench.shape(grid, index)
    town = str(grid.get(index, "town"))
    for east, north in {
        "平移到邻镇": ((0, 12_000), (12_000, 0), (0, -12_000), (-12_000, 0)),
        "平移到县外": ((60_000, 0),),
        "平移很远": ((0, 300_000),),
    }[variant]:
        moved = translate(shape, east, north)
        near = [g.get(i, "town") for g, i in bench.near(moved.buffer(2500), ("plots",))]
        if not bench.near(moved) and town not in near:
            bench.drawing((grid, index), moved)
            return
    raise NoRow("没有空地可移")


@defect("坐标颠倒", "X、Y 写反", "整行颠倒（表格）", "整行颠倒（图形文件）", "整行颠倒（任一）")
def flipped(bench: Bench, variant: str) -> None:
    texts = {"整行颠倒（表格）": (".xlsx", ".csv"), "整行颠倒（图形文件）": (".shp", ".gpkg", ".geojson")}.get(variant)
    grid, index = bench.pick("plots", grids=lambda g: g.drawn and (texts is None or g.path.suffix in texts), alone=True)
    raw = shapely.transform(grid.raw(index), lambda xy: xy[:, ::-1])
    bench.drawing((grid, index), raw, raw=True)


@defect("坐标非数", "坐标是 NaN 或无穷大", "一个顶点 NaN", "多个顶点 NaN", "无穷大")
def not_a_number(bench: Bench, variant: str) -> None:
    grid, index = bench.pick(_land(bench), grids=lambda grid: grid.path.suffix == ".gpkg", alone=True)
    bad = np.inf if variant == "无穷大" else np.nan
    ring = np.array(_ring(grid.raw(index)))
    ring[1 if variant == "一个顶点 NaN" else slice(1, None)] = bad
    with np.errstate(invalid="ignore"):
        polygon = shapely.polygons(shapely.linearrings(np.vstack([ring, ring[:1]]), handle_nan="allow"))
    bench.drawing((grid, index), polygon, raw=True)
