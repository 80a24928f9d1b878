"""Rows of a tile: the statement that the acting user's scope asks for, written once, and its answer taken in a few long values.

The text of a statement depends on layer, zoom class, scope and day alone, so it is kept; scope and rows are read for each
request. One value per plot and column costs more than finding the plot, so the database joins them: identities of one
length, texts with a separator that no code holds, shapes one behind the other. When an answer does not fall into as many
pieces as there are rows (somebody typed the separator), the same rows are read one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from tenglong.apps.accounts.scope import rules_in_force
from tenglong.store.cells import cell_range
from tenglong.store.spatial import store
from tenglong.store.tiles import Coded, Names, Packed
from tenglong.store.tiles.varints import Ints, offsets

Box = tuple[float, float, float, float]
Key = tuple[Any, ...]
#: between two texts of a column: the unit separator
MARK: Final = "\x1f"
ULID: Final = 26
#: kept statements: users of a county share few scopes
KEPT: Final = 512


@dataclass(frozen=True)
class Statement:
    """SQL up to its WHERE with parameters; conditions may be added behind."""

    names: tuple[str, ...]
    sql: str
    params: tuple[Any, ...]

    def column(self, name: str) -> str:
        """The qualified column as the statement knows it."""
        found = re.search(rf'("\w+"\."{name}")', self.sql)
        assert found is not None, self.sql
        return found[1]


class Statements:
    """Keeps what Django's compiler made: `of(key, make)` where equal keys mean equal statements."""

    def __init__(self) -> None:
        self._made: dict[Key, Statement | None] = {}

    def of(self, key: Key, make: Callable[[], QuerySet[Any]], columns: Sequence[str]) -> Statement | None:
        """None when the scope holds nothing."""
        whole = (connection.vendor, rules_in_force(), *key, *columns)
        if whole not in self._made:
            if len(self._made) >= KEPT:
                self._made.clear()
            self._made[whole] = _statement(make(), columns)
        return self._made[whole]


statements: Final = Statements()


def _statement(rows: QuerySet[Any], columns: Sequence[str]) -> Statement | None:
    """Each selected column under a name of its own (c0, c1, …): two tables may both have a `code`."""
    try:
        sql, params = rows.order_by().values_list(*columns).query.sql_with_params()
    except EmptyResultSet:
        return None
    head, tail = sql[len("SELECT "):].split(" FROM ", 1)
    listed = [re.sub(r" AS .*", "", column) for column in head.split(", ")]
    picked = ", ".join(f"{column} AS c{index}" for index, column in enumerate(listed))
    return Statement(tuple(columns), f"SELECT {picked} FROM {tail}", tuple(params))  # noqa: S608


