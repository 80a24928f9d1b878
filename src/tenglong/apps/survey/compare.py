"""One staged row against the record: new, changed field by field, unchanged, or refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import shapely

from tenglong.apps.survey.appliers import Held, Match, Problem, Values
from tenglong.apps.survey.models import Action
from tenglong.domain.delta import Delta, diff

#: places of a degree that count as the same point: 1e-9° is a tenth of a millimetre
SAME_POINT = 1e-9
GEOMETRY = "geometry"


@dataclass(frozen=True)
class Verdict:
    action: Action
    delta: tuple[Delta, ...] = ()
    problems: tuple[Problem, ...] = ()


def plain(value: Any) -> Any:
    """A value as JSON keeps it: dates ISO, decimals as exact text without trailing zeros."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value


def stated(values: Values) -> dict[str, Any]:
    """Only what the file says: an empty cell states nothing and erases nothing."""
    return {name: value for name, value in values.items() if value is not None and value != ""}


def judge(values: Values, wkb: bytes | None, match: Match) -> Verdict:
    """Problems refuse; else no held row → new; else the differing fields decide."""
    errors = [problem for problem in match.problems if problem.severity == "error"]
    if errors:
        return Verdict(Action.REJECTED, problems=match.problems)
    if match.held is None:
        return Verdict(Action.NEW, problems=match.problems)
    said = {name: value for name, value in stated(values).items() if name in match.held.values}
    delta = diff(match.held.values, said) + geometry_delta(match.held, wkb)
    return Verdict(Action.CHANGED if delta else Action.UNCHANGED, delta, match.problems)


def geometry_delta(held: Held, wkb: bytes | None) -> tuple[Delta, ...]:
    """A file without a shape says nothing about the shape that is held."""
    if wkb is None or wkb == held.wkb:
        return ()
    if held.wkb is None:
        return (Delta(GEOMETRY, None, "新的边界"),)
    if same_shape(held.wkb, wkb):
        return ()
    return (Delta(GEOMETRY, "原边界", "新的边界"),)


def same_shape(one: bytes, two: bytes) -> bool:
    """Equal rings whatever point they start at and whichever way they turn."""
    first, second = shapely.normalize(shapely.from_wkb([one, two]))
    return bool(shapely.equals_exact(first, second, tolerance=SAME_POINT))


def outside_scope(match: Match, covers: Callable[[str], bool], place: str) -> tuple[Problem, ...]:
    """One problem when a row lies, or its record lies, where the user has no business."""
    if match.reach and (not match.division or covers(match.division)):
        return ()
    return (
        Problem(
            "outside-scope",
            "town",
            f"这一行不在您的管辖范围{f'（{place}）' if place else ''}内，不能由您导入。",
            "请删除这一行，或交由所在镇街、县级管理员导入；镇街写错的请改正。",
        ),
    )


def digest_of(deltas: Sequence[Any]) -> str:
    """SHA-256 of the canonical text of what a batch writes; the audit keeps it."""
    import hashlib

    import orjson

    return hashlib.sha256(orjson.dumps(deltas, option=orjson.OPT_SORT_KEYS)).hexdigest()
