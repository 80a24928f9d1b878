"""Attribute values of a layer: each said once, features point at it by number."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from struct import pack as pack_struct
from typing import Any, Final

import numpy as np

from tenglong.store.tiles.varints import Ints, block, one, pack, sizes

#: field 4 of the layer and field 1 of the value with their lengths, for texts short enough for one-byte lengths
_HEADS: Final = [bytes((4 << 3 | 2, size + 2, 1 << 3 | 2, size)) for size in range(126)]


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
