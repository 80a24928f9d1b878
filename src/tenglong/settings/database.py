"""SQLite inside the home, or PostgreSQL named by an address."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-32768;PRAGMA mmap_size=268435456"
)


def sqlite(path: Path | str) -> dict[str, Any]:
    """Write transactions start IMMEDIATE, so that two writers queue instead of failing half-way."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": SQLITE_PRAGMAS},
        "CONN_MAX_AGE": None,
    }


def from_url(url: str) -> dict[str, Any]:
    """`postgres://user:password@host:port/name?option=value` or `sqlite:///path`. Raises ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return sqlite(parts.path)
    if parts.scheme not in ("postgres", "postgresql", "postgis"):
        raise ValueError(f"TENGLONG_DATABASE_URL 只认 postgres:// 或 sqlite:///，现为“{parts.scheme}://”")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or options.pop("port", "")),
        "OPTIONS": options,
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
    }
