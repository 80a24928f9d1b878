"""From a file of plots to what the site search takes: shapes in metres, land, costs, households, months, who is inside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
import numpy as np
import shapely
from numpy.typing import NDArray

from tenglong.cli import _check_input as source
from tenglong.domain.geo.area import geodesic_area
from tenglong.domain.geo.shapes import Shapes, as_shapes, polygonal
from tenglong.domain.geo.working import Working, working
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.table import Table
from tenglong.domain.units import CM2_PER_M2, UnitError, to_cm2, to_fen, unit_in_heading
from tenglong.files import read

DATASET = "plots"
MONEY, AREA = ("yuan", "wan_yuan", "yi_yuan"), ("m2", "mu", "ha", "km2")
#: headings that are taken without being named
KNOWN = {
    "cost": ("成本", "收储成本", "腾退成本", "征收成本", "cost"),
    "owners": ("户数", "权利人数", "企业数", "owners", "households"),
    "months": ("腾退月数", "腾退时间", "months"),
    "chance": ("同意率", "签约率", "chance"),
    "road": ("距道路", "道路距离", "road"),
}
INSIDE = {"in", "inside", "内", "线内", "是", "控制线内", "1", "true", "yes", "y"}
LONLAT_LIMIT = (180.0, 90.0)


@dataclass(frozen=True)
class Asked:
    """What the user asked of the columns; None: look for a known heading."""

    layer: str | None = None
    crs: str | None = None
    key: str | None = None
    area: str | None = None
    cost: str | None = None
    owners: str | None = None
    months: str | None = None
    chance: str | None = None
    road: str | None = None
    zone: str | None = None
    control: str | None = None


@dataclass
class Plots:
    """Rows with a usable shape only; `row` is the number in the file. Columns that the file lacks are None."""

    table: Table
    loaded: source.Loaded
    index: NDArray[np.int64]
    place: Working
    land_cm2: list[int | None]
    cost: list[int | None] | None = None
    owners: list[int | None] | None = None
    months: list[int | None] | None = None
    chance: list[float | None] | None = None
    road_m: list[float | None] | None = None
    headings: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        return [self.loaded.batch.keys[at] or f"第 {self.row(place)} 行" for place, at in enumerate(self.index)]

    @property
    def shapes(self) -> Shapes:
        return self.place.shapes

    def row(self, place: int) -> int:
        return int(self.loaded.batch.rows[self.index[place]])

    def lonlat(self) -> Shapes:
        """Shapes as in the file, for writing."""
        geometry: Shapes = as_shapes(self.loaded.batch.geometry)[self.index]
        return geometry


def load(path: Path, asked: Asked) -> Plots:
    """Raises files.FileError, source.Unreadable, UnknownCrs; click.UsageError for a column that is not there."""
    table = source.table_of(path, asked.layer)
    loaded = source.taken(DATASET, table, path, crs=asked.crs, key=asked.key)
    geometry = loaded.batch.geometry
    if geometry is None:
        raise source.Unreadable("文件里没有图形，判断不了相邻；请用 GeoPackage、Shapefile，或带 WKT 列的 CSV")
    given = as_shapes(geometry)
    usable = polygonal(given)
    if not loaded.batch.crs and _like_degrees(usable):
        raise source.Unreadable("文件没有坐标系，而坐标像是经纬度；请用 --crs 指明，例如 EPSG:4490")
    index = np.flatnonzero(~shapely.is_missing(usable))
    if not len(index):
        raise source.Unreadable("没有一个地块有可用的面状图形，请先用 tenglong check 检查")
    place = working(usable[index], loaded.batch.crs)
    plots = Plots(table, loaded, index, place, [])
    _tell_shapes(plots, given, usable)
    plots.land_cm2 = _land(plots, asked.area, usable[index], loaded.batch.crs)
    _read_columns(plots, asked)
    return plots


def _like_degrees(shapes: Shapes) -> bool:
    box = np.abs(shapely.total_bounds(shapes))
    return bool(np.isfinite(box).all() and max(box[0], box[2]) <= LONLAT_LIMIT[0] and max(box[1], box[3]) <= LONLAT_LIMIT[1])


def _tell_shapes(plots: Plots, given: Shapes, usable: Shapes) -> None:
    batch = plots.loaded.batch
    broken = ~shapely.is_valid(given) & ~shapely.is_missing(given)
    for at in np.flatnonzero(shapely.is_missing(usable) | broken).tolist():
        lost = usable[at] is None
        plots.issues.append(Issue(
            DATASET, batch.rows[at], batch.keys[at], "geometry", "no-shape" if lost else "invalid-geometry", "",
            Severity.ERROR if lost else Severity.WARNING,
            "没有可用的面状图形，这块地没有参加选址" if lost else "图形自交，已按修复后的图形判断相邻",
            "请在 GIS 软件里补画或修好图形"))


def _land(plots: Plots, heading: str | None, shapes: Shapes, crs: str | None) -> list[int | None]:
    """The column asked for, else the drawn area: on the ellipsoid where the coordinate system is known."""
    if heading:
        unit = unit_in_heading(heading) or "m2"
        if unit not in AREA:
            raise click.UsageError(f"“{heading}”的单位不是面积单位，可用：平方米、亩、公顷")
        plots.headings["area"] = heading
        return _numbers(plots, heading, lambda number: to_cm2(number, unit))
    drawn = geodesic_area(shapes, crs) if crs else shapely.area(shapes)
    return [round(float(one) * CM2_PER_M2) for one in drawn]


def _read_columns(plots: Plots, asked: Asked) -> None:
    if name := _heading(plots, "cost", asked.cost):
        unit = unit_in_heading(name) or "wan_yuan"
        if unit not in MONEY:
            raise click.UsageError(f"“{name}”的单位不是金额单位，可用：元、万元、亿元")
        plots.cost = _numbers(plots, name, lambda number: to_fen(number, unit))
    if name := _heading(plots, "owners", asked.owners):
        plots.owners = _numbers(plots, name, _whole)
    if name := _heading(plots, "months", asked.months):
        plots.months = _numbers(plots, name, lambda number: int(-(-number // 1)))
    if name := _heading(plots, "chance", asked.chance):
        share = 100 if "%" in name or "％" in name else 1
        plots.chance = _numbers(plots, name, lambda number: _share(number / share))
    if name := _heading(plots, "road", asked.road):
        plots.road_m = _numbers(plots, name, float)


def _heading(plots: Plots, what: str, asked: str | None) -> str:
    """The heading the user named (exit 2 when it is not there), else the first known one; '' when there is none."""
    columns = plots.table.columns
    if asked is not None:
        source.column_index(plots.table, asked)
    found = asked or next((one for one in columns if _plain(one) in KNOWN[what]), "")
    if found:
        plots.headings[what] = found
    return found


def _plain(heading: str) -> str:
    return heading.split("（")[0].split("(")[0].strip().lower()


def _numbers(plots: Plots, heading: str, convert: Callable[[Decimal], Any]) -> list[Any]:
    """One figure per usable plot; an empty cell is None; a cell that is no figure is None and an issue of its row."""
    at, rows = source.column_index(plots.table, heading), plots.table.rows
    out: list[Any] = []
    for place, row in enumerate(plots.index):
        text = "" if rows[row][at] is None else str(rows[row][at]).strip()
        value = _converted(text, convert) if text else None
        if text and value is None:
            plots.issues.append(Issue(DATASET, plots.row(place), plots.keys[place], heading, "bad-number", text, Severity.ERROR,
                                      f"“{heading}”的“{text}”不是可用的数，按没有处理", "改成不小于零的数，单位写在表头括号里"))
        out.append(value)
    return out


def _converted(text: str, convert: Callable[[Decimal], Any]) -> Any:
    try:
        number = Decimal(text.replace(",", "").replace("，", ""))
        return convert(number) if number.is_finite() and number >= 0 else None
    except (InvalidOperation, UnitError, ValueError):
        return None


def _whole(number: Decimal) -> int:
    if number != number.to_integral_value():
        raise ValueError(number)
    return int(number)


def _share(number: Decimal) -> float:
    if number > 1:
        raise ValueError(number)
    return float(number)


def inside_zones(plots: Plots, zones: Sequence[str], heading: str | None) -> NDArray[np.bool_]:
    """Plots whose zone is one of `zones`. Raises click.UsageError for a zone nobody lies in, or without a column of zones."""
    texts = _words(plots, "zone", heading, "--zones", "--zone-column")
    there = sorted(set(texts) - {""})
    lost = [one for one in zones if one not in there]
    if lost:
        shown = "、".join(there[:12]) + (" …" if len(there) > 12 else "")
        raise click.UsageError(f"没有地块在“{'、'.join(lost)}”，文件里的片区有：{shown}")
    return np.array([text in zones for text in texts], dtype=bool)


def inside_line(plots: Plots, heading: str | None, drawn: Path | None) -> NDArray[np.bool_]:
    """Plots inside the control line: by a file of its areas (the plot's middle lies in one), else by a column."""
    if drawn is not None:
        area = _areas(drawn, plots.place)
        middle = shapely.point_on_surface(plots.shapes)
        inside: NDArray[np.bool_] = np.isin(np.arange(len(middle)), shapely.STRtree(area).query(middle, predicate="within")[0])
        return inside
    texts = _words(plots, "control_line", heading, "--inside-control-line", "--control-column")
    return np.array([text.lower() in INSIDE for text in texts], dtype=bool)


def near_roads(plots: Plots, roads: Path | None, within_m: float) -> NDArray[np.int64]:
    """Plots no farther from a road than `within_m`: by a file of roads, else by a column of metres."""
    if roads is not None:
        drawn = _drawn(roads, plots.place)
        return np.unique(shapely.STRtree(drawn).query(plots.shapes, predicate="dwithin", distance=within_m)[0]).astype(np.int64)
    if plots.road_m is None:
        raise click.UsageError("--road-m 要有道路：用 --roads 给出道路图形文件，或用 --road-column 指出“距道路（米）”一列")
    return np.array([at for at, metres in enumerate(plots.road_m) if metres is not None and metres <= within_m], dtype=np.int64)


def _words(plots: Plots, field_id: str, heading: str | None, option: str, named_by: str) -> list[str]:
    batch, table = plots.loaded.batch, plots.table
    if heading is not None:
        at = source.column_index(table, heading)
        return ["" if table.rows[row][at] is None else str(table.rows[row][at]).strip() for row in plots.index]
    if field_id not in batch.fields:
        there = "、".join(table.columns)
        raise click.UsageError(f"{option} 要有一列说明，文件里没认出来；请用 {named_by} 指出列名，可用的列：{there}")
    column = batch.column(field_id)
    return ["" if column[row] is None else str(column[row]) for row in plots.index]


def _drawn(path: Path, frame: Working) -> Shapes:
    """Shapes of another file, in the frame of the plots. Raises source.Unreadable."""
    shapes: list[Any] = []
    for table in read(path):
        if table.geometry is not None:
            if bool(table.crs) != bool(frame.crs):
                raise source.Unreadable(f"“{path.name}”与地块文件只有一个写明了坐标系，对不上")
            moved = working(as_shapes(table.geometry), table.crs, frame.crs or None, frame.origin)
            shapes += [shape for shape in moved.shapes if shape is not None and not shape.is_empty]
    if not shapes:
        raise source.Unreadable(f"“{path.name}”里没有图形")
    return as_shapes(shapes)


def _areas(path: Path, frame: Working) -> Shapes:
    areas = polygonal(_drawn(path, frame))
    kept: Shapes = areas[~shapely.is_missing(areas)]
    if not len(kept):
        raise source.Unreadable(f"“{path.name}”里没有面状图形")
    return kept
