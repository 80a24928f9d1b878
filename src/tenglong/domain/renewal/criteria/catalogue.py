"""Criteria by name, and two years of findings side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from tenglong.domain.policy.shelf import Ref, packaged, refs
from tenglong.domain.renewal.criteria.checks import Criteria, compile_criteria
from tenglong.domain.renewal.criteria.rows import Finding, Findings

KIND = "low_efficiency"


def presets() -> list[Ref]:
    """Criteria that come with the program."""
    return refs(KIND)


@lru_cache(maxsize=32)
def load(name: str, *, on: date | None = None) -> Criteria:
    """`ID@VERSION`, or `ID` where there is one version (or one valid on the day). Raises LookupError with a sentence."""
    return compile_criteria(packaged(KIND, name, on=on))


@dataclass(frozen=True)
class Change:
    """One plot in two runs; None where a run did not hold it."""

    key: str
    kind: str
    before: Finding | None
    after: Finding | None


def compare(before: Findings, after: Findings) -> list[Change]:
    """Every plot of either run, by key: new (低效 since), cleared (no longer), same, changed (another class),
    open (无法判断 now), gone (not in the later run), untouched (never 低效)."""
    old, new = ({one.key: one for one in run.findings} for run in (before, after))
    return [Change(key, _kind(old.get(key), new.get(key)), old.get(key), new.get(key)) for key in sorted({*old, *new})]


def _kind(before: Finding | None, after: Finding | None) -> str:
    if after is None:
        return "gone"
    was, is_ = before is not None and before.verdict == "low", after.verdict == "low"
    if was and is_ and before is not None:
        return "same" if before.class_id == after.class_id else "changed"
    if is_:
        return "new"
    if after.verdict == "unclear":
        return "open"
    return "cleared" if was else "untouched"
