"""Criteria that do not count for a plot by a dated decision: the finding is worked again without them, and says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from tenglong.domain.renewal.criteria.checks import Criteria
from tenglong.domain.renewal.criteria.find import decided
from tenglong.domain.renewal.criteria.rows import Finding, Findings, Result


@dataclass(frozen=True)
class Waiver:
    """`criterion` does not count for `plot` from `since` until the day before `until`; on which document, and why."""

    plot: str
    criterion: str
    document: str
    reason: str
    since: date
    until: date | None = None

    def __post_init__(self) -> None:
        if not self.document.strip() or not self.reason.strip():
            raise ValueError(f"地块 {self.plot} 的豁免要写明依据文件和理由")
        if self.until is not None and self.until <= self.since:
            raise ValueError(f"地块 {self.plot} 的豁免止期 {self.until} 须晚于起期 {self.since}")

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


def waived(criteria: Criteria, findings: Findings, waivers: Iterable[Waiver], on: date) -> Findings:
    """The run with the waivers that hold on the day. A waiver of a criterion that was not met changes nothing.

    Raises LookupError for a plot that is not in the run or a criterion that the policy does not have.
    """
    by_plot: dict[str, dict[str, Waiver]] = {}
    known = {one.key for one in findings.findings}
    for one in waivers:
        if one.plot not in known:
            raise LookupError(f"豁免的地块 {one.plot} 不在这次认定里")
        if one.criterion not in criteria.policy.criteria:
            raise LookupError(f"没有条件“{one.criterion}”，可用：{'、'.join(criteria.policy.criteria)}")
        if one.holds_on(on):
            by_plot.setdefault(one.plot, {})[one.criterion] = one
    found = tuple(_again(criteria, one, by_plot[one.key]) if one.key in by_plot else one for one in findings.findings)
    return replace(findings, findings=found)


def _again(criteria: Criteria, one: Finding, waivers: dict[str, Waiver]) -> Finding:
    if not any(result.id in waivers and result.outcome in ("hit", "unclear") for result in one.results):
        return one
    results = tuple(_result(result, waivers.get(result.id)) for result in one.results)
    made = decided(criteria, one.key, one.owner, results)
    told = "；".join(result.reason for result in results if result.outcome == "waived")
    return replace(made, words=partial(_with, made, told))


def _result(result: Result, waiver: Waiver | None) -> Result:
    if waiver is None or result.outcome not in ("hit", "unclear"):
        return result
    reason = f"“{result.label}”已豁免（{waiver.document}：{waiver.reason}）；原判断：{result.reason}"
    return replace(result, outcome="waived", missing=(), words=partial(str, reason))


def _with(made: Finding, told: str) -> str:
    return f"{made.reason}。{told}"
