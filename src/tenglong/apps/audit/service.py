"""The door of audit: append an entry, anchor the head, verify the chain."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.masking import is_personal
from tenglong.apps.accounts.scope import roles_of
from tenglong.apps.accounts.tracing import current_request
from tenglong.apps.audit import anchors
from tenglong.apps.audit.chain import GENESIS, SEALED, Head, VerifyResult, seal, walk
from tenglong.apps.audit.models import AuditEntry, AuditHead
from tenglong.domain.delta import Delta
from tenglong.settings.home import key

MAX_DELTAS = 500


def record(
    actor: Any,
    action: str,
    subject_type: str,
    subject_id: object,
    *,
    deltas: Iterable[Delta] = (),
    count: int = 1,
    digest: str = "",
    batch_id: int | None = None,
    reason: str = "",
    result: str = "ok",
    request: Any = None,
) -> AuditEntry:
    """Append one entry inside the caller's transaction (a rolled-back change leaves no entry).

    A bulk write is one entry: `count` rows and `digest` (see `digest_of`) of their Deltas. Values of personal
    fields are kept as keyed hashes only. `actor` is a User, or a word for the program itself (`"system"`).
    """
    told = list(deltas)
    if len(told) > MAX_DELTAS:
        digest, told = digest or digest_of(told), told[:MAX_DELTAS]
    row = {
        **_who(actor, request or current_request()),
        "ts": timezone.now(), "action": action, "subject_type": subject_type, "subject_id": str(subject_id),
        "deltas": [_safe(delta) for delta in told], "reason": reason[:500], "result": result,
        "batch_id": batch_id, "count": count, "digest": digest,
    }
    with transaction.atomic():
        return _append(row)


def _append(row: dict[str, Any]) -> AuditEntry:
    head = _locked_head()
    prev = head.mac or GENESIS
    row["seq"] = head.seq + 1
    row["mac"] = seal(_key(), prev, row)
    entry = AuditEntry.objects.create(prev_mac=prev, **row)
    AuditHead.objects.filter(pk=head.pk).update(seq=row["seq"], mac=row["mac"])
    today = timezone.localdate()
    if head.anchored_on != today:
        AuditHead.objects.filter(pk=head.pk).update(anchored_on=today)
        transaction.on_commit(lambda: anchor("daily"))
    return entry


def _locked_head() -> AuditHead:
    """The head row, locked until the end of the transaction (SQLite writers are already in line)."""
    head = AuditHead.objects.select_for_update().filter(pk=1).first()
    if head is None:
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)
    return head


def has_done(actor: Any, subject_type: str, subject_id: object, actions: Iterable[str], since: Any = None) -> bool:
    """Whether this person took one of the steps on the record: a row keeps who made it, the trail everybody who wrote in it."""
    rows = AuditEntry.objects.filter(
        subject_type=subject_type, subject_id=str(subject_id), action__in=list(actions), user_id_text=actor.ulid, result="ok")
    return (rows if since is None else rows.filter(ts__gte=since)).exists()


def head() -> Head:
    """Last entry of the chain as the database has it; seq 0 when nothing was ever recorded."""
    last = AuditEntry.objects.order_by("-seq").first()
    return Head(last.seq, last.mac) if last else Head(0, GENESIS)


def anchor(why: str) -> Head:
    """Write the head to `$TENGLONG_HOME/anchors`, daily and at each export. Copy that file off the machine."""
    seen = head()
    if seen.seq:
        anchors.write(settings.TENGLONG_HOME, _key(), seen, why)
    return seen


def verify(extra: Head | None = None) -> VerifyResult:
    """Walk the whole chain against the kept anchors and the head `extra` that someone kept elsewhere."""
    known, forged = anchors.read(settings.TENGLONG_HOME, _key())
    if extra is not None:
        known[extra.seq] = extra.mac
    rows = AuditEntry.objects.order_by("seq").values(*SEALED, "prev_mac", "mac").iterator(chunk_size=2000)
    found = walk(_key(), rows, known)
    if found.ok and forged:
        reason = _("锚点文件第 %(n)s 行被改动") % {"n": forged[0]}
        return VerifyResult(False, found.entries, found.head, 0, reason, found.anchors)
    return found


def digest_of(deltas: Iterable[Delta | tuple[Any, ...]]) -> str:
    """SHA-256 of Deltas (or tuples) in the order given, one JSON line each."""
    total = hashlib.sha256()
    for delta in deltas:
        value = delta.as_json() if isinstance(delta, Delta) else list(delta)
        total.update(orjson.dumps(value, default=str, option=orjson.OPT_SORT_KEYS) + b"\n")
    return total.hexdigest()


def _key() -> bytes:
    return key("audit", settings.TENGLONG_HOME)


def _safe(delta: Delta) -> dict[str, Any]:
    """JSON of a Delta; personal values become keyed hashes, so that equal values can be compared but not read."""
    old, new = delta.old, delta.new
    if is_personal(delta.field):
        old, new = _hashed(old), _hashed(new)
    return {"field": delta.field, "old": _jsonable(old), "new": _jsonable(new)}


def _hashed(value: Any) -> str | None:
    if value in (None, ""):
        return None
    return "hmac:" + hmac.new(_key(), str(value).encode(), hashlib.sha256).hexdigest()[:32]


def _jsonable(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | bool) else orjson.loads(orjson.dumps(value, default=str))


def _who(actor: Any, request: Any) -> dict[str, str]:
    person = actor if isinstance(actor, get_user_model()) else None
    return {
        "user_id_text": person.ulid if person else "",
        "user_name": f"{person.name}（{person.username}）"[:130] if person else str(actor or "匿名")[:130],
        "role": ",".join(sorted(roles_of(person)))[:120] if person else "",
        "ip": str(getattr(request, "client_ip", "") or "") if request is not None else "",
        "trace_id": str(getattr(request, "trace_id", "") or "") if request is not None else "",
    }
