"""Compares what was seeded with what the checks said: found, missed, false alarms."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenglong.demo.raw.seeder import LIST
from tenglong.demo.towns import build_towns
from tenglong.domain.quality.options import Context, Options
from tenglong.domain.quality.run import run
from tenglong.domain.survey.joint import join, renumber
from tenglong.domain.survey.table import Batch

Place = tuple[str, str, int]


@dataclass(frozen=True)
class Said:
    """An issue, with its rows as (file, sheet, row); `sheet` counts in workbooks only."""

    rule: str
    severity: str
    places: tuple[Place, ...]
    field: str
    message: str


@dataclass
class Score:
    """`missed` holds seeded entries, `false_alarms` what was said about rows that nobody touched."""

    seeded: int = 0
    found: dict[str, int] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)
    missed: list[dict[str, Any]] = field(default_factory=list)
    false_alarms: list[Said] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        defects = {
            name: {"seeded": self.total[name], "found": self.found.get(name, 0), "rules": self.rules.get(name, [])}
            for name in self.total
        }
        return {
            "seeded": self.seeded,
            "found": sum(self.found.values()),
            "defects": defects,
            "missed": self.missed,
            "false_alarms": [
                {"rule": said.rule, "places": [list(place) for place in said.places], "message": said.message}
                for said in self.false_alarms
            ],
        }


def county_context(seed: int) -> Context:
    """What the demo county knows of itself: its towns' names, codes and (invented) outlines."""
    towns, _ = build_towns(seed)
    return Context(
        outlines={town.code: town.outline for town in towns},
        divisions={town.name: town.code for town in towns},
        county_prefix="330604",
        county_names=("上虞",),
    )


def say(taken: Sequence[tuple[str, str, Batch, list[Any]]], context: Context, options: Options | None = None) -> list[Said]:
    """Check batches together. `taken` holds (file, sheet, batch, issues of reading) of every table."""
    joint = join([batch for _, _, batch, _ in taken])
    issues = [issue for number, one in enumerate(taken) for issue in renumber(one[3], number, joint)]
    report = run(joint.batches, context, options or Options(), issues=issues)

    def place(origin: Any) -> Iterable[Place]:
        if origin is not None:
            file, sheet, _, _ = taken[origin.batch]
            yield key(file, sheet, origin.row)

    return [
        Said(
            issue.rule,
            str(issue.severity),
            (*place(joint.origin(issue)), *place(joint.other(issue))),
            issue.field,
            issue.message,
        )
        for issue in report.issues
    ]


def key(file: str, sheet: str, row: int) -> Place:
    return (file, sheet if file.endswith(".xlsx") else "", row)


def read_list(folder: Path) -> tuple[int, list[dict[str, Any]]]:
    """Seed and entries of `seeded.json`. Raises FileNotFoundError."""
    content = json.loads((folder / LIST).read_text(encoding="utf-8"))
    return int(content["seed"]), list(content["seeded"])


def compare(seeded: Sequence[dict[str, Any]], said: Sequence[Said], rules: Mapping[str, Sequence[str]] | None = None) -> Score:
    """A seeded entry is found when an issue stands on its row (or its pair's second row); with `rules`, one of those rules.

    A false alarm is an issue none of whose rows was seeded, belongs to a seeded pair, or refers to something seeded.
    """
    by_place: dict[Place, list[Said]] = {}
    for one in said:
        for place in one.places:
            by_place.setdefault(place, []).append(one)
    score = Score(seeded=len(seeded))
    excused: set[Place] = set()
    for entry in seeded:
        places = [_place(entry), *map(_place, entry["others"])]
        excused.update(places, map(_place, entry["knock_on"]))
        _judge(score, entry, [one for place in places for one in by_place.get(place, [])], rules)
    score.false_alarms = [one for one in said if not any(place in excused for place in one.places)]
    return score


def _judge(score: Score, entry: dict[str, Any], near: Sequence[Said], rules: Mapping[str, Sequence[str]] | None) -> None:
    name = entry["defect"]
    score.total[name] = score.total.get(name, 0) + 1
    hits = sorted({one.rule for one in near if rules is None or one.rule in rules.get(name, ())})
    if hits:
        score.found[name] = score.found.get(name, 0) + 1
        score.rules[name] = sorted({*score.rules.get(name, []), *hits})
    else:
        said = sorted({one.rule for one in near})
        score.missed.append(
            {k: entry[k] for k in ("defect", "variant", "file", "sheet", "row", "field", "original", "damaged")}
            | {"said_instead": said}
        )


def _place(entry: Mapping[str, Any]) -> Place:
    return key(str(entry["file"]), str(entry["sheet"]), int(entry["row"]))
