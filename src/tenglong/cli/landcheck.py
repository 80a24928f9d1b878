"""`tenglong landcheck FILE --standard ID`: projects or plots against the indicators of standard land, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import click
from pydantic import BaseModel

from tenglong.cli import _check_input as source
from tenglong.cli._report import emit
from tenglong.domain.landing.standard import table as matrices
from tenglong.domain.landing.standard.check import RESULT_WORDS, plain
from tenglong.domain.landing.standard.policy import CONTROL, STANDARD, ControlIndicators, StandardLand
from tenglong.domain.policy import PolicyError, load_yaml
from tenglong.domain.policy.document import Document
from tenglong.domain.policy.shelf import packaged, refs
from tenglong.files import FileError

M = TypeVar("M", bound=BaseModel)


@click.command(name="landcheck", help="按“标准地”指标表和用地控制指标核对 FILE（每行一个项目或地块），逐项写明是否达标。"
                                      "不需要数据库。")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--standard", metavar="ID@版本|文件", help="标准地指标表，如 sc-longchang@2022（见 --list），或一个 YAML 文件")
@click.option("--control", metavar="ID@版本|文件", help="另按用地控制指标核对容积率、建筑系数等，如 cn@2023")
@click.option("--industry", metavar="列名", default="", help="行业所在列；缺省认“行业”")
@click.option("--key", metavar="列名", default="", help="项目或地块名称所在列；缺省按表头识别")
@click.option("--sheet", help="工作表名；缺省取第一张有数据的表")
@click.option("--list", "listing", is_flag=True, help="列出随程序提供的指标表")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--strict", is_flag=True, help="缺数（警告）也以 1 退出")
def command(file: Path | None, standard: str | None, control: str | None, industry: str, key: str, sheet: str | None,
            listing: bool, as_json: bool, strict: bool) -> None:
    """Exit 0: every row passes; 1: some fail, or a file or policy that cannot be read; 2: bad use, unknown table."""
    if listing:
        _list()
        return
    if file is None or standard is None:
        raise click.UsageError("请写明表格文件和 --standard，例如 tenglong landcheck 项目.xlsx --standard sc-longchang@2022")
    chosen, model = _loaded(STANDARD, standard, StandardLand)
    limits = _loaded(CONTROL, control, ControlIndicators) if control else None
    try:
        found = matrices.check(source.table_of(source.existing(file), sheet), model, limits[1] if limits else None,
                               key=key, industry=industry)
    except (FileError, source.Unreadable, matrices.NoColumn) as error:
        raise click.ClickException(str(error)) from error
    found.report.extra = {"standard": _told(chosen), "control": _told(limits[0]) if limits else None, **matrices.as_json(found)}
    if not as_json:
        _print(found)
    emit(found.report, as_json=as_json, strict=strict)


def _loaded(kind: str, name: str, model: type[M]) -> tuple[Document, M]:
    """A preset, or a YAML file. Raises click.UsageError (unknown), ClickException (broken)."""
    try:
        if Path(name).is_file():
            document = load_yaml(Path(name).read_text("utf-8"), kind=kind, id=Path(name).stem.partition("@")[0], file=name)
        else:
            document = packaged(kind, name)
    except LookupError as error:
        known = "、".join(ref.stem for ref in refs(kind))
        raise click.UsageError(f"{error}；有：{known}") from error
    except (PolicyError, UnicodeDecodeError) as error:
        raise click.ClickException(str(error)) from error
    return document, model.model_validate(document.data)


def _told(document: Document) -> dict[str, str]:
    head = document.header
    return {"id": document.id, "version": document.version, "pin": document.pin, "document": head.document,
            "verified": str(head.verified or "")}


def _list() -> None:
    for kind in (STANDARD, CONTROL):
        for ref in refs(kind):
            document = packaged(kind, ref.stem)
            state = "已核" if document.header.verified == "verified" else "待核"
            click.echo(f"{kind}\t{ref.stem}\t{document.data['name']}\t{state}\t{document.header.document}")


def _print(found: matrices.Matrix) -> None:
    for line in found.lines:
        click.echo(f"第 {line.row} 行 {line.key}（{line.table_row or line.industry}）")
        for one in line.cells:
            value = "—" if one.value is None else f"{plain(one.value)}{one.unit}"
            click.echo(f"  {RESULT_WORDS[one.result]}\t{one.label}\t{value}\t{one.says}")
