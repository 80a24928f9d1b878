"""One defect, one shape: the same in the browser, in Excel and in JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from dataclasses import field as made
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Only `error` rejects a row; `warning` asks a person; `info` explains."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True)
class Issue:
    """A defect of one row (or of a pair, told once, on the earlier row).

    `row` is the number that the user sees in the file; `field` the field id; `value` the cell as given.
    `other` names the second row's key of a pair; `at` is (lon, lat); `size` carries exact figures as text.
    """

    dataset: str
    row: int
    key: str
    field: str
    rule: str
    value: str
    severity: Severity
    message: str
    fix: str
    other: str = ""
    other_row: int = 0
    at: tuple[float, float] | None = None
    size: dict[str, str] = made(default_factory=dict)
    waived: str = ""

    def waive(self, reason: str) -> Issue:
        return replace(self, waived=reason)

    def as_json(self) -> dict[str, Any]:
        """The nine fixed keys always; `other`, `other_row`, `at`, `size`, `waived` only when they say something."""
        out: dict[str, Any] = {
            "dataset": self.dataset, "row": self.row, "key": self.key, "field": self.field, "rule": self.rule,
            "value": self.value, "severity": str(self.severity), "message": self.message, "fix": self.fix,
        }
        for name in ("other", "other_row", "at", "size", "waived"):
            if value := getattr(self, name):
                out[name] = value
        return out


@dataclass
class Report:
    """Result of a check or a dry run; `rows` counts the primary data set."""

    rows: int
    issues: list[Issue] = made(default_factory=list)
    skipped: list[dict[str, str]] = made(default_factory=list)
    extra: dict[str, Any] = made(default_factory=dict)
    dataset: str = ""

    @property
    def counts(self) -> dict[str, int]:
        return dict(sorted(Counter(issue.rule for issue in self.issues).items()))

    @property
    def rejected(self) -> int:
        """Rows of the primary data set with an unwaived error; both rows of a faulty pair count."""
        return len(self.rejected_rows())

    def rejected_rows(self) -> set[int]:
        bad: set[int] = set()
        for issue in self.issues:
            if issue.severity is Severity.ERROR and not issue.waived and issue.dataset == self.dataset:
                bad.update(row for row in (issue.row, issue.other_row) if row)
        return bad

    def add(self, issues: Iterable[Issue]) -> None:
        self.issues.extend(issues)

    def exit_code(self, strict: bool = False) -> int:
        """0 = no unwaived error (`strict`: no unwaived warning either), 1 otherwise."""
        bad = {Severity.ERROR, Severity.WARNING} if strict else {Severity.ERROR}
        return int(any(issue.severity in bad and not issue.waived for issue in self.issues))

    def as_json(self) -> dict[str, Any]:
        """The shape others script against; keys are stable."""
        rejected = self.rejected
        return {
            "rows": self.rows, "accepted": self.rows - rejected, "rejected": rejected, "counts": self.counts,
            "issues": [issue.as_json() for issue in self.issues], "skipped": self.skipped, **self.extra,
        }
