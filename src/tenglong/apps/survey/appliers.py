"""How rows of a kind meet the record. Higher apps register theirs: `register("deals", DealApplier())`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from tenglong.apps.survey.intake import SurveyError

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """What the record says today about the row's natural key.

    `values`: field id → plain value (int cm² or 分, text, ISO date), only of fields that can be compared; `stamp`
    changes with every write to it.
    """

    target_id: int
    stamp: str
    division: str
    values: Values
    code: str = ""
    valid_from: date | None = None
    wkb: bytes | None = None


@dataclass(frozen=True)
class Problem:
    """Why a row cannot enter: rule code, field, sentence, way to mend it."""

    rule: str
    field: str
    message: str
    fix: str
    severity: str = "error"


@dataclass(frozen=True)
class Match:
    """Answer for one row.

    `division`: the town that the row says or hangs on, "" for county-wide data; `reach`: False when the record it
    would touch is not the actor's; `links`: ids of other records it hangs on.
    """

    held: Held | None = None
    division: str = ""
    problems: tuple[Problem, ...] = ()
    links: Mapping[str, int | None] = field(default_factory=dict)
    reach: bool = True


@dataclass(frozen=True)
class Prepared:
    """A row ready to be written: no geometry work is left."""

    row: int
    action: str
    values: Values
    delta: Sequence[str]
    target_id: int | None
    links: Mapping[str, int | None]
    division: str
    wkb: bytes | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Order:
    """Who confirms what and when it takes effect."""

    batch_id: int
    actor: Any
    mode: str
    valid_from: date
    division: str = ""


@dataclass(frozen=True)
class Applied:
    """What was written; `ids` are the identities touched, for withdrawing."""

    counts: Mapping[str, int]
    ids: Sequence[int] = ()


class Applier(Protocol):
    """`match` reads only and may be called many times; `apply` runs inside the caller's transaction.

    An applier may also have `prepare(order, rows)`: it runs before the transaction, and `apply` gets what it returns.
    """

    def match(self, rows: Sequence[Values], actor: Any) -> list[Match]: ...

    def revision(self) -> dict[str, int]: ...

    def apply(self, order: Order, rows: Any) -> Applied: ...

    def withdraw(self, batch_id: int, actor: Any) -> int: ...


_appliers: dict[str, Applier] = {}


def register(kind: str, applier: Applier) -> None:
    """The last one registered for a kind counts."""
    _appliers[kind] = applier


def of(kind: str) -> Applier:
    """Raises SurveyError when nothing in this installation can keep such rows."""
    if kind not in _appliers:
        raise SurveyError(f"本系统没有装入“{kind}”类数据的入库模块。")
    return _appliers[kind]


def kinds() -> list[str]:
    return list(_appliers)