def run(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def crowded(found: Statement, z: int, x: int, y: int, most: int) -> bool:
    """More than `most` rows have their centre in the tile; counts no further than that, in the index alone."""
    first, end = cell_range(z, x, y)
    cell = found.column("cell")
    sql = f"{found.sql} AND {cell} >= %s AND {cell} < %s LIMIT 1 OFFSET %s"
    return bool(run(sql, [*found.params, first, end, most]))


def counted(found: Statement, z: int, x: int, y: int, size: int) -> tuple[Ints, Ints, Ints]:
    """Cells ÷ `size` of the tile that hold something, their rows, and the sum of the second column; reads the index alone.

    Sorting ten thousand rows for GROUP BY takes the database longer than handing them over as two lines of numbers.
    """
    first, end = cell_range(z, x, y)
    cell = found.column("cell")
    inner = f"{found.sql} AND {cell} >= %s AND {cell} < %s"
    listed = [_text(connection.vendor, f"coalesce(cast({column} AS text), '0')", ",") for column in ("c0", "c1")]
    sql = f"SELECT {', '.join(listed)} FROM ({inner}) t"  # noqa: S608
    ((cells, measures),) = run(sql, [*found.params, first, end])
    place = (_whole(cells) - first) // size
    rows = np.bincount(place, minlength=(end - first) // size)
    total = np.zeros(len(rows), dtype=np.int64)
    np.add.at(total, place, _whole(measures))
    held = np.flatnonzero(rows)
    return held + first // size, rows[held], total[held]


def _whole(joined: str | None) -> Ints:
    """Numbers between commas."""
    return np.fromstring(joined, dtype=np.int64, sep=",") if joined else np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Found:
    """Shapes and columns of the rows, as the encoder wants them."""

    shapes: Packed
    columns: dict[str, Coded | Names | Sequence[Any]]


def read(found: Statement, box: Box, numbers: frozenset[str]) -> Found | None:
    """Rows whose shape's box meets `box`. The first column is `shape_id`; `numbers` are the columns of whole numbers."""
    near, near_params = store().ids_sql(box)
    shape = found.column("shape_id")
    inner = f"{found.sql} AND {shape} IN ({near})"
    source = f"FROM ({inner}) v JOIN store_shape s ON s.id = v.c0"
    params = [*found.params, *near_params]
    names = found.names[1:]
    answer = run(f"SELECT {_joined(names, numbers)} {source}", params)[0]
    if not answer[0]:
        return None
    taken = _taken(answer, names, numbers)
    return taken if taken is not None else _one_by_one(run(f"SELECT v.*, s.wkb {source}", params), names)


@lru_cache(maxsize=64)
def _joined_for(vendor: str, names: tuple[str, ...], numbers: frozenset[str]) -> str:
    parts = ["count(*)"]
    for index, name in enumerate(names, start=1):
        column = f"coalesce(cast(v.c{index} AS text), '')" if name in numbers else f"v.c{index}"
        parts.append(_text(vendor, column, "" if name.endswith("ulid") else MARK))
    if vendor == "postgresql":
        return ", ".join([*parts, "string_agg(octet_length(s.wkb)::text, ',')", "string_agg(s.wkb, ''::bytea)"])
    return ", ".join([*parts, "group_concat(length(s.wkb))", "cast(group_concat(s.wkb, '') AS blob)"])


def _joined(names: tuple[str, ...], numbers: frozenset[str]) -> str:
    return _joined_for(connection.vendor, names, numbers)


def _text(vendor: str, column: str, mark: str) -> str:
    return f"string_agg({column}, '{mark}')" if vendor == "postgresql" else f"group_concat({column}, '{mark}')"


def _taken(answer: tuple[Any, ...], names: Sequence[str], numbers: frozenset[str]) -> Found | None:
    """None when a column or the shapes do not fall into as many pieces as there are rows."""
    count, data = answer[0], bytes(answer[-1])
    starts = offsets(_whole(answer[-2]))
    if len(starts) != count + 1 or starts[-1] != len(data):
        return None
    columns: dict[str, Coded | Names | Sequence[Any]] = {}
    for name, joined in zip(names, answer[1:-2], strict=True):
        column = _identities(joined, count) if name.endswith("ulid") else _coded(joined, count, name in numbers)
        if column is None:
            return None
        columns[name] = column
    return Found(Packed(data, starts), columns)


def _identities(joined: str | None, count: int) -> Names | None:
    if joined is None or len(joined) != ULID * count or not joined.isascii():
        return None
    return Names(np.frombuffer(joined.encode("ascii"), dtype=np.uint8).reshape(count, ULID))


def _coded(joined: str | None, count: int, number: bool) -> Coded | None:
    """Empty text is no value: the tile stays small."""
    if joined is None:
        return None
    head = joined.partition(MARK)[0]
    if (head + MARK) * (count - 1) + head == joined:  # one value for all: most columns of most tiles
        return Coded(np.full(count, 0 if head else -1), _values([head] if head else [], number))
    texts = joined.split(MARK)
    if len(texts) != count:
        return None
    known = _Numbering()
    places: Ints = np.fromiter(map(known.__getitem__, texts), dtype=np.int64, count=count)
    return Coded(places, _values(list(known)[1:], number))


class _Numbering(dict[str, int]):
    """A number for each text in order of appearance; -1 for no text."""

    def __init__(self) -> None:
        super().__init__({"": -1})

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self) - 1
        return number


def _values(texts: list[str], number: bool) -> list[Any]:
    return [int(text) for text in texts] if number else list(texts)


def _one_by_one(rows: list[tuple[Any, ...]], names: Sequence[str]) -> Found:
    columns = list(zip(*rows, strict=True))
    held: dict[str, Coded | Names | Sequence[Any]] = {
        name: [None if value == "" else value for value in column]
        for name, column in zip(names, columns[1:-1], strict=True)
    }
    return Found(Packed.of([bytes(wkb) for wkb in columns[-1]]), held)

