"""Whether compensation is the same for all (office rule 19): a list for 纪检, of things to be explained, never a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import pairwise
from statistics import median
from typing import Final

from tenglong.domain.landing.clearance.policy import ClearancePolicy, ItemKind, Limit

FEN: Final = 100
RULES: Final[dict[str, str]] = {
    "range": "超出政策幅度", "spread": "同类项目单价偏离", "sum": "金额不等于数量乘单价", "plan": "付款计划与协议金额不符",
    "split": "疑似拆分付款", "revalued": "评估结果变更",
}


@dataclass(frozen=True)
class Item:
    """A line of an agreement. `quantity` in the unit of its kind, `unit_fen` 分 per unit, `amount_fen` 分."""

    kind: str
    quantity: Decimal
    unit_fen: int
    amount_fen: int


@dataclass(frozen=True)
class Paid:
    """An instalment: the day it is due or was paid, and 分."""

    on: date
    amount_fen: int


@dataclass(frozen=True)
class Valued:
    on: date
    amount_fen: int


@dataclass(frozen=True)
class Dossier:
    """What is on file of one holder."""

    key: int
    label: str
    items: tuple[Item, ...] = ()
    payments: tuple[Paid, ...] = ()
    valuations: tuple[Valued, ...] = ()


@dataclass(frozen=True)
class Doubt:
    """Something to be explained. `key`: the holder; `kind`: item, "" for none; `figures` in words."""

    rule: str
    key: int
    label: str
    kind: str
    says: str
    figures: Mapping[str, str] = field(default_factory=dict)


def doubts(policy: ClearancePolicy, dossiers: Sequence[Dossier]) -> list[Doubt]:
    """Every doubt, holder by holder."""
    middles = _medians(policy, dossiers)
    found: list[Doubt] = []
    for one in dossiers:
        found += [*_items(policy, one, middles), *_plan(one), *_split(policy.consistency.split, one),
                  *_revalued(policy.consistency.revalued, one)]
    return found


def amount_of(quantity: Decimal, unit_fen: int) -> int:
    """quantity × unit price in 分, half up."""
    return int((quantity * unit_fen + Decimal("0.5")) // 1)


def out_of_range(kind: ItemKind, unit_fen: int) -> str:
    """ "", or the sentence that names the range."""
    low = kind.low is not None and unit_fen < kind.low * FEN
    high = kind.high is not None and unit_fen > kind.high * FEN
    if not (low or high):
        return ""
    return f"单价 {_yuan(unit_fen)} 元/{kind.unit} {'低于' if low else '高于'}政策幅度 {range_of(kind)}"


def range_of(kind: ItemKind) -> str:
    low, high = (("" if end is None else f"{end:,f}") for end in (kind.low, kind.high))
    if low and high:
        return f"{low}–{high} 元/{kind.unit}"
    return f"不低于 {low} 元/{kind.unit}" if low else f"不高于 {high} 元/{kind.unit}" if high else "没有规定幅度"


# ---- rules


def _items(policy: ClearancePolicy, one: Dossier, middles: Mapping[str, Decimal]) -> Iterator[Doubt]:
    for item in one.items:
        kind = policy.items.get(item.kind)
        if kind is None:
            yield Doubt("range", one.key, one.label, item.kind, f"政策里没有补偿项目“{item.kind}”")
            continue
        if says := out_of_range(kind, item.unit_fen):
            yield Doubt("range", one.key, one.label, item.kind, f"{kind.label}：{says}",
                        {"单价": _yuan(item.unit_fen), "幅度": range_of(kind)})
        middle = middles.get(item.kind)
        if middle and abs(item.unit_fen - middle) > policy.consistency.spread * middle:
            share = (Decimal(item.unit_fen) / middle - 1) * 100
            price, usual = _yuan(item.unit_fen), _yuan(middle)
            yield Doubt("spread", one.key, one.label, item.kind,
                        f"{kind.label}：单价 {price} 元，与本项目同类中位数 {usual} 元相差 {share:+.1f}%",
                        {"单价": price, "中位数": usual})
        if amount_of(item.quantity, item.unit_fen) != item.amount_fen:
            yield Doubt("sum", one.key, one.label, item.kind,
                        f"{kind.label}：{item.quantity} × {_yuan(item.unit_fen)} 元，登记金额 {_yuan(item.amount_fen)} 元")


def _medians(policy: ClearancePolicy, dossiers: Iterable[Dossier]) -> dict[str, Decimal]:
    prices: dict[str, list[int]] = {}
    for one in dossiers:
        for item in one.items:
            prices.setdefault(item.kind, []).append(item.unit_fen)
    return {kind: Decimal(median(found)) for kind, found in prices.items() if len(found) >= policy.consistency.least}


def _plan(one: Dossier) -> Iterator[Doubt]:
    due, planned = sum(item.amount_fen for item in one.items), sum(part.amount_fen for part in one.payments)
    if one.payments and due != planned:
        yield Doubt("plan", one.key, one.label, "", f"付款计划合计 {_yuan(planned)} 元，协议金额 {_yuan(due)} 元")


def _split(limit: Limit, one: Dossier) -> Iterator[Doubt]:
    """Runs of instalments just under the limit, no further apart than `days`, that together reach it."""
    top, floor = limit.limit * FEN, limit.limit * FEN * limit.near
    just = sorted((part for part in one.payments if floor <= part.amount_fen < top), key=lambda part: part.on)
    runs: list[list[Paid]] = [just[:1]] if just else []
    for before, after in pairwise(just):
        if (after.on - before.on).days <= limit.days:
            runs[-1].append(after)
        else:
            runs.append([after])
    for run in runs:
        whole = sum(part.amount_fen for part in run)
        if len(run) > 1 and whole >= top:
            days = (run[-1].on - run[0].on).days
            yield Doubt("split", one.key, one.label, "",
                        f"{days} 天内 {len(run)} 笔，每笔都略低于须另行审批的 {_yuan(int(top))} 元，合计 {_yuan(whole)} 元")


def _revalued(least: Decimal, one: Dossier) -> Iterator[Doubt]:
    for before, after in pairwise(sorted(one.valuations, key=lambda found: found.on)):
        if before.amount_fen == after.amount_fen:
            continue
        share = abs(Decimal(after.amount_fen) / before.amount_fen - 1) if before.amount_fen else Decimal(1)
        if share >= least:
            old, new = _yuan(before.amount_fen), _yuan(after.amount_fen)
            yield Doubt("revalued", one.key, one.label, "",
                        f"{before.on} 评估 {old} 元，{after.on} 改为 {new} 元（相差 {share:.1%}）")


def _yuan(fen: int | Decimal) -> str:
    text = f"{Decimal(fen) / FEN:,.2f}"
    return text.removesuffix(".00")
