"""A price table as JSON and as issues: money is text in yuan a mu, areas are cm² as text, every figure has its denominator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from tenglong.domain.landing.prices.exact import METHOD
from tenglong.domain.landing.prices.floors import yuan
from tenglong.domain.landing.prices.groups import Group, PriceTable
from tenglong.domain.landing.prices.reasons import FLAGS, LEFT_OUT, Judged, wan
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.units import area_text, from_cm2, from_fen

DATASET: Final = "deals"
UNIT: Final = "yuan/mu"
ONE_FIRM: Final = Fraction(1, 4)
NOTES: Final[Mapping[str, str]] = {
    "left": "剔除 %(n)s 宗（%(why)s）", "most": "%(n)s 宗属同一受让人（%(firm)s）", "all": "%(n)s 宗都属同一受让人",
    "swapped": "容积率颠倒 %(n)s 宗，不采用",
}


def table_json(table: PriceTable, words: Mapping[str, str]) -> dict[str, Any]:
    """Keys are stable: others script against them."""
    return {
        "by": list(table.by), "labels": list(table.labels), "unit": UNIT,
        "unit_note": "单价为元/亩（文字，两位小数；exact 为精确分数）", "quantiles": METHOD,
        "limits": {"tiny_mu": str(table.limits.tiny_mu), "short_years": table.limits.short_years, "far_z": table.limits.far_z,
                   "far_times": str(table.limits.far_times), "least": table.limits.least},
        "reasons": {"left_out": dict(LEFT_OUT), "flags": dict(FLAGS)},
        "total": group_json(table.whole, table, words), "groups": [group_json(one, table, words) for one in table.groups],
        "outliers": [outlier_json(one) for one in table.whole.flagged],
        "left_out": [left_json(one) for one in table.whole.rows if one.left_out],
    }


def group_json(group: Group, table: PriceTable, words: Mapping[str, str]) -> dict[str, Any]:
    key = {name: words.get(part, part) if name == "method" else part for name, part in zip(table.by, group.key, strict=False)}
    low, high = group.quartiles or (None, None)
    holders, most, times = group.holders
    prices = {
        "min": group.ordered[0] if group.ordered else None, "q1": low, "median": group.median, "q3": high,
        "max": group.ordered[-1] if group.ordered else None, "mean_by_area": group.mean,
        "median_without_flagged": group.median_plain,
    }
    return {
        "key": key, "rows": len(group.rows), "n": group.n, **{name: _yuan(price) for name, price in prices.items()},
        "median_exact": _exact(group.median), "left_out": group.left_out, "flagged": len(group.flagged),
        "n_without_flagged": len(group.plain), "holders": holders,
        "most_by_one": {"holder": most, "n": times} if times > 1 else None,
        "area_mu": area_text(group.area_cm2), "area_cm2": str(group.area_cm2),
        "price_yuan": f"{from_fen(group.price_fen, 'yuan', 2)}", "swapped_ratios": group.swapped,
        "floor_area_price": {"unit": "yuan/m2", "n": len(group.floor), "median": _yuan(group.floor_median)},
        "compared_with": group.compared_with,
    }


def outlier_json(one: Judged) -> dict[str, Any]:
    return _deal(one) | {
        "per_mu": _yuan(one.per_mu), "z": None if one.z is None else round(one.z, 2),
        "reasons": [{"id": flag.id, "label": FLAGS[flag.id], "says": flag.says} for flag in one.flags],
    }


def left_json(one: Judged) -> dict[str, Any]:
    return _deal(one) | {"reason": one.left_out, "says": LEFT_OUT[one.left_out]}


def _deal(one: Judged) -> dict[str, Any]:
    deal = one.deal
    return {
        "row": deal.row, "key": deal.ref, "region": deal.region, "division": deal.division, "holder": deal.holder,
        "location": deal.location, "method": deal.method,
        "signed_on": deal.signed_on.isoformat() if deal.signed_on else None,
        "area_mu": area_text(deal.area_cm2) if deal.area_cm2 else None,
        "price_wan": f"{from_fen(deal.price_fen, 'wan_yuan', 4)}" if deal.price_fen is not None else None,
    }


def issues_of(table: PriceTable) -> list[Issue]:
    """A warning per price that stands out, a note per deal that gives none."""
    found = []
    for one in table.whole.rows:
        if one.left_out:
            found.append(_issue(one, "price-left-out", Severity.INFO, f"不参与比价：{LEFT_OUT[one.left_out]}",
                                "核对公告；属实的不必处理"))
        elif one.flagged:
            found.append(_issue(one, "price-outlier", Severity.WARNING, "；".join(flag.says for flag in one.flags),
                                "核对面积、价款及其单位；属实的引用时说明原因"))
    return found


def swapped_issues(table: PriceTable) -> list[Issue]:
    """The same rule as the import's; the ratio is shown and not used."""
    return [Issue(DATASET, deal.row, deal.ref, "far_lower", "far-limits-swapped", str(deal.far_lower), Severity.WARNING,
                  f"容积率下限 {deal.far_lower} 大于上限 {deal.far_upper}，按原样保留，不用于楼面地价", "核对合同后改正")
            for deal in (one.deal for one in table.whole.rows) if deal.swapped]


def _issue(one: Judged, rule: str, severity: Severity, message: str, fix: str) -> Issue:
    price = wan(one.per_mu) if one.per_mu is not None else ""
    return Issue(DATASET, one.deal.row, one.deal.ref, "price", rule, price, severity, message, fix,
                 size={"yuan_per_mu": yuan(one.per_mu)} if one.per_mu is not None else {})


def _yuan(price: Fraction | None) -> str | None:
    return None if price is None else yuan(price)


def _exact(price: Fraction | None) -> str | None:
    """Yuan a mu as “numerator/denominator”."""
    return None if price is None else str(price / 100)


def mu(area_cm2: int) -> str:
    return f"{from_cm2(area_cm2, 'mu', 2):,}"


def notes_of(group: Group, say: Callable[[str], str] = str) -> list[str]:
    """What a reader must know before using the median of this group; `say` puts a sentence into the reader's language."""
    notes = [say(NOTES["left"]) % {"n": count, "why": say(LEFT_OUT[reason])} for reason, count in group.left_out.items()]
    holders, most, times = group.holders
    if group.n and holders > 1 and times > 2 and Fraction(times, group.n) > ONE_FIRM:
        notes.append(say(NOTES["most"]) % {"n": times, "firm": most})
    elif group.n > 1 and holders == 1:
        notes.append(say(NOTES["all"]) % {"n": group.n})
    if group.swapped:
        notes.append(say(NOTES["swapped"]) % {"n": group.swapped})
    return notes
