"""`tenglong import`: a survey file or folder, tried out (`--dry-run`) or taken into the record."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click

from tenglong.cli import _dry
from tenglong.cli._report import emit
from tenglong.domain.quality.issue import Report
from tenglong.domain.survey.kinds import KINDS
from tenglong.domain.survey.mapping import MappingError
from tenglong.files import FileError

FILE = click.Path(exists=True, path_type=Path)
SEVERAL = "文件里还有别的表没有读：{names}；用 --sheet 指定"


def _options(function: Any) -> Any:
    """Options that every import verb has."""
    for option in (
        click.option("--dry-run", is_flag=True, help="只试读和检查，不写入任何数据"),
        click.option("--json", "as_json", is_flag=True, help="输出 JSON"),
        click.option("--strict", is_flag=True, help="有警告也以 1 退出"),
        click.option("--crs", help="图形的坐标系，如 EPSG:4549；缺省用文件自带的"),
        click.option("--encoding", help="文字编码，如 gb18030、cp1252；缺省自动识别"),
        click.option("--county", help="县级区划代码，如 330604；用来认镇街名、坐标系和本县地址"),
        click.option("--outlines", type=FILE, help="镇街界线文件，与 --county 同用；入库时以登记册里的界线为准"),
    ):
        function = option(function)
    return function


def _record_options(function: Any) -> Any:
    """Options of the path into the record."""
    day = click.DateTime(["%Y-%m-%d"])
    for option in (
        click.option("--as", "user", default="", help="以哪个账号的名义导入，其角色和管辖范围照常生效"),
        click.option("--confirm", is_flag=True, help="核对后直接入库；缺省停在预览"),
        click.option("--mode", type=click.Choice(["change", "correction"]), help="差异是变更还是更正；缺省按摸排日期判断"),
        click.option("--survey-date", type=day, help="摸排日期"),
        click.option("--valid-from", type=day, help="生效日期；缺省为摸排日期，再缺省为今天"),
    ):
        function = option(function)
    return function


def _wish(rest: dict[str, Any]) -> dict[str, Any]:
    """Takes the options of the record out of `rest`."""
    taken = {name: rest.pop(name) for name in ("user", "confirm", "mode", "survey_date", "valid_from")}
    days = {name: taken[name].date() if taken[name] else None for name in ("survey_date", "valid_from")}
    return {**taken, "mode": taken["mode"] or "", **days}


def _recorder() -> Any:
    """The survey app, started only when something is to be recorded."""
    from tenglong.cli import _record

    _record.setup()
    return importlib.import_module("tenglong.apps.survey.cli_import")


class Kinds(click.Group):
    """`import KIND FILE` for each kind, beside `import folder` and `import template`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*KINDS, *super().list_commands(ctx)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _kind_command(cmd_name) if cmd_name in KINDS else super().get_command(ctx, cmd_name)


@click.group(name="import", cls=Kinds, help="导入摸排数据：tenglong import 种类 文件 --dry-run")
def command() -> None:
    """Group of the import verbs."""


def _kind_command(kind: str) -> click.Command:
    from tenglong.domain.survey.kinds import spec_of

    @click.command(name=kind, help=f"导入{spec_of(kind).label}；--dry-run 只检查")
    @click.argument("file", type=FILE)
    @_options
    @_record_options
    @click.option("--mapping", type=FILE, help="列与字段的对应方案（JSON）")
    @click.option("--sheet", help="工作表或图层的名字")
    @click.option("--annotate", type=click.Path(path_type=Path), help="把问题标在表格副本里，写到这个 .xlsx")
    def run(file: Path, **options: Any) -> None:
        _import_file(kind, file, **options)

    return run


def _import_file(
    kind: str,
    file: Path,
    *,
    dry_run: bool,
    as_json: bool,
    strict: bool,
    mapping: Path | None,
    annotate: Path | None,
    **rest: Any,
) -> None:
    wish = _wish(rest)
    choice = _dry.Choice(mapping=mapping, **rest)
    if not dry_run:
        _recorder().import_file(kind, file, choice, as_json=as_json, strict=strict, annotate=annotate, **wish)
        return
    try:
        taken = _dry.take(kind, file, choice)
        report = _dry.single_report(taken, choice.facts)
        if annotate:
            from tenglong.files.workbook import annotate as write_copy

            write_copy(file, taken.table, taken.mapping, report.issues, annotate)
            report.extra["annotated"] = annotate.name
    except (FileError, MappingError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    if not as_json:
        _print_mapping(report.extra)
    emit(report, as_json=as_json, strict=strict)


def _print_mapping(extra: dict[str, Any]) -> None:
    click.echo(f"{extra['file']}（{extra['sheet']}）")
    for column in extra["mapping"]:
        click.echo(f"  {column['field']:<16} ← 第 {column['index'] + 1} 列：{column['reason']}")
    for name in ("ignored", "notes", "missing"):
        if extra[name]:
            click.echo(f"  {({'ignored': '没有用到', 'notes': '说明', 'missing': '缺少'})[name]}：{'、'.join(extra[name])}")
    if extra["other_tables"]:
        click.echo(SEVERAL.format(names="、".join(extra["other_tables"])))


@command.command(name="folder", help="导入一个文件夹：自动认出每个文件的种类，按规定顺序")
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_options
@_record_options
def folder(directory: Path, dry_run: bool, as_json: bool, strict: bool, **rest: Any) -> None:
    """Exit codes as every checking verb."""
    wish = _wish(rest)
    choice = _dry.Choice(**rest)
    if not dry_run:
        _recorder().import_folder(directory, choice, as_json=as_json, strict=strict, **wish)
        return
    taken, left = _dry.take_folder(directory, choice)
    if not taken:
        raise click.ClickException(f"文件夹里没有能导入的数据：{directory.name}")
    report: Report = _dry.folder_report(taken, left, choice.facts)
    if not as_json:
        _print_folder(report.extra)
    emit(report, as_json=as_json, strict=strict)


def _print_folder(extra: dict[str, Any]) -> None:
    for one in extra["files"]:
        click.echo(
            f"{one['kind']:<12} {one['file']}（{one['sheet']}）：{one['rows']} 行，"
            f"可接收 {one['accepted']}，退回 {one['rejected']}"
        )
    for one in extra["left_out"]:
        click.echo(f"未导入 {one['file']}：{one['reason']}")


@command.command(name="template", help="写出某一种数据的填报模板（.xlsx）")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def template(kind: str, out: Path) -> None:
    """Writes the template workbook of a kind."""
    from tenglong.files.templates import write_template

    write_template(kind, out)
    click.echo(f"已写出 {out}")
