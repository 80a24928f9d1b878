"""Row hashes: one number per table that two copies of a database share, whatever order their rows come in."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

#: tables that a backup leaves out: open sessions are not data, and must not open doors elsewhere
LEFT_OUT: Final = frozenset({"django_session", "accounts_usersession"})
_MODULUS: Final = 1 << 256


def of_rows(rows: Iterable[Sequence[Any]]) -> tuple[int, str]:
    """(number of rows, hash): sum of the SHA-256 of every row modulo 2²⁵⁶, so that order does not matter."""
    total = count = 0
    for row in rows:
        digest = hashlib.sha256("\x1f".join(_text(value) for value in row).encode("utf-8", "surrogatepass")).digest()
        total = (total + int.from_bytes(digest, "big")) % _MODULUS
        count += 1
    return count, f"{total:064x}"


def _text(value: Any) -> str:
    """Type and value, so that 1, "1" and b"1" differ."""
    if isinstance(value, memoryview):
        value = bytes(value)
    return f"{type(value).__name__}:{value.hex() if isinstance(value, bytes) else value}"


def of_tables(cursor: Any, tables: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Table → {"rows", "hash"} as this cursor sees them."""
    found = {}
    for table in sorted(set(tables) - LEFT_OUT):
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name from the catalogue
        count, digest = of_rows(iter(cursor.fetchone, None))
        found[table] = {"rows": count, "hash": digest}
    return found


def sqlite_tables(cursor: Any) -> list[str]:
    """Ordinary tables with their columns in the schema; virtual ones are counted through their shadow tables."""
    cursor.execute(
        "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' AND sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    return [row[0] for row in cursor.fetchall()]
