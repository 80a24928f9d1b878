"""Figures and to-do lists of the workbench; each app adds its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Reading:
    """One figure: `value` as shown, `unit`, `of` (the denominator in words), `url` down to its rows.

    `tone` is one of ok run wait warn late.
    """

    value: str
    unit: str = ""
    of: str = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Counter:
    id: str
    label: str | Promise
    builder: Callable[[Any], Reading | None]
    verb: str
    order: int


_counters: dict[str, Counter] = {}


def register(id: str, label: str | Promise, builder: Callable[[Any], Reading | None], verb: str, order: int = 100) -> None:  # noqa: A002
    """`builder(user)` gives a Reading, or None to stay silent."""
    _counters[id] = Counter(id, label, builder, verb, order)


def readings(user: Any, may: Callable[[str], bool]) -> list[tuple[Counter, Reading]]:
    mine = sorted(
        (counter for counter in _counters.values() if may(counter.verb)), key=lambda counter: (counter.order, counter.id)
    )
    pairs = [(counter, counter.builder(user)) for counter in mine]
    return [(counter, reading) for counter, reading in pairs if reading is not None]
