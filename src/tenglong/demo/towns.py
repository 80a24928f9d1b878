"""The 20 towns of 上虞: real names and codes (policy facts: statistical codes of 2024), INVENTED outlines."""

from __future__ import annotations

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPoint, Point, Polygon
from shapely.ops import linemerge, polygonize, unary_union

from tenglong.demo.county import COUNTY_CODE, Town
from tenglong.demo.plane import plane_point, to_lonlat
from tenglong.demo.streams import stream

#: code, name, rough place (lon, lat), share of the county's plots
TOWNS: tuple[tuple[str, str, float, float, int], ...] = (
    ("001", "百官街道", 120.880, 30.020, 230), ("002", "曹娥街道", 120.825, 30.005, 235),
    ("003", "东关街道", 120.760, 29.985, 215), ("004", "道墟街道", 120.765, 30.065, 225),
    ("005", "梁湖街道", 120.925, 29.975, 160), ("006", "小越街道", 120.985, 30.055, 165),
    ("007", "崧厦街道", 120.850, 30.105, 330), ("101", "长塘镇", 120.765, 29.915, 70),
    ("102", "上浦镇", 120.875, 29.905, 95), ("103", "汤浦镇", 120.790, 29.835, 110),
    ("104", "章镇镇", 120.880, 29.820, 110), ("105", "下管镇", 120.960, 29.765, 35),
    ("106", "丰惠镇", 121.005, 29.925, 130), ("107", "永和镇", 121.055, 29.995, 95),
    ("109", "驿亭镇", 120.955, 30.005, 75), ("111", "谢塘镇", 120.960, 30.115, 125),
    ("112", "盖北镇", 120.905, 30.160, 130), ("200", "岭南乡", 120.945, 29.695, 10),
    ("201", "陈溪乡", 121.055, 29.785, 12), ("202", "丁宅乡", 121.000, 29.845, 38),
)
WEIGHTS = {COUNTY_CODE + short: weight for short, _, _, _, weight in TOWNS}


def build_towns(seed: int) -> tuple[list[Town], dict[str, Polygon]]:
    """Towns with lon/lat outlines, and the plane outlines by code. Neighbours share their border exactly."""
    seats = [plane_point(lon, lat) for _, _, lon, lat, _ in TOWNS]
    faces = _tessellate(seats, stream(seed, "towns"))
    plane = {COUNTY_CODE + entry[0]: face for entry, face in zip(TOWNS, faces, strict=True)}
    outlines = to_lonlat(list(plane.values()))
    towns = [Town(COUNTY_CODE + entry[0], entry[1], outline) for entry, outline in zip(TOWNS, outlines, strict=True)]
    return towns, plane


def _tessellate(seats: list[tuple[float, float]], rng: np.random.Generator) -> list[Polygon]:
    county = MultiPoint(seats).convex_hull.buffer(4_500, quad_segs=3)
    cells = [cell.intersection(county) for cell in shapely.voronoi_polygons(MultiPoint(seats), extend_to=county).geoms]
    borders = linemerge(unary_union([cell.exterior for cell in cells]))
    lines = [_wander(line, rng) for line in borders.geoms]
    faces = list(polygonize(unary_union(lines)))
    if len(faces) != len(seats):
        raise RuntimeError(f"虚构镇街边界生成失败：得到 {len(faces)} 个面，应为 {len(seats)} 个")
    return [next(face for face in faces if face.contains(Point(seat))) for seat in seats]


def _wander(line: LineString, rng: np.random.Generator) -> LineString:
    """A border like a river or ridge: points every ~400 m, moved sideways, ends kept."""
    steps = max(2, int(line.length // 400))
    points = np.array([line.interpolate(i / steps, normalized=True).coords[0] for i in range(steps + 1)])
    drift = np.cumsum(rng.normal(0, 60, (steps - 1, 2)), axis=0)
    fade = np.linspace(0, 1, steps + 1)[1:-1, None]
    points[1:-1] += np.clip(drift - fade * drift[-1:], -260, 260) * np.minimum(1, np.minimum(fade, 1 - fade) * 6)
    return LineString(np.round(points, 3))
