"""Weights that add up to the full marks, and limits that can be met."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tenglong.domain.evaluation.places import Places
from tenglong.domain.evaluation.scheme import Group, Indicator, Ratio, Scheme, Value
from tenglong.domain.policy.document import Problem


def problems(scheme: Scheme, places: Places) -> Iterator[Problem]:
    """Weights of every group against `total.full_marks`; caps below floors; deductions that a cap makes impossible."""
    for name, group in scheme.groups.items():
        if scheme.total is not None:
            yield from _weights(("groups", name), group, scheme.total.full_marks, places)
        for id_, indicator in group.indicators.items():
            if reason := _limits(indicator):
                yield places.problem(("groups", name, "indicators", id_, "score", "cap"), reason)
    for name, deduction in scheme.held("deductions").items():
        if isinstance(deduction.cap, Decimal) and deduction.cap <= 0:
            yield places.problem(("deductions", name, "cap"), "扣分上限 cap 应写正数，没有上限写 none")


def _limits(indicator: Indicator) -> str:
    score = indicator.score
    if not (isinstance(score, Ratio) and isinstance(score.cap, Decimal) and isinstance(score.floor, Decimal)):
        return ""
    return "" if score.cap > score.floor else f"封顶 {score.cap} 须大于保底 {score.floor}"


def _weights(path: tuple[str, ...], group: Group, full: Decimal, places: Places) -> Iterator[Problem]:
    weighed = [one for one in group.indicators.values() if not isinstance(one.score, Value)]
    given = [one.weight for one in weighed if one.weight is not None]
    total = sum(given, Decimal(0))
    listed = "＋".join(f"{weight:f}" for weight in given)
    if len(given) == len(weighed) and weighed and total != full:
        reason = f"“{group.label}”各项权重之和 {listed}＝{total:f}，应等于满分 {full:f}（total.full_marks）"
        yield places.problem((*path, "indicators"), reason)
    elif total > full:
        reason = f"“{group.label}”已知权重之和 {listed}＝{total:f}，超过满分 {full:f}（total.full_marks）"
        yield places.problem((*path, "indicators"), reason)
