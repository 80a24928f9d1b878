"""How `tenglong prices` prints its table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from unicodedata import east_asian_width

import click

from tenglong.domain.landing.prices import PriceTable
from tenglong.domain.landing.prices.groups import Group
from tenglong.domain.landing.prices.reasons import FLAGS, LEFT_OUT, wan
from tenglong.domain.landing.prices.telling import mu, notes_of
from tenglong.domain.quality.issue import Report

HEAD = ("宗数", "有价", "中位", "Q1", "Q3", "最低", "最高", "加权均价", "异常", "去异常中位")
SHOWN = 40
NONE = "—"


def print_text(table: PriceTable, report: Report, words: Mapping[str, str], *, outliers: bool) -> None:
    """Groups, then prices that stand out, then deals without a price, then prices below the floor."""
    whole = table.whole
    click.echo(f"共 {len(whole.rows)} 宗，{whole.n} 宗有价，剔除 {len(whole.rows) - whole.n} 宗；单价单位：万元/亩")
    click.echo(f"口径：单价＝成交总价÷成交面积；{report.extra['quantiles']}；加权均价＝价款合计÷面积合计")
    lines = [[*_key(one, words), *_figures(one), "；".join(notes_of(one))] for one in (*table.groups, whole)]
    _grid([(*table.labels, *HEAD, "说明"), *lines], len(table.by))
    _outliers(table, outliers=outliers)
    _left(table)
    below = [issue for issue in report.issues if issue.rule == "below-floor-price"]
    if report.extra["floor_policies"]:
        click.echo(f"\n低于最低价 {len(below)} 宗（标准：{'、'.join(report.extra['floor_policies'])}）")
    for issue in below[:SHOWN]:
        click.echo(f"  第 {issue.row} 行 {issue.key}：{issue.message} → {issue.fix}")
    _more(len(below))
    rest = [issue for issue in report.issues if issue.severity == "error"]
    for issue in rest[:SHOWN]:
        click.echo(f"\n[error] 第 {issue.row} 行 {issue.key}：{issue.message} → {issue.fix}")


def _key(group: Group, words: Mapping[str, str]) -> list[str]:
    return [words.get(part, part) or "未写明" for part in group.key]


def _figures(group: Group) -> list[str]:
    low, high = group.quartiles or (None, None)
    ends = (group.ordered[0], group.ordered[-1]) if group.ordered else (None, None)
    prices = [NONE if one is None else wan(one) for one in (group.median, low, high, *ends, group.mean)]
    plain = wan(group.median_plain) if group.median_plain is not None else NONE
    return [str(len(group.rows)), str(group.n), *prices, str(len(group.flagged)), plain]


def _grid(lines: list[tuple[str, ...] | list[str]], keys: int) -> None:
    """Words to the left, numbers to the right; a Chinese character is two columns wide. The last line is the whole."""
    lines[-1] = ["合计", *([""] * (keys - 1)), *lines[-1]] if keys else lines[-1]
    widths = [max(_width(line[at]) for line in lines) for at in range(len(lines[0]) - 1)]
    for line in lines:
        cells = [_pad(line[at], widths[at], right=at >= keys) for at in range(len(widths))]
        click.echo("  ".join([*cells, line[-1]]).rstrip())


def _pad(text: str, width: int, *, right: bool) -> str:
    space = " " * (width - _width(text))
    return space + text if right else text + space


def _width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def _outliers(table: PriceTable, *, outliers: bool) -> None:
    found = table.whole.flagged
    kinds = Counter(flag.id for one in found for flag in one.flags)
    told = "、".join(f"{FLAGS[name]} {kinds[name]}" for name in FLAGS if kinds[name])
    click.echo(f"\n异常 {len(found)} 宗（仍计入中位数，另列去异常中位；一宗可有几条原因）{'：' if told else ''}{told}")
    if not outliers:
        return
    for one in found[:SHOWN]:
        price = wan(one.per_mu) if one.per_mu is not None else NONE
        deal = one.deal
        click.echo(f"  第 {deal.row} 行 {deal.region} {deal.holder}（{mu(deal.area_cm2 or 0)} 亩，{price} 万元/亩）："
                   f"{'；'.join(flag.says for flag in one.flags)}")
    _more(len(found))


def _left(table: PriceTable) -> None:
    left = [one for one in table.whole.rows if one.left_out]
    if left:
        click.echo(f"\n不参与比价 {len(left)} 宗")
    for one in left[:SHOWN]:
        click.echo(f"  第 {one.deal.row} 行 {one.deal.region} {one.deal.holder}：{LEFT_OUT[one.left_out]}")
    _more(len(left))


def _more(found: int) -> None:
    if found > SHOWN:
        click.echo(f"  … 其余 {found - SHOWN} 宗见 --json")
