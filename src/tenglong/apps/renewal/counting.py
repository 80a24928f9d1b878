"""Counts of a run, each with its denominator: by verdict, criterion, class and town."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tenglong.apps.renewal.criteria_sets import Pinned
from tenglong.apps.renewal.models import Verdict
from tenglong.domain.renewal.criteria.judge import Judged
from tenglong.domain.renewal.criteria.means import Means
from tenglong.domain.renewal.criteria.rows import Finding, MeanOf

#: places of columns in a row of findings (plot_id is 0)
PLOT, TOWN, AREA, VERDICT, CLASS, CHANGE = 0, 2, 4, 6, 7, 11


def counts_of(
    rule: Pinned, judged: Judged, waived: Mapping[int, Finding], values: list[tuple[Any, ...]], before: Mapping[int, str]
) -> dict[str, Any]:
    """JSON of `FindingRun.counts`: plots and cm² by verdict, class and town; of each criterion how many could be judged."""
    known = {row[PLOT] for row in values}
    return {
        "plots": len(values), "cm2": sum(row[AREA] for row in values),
        "verdicts": _grouped(values, VERDICT), "classes": _grouped([row for row in values if row[CLASS]], CLASS),
        "criteria": _criteria(rule, judged, waived), "towns": _towns(values),
        "changes": dict(Counter(row[CHANGE] for row in values if row[CHANGE])),
        "left": sum(1 for plot, verdict in before.items() if verdict == Verdict.HIT and plot not in known),
        "means": [_mean(rule, one) for one in judged.means if one.rows or one.why],
    }


def _grouped(values: list[tuple[Any, ...]], column: int) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"plots": 0, "cm2": 0})
    for row in values:
        group = found[str(row[column])]
        group["plots"] += 1
        group["cm2"] += row[AREA]
    return dict(found)


def _mean(rule: Pinned, one: MeanOf) -> dict[str, Any]:
    """`value` is exact: a finding is worded again from it."""
    return {"id": one.id, "label": rule.criteria.policy.means[one.id].label, "industry": one.industry, "rows": one.rows,
            "value": None if one.value is None else str(one.value), "left_out": one.left_out, "why": one.why}


def means_of(rule: Pinned, counts: Mapping[str, Any]) -> Means:
    """The means of a run, from its counts."""
    kept = [MeanOf(one["id"], one["industry"], None if one["value"] is None else Fraction(one["value"]), one["rows"],
                   one["left_out"], one["why"]) for one in counts.get("means", ()) if "id" in one]
    return Means.kept(rule.criteria, kept)


def _criteria(rule: Pinned, judged: Judged, waived: Mapping[int, Finding]) -> list[dict[str, Any]]:
    """In the order of the text: met, not met, 无法判断, not applicable, waived."""
    told = {name: Counter(outcomes) for name, outcomes in judged.counts().items()}
    for at, one in waived.items():
        for before, after in zip(judged.finding(at).results, one.results, strict=True):
            told[before.id].subtract([before.outcome])
            told[after.id].update([after.outcome])
    return [{"id": name, "label": rule.criteria.policy.criteria[name].label, **told[name]} for name in told]


def _towns(values: list[tuple[Any, ...]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = defaultdict(lambda: {"plots": 0, "cm2": 0, "hit": 0, "hit_cm2": 0, "unknown": 0})
    for row in values:
        town = found[row[TOWN]]
        town["plots"] += 1
        town["cm2"] += row[AREA]
        if row[VERDICT] == Verdict.HIT:
            town["hit"] += 1
            town["hit_cm2"] += row[AREA]
        town["unknown"] += row[VERDICT] == Verdict.UNKNOWN
    return dict(sorted(found.items()))
