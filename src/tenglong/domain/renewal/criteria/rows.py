"""What a run of criteria reads and what it says: plots, owners, findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final, Literal

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.criteria.wording import value_text

SCHEMA: Final = "tenglong.finding/1"
Outcome = Literal["hit", "miss", "unclear", "not_applicable", "waived"]
Verdict = Literal["low", "not_low", "none_known", "unclear", "outside"]
VERDICTS: Final[dict[Verdict, str]] = {
    "low": "低效", "not_low": "不属于低效", "none_known": "未命中已掌握的条件", "unclear": "无法判断",
    "outside": "不在认定范围",
}
OUTCOMES: Final[dict[Outcome, str]] = {
    "hit": "符合", "miss": "不符合", "unclear": "无法判断", "not_applicable": "不适用", "waived": "已豁免",
}


@dataclass(frozen=True)
class Record:
    """Values of a plot or an owner by input id, numbers as Fraction in the input's unit.

    `sources`: where each value stands (a sheet and its row, a statement). `flaws`: why a cell that was filled in could not be
    read; such a value is missing, and the reason is told with it.
    """

    key: str
    values: Mapping[str, Value] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    flaws: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Plot(Record):
    """`owner`: key of the owner, empty when none is recorded. `label`: what a list shows besides the key."""

    owner: str = ""
    label: str = ""


@dataclass(frozen=True)
class Sheet:
    plots: tuple[Plot, ...]
    owners: Mapping[str, Record]


@dataclass(frozen=True)
class Missing:
    """A figure without which nobody can say; `why` is a short sentence."""

    id: str
    label: str
    why: str


@dataclass(frozen=True)
class Evidence:
    """A value that was looked at."""

    id: str
    label: str
    value: Value
    unit: str
    source: str
    choices: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def text(self) -> str:
        return value_text(self.value, self.unit, self.choices)

    def as_json(self) -> dict[str, Any]:
        exact = str(self.value) if self.value is not None and not isinstance(self.value, bool | str) else self.value
        return {"id": self.id, "label": self.label, "value": exact, "text": self.text, "source": self.source}


@dataclass(frozen=True)
class Result:
    """One criterion on one plot. Its sentence and its evidence are made when somebody asks (a county has 30,000 of them)."""

    id: str
    label: str
    outcome: Outcome
    missing: tuple[Missing, ...] = ()
    words: Callable[[], str] = field(default=str, repr=False, compare=False)
    looked_at: Callable[[], tuple[Evidence, ...]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def reason(self) -> str:
        """One sentence with the figures."""
        return self.words()

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        return self.looked_at()

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "label": self.label, "outcome": self.outcome, "reason": self.reason,
            "evidence": [one.as_json() for one in self.evidence], "missing": [one.id for one in self.missing],
        }


@dataclass(frozen=True)
class Finding:
    """What the criteria say of one plot. `open_class`: a class of higher priority that missing figures leave open."""

    key: str
    owner: str
    verdict: Verdict
    results: tuple[Result, ...] = ()
    class_id: str = ""
    class_label: str = ""
    priority: int = 0
    open_class: str = ""
    missing: tuple[Missing, ...] = ()
    words: Callable[[], str] = field(default=str, repr=False, compare=False)

    @cached_property
    def reason(self) -> str:
        """Why, in plain Chinese with the figures."""
        return self.words()

    @property
    def hits(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.results if one.outcome == "hit")

    @property
    def unclear(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.results if one.outcome == "unclear")

    @property
    def word(self) -> str:
        """低效 with its class, or why not."""
        return self.class_label if self.verdict == "low" else VERDICTS[self.verdict]

    def as_json(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA, "key": self.key, "owner": self.owner, "verdict": self.verdict, "word": self.word,
            "class": self.class_id, "priority": self.priority or None, "open_class": self.open_class,
            "hits": list(self.hits), "reason": self.reason,
            "missing": [{"id": one.id, "label": one.label, "why": one.why} for one in self.missing],
            "criteria": [one.as_json() for one in self.results],
        }


@dataclass(frozen=True)
class MeanOf:
    """A mean that was worked: rows that count and rows left out because a figure was missing."""

    id: str
    industry: str
    value: Value
    rows: int
    left_out: int
    why: str = ""


@dataclass(frozen=True)
class Findings:
    """A run. `pin` names the exact text of the policy; `means` are printed with their denominators."""

    policy: str
    pin: str
    findings: tuple[Finding, ...]
    means: tuple[MeanOf, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """Plots by verdict; every plot counts once."""
        return {verdict: sum(one.verdict == verdict for one in self.findings) for verdict in VERDICTS}

    def by_priority(self) -> list[Finding]:
        """Low-efficiency plots, most urgent class first, then by key."""
        low = [one for one in self.findings if one.verdict == "low"]
        return sorted(low, key=lambda one: (one.priority, one.key))
