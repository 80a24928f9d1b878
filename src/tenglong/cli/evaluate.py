"""`tenglong evaluate FILE --scheme …`: points, ranks and grades of a table, without a database and without a trace on disk."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from tenglong.cli._report import emit
from tenglong.domain.evaluation import catalogue
from tenglong.domain.evaluation.compiled import Compiled, PartialScheme
from tenglong.domain.policy import PolicyError
from tenglong.domain.quality.issue import Report

if TYPE_CHECKING:
    from tenglong.cli._evaluate_results import Results
    from tenglong.domain.evaluation.table import EvaluationRows


@click.command(name="evaluate", help="按评价办法给 FILE（.xlsx、.xls、.csv，每行一家企业）算分、排名、定档。"
                                     "不需要数据库，不改动文件。")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--scheme", "reference", metavar="ID@版本|文件", help="评价办法：随程序提供的（见 --list），或一个 YAML 文件")
@click.option("--list", "listing", is_flag=True, help="列出随程序提供的评价办法及其完整程度")
@click.option("--last-year", "last_year", type=click.Path(path_type=Path), help="上一年度同样的表，用来算上年均值作基准值")
@click.option("--sheet", help="工作表名；缺省取第一张有数据的表")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.option("--trace/--no-trace", "traced", default=True, show_default=True, help="JSON 里带每家企业的计算过程")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="把结果另存为 .xlsx、.csv 或 .parquet")
@click.option("--strict", is_flag=True, help="有警告也以 1 退出")
@click.option("--backend", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True, help="计算引擎")
def command(file: Path | None, reference: str | None, listing: bool, last_year: Path | None, sheet: str | None, as_json: bool,
            traced: bool, out: Path | None, strict: bool, backend: str) -> None:
    """Exit 0: every row scored; 1: rows refused, a file or scheme refused; 2: bad use, unknown scheme."""
    if listing:
        _list(as_json)
        return
    if file is None or reference is None:
        example = "tenglong evaluate 企业.xlsx --scheme demo@1"
        raise click.UsageError(f"请写明表格文件和 --scheme，例如 {example}；--list 列出评价办法")
    _known_suffix(out)
    compiled = _compiled(reference, as_json)
    given = _rows(compiled, file, sheet)
    results = _evaluated(compiled, given, _means(compiled, last_year), backend, traced and as_json, file.name)
    if out:
        results.write(out)
    issues = [*results.issues(), *given.issues]
    report = Report(given.rows, issues, extra=results.extra() if as_json else {}, dataset="evaluation")
    if not as_json:
        _print_groups(results)
    emit(report, as_json=as_json, strict=strict)


def _list(as_json: bool) -> None:
    rows: list[dict[str, Any]] = []
    for ref in catalogue.presets():
        document = catalogue.load(ref.stem)
        header = document.header
        rows.append({"id": document.id, "version": document.version, "name": document.data["name"], "pin": document.pin,
                     "completeness": header.completeness, "unknown": list(header.unknown), "verified": header.verified,
                     "valid_from": header.valid_from, "valid_to": header.valid_to, "document": header.document})
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode())
        return
    for row in rows:
        whole = "完整" if row["completeness"] == "full" else f"部分，缺 {len(row['unknown'])} 项"
        click.echo(f"{row['id']}@{row['version']}\t{whole}\t{row['name']}")
    click.echo("缺哪些项见 --list --json；各项数值均待与原文核对。")


def _known_suffix(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in (".xlsx", ".csv", ".parquet"):
        raise click.UsageError(f"--out 只能写 .xlsx、.csv 或 .parquet，不能写“{out.suffix or out.name}”")


def _compiled(reference: str, as_json: bool) -> Compiled:
    """Raises click.UsageError for a scheme that is not there, ClickException for one that is refused."""
    from tenglong.domain.evaluation.checks import compile_scheme

    try:
        compiled = compile_scheme(catalogue.load(reference, read=_text_of))
        compiled.require("score")
    except LookupError as error:
        known = "、".join(ref.stem for ref in catalogue.presets())
        raise click.UsageError(f"{error.args[0]}。随程序提供的评价办法有：{known}") from error
    except PolicyError as error:
        _told([problem.as_json() for problem in error.problems], as_json)
        raise click.ClickException(f"评价办法 {reference} 有 {len(error.problems)} 处问题，没有计算：\n{error}") from error
    except PartialScheme as error:
        _told([{"key": key, "reason": "尚不掌握"} for key in error.keys], as_json)
        raise click.ClickException(str(error)) from error
    return compiled


def _told(problems: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps({"problems": problems}, option=orjson.OPT_INDENT_2).decode())


def _text_of(path: str) -> str | None:
    if not Path(path).is_file():
        return None
    try:
        return Path(path).read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise click.ClickException(f"“{path}”不是 UTF-8 文本，请另存为 UTF-8") from error


def _rows(compiled: Compiled, path: Path, sheet: str | None) -> EvaluationRows:
    from tenglong.domain.evaluation.table import read_table
    from tenglong.files import FileError, read

    if not path.exists():
        raise click.UsageError(f"找不到文件“{path}”，请检查路径和文件名")
    try:
        tables = read(path)
    except FileError as error:
        raise click.ClickException(str(error)) from error
    named = [table for table in tables if sheet is None or table.name == sheet]
    if sheet is not None and not named:
        raise click.UsageError(f"“{path.name}”里没有工作表“{sheet}”，有：{'、'.join(table.name for table in tables)}")
    if not named:
        raise click.ClickException(f"“{path.name}”里没有数据表")
    return read_table(compiled, next((table for table in named if len(table.rows)), named[0]))


def _means(compiled: Compiled, path: Path | None) -> dict[tuple[str, str], Decimal] | None:
    """Last year's means; a row of that table which is refused is named and left out of the mean."""
    wanted = compiled.needs_last_year()
    if path is None:
        if wanted:
            labels = "、".join(f"{compiled.scheme.groups[group].label}的{label}" for group, _name, label in wanted)
            raise click.UsageError(f"基准值取上年均值（{labels}），请用 --last-year 给出上一年度的表，"
                                   "或在办法里写明公布的 value")
        return None
    from tenglong.cli._evaluate_results import to_arrow
    from tenglong.engine.run import benchmarks

    rows = _rows(compiled, path, None)
    refused = rows.rows - len(rows.columns["key"])
    if refused:
        click.echo(f"上年表“{path.name}”有 {refused} 行有误，没有计入上年均值", err=True)
    found = benchmarks(compiled, to_arrow(compiled, rows))
    for group, name, label in wanted:
        if not any(key[0] == group and key[1].partition("/")[0] == name for key in found):
            where = compiled.scheme.groups[group].label
            click.echo(f"上年表“{path.name}”里没有能算出{where}{label}均值的企业，今年这一组不能计这项分", err=True)
    return found


def _evaluated(compiled: Compiled, given: EvaluationRows, last_year: dict[tuple[str, str], Decimal] | None, backend: str,
               traced: bool, source: str) -> Results:
    from tenglong.cli._evaluate_results import Results, to_arrow
    from tenglong.engine.plan import EngineError
    from tenglong.engine.run import evaluate

    try:
        table = evaluate(compiled, to_arrow(compiled, given), last_year=last_year,
                         backend="spark" if backend == "spark" else "duckdb")
    except EngineError as error:
        raise click.ClickException(str(error)) from error
    return Results(compiled, given, table, traced, source)


def _print_groups(results: Results) -> None:
    click.echo(f"评价办法 {results.compiled.name}　{results.compiled.scheme.name}")
    for group in results.groups():
        if not group["members"]:
            continue
        shares = "，".join(f"{grade} {count}（{count * 100 / group['n']:.1f}%）" if group["n"] else f"{grade} {count}"
                          for grade, count in group["grades"].items())
        click.echo(f"  {group['label']}：{group['members']} 户，参加排名 {group['n']} 户" + (f"：{shares}" if shares else ""))
    outside = sum(row["group"] is None for row in results.rows)
    if outside:
        click.echo(f"  不在范围或不属任何一组：{outside} 户")
