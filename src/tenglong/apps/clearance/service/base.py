"""What every step of clearing shares: the row read again under lock and scope, refusals as sentences."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scoped
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import ClearedHolder, State
from tenglong.apps.registry import queries as registry

WORK, DECIDE, MONEY = "clearance.work", "clearance.decide", "clearance.money"
#: before this nothing of a clearing was recorded: a year mistyped
FIRST_YEAR = 1990
M = TypeVar("M", bound=Model)


def locked(actor: Any, row: M, *verbs: str, lock_version: int | None = None) -> M:
    """The row as it is now, for writing, if one of `verbs` lets the actor reach it. Raises Refused, ClearanceError."""
    held = [verb for verb in verbs if can(actor, verb)]
    if not held:
        require(actor, verbs[0])
    objects = type(row)._default_manager
    if not any(scoped(actor, objects.filter(pk=row.pk), verb).exists() for verb in held):
        raise ClearanceError(_("没有这条记录，或者它不在您的管辖范围内。"))
    fresh = objects.select_for_update().get(pk=row.pk)
    if lock_version is not None and getattr(fresh, "lock_version", lock_version) != lock_version:
        raise ClearanceError(_("这条记录刚被别人改过，请刷新后再办。"))
    return fresh


def raised(row: Any, **values: Any) -> None:
    """Writes `values` and raises the lock."""
    type(row)._default_manager.filter(pk=row.pk).update(**values, lock_version=row.lock_version + 1)
    for name, value in values.items():
        setattr(row, name, value)
    row.lock_version += 1


def alive(row: Any) -> None:
    """Raises ClearanceError for a project that has ended."""
    if row.state in (State.CLOSED, State.STOPPED):
        raise ClearanceError(_("这个征迁项目%(state)s，不能再改。") % {"state": row.get_state_display()})


def holder_for_work(actor: Any, holder: ClearedHolder, *verbs: str, lock_version: int | None = None) -> ClearedHolder:
    """Locked, in a project that lives. The project is locked first, so that two people go one after the other."""
    fresh = locked(actor, holder, *(verbs or (WORK,)), lock_version=lock_version)
    alive(fresh.clearance)
    return fresh


def past(day: date | None) -> date:
    """Today when none is given. Raises ClearanceError for a day that has not come."""
    today = timezone.localdate()
    if day is not None and day.year < FIRST_YEAR:
        raise ClearanceError(_("日期 %(day)s 太早，请核对年份。") % {"day": day})
    if day is not None and day > today:
        raise ClearanceError(_("日期 %(day)s 还没有到；发生了才登记，预计的不登记。") % {"day": day})
    return day or today


def numbered(text: str, what: str) -> str:
    """A document number; free remarks have no place here. Raises ClearanceError."""
    told = text.strip()
    if len(told) < 2:
        raise ClearanceError(_("请写明%(what)s。") % {"what": what})
    return told[:120]


def document_of(actor: Any, document: Any) -> Any:
    """A file that the actor may see; None stays None."""
    if document is not None and not registry.documents(actor).filter(pk=document.pk).exists():
        raise ClearanceError(_("没有这份材料，或者它不在您的管辖范围内。"))
    return document
