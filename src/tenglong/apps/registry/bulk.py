"""Short-transaction writers of the survey import: rows arrive typed, located and with their geometry worked out.

Call inside `transaction.atomic()`; record one audit entry from the `Applied` that comes back. Nothing here checks row
scope or looks at coordinates: staging has done so for every row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final

from tenglong.apps.audit.service import digest_of
from tenglong.apps.registry.errors import RegistryError, Stale

Box = tuple[float, float, float, float]
ACTIONS: Final = ("new", "change", "correct", "unchanged")


class _Keep:
    def __repr__(self) -> str:
        return "KEEP"


#: in a column of PreparedRows: leave what the record holds (the default for a new row)
KEEP: Final = _Keep()


@dataclass
class PreparedRows:
    """Columnar; every list is as long as `actions`. See docs/developer/contracts.md."""

    actions: list[str]
    targets: list[int | None]
    columns: dict[str, list[Any]]
    towns: list[str] = field(default_factory=list)
    codes: list[str] | None = None
    wkb: list[bytes | None] | None = None
    boxes: list[Box | None] | None = None
    locks: list[int | None] | None = None
    starts: list[date | None] | None = None

    def __post_init__(self) -> None:
        size = len(self.actions)
        lists = {"targets": self.targets, **self.columns}
        optional = {name: getattr(self, name) for name in ("codes", "wkb", "boxes", "locks", "starts")}
        lists.update({name: value for name, value in optional.items() if value is not None})
        if self.towns:
            lists["towns"] = self.towns
        wrong = [name for name, values in lists.items() if len(values) != size]
        unknown = set(self.actions) - set(ACTIONS)
        if wrong or unknown:
            raise ValueError(f"columns of another length: {wrong}; unknown actions: {sorted(unknown)}")

    def __len__(self) -> int:
        return len(self.actions)

    def at(self, action: str) -> list[int]:
        """Indices of the rows with this action."""
        return [index for index, found in enumerate(self.actions) if found == action]

    def start(self, index: int, on: date) -> date:
        return (self.starts[index] if self.starts else None) or on

    def shape(self, index: int) -> bytes | None:
        return self.wkb[index] if self.wkb else None

    def box(self, index: int) -> Box | None:
        return self.boxes[index] if self.boxes else None

    def values(self, index: int) -> dict[str, Any]:
        """What row `index` says, KEEP left out."""
        return {name: column[index] for name, column in self.columns.items() if column[index] is not KEEP}


@dataclass(frozen=True)
class Context:
    """Who writes, from when, for which import."""

    actor: Any
    on: date
    batch_id: int | None = None
    department_id: int | None = None

    @property
    def user_id(self) -> int | None:
        return getattr(self.actor, "pk", None)


@dataclass(frozen=True)
class Applied:
    """`ids`: identity (or row) key per input row, in input order; `digest` covers every value written."""

    counts: dict[str, int]
    ids: list[int]
    rows: PreparedRows = field(repr=False)
    revision: int = 0

    @cached_property
    def digest(self) -> str:
        """Worked out when somebody asks: the survey keeps one of its own, made before the lock."""
        return digest_of(
            (action, pk, self.rows.values(index), bool(self.rows.shape(index)))
            for index, (action, pk) in enumerate(zip(self.rows.actions, self.ids, strict=True)) if action != "unchanged"
        )


Writer = Callable[[PreparedRows, Context], tuple[list[int], int]]
Withdrawer = Callable[[int, Any], int]
_writers: dict[str, Writer] = {}
_withdrawers: dict[str, Withdrawer] = {}


def register(kind: str, writer: Writer, withdraw: Withdrawer | None = None) -> None:
    """`writer(rows, context)` returns (ids in input order, layer revision or 0)."""
    _writers[kind] = writer
    if withdraw is not None:
        _withdrawers[kind] = withdraw


def apply(
    kind: str, rows: PreparedRows, *, actor: Any, on: date, batch_id: int | None, department_id: int | None = None
) -> Applied:
    """Write the rows. Raises Stale (a record changed since staging) and RegistryError; the caller's transaction rolls back."""
    if kind not in _writers:
        raise RegistryError(f"没有“{kind}”类数据的入库程序。")
    ids, revision = _writers[kind](rows, Context(actor, on, batch_id, department_id))
    counted = Counter(rows.actions)
    return Applied({action: counted[action] for action in ACTIONS}, ids, rows, revision)


def withdraw(kind: str, batch_id: int, actor: Any) -> int:
    """Take back the new rows and changes of a batch on which nothing was built; returns how many.

    Raises RegistryError when something hangs on them. Corrections cannot be taken back: only the audit has the old values.
    """
    if kind not in _withdrawers:
        raise RegistryError(f"“{kind}”类数据的导入不能撤回。")
    return _withdrawers[kind](batch_id, actor)


def refuse(rows: Sequence[int], why: str) -> None:
    """Raise RegistryError naming the first rows (counted from 1) when there are any."""
    if rows:
        listed = "、".join(str(index + 1) for index in rows[:10])
        raise RegistryError(f"{why}：第 {listed} 行{'等' if len(rows) > 10 else ''}，共 {len(rows)} 行。本次没有写入任何数据。")


__all__ = ["KEEP", "Applied", "Context", "PreparedRows", "Stale", "apply", "register", "withdraw"]
