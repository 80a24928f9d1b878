"""Seals of the chain: canonical content, key, and the check that names the first bad entry."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from django.utils.translation import gettext as _

GENESIS: Final = "0" * 64
#: the sealed columns, in this order
SEALED: Final = (
    "seq", "ts", "user_id_text", "user_name", "role", "ip", "action", "subject_type", "subject_id", "deltas", "reason",
    "result", "trace_id", "batch_id", "count", "digest",
)


@dataclass(frozen=True)
class Head:
    """The end of the chain as someone once saw it."""

    seq: int
    mac: str


@dataclass(frozen=True)
class VerifyResult:
    """`first_bad` is the sequence number of the first entry that is wrong, missing or out of place (0: none)."""

    ok: bool
    entries: int
    head: Head
    first_bad: int = 0
    reason: str = ""
    anchors: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "ok": self.ok, "entries": self.entries, "head": {"seq": self.head.seq, "mac": self.head.mac},
            "first_bad": self.first_bad, "reason": self.reason, "anchors": self.anchors,
        }


def canonical(row: Mapping[str, Any]) -> bytes:
    """The sealed columns as bytes; times in UTC to the microsecond, JSON with sorted keys."""
    values = [_plain(row[name]) for name in SEALED]
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat(timespec="microseconds") if isinstance(value, datetime) else value


def seal(key: bytes, prev_mac: str, row: Mapping[str, Any]) -> str:
    return hmac.new(key, prev_mac.encode() + canonical(row), hashlib.sha256).hexdigest()


def walk(key: bytes, rows: Iterable[Mapping[str, Any]], anchors: Mapping[int, str]) -> VerifyResult:
    """Check rows in the order of `seq`; `anchors` maps sequence number → seal seen earlier.

    Finds an edited, re-ordered, inserted, deleted entry, and (by anchors) a cut end or a rebuilt chain.
    """
    prev, count = GENESIS, 0
    for row in rows:
        count += 1
        if reason := _fault(key, prev, count, row, anchors):
            return VerifyResult(False, count - 1, Head(count - 1, prev), count, reason, len(anchors))
        prev = row["mac"]
    missing = sorted(seq for seq in anchors if seq > count)
    if missing:
        reason = _("末尾被截断：锚点记有第 %(last)s 条，库中只到第 %(count)s 条") % {"last": missing[-1], "count": count}
        return VerifyResult(False, count, Head(count, prev), count + 1, reason, len(anchors))
    return VerifyResult(True, count, Head(count, prev), anchors=len(anchors))


def _fault(key: bytes, prev: str, expected: int, row: Mapping[str, Any], anchors: Mapping[int, str]) -> str:
    if row["seq"] != expected:
        return _("缺少第 %(n)s 条（下一条的序号是 %(next)s）") % {"n": expected, "next": row["seq"]}
    if row["prev_mac"] != prev:
        return _("第 %(n)s 条与上一条不相接：次序被改动，或插入、替换过") % {"n": expected}
    if not hmac.compare_digest(row["mac"], seal(key, prev, row)):
        return _("第 %(n)s 条的内容被改动") % {"n": expected}
    if expected in anchors and anchors[expected] != row["mac"]:
        return _("第 %(n)s 条与锚点不符：此条或之前的记录被整体重写") % {"n": expected}
    return ""
