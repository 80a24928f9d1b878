"""Published figures that do not add up are reported, never smoothed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Final

from tenglong.domain.quality.issue import Issue, Severity

DATASET: Final = "notice"


def check_notice(
    counts: Mapping[str, int], stated_total: int | None = None, stated_shares: Mapping[str, Decimal] | None = None, *,
    ungraded: int = 0, complete: bool = True,
) -> list[Issue]:
    """Counts by grade against the total and the shares (percent) of the same notice.

    `ungraded` members stand in the total but not below a share; with `complete` False the counts are only some of the grades,
    and shares are of `stated_total`. Rules: `notice-does-not-add-up` (error), `share-denominator` (error, names the
    denominator that the printed share implies). A share is right when it is the exact one rounded half up to its own places.
    """
    found: list[Issue] = []
    summed = sum(counts.values()) + ungraded
    if complete and stated_total is not None and summed != stated_total:
        parts = [f"{grade} {count}" for grade, count in counts.items()] + ([f"不定等级 {ungraded}"] if ungraded else [])
        message = f"各档 {'、'.join(parts)} 合计 {summed} 户，公布的总数是 {stated_total} 户，相差 {stated_total - summed} 户"
        found.append(_issue("", "notice-does-not-add-up", str(stated_total), message, "请核对名单与汇总数，查明后再公布",
                            {"sum": str(summed), "stated": str(stated_total)}))
    base = stated_total if stated_total is not None and not complete else sum(counts.values())
    for grade, share in (stated_shares or {}).items():
        if grade not in counts:
            message = f"公布了 {grade} 的比例，没有户数"
            found.append(_issue(grade, "notice-does-not-add-up", f"{share}%", message, "请补上户数", {}))
        elif base:
            found += _share(grade, counts[grade], share, base)
    return found


def _share(grade: str, count: int, share: Decimal, base: int) -> list[Issue]:
    exact = Fraction(count * 100, base)
    places = max(0, -int(share.as_tuple().exponent))
    if _rounded(exact, places) == share:
        return []
    implied = round(Fraction(count * 100) / Fraction(share)) if share > 0 else 0
    message = f"{grade} {count} 户占 {base} 户的 {_rounded(exact, max(places, 2))}%，公布的是 {share}%"
    if implied:
        message += f"；按公布的比例倒推，分母约为 {implied} 户"
    return [_issue(grade, "share-denominator", f"{share}%", message, "请写明比例的分母，并与名单核对",
                   {"count": str(count), "base": str(base), "exact": str(_rounded(exact, 2)), "implied": str(implied)})]


def _rounded(value: Fraction, places: int) -> Decimal:
    scaled = value * 10**places
    return Decimal(int(scaled + Fraction(1, 2))).scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _issue(field: str, rule: str, value: str, message: str, fix: str, size: dict[str, str]) -> Issue:
    return Issue(DATASET, 0, "", field, rule, value, Severity.ERROR, message, fix, size=size)
