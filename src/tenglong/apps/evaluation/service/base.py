"""What every step shares: the row read again under lock and scope, the stage, the term."""

from __future__ import annotations

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import F, Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import Refused, can, require, scope_of, scoped
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.evaluation.errors import EvaluationError, Stale
from tenglong.apps.evaluation.models import Cycle, Snapshot
from tenglong.apps.evaluation.stages import STAGES
from tenglong.apps.registry import queries as registry

M = TypeVar("M", bound=Model)
Progress = Callable[[int, int, str], None]
#: the one short transaction of a long step; a job passes its own, which marks the job committed
Atomic = Callable[[], AbstractContextManager[None]]


def quiet(done: int, total: int, text: str) -> None:
    """A progress that nobody watches."""


def reached(actor: Any, row: M, *verbs: str) -> M:
    """The row as it is now, if one of `verbs` lets the actor reach it. Raises Refused, EvaluationError."""
    held = [verb for verb in verbs if can(actor, verb)]
    if not held:
        raise Refused(verbs[0])
    model = type(row)
    if not any(scoped(actor, model._default_manager.filter(pk=row.pk), verb).exists() for verb in held):
        raise EvaluationError(_("没有这条记录，或者它不在您的管辖范围内。"))
    return model._default_manager.get(pk=row.pk)


def locked(actor: Any, row: M, *verbs: str, lock_version: int | None = None) -> M:
    """As `reached`, for writing, inside a transaction. Raises Stale too.

    A model with `lock_version` has it raised; None skips the guard (programs).
    """
    reached(actor, row, *verbs)
    model = type(row)
    fresh = model._default_manager.select_for_update().get(pk=row.pk)
    if hasattr(fresh, "lock_version"):
        if lock_version is not None and fresh.lock_version != lock_version:
            raise Stale
        model._default_manager.filter(pk=row.pk).update(lock_version=F("lock_version") + 1)
        fresh.lock_version += 1
    return fresh


def whole(actor: Any, cycle: Cycle, verb: str) -> Cycle:
    """The cycle for a step over all its firms: only by whoever has the whole county in scope."""
    return _covered(actor, locked(actor, cycle, verb), verb)


def over_all(actor: Any, cycle: Cycle, verb: str) -> Cycle:
    """As `whole`, without a lock: for what is only queued, or worked out before the short transaction that writes it."""
    return _covered(actor, reached(actor, cycle, verb), verb)


def _covered(actor: Any, fresh: Cycle, verb: str) -> Cycle:
    if not scope_of(actor, verb).covers(fresh.division_code):
        raise EvaluationError(_("这一步要对全部企业进行，须由辖区覆盖整个评价范围的人员办理。"))
    return fresh


def at(cycle: Cycle, *stages: str) -> None:
    """Refuse unless the cycle stands in one of these."""
    if cycle.stage not in stages:
        told = _("、").join(str(STAGES[stage]) for stage in stages)
        raise EvaluationError(_("本批次现在是“%(now)s”，这一步只能在“%(then)s”时办理。") % {
            "now": STAGES.get(cycle.stage, cycle.stage), "then": told})


def before_freeze(cycle: Cycle) -> None:
    """Frozen data never changes: what feeds it is closed too."""
    at(cycle, "draft", "land_review", "land_publicity", "data", "checks", "sheets")


def refuse_superseded(cycle: Cycle, snapshot: Snapshot) -> None:
    """After an unfreeze and another freeze only the newest data count. Raises EvaluationError."""
    newest = Snapshot.objects.filter(cycle=cycle, kind="frozen").order_by("-pk").values_list("pk", flat=True).first()
    if newest != snapshot.pk:
        told = {"sha": snapshot.sha256[:16]}
        raise EvaluationError(_("数据快照 %(sha)s 已经解冻重核，被后来的冻结快照代替，只留作备查；请用最新的冻结快照。") % told)


def due(cycle: Cycle, term: str, start: date) -> date:
    """Last day of a term of this cycle that begins on `start` (not counted)."""
    told = cycle.terms["terms"][term]
    return calendar().deadline(start, **{told["unit"]: int(told["value"])}).due


def not_future(day: date, what: str) -> None:
    if day > timezone.localdate():
        raise EvaluationError(_("%(what)s %(day)s 晚于今天，请改正。") % {"what": what, "day": day})


def firm_of(actor: Any, enterprise_id: int, *verbs: str) -> Any:
    """The firm's open version if the actor may see it. Raises Refused, EvaluationError."""
    if not any(can(actor, verb) for verb in verbs):
        require(actor, verbs[0])
    found = registry.enterprises(actor).filter(enterprise_id=enterprise_id).first()
    if found is None:
        raise EvaluationError(_("没有这家企业，或者它不在您的管辖范围内。"))
    return found


def document_of(actor: Any, document: Any, what: str) -> Any:
    """The file if the actor may see it; None is refused naming `what`."""
    if document is None:
        raise EvaluationError(_("请上传%(what)s。") % {"what": what})
    if not registry.documents(actor).filter(pk=document.pk).exists():
        raise EvaluationError(_("没有这份材料，或者它不在您的管辖范围内。"))
    return document


def said(text: str, what: str, least: int = 2) -> str:
    """The text, trimmed; too short is refused naming `what`."""
    if len(text.strip()) < least:
        raise EvaluationError(_("请写明%(what)s。") % {"what": what})
    return text.strip()


def one_of(value: str, known: Collection[str], what: str) -> str:
    if value not in known:
        raise EvaluationError(_("%(what)s应为 %(known)s 之一。") % {"what": what, "known": "、".join(known)})
    return value


def day_after(day: date, days: int) -> date:
    return day + timedelta(days=days)
