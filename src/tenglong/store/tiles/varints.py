"""Protobuf varints by arrays."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def zigzag(values: Ints) -> Ints:
    """Signed → unsigned, small sizes first."""
    return (values << 1) ^ (values >> 63)


def offsets(counts: Ints) -> Ints:
    """0 and the running sum: where each run begins, and behind the last one where all end."""
    out = np.empty(len(counts) + 1, dtype=np.int64)
    out[0] = 0
    np.cumsum(counts, out=out[1:])
    return out


def sizes(values: Ints) -> Ints:
    """Bytes that each unsigned value takes as a varint (below 2^35: tile numbers are small)."""
    out = np.ones(len(values), dtype=np.int64)
    wide = np.flatnonzero(values > 0x7F)
    if len(wide):
        big = values[wide]
        out[wide] = 2
        for bits in (14, 21, 28):
            more = big >= 1 << bits
            if not more.any():
                break
            out[wide] += more
    return out


def pack(values: Ints) -> bytes:
    """All `values` (0 ≤ v < 2^35) as varints, one behind the other. Most take one byte: only the others are looked at twice."""
    wide = np.flatnonzero(values > 0x7F)
    low = (values & 0x7F).astype(np.uint8)
    if not len(wide):
        return low.tobytes()
    big = values[wide]
    length = sizes(big)
    repeats = np.ones(len(values), dtype=np.int64)
    repeats[wide] = length
    out = np.repeat(low, repeats)
    place = wide + np.cumsum(length) - length - np.arange(len(wide))
    for _step in range(5):
        out[place] |= 0x80
        place, big = place + 1, big >> 7
        out[place] = big & 0x7F
        more = big > 0x7F
        if not more.any():
            break
        place, big = place[more], big[more]
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
