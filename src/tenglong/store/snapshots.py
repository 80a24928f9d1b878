"""Frozen tables: Parquet files named by the hash of their rows, so that a file can be checked against its own name."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

CHUNK: Final = 8_192
PLACES: Final = 6


class SnapshotError(Exception):
    """The file is gone or its rows are not the ones it is named after; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Kept:
    sha256: str
    rows: int
    size: int  # bytes on disk


class Snapshots:
    """The folder `snapshots` of a home."""

    def __init__(self, root: Path) -> None:
        self.root = root / "snapshots"

    def path(self, sha256: str) -> Path:
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise SnapshotError(f"“{sha256[:80]}”不是快照编号")
        return self.root / f"{sha256}.parquet"

    def put(self, table: pa.Table, key: str = "key") -> Kept:
        """Sort by `key` (then by the other columns), hash, write once; the same rows are the same file."""
        ready = ordered(table, key)
        sha256 = canonical(ready, key)
        target = self.path(sha256)
        if not target.exists():
            self._write(ready, target)
        return Kept(sha256, ready.num_rows, target.stat().st_size)

    def get(self, sha256: str, key: str = "key") -> pa.Table:
        """The rows, after their hash was taken again. Raises SnapshotError."""
        table = self.peek(sha256)
        if canonical(table, key) != sha256:
            raise SnapshotError(f"快照 {sha256[:12]} 的文件被改动过：内容与编号不符，请从备份恢复")
        return table

    def peek(self, sha256: str, columns: list[str] | None = None, keys: list[str] | None = None) -> pa.Table:
        """Some rows and columns, unverified: for pages. Raises SnapshotError when the file is gone."""
        path = self.path(sha256)
        if not path.is_file():
            raise SnapshotError(f"找不到快照 {sha256[:12]} 的文件，请从备份恢复 snapshots 文件夹")
        wanted = [("key", "in", keys)] if keys is not None else None
        return pq.read_table(path, columns=columns, filters=wanted, partitioning=None)

    def _write(self, table: pa.Table, target: Path) -> None:
        """Whole or not at all."""
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".{target.stem}.{secrets.token_hex(4)}")
        pq.write_table(table, draft, compression="zstd", row_group_size=CHUNK * 16)
        draft.replace(target)


def ordered(table: pa.Table, key: str = "key") -> pa.Table:
    """Columns by name, rows by key and then by every other column of plain type."""
    names = [key, *sorted(name for name in table.column_names if name != key)]
    return table.select(names).sort_by([(name, "ascending") for name in names])


def canonical(table: pa.Table, key: str = "key") -> str:
    """SHA-256 of one JSON header line and one JSON line per row; `table` may come in any order."""
    ready = ordered(table, key)
    total = hashlib.sha256(orjson.dumps([[field.name, str(field.type)] for field in ready.schema]) + b"\n")
    for lines in _lines(ready):
        total.update(lines)
    return total.hexdigest()


def _lines(table: pa.Table) -> Iterator[bytes]:
    for batch in table.to_batches(max_chunksize=CHUNK):
        columns = [_plain(column) for column in batch.columns]
        rows = zip(*columns, strict=True) if columns else ()
        yield b"".join(orjson.dumps(row) + b"\n" for row in rows)


def _plain(column: pa.Array) -> list[Any]:
    """JSON values; a double becomes text with fixed decimals, so that the last bit of a sum is no difference."""
    values: list[Any] = column.to_pylist()
    if pa.types.is_floating(column.type):
        return [None if value is None else fixed(value) for value in values]
    if pa.types.is_decimal(column.type) or pa.types.is_temporal(column.type):
        return [value.isoformat() if isinstance(value, date | datetime) else _text(value) for value in values]
    return values


def fixed(value: float) -> str:
    """Six decimals; a negative zero is zero."""
    text = f"{value:.{PLACES}f}"
    return text[1:] if text.startswith("-") and not text.strip("-0.") else text


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"
