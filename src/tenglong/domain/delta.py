"""The one word for a change, used by import preview, history, audit and conflict pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Delta:
    """Field `field` was `old` and becomes `new`; None means “no value”."""

    field: str
    old: Any
    new: Any

    def as_json(self) -> dict[str, Any]:
        return {"field": self.field, "old": self.old, "new": self.new}


def diff(old: Mapping[str, Any], new: Mapping[str, Any], fields: Iterable[str] | None = None) -> tuple[Delta, ...]:
    """Deltas of `fields` (default: every key of `new`), in that order; equal values give none."""
    names = list(new) if fields is None else list(fields)
    return tuple(Delta(name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name))
