"""The door of policies: what is in force, and the way from draft to approved by a second person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from difflib import unified_diff
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import Actor, require
from tenglong.apps.audit import service as audit
from tenglong.apps.policy import presets
from tenglong.apps.policy.models import PolicyVersion
from tenglong.domain.delta import Delta
from tenglong.domain.policy import Document, Header, PolicyError, Problem, load_yaml

__all__ = ["LoadedPolicy", "PolicyError", "PolicyStateError", "approve", "current", "diff", "load_text", "retire", "submit"]
PACKAGED = "packaged"
#: kinds of which two approved versions may never be valid on one date; of the others the one that began last holds
EXCLUSIVE = frozenset({"evaluation"})


class PolicyStateError(ValueError):
    """The step is not possible now; the message says what is."""


@dataclass(frozen=True)
class LoadedPolicy:
    """The policy in force: runs pin `id`, `version` and `sha256`."""

    kind: str
    id: str
    version: str
    sha256: str
    state: str  # approved, or packaged
    document: Document

    @property
    def data(self) -> Any:
        return self.document.data

    @property
    def text(self) -> str:
        return self.document.text


def current(kind: str, id: str, on: date | None = None) -> LoadedPolicy:  # noqa: A002
    """Approved version in force on `on` (default today), else the packaged preset; `id` may be ID@VERSION, then that version
    whatever the day. Raises KeyError with a sentence when there is none, or several and no day tells them apart."""
    return _current(kind, id, on or timezone.localdate())


def _current(kind: str, id: str, day: date, below: tuple[str, ...] = ()) -> LoadedPolicy:  # noqa: A002
    """`below` are the policies that lead here through `extends`."""
    if id in below:
        raise PolicyError([Problem(f"{kind}/{id}", 1, _("extends 绕成了圈"), "extends")])
    name, _at, version = id.partition("@")
    row = _version(kind, name, version) if version else _in_force(kind, name, day)
    if row is not None:
        document = load_yaml(row.yaml_text, kind=kind, id=name, parent=_parent(day, (*below, id)))
        return LoadedPolicy(kind, name, row.version, document.pin, row.state, document)
    preset = presets.load(kind, id, day)
    return LoadedPolicy(kind, name, preset.version, preset.pin, PACKAGED, preset)


def _version(kind: str, id: str, version: str) -> PolicyVersion | None:  # noqa: A002
    rows = PolicyVersion.objects.filter(kind=kind, policy_id=id, version=version)
    return rows.filter(state__in=("approved", "retired")).first()


def _parent(day: date, below: tuple[str, ...]) -> Callable[[str, str], Document]:
    """What `extends` names: that version, or what is in force that day."""
    return lambda kind, id: _current(kind, id, day, below).document  # noqa: A006


def _in_force(kind: str, id: str, on: date) -> PolicyVersion | None:  # noqa: A002
    """A version retired later was still in force before its end."""
    rows = PolicyVersion.objects.filter(kind=kind, policy_id=id, state__in=("approved", "retired"))
    rows = rows.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=on)).filter(
        Q(valid_to__gt=on) | Q(valid_to__isnull=True, state="approved")
    )
    return rows.order_by("valid_from", "approved_at", "pk").last()


def load_text(actor: Actor, kind: str, id: str, text: str, origin: str = "") -> PolicyVersion:  # noqa: A002
    """Keep `text` as a draft of its version; a draft of the same version is replaced. Raises PolicyError, PolicyStateError."""
    require(actor, "policy.edit")
    document = load_yaml(text, kind=kind, id=id, file=origin, parent=_parent(timezone.localdate(), (id,)))
    with transaction.atomic():
        row = PolicyVersion.objects.select_for_update().filter(kind=kind, policy_id=id, version=document.version).first()
        if row is not None and row.state in ("approved", "retired"):
            raise PolicyStateError(_("%(kind)s/%(id)s@%(version)s 已批准，不能修改；请把 version 改成新的版本号") % {
                "kind": kind, "id": id, "version": document.version})
        return _save_draft(actor, row, document, origin)


def _save_draft(actor: Actor, row: PolicyVersion | None, document: Document, origin: str) -> PolicyVersion:
    old = row.sha256 if row else None
    row = row or PolicyVersion(kind=document.kind, policy_id=document.id, version=document.version)
    if row.pk:
        row.lock_version += 1
    row.sha256, row.yaml_text, row.state, row.author = document.sha256, document.text, "draft", actor  # type: ignore[assignment]
    row.valid_from, row.valid_to, row.origin = document.header.valid_from, document.header.valid_to, origin[:200]
    row.save()
    audit.record(actor, "policy.save", "policy", row.ulid, deltas=[Delta("sha256", old, row.sha256)], reason=name_of(row))
    return row


def submit(actor: Actor, row: PolicyVersion) -> PolicyVersion:
    """Draft → submitted."""
    require(actor, "policy.edit")
    return _move(actor, row, "draft", "submitted", "policy.submit")


def send_back(actor: Actor, row: PolicyVersion, reason: str) -> PolicyVersion:
    """Submitted → draft, with a reason."""
    require(actor, "policy.approve")
    return _move(actor, row, "submitted", "draft", "policy.send_back", reason)


def approve(actor: Actor, row: PolicyVersion) -> PolicyVersion:
    """Submitted → approved, by someone other than the author; from then on the text never changes."""
    require(actor, "policy.approve")
    with transaction.atomic():
        row = PolicyVersion.objects.select_for_update().get(pk=row.pk)
        if row.author_id == getattr(actor, "pk", None):
            raise PolicyStateError(_("起草人不能批准自己的政策版本，请另一位有审批权限的人批准"))
        _alone_on_every_day(row)
        row.approver, row.approved_at = actor, timezone.now()  # type: ignore[assignment]
        return _move(actor, row, "submitted", "approved", "policy.approve")


def _alone_on_every_day(row: PolicyVersion) -> None:
    """Raises PolicyStateError when another approved version of an exclusive kind is valid on a day that `row` is."""
    if row.kind not in EXCLUSIVE:
        return
    ours = Header(valid_from=row.valid_from, valid_to=row.valid_to)
    for other in PolicyVersion.objects.select_for_update().filter(kind=row.kind, policy_id=row.policy_id, state="approved"):
        day = ours.meets(Header(valid_from=other.valid_from, valid_to=other.valid_to))
        if other.pk != row.pk and day is not None:
            shown = _("任何一天") if day == date.min else day.isoformat()
            raise PolicyStateError(_(
                "%(other)s 已批准，与本版本在 %(day)s 同时有效；请先停用它，或写明不相交的 valid_from、valid_to"
            ) % {"other": name_of(other), "day": shown})


def retire(actor: Actor, row: PolicyVersion, on: date, reason: str) -> PolicyVersion:
    """Approved → retired from `on`."""
    require(actor, "policy.approve")
    row.valid_to = on
    return _move(actor, row, "approved", "retired", "policy.retire", reason)


def _move(actor: Actor, row: PolicyVersion, old: str, new: str, action: str, reason: str = "") -> PolicyVersion:
    with transaction.atomic():
        now = PolicyVersion.objects.select_for_update().get(pk=row.pk).state
        if now != old:
            raise PolicyStateError(_("当前状态是“%(state)s”，不能执行这一步") % {"state": row.get_state_display()})
        row.state = new
        row.lock_version += 1
        row.save()
        audit.record(actor, action, "policy", row.ulid, deltas=[Delta("state", old, new)], reason=reason or name_of(row))
    return row


def name_of(row: PolicyVersion) -> str:
    return f"{row.kind}/{row.policy_id}@{row.version}"


def diff(old: str, new: str, old_name: str = "现行", new_name: str = "新版") -> str:
    """Unified diff of two texts, empty when equal."""
    return "\n".join(unified_diff(old.splitlines(), new.splitlines(), old_name, new_name, lineterm=""))


def listing() -> list[dict[str, Any]]:
    """Every policy known: versions of the record, and presets that no approved version replaces."""
    rows: list[dict[str, Any]] = [
        {"kind": row.kind, "id": row.policy_id, "version": row.version, "state": row.state, "sha256": row.sha256,
         "valid_from": row.valid_from, "valid_to": row.valid_to, "origin": row.origin, "ulid": row.ulid}
        for row in PolicyVersion.objects.order_by("kind", "policy_id", "-pk")
    ]
    for one in presets.heads():
        rows.append({"kind": one.ref.kind, "id": one.ref.id, "version": one.header.version, "state": PACKAGED,
                     "sha256": one.sha256, "valid_from": one.header.valid_from, "valid_to": one.header.valid_to,
                     "origin": one.file, "ulid": ""})
    return sorted(rows, key=lambda row: (row["kind"], row["id"]))


def packaged_versions(kind: str, id: str) -> list[Document]:  # noqa: A002
    """Presets of one id, every version."""
    return [presets.load(kind, name) for of, name in presets.names() if of == kind and name.partition("@")[0] == id]


def text_of(kind: str, id: str, version: str = "") -> tuple[str, str]:  # noqa: A002
    """(name, text) of a version, or of what is in force. Raises KeyError with a sentence."""
    row = PolicyVersion.objects.filter(kind=kind, policy_id=id, version=version).first() if version else None
    if row is not None:
        return name_of(row), row.yaml_text
    loaded = current(kind, f"{id}@{version}" if version else id)
    return f"{kind}/{id}@{loaded.version}", loaded.text
