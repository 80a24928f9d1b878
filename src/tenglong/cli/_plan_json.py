"""A plan as JSON: money (分) and areas (cm², floor space m²) are strings, as everywhere on the command line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from tenglong.domain.renewal.portfolio.answer import SHORTFALL, Answer
from tenglong.domain.renewal.portfolio.parts import Budget, Capacity, Measure, Part, Target
from tenglong.domain.renewal.portfolio.worker import Replies

UNITS: Final = {"money": "fen", "land": "cm2", "relocation": "m2"}
_EXACT: Final = frozenset({
    "cost", "uplift", "land_cm2", "land", "released", "relocation", "at_least", "at_most", "budget", "brings_fen", "value",
    "bound",
})
_HEADS: Final = frozenset({Measure.PLOTS, Measure.JOBS_GAINED, Measure.JOBS_LOST})


def told(answer: Answer, replies: Replies) -> dict[str, Any]:
    """Keys of the report that hold the answer and what was asked of it."""
    shown = {
        "answer": answer.as_json(),
        "binding": [one.as_json() for one in replies.binding],
        "importance": [one.as_json() for one in replies.importance],
        "next_best": [one.as_json() for one in replies.next_best],
        "frontier": [one.as_json() for one in replies.frontier],
        "tornado": [one.as_json() for one in replies.tornado],
    }
    out: dict[str, Any] = _exact(shown)
    _amounts(out["answer"]["reached"], [one.part for one in answer.reached], ("reached", "asked", "missing"))
    for found, one in zip(out["next_best"], replies.next_best, strict=True):
        _amounts(found["reached"], [each.part for each in one.reached], ("reached", "asked", "missing"))
    _amounts(out["binding"], [one.part for one in replies.binding], ("slack",))
    return {"units": UNITS, **out}


def _exact(value: Any) -> Any:
    if isinstance(value, list):
        return [_exact(one) for one in value]
    if not isinstance(value, dict):
        return value
    shares = value.get("what") == SHORTFALL  # a shortfall and its bound are shares
    return {name: text(one) if name in _EXACT and not shares else _exact(one) for name, one in value.items()}


def _amounts(rows: list[dict[str, Any]], parts: list[Part], names: tuple[str, ...]) -> None:
    """What a rule counts: heads stay numbers, shares too."""
    for row, part in zip(rows, parts, strict=True):
        if isinstance(part, Budget) or (isinstance(part, Target | Capacity) and part.measure not in _HEADS):
            row |= {name: text(row[name]) for name in names}


def text(value: float | None) -> str | None:
    """Plain digits, never 1e9; None stays None."""
    return None if value is None else format(Decimal(repr(value)).normalize(), "f")
