"""Protobuf varints by arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def zigzag(values: Ints) -> Ints:
    """Signed → unsigned, small sizes first."""
    return (values << 1) ^ (values >> 63)


def sizes(values: Ints) -> Ints:
    """Bytes that each unsigned value takes as a varint (below 2^35: tile numbers are small)."""
    out = np.ones(len(values), dtype=np.int64)
    for bits in (7, 14, 21, 28):
        out += values >= (1 << bits)
    return out


def pack(values: Ints) -> bytes:
    """All `values` (0 ≤ v < 2^35) as varints, one behind the other."""
    length = sizes(values)
    ends = np.cumsum(length)
    out = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    start = ends - length
    rest = values.copy()
    for step in range(5):
        live = length > step
        if not live.any():
            break
        more = (length[live] > step + 1).astype(np.int64) << 7
        out[start[live] + step] = (rest[live] & 0x7F) | more
        rest >>= 7
    return out.tobytes()


def one(value: int) -> bytes:
    """A single varint."""
    out = bytearray()
    while value > 0x7F:
        out.append((value & 0x7F) | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def block(field: int, content: bytes) -> bytes:
    """A length-delimited protobuf field."""
    return one(field << 3 | 2) + one(len(content)) + content
