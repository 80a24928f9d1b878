"""Checks of figures and dates inside one row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.quality.registry import check
from tenglong.domain.quality.subject import Subject

_NUMBER = re.compile(r"\d+(?:\.\d+)?")

#: kind → (start, end) fields that must stand in this order
PERIODS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "parcels": (("granted_on", "ends_on"),),
    "occupancies": (("start", "end"),),
    "accounts": (("start", "end"),),
    "plots": (("valid_from", "valid_to"),),
    "deals": (("start_on", "completion_on"),),
}
LABELS: Final = {
    "granted_on": "取得日期", "ends_on": "终止日期", "start": "起始日期", "end": "终止日期", "valid_from": "生效日期",
    "valid_to": "失效日期", "start_on": "约定开工日期", "completion_on": "约定竣工日期",
}


@check("far-limits-swapped", kinds=("deals",))
def plot_ratio_limits(subject: Subject) -> Iterator[Issue]:
    """lower > upper, both given; nothing is exchanged."""
    uppers, lowers = subject.batch.column("far_upper"), subject.batch.column("far_lower")
    for index, (upper, lower) in enumerate(zip(uppers, lowers, strict=True)):
        if isinstance(upper, Decimal | int) and isinstance(lower, Decimal | int) and lower > upper:
            low, high = subject.given("far_lower", index), subject.given("far_upper", index)
            yield subject.issue("far-limits-swapped", index, f"容积率下限 {low} 大于上限 {high}，按原样保留", field="far_lower",
                                value=low, size={"far_lower": str(lower), "far_upper": str(upper)})


@check("price-zero", kinds=("deals", "parcels"))
def zero_price(subject: Subject) -> Iterator[Issue]:
    """A price of exactly 0; an empty cell is no price and is left alone."""
    for index, price in enumerate(subject.batch.column("price")):
        if price is not None and price == 0:
            yield subject.issue("price-zero", index, "成交价格为 0", field="price", value=subject.given("price", index))


@check("start-before-contract", kinds=("deals",))
def start_after_contract(subject: Subject) -> Iterator[Issue]:
    """Agreed start of works before the contract was signed."""
    signed, starts = subject.batch.column("signed_on"), subject.batch.column("start_on")
    for index, (contract, start) in enumerate(zip(signed, starts, strict=True)):
        if isinstance(contract, date) and isinstance(start, date) and start < contract:
            yield subject.issue("start-before-contract", index, f"约定开工 {start} 早于合同签订 {contract}", field="start_on",
                                value=subject.given("start_on", index))


@check("end-before-start", kinds=tuple(PERIODS))
def ends_after_start(subject: Subject) -> Iterator[Issue]:
    """End before start, the same day is allowed; deals are notices and keep their words, so there it is a warning."""
    severity = Severity.WARNING if subject.kind == "deals" else Severity.ERROR
    for first, last in PERIODS[subject.kind]:
        columns = zip(subject.batch.column(first), subject.batch.column(last), strict=True)
        for index, (start, end) in enumerate(columns):
            if isinstance(start, date) and isinstance(end, date) and end < start:
                yield subject.issue("end-before-start", index, f"{LABELS[last]} {end} 早于{LABELS[first]} {start}", field=last,
                                    value=subject.given(last, index), severity=severity)


@check("several-terms-in-cell", kinds=("deals",))
def one_term_per_cell(subject: Subject) -> Iterator[Issue]:
    """“工业用地50年; 商服用地40年” is two terms; the cell is kept as given and no figure is chosen."""
    for index, text in enumerate(subject.batch.given.get("term_years", ())):
        numbers = _NUMBER.findall(str(text or ""))
        if len(numbers) > 1:
            yield subject.issue("several-terms-in-cell", index, f"一格写了 {len(numbers)} 个年限（{'、'.join(numbers)}）",
                                field="term_years", value=str(text))
