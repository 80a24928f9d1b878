"""Whether a price may be asked or reached: not below the floor of its day, but for a declared case that the policy knows."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tenglong.domain.landing.prices.deals import PriceRow
from tenglong.domain.landing.prices.floors import Floor, floor_issue
from tenglong.domain.landing.prices.policy import Reduction
from tenglong.domain.landing.prices.reasons import wan
from tenglong.domain.quality.issue import Severity
from tenglong.domain.units import AREA_UNITS


@dataclass(frozen=True)
class Case:
    """A declared case: `key` of the reduction, number of the document; `cost_fen`: what this land cost, None when not known."""

    key: str
    document: str
    cost_fen: Fraction | None = None


def refusal(row: PriceRow, floor: Floor | None, case: Case | None = None) -> str | None:
    """Why the price may not be, with the clause; None when it may. A total short by less than published places is rounding."""
    issue = floor_issue(row, floor, dataset="listings")
    if issue is None or issue.severity is Severity.INFO or floor is None:
        return None
    if case is None:
        return issue.message
    known = {one.key: one for one in floor.reductions}
    if case.key not in known:
        return f"{issue.message}；申报的依据不在现行标准里，请重新申报"
    return _beyond(row, floor, known[case.key], case)


def _beyond(row: PriceRow, floor: Floor, rule: Reduction, case: Case) -> str | None:
    """Why the case does not carry this price."""
    source = f"（{rule.basis.document}）" if rule.basis and rule.basis.document else ""
    if rule.under_years is not None and not (0 < _years(row) < rule.under_years):
        return f"“{rule.label}”只用于出让年限不足 {rule.under_years} 年的，这一宗写的是“{row.term_years or '未写年限'}”{source}"
    price = row.per_mu
    if price is None:
        return None
    if rule.share is not None and price < (least := floor.fen_per_mu * Fraction(rule.share)):
        return (f"单价 {wan(price)} 万元/亩低于最低价 {wan(floor.fen_per_mu)} 万元/亩的 {(rule.share * 100).normalize():f}%"
                f"（{wan(least)} 万元/亩）：{rule.label}{source}")
    if rule.above_cost and case.cost_fen is not None and row.price_fen is not None and row.price_fen < case.cost_fen:
        own = case.cost_fen * AREA_UNITS["mu"] / (row.area_cm2 or 1)
        return f"单价 {wan(price)} 万元/亩低于这块地在储备库的成本 {wan(own)} 万元/亩：{rule.label}，不得低于实际成本{source}"
    return None


def _years(row: PriceRow) -> int:
    """Years of a term such as “20年” or “50 年”; 0 when it says none."""
    digits = "".join(one for one in row.term_years if one.isdigit())
    return int(digits) if digits and len(digits) <= 2 else 0
