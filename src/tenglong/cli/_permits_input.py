"""What `tenglong permits` is told besides the policy: what has happened to steps, and how long they took elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from tenglong.cli import _check_input as source
from tenglong.domain.landing.permits.network import Fact
from tenglong.domain.landing.permits.policy import Permits
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.table import Cell

#: heading → field of a step
DATES = {
    "预审受理": "pre_started_on", "预审完成": "pre_done_on", "受理日期": "started_on", "办结日期": "done_on", "卡住到": "hold",
}
STEP, OMITTED, DAYS = ("步骤", "step"), "不涉及", ("工作日", "用时", "working_days")
YES = {"是", "1", "true", "y", "yes", "不涉及"}


@dataclass
class Told:
    facts: dict[str, Fact] = field(default_factory=dict)
    holds: dict[str, date] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    rows: int = 0


def facts(path: Path, policy: Permits) -> Told:
    """One row a step: 步骤 (id or name), the headings of DATES, 不涉及. Raises FileError, Unreadable."""
    told, named = Told(), _names(policy)
    for row, step, cells in _rows(path, policy, named, told.issues):
        told.rows += 1
        dates: dict[str, date] = {}
        for heading, name in DATES.items():
            cell = cells.get(heading, cells.get(name))
            if cell not in (None, ""):
                day = _day(cell)
                if day is None:
                    told.issues.append(_issue(row, step, "bad-date", f"“{heading}”写的“{cell}”不是日期", "写成 2026-11-22"))
                else:
                    dates[name] = day
        if hold := dates.pop("hold", None):
            told.holds[step] = hold
        omitted = str(cells.get(OMITTED) or "").strip().lower() in YES
        if omitted and not policy.steps[step].may_omit:
            told.issues.append(_issue(row, step, "must-not-omit", f"“{policy.steps[step].label}”不能省略", "删去“不涉及”"))
            omitted = False
        told.facts[step] = Fact(**dates, omitted=omitted)
    return told


def history(path: Path, policy: Permits) -> tuple[dict[str, list[int]], list[Issue]]:
    """One row a closed case: 步骤, 工作日. Raises FileError, Unreadable."""
    found: dict[str, list[int]] = defaultdict(list)
    issues: list[Issue] = []
    for row, step, cells in _rows(path, policy, _names(policy), issues):
        cell = next((cells[name] for name in DAYS if name in cells), None)
        days = _whole(cell)
        if days is None:
            issues.append(_issue(row, step, "bad-days", f"工作日数“{cell}”应是 0 到 5,000 的整数", "改成整数，或删去这一行"))
        else:
            found[step].append(days)
    return dict(found), issues


def _rows(
    path: Path, policy: Permits, named: dict[str, str], issues: list[Issue]
) -> Iterator[tuple[int, str, dict[str, Cell]]]:
    table = source.table_of(path, None)
    headings = [str(one).strip() for one in table.columns]
    if not any(one in STEP for one in headings):
        raise source.Unreadable(f"“{path.name}”没有“步骤”这一列，表头是：{'、'.join(headings)}")
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        cells = dict(zip(headings, row, strict=False))
        text = str(next(cells[name] for name in STEP if name in cells) or "").strip()
        if text in named:
            yield number, named[text], cells
        elif text:
            known = "、".join(policy.steps)
            issues.append(_issue(number, text, "unknown-step", f"网络里没有步骤“{text}”", f"写步骤编号或名称：{known}"))


def _names(policy: Permits) -> dict[str, str]:
    return {step.label: name for name, step in policy.steps.items()} | {name: name for name in policy.steps}


def _day(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    try:
        return date.fromisoformat(str(cell).strip().replace("/", "-"))
    except ValueError:
        return None


def _whole(cell: Cell) -> int | None:
    try:
        value = float(str(cell))
    except ValueError:
        return None
    return int(value) if value.is_integer() and 0 <= value <= 5_000 else None


def _issue(row: int, key: str, rule: str, message: str, fix: str) -> Issue:
    return Issue("permits", row, key, "", rule, "", Severity.ERROR, message, fix)
