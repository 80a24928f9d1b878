"""How much a column looks like a field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from tenglong.domain.measures import SCALES
from tenglong.domain.survey.headings import Heading, plain, read_heading, unit_id
from tenglong.domain.survey.kinds import UNIT_LABELS, FieldSpec
from tenglong.domain.survey.table import Table

SAMPLE = 50
#: least likeness of two names that counts
ALIKE = 0.8
_CELL_UNIT = re.compile(r"^[约大概]*[\d,.，．]+\s*([^\d\s,.，．]+)$")


class Match(NamedTuple):
    """`unit` is (unit id, where it was read) or None; `order` is the field's place in its kind."""

    field: str
    place: int
    score: float
    reason: str
    unit: tuple[str, str] | None
    order: int


class Name(NamedTuple):
    words: str
    label: str
    unit: str
    score: float


@lru_cache(maxsize=1024)
def names_of(field: FieldSpec) -> tuple[Name, ...]:
    """What a field is called: label first, then synonyms; `亩数@mu` fixes the unit."""
    out = [Name(read_heading(field.label).words, field.label, "", 1.0)]
    for place, synonym in enumerate((*field.synonyms, field.id, f"{field.id.replace('_', ' ')}")):
        text, _, unit = synonym.partition("@")
        out.append(Name(read_heading(text).words, text, unit, 0.98 - min(place, 40) * 0.002))
    return tuple(out)


def matches_of(fields: Sequence[FieldSpec], table: Table) -> list[Match]:
    """Every (field, column) pair that scores at all; wrong dimensions of a named unit do not match."""
    headings = [read_heading(name) for name in table.columns]
    found = []
    for order, field in enumerate(fields):
        for index, heading in enumerate(headings):
            if heading.words and (match := _match(field, order, index, heading, table)):
                found.append(match)
    return found


def _match(field: FieldSpec, order: int, index: int, heading: Heading, table: Table) -> Match | None:
    if heading.unit and not _fits_unit(field, heading.unit):
        return None
    score, how, name = _best(field, heading)
    if score <= 0:
        return None
    unit = _unit(field, name if score >= 0.9 else None, heading, index, table)
    reason = f"表头“{table.columns[index]}”{how}“{name.label}”"
    return Match(field.id, index, round(score, 3), reason, unit, order)


@lru_cache(maxsize=16_384)
def _best(field: FieldSpec, heading: Heading) -> tuple[float, str, Name]:
    """The name of the field that the heading is most like; the same headings come again with every file and every kind."""
    return max(((*_score(name, heading), name) for name in names_of(field)), key=lambda item: item[0])


def _fits_unit(field: FieldSpec, unit: str) -> bool:
    if not field.unit:
        return field.type in {"text", "number", "ratio"} and unit in {"percent", "year"}
    return SCALES[unit][0] == SCALES[field.unit][0] if unit in SCALES and field.unit in SCALES else False


def _score(name: Name, heading: Heading) -> tuple[float, str]:
    if name.words == heading.words:
        return name.score, "即"
    if name.words == heading.core:
        return name.score - 0.05, "去掉括注即"
    if len(name.words) >= 3 and name.words in heading.words:
        return 0.55 + 0.3 * len(name.words) / len(heading.words), "包含"
    if len(heading.words) >= 3 and heading.words in name.words:
        return 0.5 + 0.25 * len(heading.words) / len(name.words), "是其简写："
    if min(len(name.words), len(heading.words)) >= 4:
        ratio = _likeness(name.words, heading.words)
        if ratio >= ALIKE:
            return 0.7 * ratio, "近似"
    return 0.0, ""


def _likeness(one: str, other: str) -> float:
    """Ratio of common characters in order; 0 where a bound that is quicker to work lies below `ALIKE` already."""
    matcher = SequenceMatcher(None, one, other)
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def _unit(field: FieldSpec, name: Name | None, heading: Heading, index: int, table: Table) -> tuple[str, str] | None:
    if not field.unit:
        return None
    if heading.unit:
        return heading.unit, "heading"
    if name and name.unit:
        return name.unit, "synonym"
    cells = _cells_unit(field, index, table)
    return (cells, "cells") if cells else None


def _cells_unit(field: FieldSpec, index: int, table: Table) -> str:
    """The unit that most sampled cells carry themselves, e.g. 12.5亩."""
    seen: Counter[str] = Counter()
    texts = [row[index] for row in table.rows[:SAMPLE] if row[index] not in (None, "")]
    for text in texts:
        match = _CELL_UNIT.match(str(text).strip())
        unit = unit_id(match.group(1)) if match else ""
        if unit and _fits_unit(field, unit):
            seen[unit] += 1
    unit, count = seen.most_common(1)[0] if seen else ("", 0)
    return unit if count * 2 > len(texts) else ""


def unit_reason(unit: str, unit_from: str) -> str:
    """How the unit was settled, to show beside the column."""
    label = UNIT_LABELS.get(unit, unit)
    told = {
        "heading": f"；单位{label}（表头写明）",
        "synonym": f"；单位{label}（按该列名的惯例）",
        "cells": f"；单位{label}（单元格里写明）",
        "default": f"；表头没写单位，按{label}，请核对",
        "user": f"；单位{label}（人工指定）",
    }
    return told.get(unit_from, "") if unit else ""


__all__ = ["Match", "matches_of", "names_of", "plain", "unit_reason"]
