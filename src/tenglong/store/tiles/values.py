"""Attribute values of a layer: each said once, features point at it by number."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from struct import pack as pack_struct
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tenglong.store.tiles.varints import Ints, block, one, pack, sizes

#: field 4 of the layer and field 1 of the value with their lengths, for texts short enough for one-byte lengths
_HEADS: Final = [bytes((4 << 3 | 2, size + 2, 1 << 3 | 2, size)) for size in range(126)]


@dataclass(frozen=True)
class Coded:
    """A column as numbers into `values`; -1 is no value."""

    numbers: Ints
    values: Sequence[Any]

    def __getitem__(self, row: int) -> Any:
        return None if self.numbers[row] < 0 else self.values[self.numbers[row]]


@dataclass(frozen=True)
class Names:
    """A column of ASCII texts of one length (below 124), one row of bytes each, hardly any twice: identities."""

    letters: NDArray[np.uint8]

    def __getitem__(self, row: int) -> str:
        return str(self.letters[row].tobytes(), "ascii")


def chosen(column: Coded | Names | Sequence[Any], rows: Ints) -> tuple[Ints, int, bytes]:
    """Of these rows: the number of each one's value (-1 for none), how many values there are, and their bytes."""
    if isinstance(column, Names):
        return np.arange(len(rows)), len(rows), _names(column.letters[rows])
    if isinstance(column, Coded):
        numbers, values = _used(column.numbers[rows], column.values)
    else:
        numbers, values = dictionary([column[row] for row in rows.tolist()])
    return numbers, len(values), values_bytes(values)


def _used(numbers: Ints, values: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Values that no row points at are left out."""
    held = np.bincount(numbers + 1, minlength=len(values) + 1)[1:] > 0
    if held.all():
        return numbers, list(values)
    anew = np.append(np.cumsum(held) - 1, -1)
    return anew[numbers], [value for value, kept in zip(values, held.tolist(), strict=True) if kept]


def _names(letters: NDArray[np.uint8]) -> bytes:
    width = letters.shape[1]
    out = np.empty((len(letters), width + 4), dtype=np.uint8)
    out[:, :4] = np.frombuffer(_HEADS[width], dtype=np.uint8)
    out[:, 4:] = letters
    return out.tobytes()


def dictionary(column: Sequence[Any]) -> tuple[Ints, list[Any]]:
    """Number per row (-1 for None) and the distinct values in order of appearance; 1, 1.0 and True are three."""
    if len(set(map(type, column)) - {type(None)}) > 1:
        numbers, pairs = dictionary([None if value is None else (type(value), value) for value in column])
        return numbers, [value for _, value in pairs]
    distinct: list[Any] = [value for value in dict.fromkeys(column) if value is not None]
    known: dict[Hashable, int] = {value: number for number, value in enumerate(distinct)}
    known[None] = -1
    return np.fromiter(map(known.__getitem__, column), dtype=np.int64, count=len(column)), distinct


def values_bytes(values: Sequence[Any]) -> bytes:
    """All values as the layer's field 4. Raises TypeError for what a tile cannot carry."""
    if values and all(type(value) is str for value in values):
        return b"".join([_text(value.encode()) for value in values])
    if values and all(type(value) is int and 0 <= value < 1 << 28 for value in values):
        return _counts(np.array(values, dtype=np.int64))
    return b"".join([block(4, _message(value)) for value in values])


def _counts(values: Ints) -> bytes:
    """Small whole numbers: the field, the length, int_value and the number are four varints."""
    rows = np.empty((len(values), 4), dtype=np.int64)
    rows[:, 0], rows[:, 1], rows[:, 2], rows[:, 3] = 4 << 3 | 2, sizes(values) + 1, 4 << 3, values
    return pack(rows.ravel())


def _text(data: bytes) -> bytes:
    return _HEADS[len(data)] + data if len(data) < 126 else block(4, block(1, data))


def _message(value: Any) -> bytes:
    if isinstance(value, bool):
        return one(7 << 3) + one(int(value))
    if isinstance(value, int):
        return one(4 << 3) + one(value & 0xFFFFFFFFFFFFFFFF)
    if isinstance(value, float):
        return one(3 << 3 | 1) + pack_struct("<d", value)
    if isinstance(value, str):
        return block(1, value.encode())
    raise TypeError(f"瓦片属性不能是 {type(value).__name__}")
