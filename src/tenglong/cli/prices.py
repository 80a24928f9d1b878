"""`tenglong prices FILE`: price of land per mu by place, use and method, from a table of deals, without a database."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from tenglong.cli import _dry
from tenglong.cli._prices_output import print_text
from tenglong.cli._report import emit
from tenglong.domain.landing.prices import BY, Limits, PriceTable, tabulate
from tenglong.domain.landing.prices.deals import rows_of
from tenglong.domain.landing.prices.floors import floor_issues, packaged_books
from tenglong.domain.landing.prices.telling import issues_of, swapped_issues, table_json
from tenglong.domain.quality.issue import Report
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.mapping import MappingError
from tenglong.files import FileError

KIND = "deals"
#: problems of reading that concern the price; the rest is told by `tenglong import deals --dry-run`
HELP = "按省份、用途、供地方式统计土地成交的每亩单价：每组样本、剔除和异常都说明原因，并与最低价比较。不需要数据库。"
CONCERN = frozenset({"area", "price", "supply_method", "signed_on", "far_upper", "far_lower", "land_use", "region"})


@click.command(name="prices", help=HELP)
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--by", "by", default="province,use,method", show_default=True,
              help=f"分组，逗号隔开：{'、'.join(BY)}")
@click.option("--tiny-mu", type=click.FloatRange(0), default=float(Limits.tiny_mu), show_default=True,
              help="面积不足这么多亩的标出")
@click.option("--short-years", type=click.IntRange(0), default=Limits.short_years, show_default=True,
              help="年限不足这么多年的标出")
@click.option("--far-z", type=click.FloatRange(1), default=Limits.far_z, show_default=True, help="稳健 z 超过这么多的标为异常")
@click.option("--far-times", type=click.FloatRange(1), default=float(Limits.far_times), show_default=True,
              help="并且至少是中位数的这么多倍（或几分之一）才标为异常")
@click.option("--least", type=click.IntRange(3), default=Limits.least, show_default=True,
              help="少于这么多宗的组，与更大的组比较")
@click.option("--floor", "floors", multiple=True, metavar="ID", help="只用这些最低价标准，可多次；缺省用随程序提供的全部")
@click.option("--no-floor", is_flag=True, help="不与最低价比较")
@click.option("--outliers/--no-outliers", default=True, show_default=True, help="文字输出里列出异常的每一宗")
@click.option("--sheet", help="工作表名")
@click.option("--encoding", help="文字编码，如 gb18030；缺省自动识别")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON：单价为元/亩，都是文字")
@click.option("--strict", is_flag=True, help="有异常（警告）也以 1 退出")
def command(file: Path, by: str, tiny_mu: float, short_years: int, far_z: float, far_times: float, least: int,
            floors: tuple[str, ...], no_floor: bool, outliers: bool, sheet: str | None,
            encoding: str | None, as_json: bool, strict: bool) -> None:
    """Exit 0: read; 1: a price or an area that cannot be read, or a file that cannot; 2: bad use."""
    limits = Limits(Decimal(str(tiny_mu)), short_years, far_z, Decimal(str(far_times)), least)
    words = [word.strip() for word in by.replace("，", ",").split(",") if word.strip()]
    try:
        books = [] if no_floor else packaged_books(floors)
        tabulate([], words)
    except (LookupError, ValueError) as error:
        raise click.UsageError(str(error.args[0])) from error
    try:
        taken = _dry.take(KIND, file, _dry.Choice(sheet=sheet, encoding=encoding))
    except (FileError, MappingError, OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    rows = rows_of(taken.batch)
    table = tabulate(rows, words, limits, methods())
    report = _report(taken, table, floor_issues(rows, books), [book.pin for book in books])
    if not as_json:
        print_text(table, report, methods(), outliers=outliers)
        raise SystemExit(report.exit_code(strict))
    emit(report, as_json=True, strict=strict)


def methods() -> dict[str, str]:
    """Code of a way of supply → its word."""
    field = next(field for field in spec_of(KIND).fields if field.id == "supply_method")
    return {choice.id: choice.label for choice in field.choices}


def _report(taken: _dry.Taken, table: PriceTable, below: list[Any], pins: list[str]) -> Report:
    report = Report(len(taken.batch), [issue for issue in taken.issues if issue.field in CONCERN], dataset=KIND)
    report.add(swapped_issues(table))
    report.add(issues_of(table))
    report.add(below)
    report.extra = {
        "dataset": KIND, "file": taken.path.name, "sheet": taken.table.name, "other_tables": taken.others,
        "columns": {column.field: column.heading for column in taken.mapping.columns}, "notes": list(taken.mapping.notes),
        **table_json(table, methods()), "floor_policies": pins,
    }
    return report
