"""`tenglong county`: a real county begins here — its towns, outlines, zones and profile."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import shapely

from tenglong import files
from tenglong.cli import _county
from tenglong.domain.geo.crs_names import UnknownCrs
from tenglong.domain.survey.county import CountyFacts, OutlineError, Outlines, outlines_of
from tenglong.policies import code_books

if TYPE_CHECKING:
    from tenglong.apps.registry.foundation import ZoneRow

FILE = click.Path(exists=True, path_type=Path)


@click.group()
def command() -> None:
    """本县：建立镇街、界线、片区和县域概况；查看已有的。"""


@command.command()
@click.argument("code")
@click.option("--outlines", type=FILE, help="镇街界线文件（shp、gpkg、geojson…）")
@click.option("--layer", help="界线所在图层；缺省取第一个有图形的")
@click.option("--code-field", default="", help="界线文件里 9 位或 12 位镇街代码所在列；缺省自动识别")
@click.option("--name-field", default="", help="界线文件里镇街名称所在列")
@click.option("--crs", default="", help="界线文件的坐标系，如 EPSG:4549；缺省用文件自带的")
@click.option("--zones", type=FILE, help="片区文件，列：code、name、kind、town，可有 parent")
@click.option("--as", "user", default="", help="以哪个账号的名义起草县域概况（随程序提供的县不需要）")
def init(code: str, outlines: Path | None, layer: str | None, code_field: str, name_field: str, crs: str, zones: Path | None,
         user: str) -> None:
    """建立 CODE（6 位县级代码）的镇街和界线；重复执行不产生变化。"""
    known = _county.county_facts(code)
    found = None
    try:
        if outlines is not None:
            table = _county.drawn_table(outlines, layer)
            found = outlines_of(table, code, known.towns, code_field=code_field, name_field=name_field, crs=crs,
                                profile=known.profile)
        _init(known, found, zones, user)
    except (OutlineError, UnknownCrs, files.FileError) as error:
        raise click.ClickException(str(error)) from error


def _init(known: CountyFacts, found: Outlines | None, zones: Path | None, user: str) -> None:
    from tenglong.cli import _record

    towns = _towns(known, found)
    _record.setup()
    from tenglong.apps.accounts import service as accounts
    from tenglong.apps.registry import county

    author = accounts.user_named(user) if user else None
    if user and author is None:
        raise click.UsageError(f"没有名为“{user}”的账号")
    shapes = found.shapes if found else {}
    given = _zones(zones, known.code, towns) if zones else []
    done = county.begin(code_books().divisions, known.code, towns, shapes, given, author=author)
    _tell(known, found, done, towns)


def _towns(known: CountyFacts, found: Outlines | None) -> dict[str, str]:
    """Of the list; where the list has none, of the outlines. Raises ClickException when there are none at all."""
    if known.towns:
        return dict(known.towns)
    click.echo(f"随程序提供的区划表里没有 {known.code} 的镇街，改由界线文件取得")
    towns = {name: code for code, name in (found.names if found else {}).items() if len(code) == 9}
    if not towns:
        raise click.ClickException("还没有镇街：请用 --outlines 给出带有镇街代码和名称的界线文件")
    return towns


def _tell(known: CountyFacts, found: Outlines | None, done: Any, towns: dict[str, str]) -> None:
    one = done.divisions
    counts = f"区划新增 {one.new}、更正 {one.changed}、未变 {one.unchanged}，写入界线 {one.outlines}"
    click.echo(f"{known.code}：镇街 {done.towns} 个；{counts}")
    if found:
        click.echo(f"界线坐标系：{found.crs}")
        for line in found.left[:20]:
            click.echo(f"  未采用 {line}")
        missing = [name for name, code in towns.items() if code not in found.shapes]
        if missing:
            click.echo(f"  没有界线的镇街：{'、'.join(missing)}")
    else:
        click.echo("没有界线：“不在所属镇街内”的检查将列为未执行，可再次运行并加 --outlines")
    if done.zones != type(done.zones)():
        click.echo(f"片区新增 {done.zones.new}、更正 {done.zones.changed}、未变 {done.zones.unchanged}")
    click.echo(f"部门：{done.department}；县域概况：{done.profile}")


def _zones(path: Path, county: str, towns: dict[str, str]) -> list[ZoneRow]:
    """Rows of a zone file, parents first. Raises OutlineError."""
    from tenglong.apps.registry.county import LIST_SINCE
    from tenglong.apps.registry.foundation import ZoneRow

    tables = files.read(path)
    if not tables:
        raise OutlineError(f"“{path.name}”里没有数据")
    table = next((one for one in tables if one.geometry is not None), tables[0])
    if missing := [name for name in ("code", "name", "kind", "town") if name not in table.columns]:
        raise OutlineError(f"片区文件缺少列：{'、'.join(missing)}（应有 code、name、kind、town，可有 parent）")
    shapes = [None] * len(table.rows) if table.geometry is None else list(_degrees(table))
    rows = []
    for number, cells, shape in zip(table.row_numbers, table.rows, shapes, strict=True):
        said = {name: str(cell if cell is not None else "").strip() for name, cell in zip(table.columns, cells, strict=True)}
        town = towns.get(said["town"], said["town"])
        if not said["code"] or not said["name"] or not town.startswith(county):
            raise OutlineError(f"片区文件第 {number} 行：代码、名称不能为空，镇街“{said['town']}”应是本县的名称或代码")
        rows.append(ZoneRow(said["code"], said["name"], said["kind"], town, LIST_SINCE, said.get("parent", ""), outline=shape))
    return _parents_first(rows)


def _parents_first(rows: list[ZoneRow]) -> list[ZoneRow]:
    out: list[ZoneRow] = []
    left, codes = list(rows), {row.code for row in rows}
    while left:
        done = {row.code for row in out}
        ready = [row for row in left if not row.parent or row.parent in done]
        if not ready:
            raise OutlineError(f"片区的上级不在文件里，或互为上级：{'、'.join(row.code for row in left if row.parent)}")
        out += ready
        left = [row for row in left if row not in ready]
    return out if len(codes) == len(rows) else _twice(rows)


def _twice(rows: list[ZoneRow]) -> list[ZoneRow]:
    codes = [row.code for row in rows]
    raise OutlineError(f"片区代码重复：{'、'.join(sorted({code for code in codes if codes.count(code) > 1}))}")


def _degrees(table: Any) -> Any:
    from tenglong.domain.survey.county import in_degrees

    shapes, _words = in_degrees(table, "", None)
    return [None if shape is None or shapely.is_empty(shape) else shape for shape in shapes]


@command.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def show(as_json: bool) -> None:
    """本县：代码、名称、范围、镇街及有无界线。"""
    from tenglong.cli import _record

    _record.setup()
    from tenglong.apps.registry import county

    found = county.shown()
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
        return
    if not found["towns"]:
        click.echo("还没有镇街，请先运行 tenglong county init 县级代码")
        return
    drawn = sum(town["outline"] for town in found["towns"])
    click.echo(f"{found['code']} {found['name']}：镇街 {len(found['towns'])} 个，有界线 {drawn} 个，片区 {found['zones']} 个")
    if found["extent"]:
        click.echo("范围：" + ", ".join(f"{side:.4f}" for side in found["extent"]))
    if found["central_meridian"]:
        click.echo(f"中央经线：{found['central_meridian']}°")
    for town in found["towns"]:
        mark = "示范界线" if town["invented"] else "有界线" if town["outline"] else "无界线"
        click.echo(f"  {town['code']} {town['name']}\t{mark}")
