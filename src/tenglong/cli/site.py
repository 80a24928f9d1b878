"""`tenglong site FILE`: a contiguous site for a given project, without a database."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
import numpy as np
import orjson
import shapely
from numpy.typing import NDArray

from tenglong.cli import _check_input as source
from tenglong.cli import _site_input as given
from tenglong.cli._site_output import Told, print_text, write
from tenglong.domain.geo.crs_names import UnknownCrs
from tenglong.domain.renewal.adjacency import adjacency
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.site import Aim, Sites, search
from tenglong.domain.units import UnitError, to_cm2, to_fen
from tenglong.files import FileError


class MuType(click.ParamType[int]):
    """An area in mu, kept exact as whole cm²."""

    name = "亩"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        try:
            cm2 = to_cm2(Decimal(str(value)), "mu")
        except (InvalidOperation, UnitError, ValueError, OverflowError):
            cm2 = 0
        if cm2 <= 0:
            self.fail(f"“{value}”不是大于 0 的亩数", param, ctx)
        return cm2


class Phases(click.ParamType[tuple[int, ...]]):
    """300,250,231: least mu of each phase."""

    name = "亩,亩,…"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(MuType().convert(part, param, ctx) for part in str(value).replace("，", ",").split(","))


@click.command(name="site", help="在 FILE 的地块中找一处相连的用地：够大、在范围内、按期腾得出，成本或户数最少。不需要数据库。")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--min-mu", "min_cm2", type=MuType(), help="至少多少亩；写了 --phases 时可省")
@click.option("--phases", type=Phases(), default=(), help="分期：各期至少多少亩，如 300,250,231；每期相连，合起来也相连")
@click.option("--zones", help="只在这些片区内，多个用逗号隔开")
@click.option("--zone-column", metavar="列名", help="片区所在列；缺省按表头识别")
@click.option("--inside-control-line", is_flag=True, help="只取工业控制线内的地块")
@click.option("--control-column", metavar="列名", help="控制线内外所在列；缺省按表头识别")
@click.option("--control-line", type=click.Path(exists=True, path_type=Path), help="控制线图形文件；地块的内点在其中即为线内")
@click.option("--road-m", type=click.FloatRange(0), help="至少有一块地离道路不超过这么多米")
@click.option("--roads", type=click.Path(exists=True, path_type=Path), help="道路图形文件，与 --road-m 同用")
@click.option("--road-column", metavar="列名", help="距道路（米）所在列")
@click.option("--max-span", "span_m", type=click.FloatRange(1), help="任两块地的中心相距不超过这么多米，免得用地拉成长条")
@click.option("--months", "within", type=click.IntRange(0), help="各块地都要在这么多个月内腾得出")
@click.option("--months-column", metavar="列名", help="腾退月数所在列")
@click.option("--area", metavar="列名", help="面积所在列，单位写在表头；缺省用图上面积")
@click.option("--cost", metavar="列名", help="成本所在列，单位写在表头，没写为万元；缺省认“成本”")
@click.option("--owners", metavar="列名", help="户数所在列；缺省认“户数”")
@click.option("--chance", metavar="列名", help="同意的可能（0–1，或表头带 % 的百分数）所在列；按权利人组别填，不按个人")
@click.option("--aim", type=click.Choice([str(one) for one in Aim]), help="比什么：成本、户数或用地；缺省依次取有数的第一个")
@click.option("--per-owner-wan", type=click.FloatRange(0), default=0.0, help="每户另计多少万元协调成本")
@click.option("--alternatives", type=click.IntRange(1, 20), default=3, show_default=True, help="要几个方案")
@click.option("--differ", type=click.FloatRange(0.05, 1), default=0.3, show_default=True, help="方案之间至少相差的用地比例")
@click.option("--across-road", "across_road_m", type=click.FloatRange(0, 500), default=30.0, show_default=True,
              help="隔着窄于这么多米的路也算相邻")
@click.option("--min-shared", "min_shared_m", type=click.FloatRange(0), default=5.0, show_default=True,
              help="共边或相对至少这么多米才算相邻")
@click.option("--time-limit", "time_limit_s", type=click.FloatRange(0.5, 3600), default=6.0, show_default=True,
              help="求解时限（秒）")
@click.option("--gap", type=click.FloatRange(0, 0.5), default=1e-4, show_default=True, help="差距小到这个比例就停")
@click.option("--layer", help="图层或工作表名；缺省取第一个")
@click.option("--crs", help="坐标系编号，例如 EPSG:4549；覆盖文件自带的")
@click.option("--key", metavar="列名", help="地块编码所在列；缺省按表头识别")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="各方案的地块另存为 GeoPackage")
def command(file: Path, as_json: bool, out: Path | None, **asked: Any) -> None:
    """Exit 0: at least one site; 1: none, or a file that cannot be read; 2: bad use."""
    if asked["min_cm2"] is None and not asked["phases"]:
        raise click.UsageError("请用 --min-mu 写明至少多少亩，或用 --phases 写明各期")
    if out is not None and out.suffix.lower() != ".gpkg":
        raise click.UsageError(f"--out 只写 GeoPackage，文件名应以 .gpkg 结尾，得到“{out.name}”")
    try:
        told = _told(source.existing(file), asked)
    except (FileError, source.Unreadable) as error:
        raise click.ClickException(str(error)) from error
    except UnknownCrs as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(told.report().as_json(), option=orjson.OPT_INDENT_2) + b"\n")
    else:
        print_text(told)
    if out is not None and told.sites.sites:
        out.unlink(missing_ok=True)
        write(told, out)
        click.echo(f"已写出“{out}”", err=True)
    raise SystemExit(0 if told.sites.sites else 1)


def _told(path: Path, asked: dict[str, Any]) -> Told:
    plots = given.load(path, given.Asked(
        layer=asked["layer"], crs=asked["crs"], key=asked["key"], area=asked["area"], cost=asked["cost"],
        owners=asked["owners"], months=asked["months_column"], chance=asked["chance"], road=asked["road_column"]))
    allowed = _allowed(plots, asked)
    gate = given.near_roads(plots, asked["roads"], asked["road_m"]) if asked["road_m"] is not None else None
    graph = adjacency(plots.shapes, min_shared_m=asked["min_shared_m"], road_m=asked["across_road_m"])
    sites = _search(plots, graph, asked, allowed, gate)
    shown = {name: value for name, value in asked.items() if value not in (None, (), False)}
    return Told(plots, graph, sites, {name: str(value) if isinstance(value, Path) else value for name, value in shown.items()}
                | {"across_road_m": asked["across_road_m"], "min_shared_m": asked["min_shared_m"]})


def _allowed(plots: given.Plots, asked: dict[str, Any]) -> NDArray[np.bool_] | None:
    masks = []
    if asked["zones"]:
        zones = [one.strip() for one in asked["zones"].replace("，", ",").split(",") if one.strip()]
        masks.append(given.inside_zones(plots, zones, asked["zone_column"]))
    if asked["inside_control_line"] or asked["control_line"] is not None:
        masks.append(given.inside_line(plots, asked["control_column"], asked["control_line"]))
    return np.logical_and.reduce(masks) if masks else None


def _search(plots: given.Plots, graph: Graph, asked: dict[str, Any], allowed: NDArray[np.bool_] | None,
            gate: Sequence[int] | NDArray[np.int64] | None) -> Sites:
    try:
        return search(
            graph, plots.land_cm2, plots.cost, plots.owners, plots.months, min_cm2=asked["min_cm2"] or sum(asked["phases"]),
            allowed=allowed, within=asked["within"], phases=asked["phases"], alternatives=asked["alternatives"],
            time_limit_s=asked["time_limit_s"], aim=Aim(asked["aim"]) if asked["aim"] else None,
            owner_fen=to_fen(Decimal(str(asked["per_owner_wan"])), "wan_yuan"), gate=gate, differ=asked["differ"],
            middles=shapely.get_coordinates(shapely.centroid(plots.shapes)), span_m=asked["span_m"], gap=asked["gap"])
    except ValueError as error:
        raise click.UsageError(str(error)) from error
