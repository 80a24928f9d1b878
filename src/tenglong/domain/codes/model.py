"""What an explanation of a code looks like; the same for every kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tenglong.domain.quality.issue import Issue, Severity


class Kind(StrEnum):
    PLOT = "plot"
    ENTERPRISE = "enterprise"
    PARCEL = "parcel"
    UNIT = "unit"
    USCC = "uscc"
    INDUSTRY = "industry"
    DIVISION = "division"


@dataclass(frozen=True)
class Segment:
    """One part of a code: `name` is stable, `label` and `meaning` are Chinese."""

    name: str
    label: str
    value: str
    meaning: str

    def as_json(self) -> dict[str, str]:
        return {"name": self.name, "label": self.label, "value": self.value, "meaning": self.meaning}


@dataclass(frozen=True)
class CodeExplanation:
    """`valid` says “conforms to the standard”; whether a record accepts the code is decided by its issues."""

    kind: Kind
    code: str
    valid: bool
    segments: tuple[Segment, ...] = ()
    issues: tuple[Issue, ...] = field(default=())

    @property
    def acceptable(self) -> bool:
        return not any(issue.severity is Severity.ERROR for issue in self.issues)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "valid": self.valid,
            "segments": [segment.as_json() for segment in self.segments],
            "issues": [issue.as_json() for issue in self.issues],
        }


def code_issue(field_id: str, value: str, rule: str, severity: Severity, message: str, fix: str) -> Issue:
    """An issue about a single code, without file or row; a caller that has them uses dataclasses.replace."""
    return Issue("code", 0, value, field_id, rule, value, severity, message, fix)


def wrong_characters(field_id: str, code: str, allowed: str, rule: str) -> list[Issue]:
    """One error per character outside `allowed`, named with its place (first character = 1)."""
    return [
        code_issue(
            field_id, code, rule, Severity.ERROR, f"第 {place} 位“{char}”不在允许的字符集内{_hint(char)}", "按证照原件更正该位"
        )
        for place, char in enumerate(code, 1)
        if char not in allowed
    ]


def _hint(char: str) -> str:
    if char.isascii() and char.islower():
        return "（应为大写字母）"
    if char in "IOSVZ":
        return "（字母 I、O、S、V、Z 不使用，多为 1、0、5、U、2 之误）"
    return ""
