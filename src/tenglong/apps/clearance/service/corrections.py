"""A step or an instalment that was entered wrongly: what it said and what it says now both stay.

Where money or the decision itself is corrected nothing changes before a second person agrees; the rules are asked when it is
asked for and again when it is agreed to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.audit.service import record
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, ClearedHolder, Correction, CorrectionState, Payment, State, Step
from tenglong.apps.clearance.service.agreements import funded_from, part_of
from tenglong.apps.clearance.service.base import DECIDE, MONEY, WORK, alive, locked, numbered, past, raised
from tenglong.apps.clearance.service.clearances import done_of, step_of
from tenglong.apps.clearance.words import STAGES as WORDS
from tenglong.domain.delta import Delta
from tenglong.domain.landing.clearance import steps as rules
from tenglong.domain.landing.clearance.policy import STAGES

#: columns of an instalment that may be corrected
PART: Final = ("funded_on", "paid_on", "voucher")
Text = dict[str, str]


def needs_second(step: Any) -> bool:
    """The paper that starts the taking, the decision, and whatever tells money."""
    return bool(step.starts or step.decides or step.money)


@transaction.atomic
def correct_step(
    actor: Any, row: Clearance, step: str, *, on: date, number: str, paper: str = ""
) -> Correction:
    """Another day, or another document number `paper` ("" as it was), for a step. `number`: the basis of the correction.
    Raises ClearanceError with the clause when a wait of the law would be cut short, Refused."""
    fresh, taking = locked(actor, row, WORK, DECIDE), policies.taking_of(row)
    alive(fresh)
    asked, held = step_of(taking, step), fresh.steps.filter(step=step).first()
    if held is None:
        raise ClearanceError(_("“%(step)s”还没有办过。") % {"step": asked.label})
    basis = numbered(number, _("更正依据"))
    before = {"done_on": held.done_on.isoformat(), "number": held.number}
    told = numbered(paper, _("文号")) if paper.strip() else held.number
    after = {"done_on": past(on).isoformat(), "number": told}
    made = _asked(actor, fresh, before, after, basis, step=held)
    made.warns = _weighed(fresh, taking, held, past(on))
    return _settled(actor, made, second=needs_second(asked))


@transaction.atomic
def correct_part(
    actor: Any, holder: ClearedHolder, ordinal: int, *, funded_on: date | None, paid_on: date | None, number: str,
    voucher: str = "",
) -> Correction:
    """Other days, or none, or another voucher for an instalment; a second person decides. Raises ClearanceError, Refused."""
    fresh, part = part_of(actor, holder, ordinal)
    clearance = Clearance.objects.select_for_update().get(pk=fresh.clearance_id)
    basis = numbered(number, _("更正依据"))
    before = {name: _text(getattr(part, name)) for name in PART}
    after = {"funded_on": _text(funded_on and past(funded_on)), "paid_on": _text(paid_on and past(paid_on)),
             "voucher": voucher.strip()[:120] or part.voucher}
    made = _asked(actor, clearance, before, after, basis, payment=part)
    _payable(fresh, after)
    return _settled(actor, made, second=True)


@transaction.atomic
def decide(actor: Any, asked: Correction, agree: bool, *, number: str) -> Correction:
    """By another person than the one who asked. Raises ClearanceError, Refused."""
    require(actor, DECIDE)
    locked(actor, asked.clearance, *((DECIDE,) if asked.payment_id is None else (MONEY,)))
    fresh = Correction.objects.select_for_update().get(pk=asked.pk)
    alive(fresh.clearance)
    if fresh.state != CorrectionState.WAITING:
        raise ClearanceError(_("这项更正已经审定过。"))
    if fresh.asked_by_id == actor.pk:
        raise ClearanceError(_("提出更正的人不能自己审定，请另一位有审定权限的人办理。"))
    fresh.decided_by_id, fresh.decided_on = actor.pk, timezone.localdate()
    fresh.decided_number = numbered(number, _("审定依据"))
    if not agree:
        fresh.state = CorrectionState.REFUSED
        fresh.save()
        _told(actor, fresh, "clearance.correction.refuse", fresh.decided_number)
        return fresh
    _again(actor, fresh)
    return _applied(actor, fresh)


def _again(actor: Any, asked: Correction) -> None:
    """The rules once more: others may have worked since; what is corrected must still say what it said."""
    held = asked.step or asked.payment
    if any(_text(getattr(held, name)) != value for name, value in asked.before.items()):
        raise ClearanceError(_("这条记录在提出更正以后又改过，请退回后重新提出。"))
    if asked.step is not None:
        asked.warns = _weighed(asked.clearance, policies.taking_of(asked.clearance), asked.step, _day(asked.after["done_on"]))
    elif asked.payment is not None:
        _payable(asked.payment.agreement.holder, asked.after)


def _asked(
    actor: Any, row: Clearance, before: Text, after: Text, basis: str, *, step: Step | None = None,
    payment: Payment | None = None,
) -> Correction:
    if before == after:
        raise ClearanceError(_("和原来一样，不用更正。"))
    if Correction.objects.filter(step=step, payment=payment, clearance=row, state=CorrectionState.WAITING).exists():
        raise ClearanceError(_("这一项已有更正等另一人审定，先审定再提。"))
    return Correction(clearance=row, step=step, payment=payment, before=before, after=after, reason=basis, asked_by_id=actor.pk,
                      created_by_id=actor.pk, state=CorrectionState.WAITING)


def _settled(actor: Any, made: Correction, *, second: bool) -> Correction:
    """Waits for the second person, or stands at once."""
    if not second:
        return _applied(actor, made)
    made.save()
    _told(actor, made, "clearance.correction.ask", made.reason)
    return made


def _applied(actor: Any, made: Correction) -> Correction:
    if made.step is not None:
        _write_step(made)
    elif made.payment is not None:
        _write_part(made)
    made.state = CorrectionState.DONE
    made.save()
    _told(actor, made, "clearance.step.correct" if made.step_id else "clearance.correct", made.reason)
    return made


def _write_step(made: Correction) -> None:
    held, row, day = made.step, made.clearance, _day(made.after["done_on"])
    assert held is not None and day is not None
    Step.objects.filter(pk=held.pk).update(done_on=day, number=made.after["number"])
    taking = policies.taking_of(row)
    if held.step == taking.starting.id:
        raised(row, started_on=day, started_number=made.after["number"])
    elif held.step == taking.steps[0].id and taking.steps[0].survey:
        raised(row, surveyed_on=day)


def _write_part(made: Correction) -> None:
    part = made.payment
    assert part is not None
    days = {name: _day(made.after[name]) for name in ("funded_on", "paid_on")}
    Payment.objects.filter(pk=part.pk).update(**days, voucher=made.after["voucher"])
    holder = ClearedHolder.objects.select_for_update().get(pk=part.agreement.holder_id)
    if holder.signed_on:
        raised(holder, funded_on=funded_from(part.agreement, holder.signed_on))


def _told(actor: Any, made: Correction, action: str, reason: str) -> None:
    subject = ("clearance", made.clearance.ulid) if made.payment is None else (
        "cleared_holder", made.payment.agreement.holder.ulid)
    what = Delta("step", made.step.step, made.step.step) if made.step else Delta(
        "ordinal", made.payment and made.payment.ordinal, made.payment and made.payment.ordinal)
    changed = [Delta(name, value or None, made.after[name] or None) for name, value in made.before.items()
               if made.after[name] != value]
    record(actor, action, *subject, deltas=[what, *changed], reason=reason)


# ---- what a correction may not do, and what it means


def _weighed(row: Clearance, taking: Any, held: Step, day: date | None) -> list[str]:
    """What has to be told of later steps. Raises ClearanceError with the clause for what the law does not let stand."""
    assert day is not None
    done, days = done_of(row), calendar()
    after = {**done, held.step: day}
    if blocks := rules.unlawful(taking, after, days):
        raise ClearanceError("；".join(dict.fromkeys(blocks)) + "。")
    if row.state != State.SURVEY and (broken := _left_behind(row, taking, done, after)):
        raise ClearanceError("；".join(broken) + "。")
    if after == done:
        return []
    was, found = set(rules.late(taking, done, days)), []
    if later := rules.following(taking, held.step, done):
        names = "、".join(f"“{step.label}”" for step in later)
        found.append(_("后面已办的 %(names)s 以这一步为前提或起算，请核对。") % {"names": names})
    return found + [says for says in rules.late(taking, after, days) if says not in was]


def _left_behind(row: Clearance, taking: Any, done: Mapping[str, date], after: Mapping[str, date]) -> list[str]:
    """Stages of holders that would now come before the step which opens them."""
    found = []
    for stage in STAGES:
        days = [day for day in row.holders.filter(**{f"{stage}_on__isnull": False}).values_list(f"{stage}_on", flat=True)
                if not rules.gate(taking, stage, done, False, day) and rules.gate(taking, stage, after, False, day)]
        if days:
            found.append(_("有 %(n)s 户的%(stage)s日期（最早 %(day)s）早于更正后的日期，不能这样更正") % {
                "n": len(days), "stage": WORDS[stage], "day": min(days)})
    return found


def _payable(holder: ClearedHolder, after: Text) -> None:
    funded, paid = _day(after["funded_on"]), _day(after["paid_on"])
    if paid is not None and (funded is None or holder.signed_on is None or paid < max(funded, holder.signed_on)):
        raise ClearanceError(_("支付应在签约和资金到位之后。"))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
