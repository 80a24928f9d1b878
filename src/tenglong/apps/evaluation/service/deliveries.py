"""Departments: asked, received with a receipt, returned for correction, accepted, reminded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle, Delivery, DeliveryVersion, Reminder
from tenglong.apps.evaluation.models.delivery import DeliveryState
from tenglong.apps.evaluation.service.base import before_freeze, locked, said, whole
from tenglong.apps.survey import queries as survey
from tenglong.domain.delta import Delta, diff
from tenglong.domain.measures import packaged


@dataclass(frozen=True)
class Ask:
    """What one department is asked for."""

    department: str
    measures: tuple[str, ...]
    due_on: date
    contact: str = ""
    department_key: int | None = None


@transaction.atomic
def ask_departments(actor: Any, cycle: Cycle, asks: Iterable[Ask]) -> list[Delivery]:
    """Who answers for which measure; one measure has one department. Asking again changes measures, contact and date."""
    fresh = whole(actor, cycle, "evaluation.manage")
    before_freeze(fresh)
    wanted = list(asks)
    _one_answer(fresh, wanted)
    made = []
    for ask in wanted:
        values = {"measures": list(ask.measures), "due_on": ask.due_on, "contact": ask.contact.strip()[:100],
                  "department_key_id": ask.department_key}
        row, new = Delivery.objects.update_or_create(
            cycle=fresh, department=said(ask.department, _("部门")), defaults=values,
            create_defaults={**values, "created_by_id": actor.pk},
        )
        record(actor, "delivery.ask" if new else "delivery.change", "delivery", row.ulid, deltas=diff({}, {
            "department": row.department, "measures": "、".join(row.measures), "due_on": row.due_on}))
        made.append(row)
    return made


def _one_answer(cycle: Cycle, asks: list[Ask]) -> None:
    known = packaged()
    for ask in asks:
        if not ask.measures:
            raise EvaluationError(_("“%(who)s”没有列出负责的指标。") % {"who": ask.department})
        if strangers := [name for name in ask.measures if name not in known]:
            raise EvaluationError(_("没有指标 %(names)s。") % {"names": "、".join(strangers)})
    named = {ask.department.strip() for ask in asks}
    others = Delivery.objects.filter(cycle=cycle).exclude(department__in=named).values_list("measures", flat=True)
    times = Counter(name for names in [*(ask.measures for ask in asks), *others] for name in names)
    if double := [known[name].label for name, number in times.items() if number > 1]:
        raise EvaluationError(_("%(names)s 同时列给了两个部门；一项指标只能由一个部门负责，取谁的数才说得清。") % {
            "names": _("、").join(double)})


@transaction.atomic
def receive_delivery(actor: Any, delivery: Delivery, batch: Any) -> DeliveryVersion:
    """Tie a confirmed import to the delivery and give a receipt. The batch must bring at least one of its measures."""
    fresh = locked(actor, delivery, "evaluation.deliver")
    before_freeze(fresh.cycle)
    held = survey.batches(actor).filter(pk=batch.pk).first()
    if held is None:
        raise EvaluationError(_("没有这个导入批次，或者它不在您的管辖范围内。"))
    if held.kind != "facts" or held.state != "done":
        raise EvaluationError(_("只有已经入库的“企业数据”批次才能登记为部门报送。"))
    if fresh.versions.filter(batch_id=held.pk).exists():
        raise EvaluationError(_("这个批次已经登记过，回执号没有变。"))
    number = (fresh.versions.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    rows = int(held.counts.get("rows", 0))
    receipt = f"{fresh.cycle.year}-{fresh.pk:04d}-{number:02d}-{held.sha256[:6].upper()}"
    made = DeliveryVersion.objects.create(
        delivery=fresh, number=number, batch_id=held.pk, sha256=held.sha256, rows=rows, receipt_no=receipt,
        received_by_id=actor.pk,
    )
    today = timezone.localdate()
    Delivery.objects.filter(pk=fresh.pk).update(state=DeliveryState.DELIVERED, delivered_on=today, return_reason="")
    record(actor, "delivery.receive", "delivery", fresh.ulid, count=rows, digest=held.sha256, batch_id=held.pk,
           deltas=[Delta("receipt_no", None, receipt)])
    return made


@transaction.atomic
def return_delivery(actor: Any, delivery: Delivery, *, reason: str) -> Delivery:
    """Back to the department for correction."""
    fresh = locked(actor, delivery, "evaluation.manage")
    before_freeze(fresh.cycle)
    if fresh.state not in (DeliveryState.DELIVERED, DeliveryState.ACCEPTED):
        raise EvaluationError(_("“%(who)s”还没有报送，谈不上退回。") % {"who": fresh.department})
    return _to(actor, fresh, DeliveryState.RETURNED, said(reason, _("退回原因")), return_reason=reason.strip()[:300])


@transaction.atomic
def accept_delivery(actor: Any, delivery: Delivery) -> Delivery:
    """The county takes the latest version as complete."""
    fresh = locked(actor, delivery, "evaluation.manage")
    before_freeze(fresh.cycle)
    if fresh.state != DeliveryState.DELIVERED:
        raise EvaluationError(_("“%(who)s”现在是“%(state)s”，只有已报送的数据可以验收。") % {
            "who": fresh.department, "state": fresh.get_state_display()})
    return _to(actor, fresh, DeliveryState.ACCEPTED, "", accepted_on=timezone.localdate())


def _to(actor: Any, fresh: Delivery, state: DeliveryState, reason: str, **more: Any) -> Delivery:
    Delivery.objects.filter(pk=fresh.pk).update(state=state, **more)
    deltas = [Delta("state", fresh.state, state.value)]
    record(actor, f"delivery.{state.value}", "delivery", fresh.ulid, deltas=deltas, reason=reason)
    return Delivery.objects.get(pk=fresh.pk)


@transaction.atomic
def remind(actor: Any, delivery: Delivery) -> Reminder:
    """Note a reminder with what is missing today; the letter is made from it."""
    from tenglong.apps.evaluation.queries import board

    fresh = locked(actor, delivery, "evaluation.manage")
    if fresh.state == DeliveryState.ACCEPTED:
        raise EvaluationError(_("“%(who)s”的数据已经验收，不用催报。") % {"who": fresh.department})
    missing = {cell.measure: cell.lack for cell in board(actor, fresh.cycle) if cell.delivery.pk == fresh.pk and cell.lack}
    number = fresh.reminders.count() + 1
    made = Reminder.objects.create(
        delivery=fresh, number=number, sent_on=timezone.localdate(), missing=missing, sent_by_id=actor.pk
    )
    record(actor, "delivery.remind", "delivery", fresh.ulid, deltas=diff({}, {"number": number, "lack": sum(missing.values())}))
    return made
