"""What a record was and when: versions side by side, and since when each field holds its value."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tenglong.domain.delta import Delta, diff

#: bookkeeping that is not news to a reader
SILENT = frozenset(
    {
        "id",
        "plot_id",
        "enterprise_id",
        "parcel_id",
        "building_id",
        "park_id",
        "unit_id",
        "valid_from",
        "valid_to",
        "lock_version",
        "batch_id",
        "created_by_id",
        "department_id",
        "cell",
        "contact_cipher",
    }
)


@dataclass(frozen=True)
class Step:
    """One version and what it changed from the one before it."""

    version: Any
    deltas: tuple[Delta, ...]
    first: bool


@dataclass(frozen=True)
class Since:
    """A field has had its value since `day`; `source` in words."""

    day: date
    source: str


def values_of(version: Any) -> dict[str, Any]:
    """Attribute values of a version that a reader cares about."""
    names = [field.attname for field in version._meta.concrete_fields if field.attname not in SILENT]
    deferred = version.get_deferred_fields()
    return {name: getattr(version, name) for name in names if name not in deferred}


def steps(newest_first: Sequence[Any]) -> list[Step]:
    """Versions newest first, each with its Deltas."""
    pairs = zip(newest_first, [*newest_first[1:], None], strict=True)
    return [Step(new, diff(values_of(old), values_of(new)) if old is not None else (), old is None) for new, old in pairs]


def since(newest_first: Sequence[Any], sources: dict[int | None, str]) -> dict[str, Since]:
    """Per field the start of the unbroken run of versions that carry its present value."""
    if not newest_first:
        return {}
    return {name: _since(name, value, newest_first, sources) for name, value in values_of(newest_first[0]).items()}


def _since(name: str, value: Any, newest_first: Iterable[Any], sources: dict[int | None, str]) -> Since:
    first = None
    for version in newest_first:
        if getattr(version, name) != value:
            break
        first = version
    assert first is not None
    return Since(first.valid_from, sources.get(first.batch_id, ""))
