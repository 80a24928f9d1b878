"""Protobuf varints by arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
#: coordinates in units of a tile: half the memory of `Ints`, and arithmetic twice as fast
Units = NDArray[np.int32]
Letters = NDArray[np.uint8]


def zigzag(values: Ints | Units) -> Ints | Units:
    """Signed → unsigned, small sizes first."""
    return (values << 1) ^ (values >> (8 * values.itemsize - 1))


def offsets(counts: NDArray[Any]) -> Ints:
    """0 and the running sum: where each run begins, and behind the last one where all end."""
    out = np.empty(len(counts) + 1, dtype=np.int64)
    out[0] = 0
    np.cumsum(counts, out=out[1:])
    return out


def gaps(starts: Ints) -> Ints:
    """How long each run is: the inverse of `offsets`."""
    return starts[1:] - starts[:-1]


def sizes(values: Ints | Units) -> Ints:
    """Bytes that each unsigned value takes as a varint (below 2^35: tile numbers are small)."""
    out = np.ones(len(values), dtype=np.int64)
    wide = np.flatnonzero(values > 0x7F)
    if len(wide):
        out[wide] = _wide_sizes(values[wide])
    return out


def _wide_sizes(big: Ints | Units) -> Ints:
    out = np.full(len(big), 2, dtype=np.int64)
    most = int(big.max())
    for bits in (14, 21, 28):
        if most < 1 << bits:
            break
        out += big >= 1 << bits
    return out


@dataclass(frozen=True)
class Varints:
    """Numbers (0 ≤ v < 2^35) and the byte at which each begins when they stand one behind the other; `first` ends with the
    number of bytes. Most take one byte: only the `wide` ones are looked at twice."""

    values: Ints | Units
    first: Ints
    wide: Ints

    @staticmethod
    def of(values: Ints | Units) -> Varints:
        wide = np.flatnonzero(values > 0x7F)
        first = np.arange(len(values) + 1)
        if len(wide):
            up_to = np.concatenate(([-1], wide, [len(values)]))
            first += np.repeat(offsets(_wide_sizes(values[wide]) - 1), gaps(up_to))
        return Varints(values, first, wide)

    def lengths(self, starts: Ints) -> Ints:
        """Bytes of each run `values[starts[i]:starts[i + 1]]`."""
        return gaps(self.first[starts])

    def write(self, out: Letters, begins: Ints, starts: Ints) -> None:
        """Run i into `out` from byte `begins[i]` on."""
        self._write(out, self.first[:-1] + np.repeat(begins - self.first[starts[:-1]], gaps(starts)))

    def bytes(self) -> bytes:
        out = np.empty(int(self.first[-1]), dtype=np.uint8)
        self._write(out, self.first[:-1])
        return out.tobytes()

    def _write(self, out: Letters, at: Ints) -> None:
        out[at] = self.values.astype(np.uint8)
        place, big = at[self.wide], self.values[self.wide]
        while len(place):
            out[place] |= 0x80
            place, big = place + 1, big >> 7
            out[place] = big & 0x7F
            more = big > 0x7F
            place, big = place[more], big[more]


def write_rows(out: Letters, begins: Ints, rows: Letters) -> None:
    """Row i of `rows` into `out` from byte `begins[i]` on: one move per row, not per byte."""
    width = rows.shape[1]
    if width and len(rows):
        every: NDArray[Any] = np.ndarray(len(out) - width + 1, f"V{width}", out.data, 0, (1,))
        every[begins] = np.ascontiguousarray(rows).view(f"V{width}").ravel()


def pack(values: Ints) -> bytes:
    """All `values` (0 ≤ v < 2^35) as varints, one behind the other."""
    return Varints.of(values).bytes()


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
