"""Heads of the chain kept outside the database: one sealed JSON line each, appended only."""

from __future__ import annotations

import hashlib
import hmac
import os
from pathlib import Path

import orjson
from django.utils import timezone

from tenglong.apps.audit.chain import Head

NAME = "heads.jsonl"


def write(home: Path, key: bytes, head: Head, why: str) -> Path:
    """Append the head; the file is flushed to disk before the call returns."""
    path = home / "anchors" / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"seq": head.seq, "mac": head.mac, "at": timezone.now().isoformat(), "why": why}
    line = orjson.dumps({**body, "seal": _seal(key, body)}) + b"\n"
    with path.open("ab") as handle:
        handle.write(line)
        handle.flush()
        os.fsync(handle.fileno())
    return path


def read(home: Path, key: bytes) -> tuple[dict[int, str], list[int]]:
    """Anchors by sequence number, and the line numbers whose seal is wrong (never used as evidence)."""
    path = home / "anchors" / NAME
    known: dict[int, str] = {}
    forged: list[int] = []
    lines = path.read_bytes().splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        head = _parse(key, line)
        if head is None:
            forged.append(number)
        else:
            known[head.seq] = head.mac
    return known, forged


def parse_head(text: str) -> Head:
    """A head file kept elsewhere: the last line that holds `seq` and `mac`. Raises ValueError."""
    for line in reversed(text.strip().splitlines()):
        try:
            data = orjson.loads(line)
            return Head(int(data["seq"]), str(data["mac"]))
        except (orjson.JSONDecodeError, KeyError, TypeError):
            continue
    raise ValueError("文件里没有锚点：应有一行 JSON，含 seq 与 mac")


def _parse(key: bytes, line: bytes) -> Head | None:
    try:
        data = orjson.loads(line)
        given = data.pop("seal")
        return Head(data["seq"], data["mac"]) if hmac.compare_digest(given, _seal(key, data)) else None
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None


def _seal(key: bytes, body: dict[str, object]) -> str:
    return hmac.new(key, b"anchor" + orjson.dumps(body, option=orjson.OPT_SORT_KEYS), hashlib.sha256).hexdigest()
