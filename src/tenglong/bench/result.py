"""What a benchmark hands back, the same for each: times by step, a named alternative, facts that were verified."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any


@dataclass(frozen=True)
class BenchOptions:
    """`runs` repeats each measurement; `size` replaces the bench's own number of rows (for a quick look).
    `spark`, `trace`: of `evaluate`."""

    runs: int = 3
    seed: int = 20170103
    size: int | None = None
    say: Callable[[str], None] = lambda text: None
    spark: bool = False
    trace: bool = False


@dataclass(frozen=True)
class Alternative:
    """Another way to the same result, measured here on the same input. Seconds of both sides."""

    name: str
    ours: float
    theirs: float
    note: str = ""

    @property
    def ratio(self) -> float:
        return self.theirs / self.ours if self.ours else float("inf")


@dataclass
class BenchResult:
    """`seconds` by step, one figure per run; `limits` are the figures that were promised; `facts` were checked, not assumed."""

    name: str
    what: str
    seconds: dict[str, list[float]] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    alternatives: list[Alternative] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def medians(self) -> dict[str, float]:
        return {step: median(times) for step, times in self.seconds.items() if times}

    def passed(self) -> bool:
        """Every promised figure kept and every verified fact true."""
        medians = self.medians()
        return not self.failures and all(medians.get(step, float("inf")) <= limit for step, limit in self.limits.items())

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name, "what": self.what, "passed": self.passed(), "failures": self.failures,
            "median_seconds": {step: round(value, 4) for step, value in self.medians().items()},
            "seconds": {step: [round(value, 4) for value in values] for step, values in self.seconds.items()},
            "limits": self.limits, "facts": self.facts,
            "alternatives": [{"name": one.name, "ours": round(one.ours, 4), "theirs": round(one.theirs, 4),
                              "ratio": round(one.ratio, 2), "note": one.note} for one in self.alternatives],
        }
