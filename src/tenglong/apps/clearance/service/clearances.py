"""A project: set up as a survey, started by a second person with a paper, its statutory steps, its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, Role, State, Step
from tenglong.apps.clearance.service import papers
from tenglong.apps.clearance.service.base import DECIDE, WORK, alive, document_of, locked, numbered, past, raised
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.clearance import steps as rules
from tenglong.domain.landing.clearance.policy import STAGES

HEAD: Final = ("title", "kind", "division_code", "surveyed_on", "plan")


@transaction.atomic
def create(actor: Any, values: Mapping[str, Any], *, reason: str = "") -> Clearance:
    """A survey. `values`: HEAD; `plan` stage → (first, last). Raises ClearanceError, Refused."""
    require(actor, WORK)
    book, pin = policies.in_force()
    head = {name: values.get(name) for name in HEAD}
    if not str(head["title"] or "").strip():
        raise ClearanceError(_("请写明项目名称。"))
    if head["kind"] not in book.kinds:
        raise ClearanceError(_("没有“%(kind)s”这种征迁方式。") % {"kind": head["kind"]})
    if not scope_of(actor, WORK).covers(str(head["division_code"])):
        raise ClearanceError(_("这个镇街不在您的管辖范围内，不能建立征迁项目。"))
    head["surveyed_on"] = past(head["surveyed_on"])
    head["plan"] = planned(head["plan"] or {})
    made = Clearance.objects.create(**head, policy=pin, created_by_id=actor.pk)
    first = policies.taking_of(made).steps[0]
    if first.survey:
        Step.objects.create(clearance=made, step=first.id, done_on=made.surveyed_on, number=_("摸底登记"),
                            created_by_id=actor.pk)
    record(actor, "clearance.create", "clearance", made.ulid, deltas=diff({}, head), reason=reason)
    return made


def planned(plan: Mapping[str, Any]) -> dict[str, list[str]]:
    """The plan as it is kept. Raises ClearanceError for a stage that is not known or days in the wrong order."""
    found: dict[str, list[str]] = {}
    for stage, (first, last) in plan.items():
        if stage not in STAGES or first > last:
            raise ClearanceError(_("计划的起止日期不对：开始应早于结束。"))
        found[stage] = [first.isoformat(), last.isoformat()]
    return found


@transaction.atomic
def replan(actor: Any, row: Clearance, plan: Mapping[str, Any], *, lock_version: int | None = None) -> Clearance:
    """Another plan; the audit keeps the old one."""
    fresh = locked(actor, row, WORK, lock_version=lock_version)
    alive(fresh)
    before, after = dict(fresh.plan), planned(plan)
    raised(fresh, plan=after)
    record(actor, "clearance.plan", "clearance", fresh.ulid, deltas=diff({"plan": before}, {"plan": after}))
    return fresh


@transaction.atomic
def answerable(actor: Any, row: Clearance, *, asks: str, phone: str, lock_version: int | None = None) -> Clearance:
    """Whom the firms of the project ask: an office and its number, shown to them once it has started."""
    fresh = locked(actor, row, WORK, lock_version=lock_version)
    alive(fresh)
    before = {"asks": fresh.asks, "asks_phone": fresh.asks_phone}
    after = {"asks": asks.strip()[:120], "asks_phone": phone.strip()[:40]}
    raised(fresh, **after)
    record(actor, "clearance.asks", "clearance", fresh.ulid, deltas=diff(before, after))
    return fresh


@transaction.atomic
def start(
    actor: Any, row: Clearance, *, number: str, on: date | None = None, document: Any = None, file: Any = None,
    amounts: bool = False, lock_version: int | None = None,
) -> Clearance:
    """From a survey to a taking: by a second person, with the paper of the policy's starting step. `file`: its scan, kept as
    version 1. Raises ClearanceError."""
    fresh = locked(actor, row, DECIDE, lock_version=lock_version)
    if fresh.state != State.SURVEY:
        raise ClearanceError(_("这个项目不在摸底状态，不能启动。"))
    if fresh.created_by_id == actor.pk:
        raise ClearanceError(_("建立项目的人不能自己启动，请另一位有审定权限的人办理。"))
    if not fresh.holders.filter(role=Role.HOLDER, dropped_on__isnull=True).exists():
        raise ClearanceError(_("还没有登记权利人，先完成摸底再启动。"))
    day, taking = past(on), policies.taking_of(fresh)
    told = numbered(number, _("“%(paper)s”的文号") % {"paper": taking.starting.document})
    _refuse(taking, taking.starting, fresh, day)
    Step.objects.create(clearance=fresh, step=taking.starting.id, done_on=day, number=told,
                        document=document_of(actor, document), created_by_id=actor.pk)
    if file is not None:
        papers.of_step(actor, fresh, taking.starting.id, file, amounts=amounts)
    raised(fresh, state=State.STARTED, started_on=day, started_number=told, started_by_id=actor.pk)
    record(actor, "clearance.start", "clearance", fresh.ulid, deltas=[Delta("state", State.SURVEY.value, State.STARTED.value)],
           reason=told)
    return fresh


def done_of(row: Clearance) -> dict[str, date]:
    return dict(row.steps.values_list("step", "done_on"))


def _refuse(taking: Any, step: Any, row: Clearance, day: date) -> None:
    surveying = row.state == State.SURVEY and not step.starts
    if blocks := rules.refusals(taking, step, done_of(row), surveying, day, calendar()):
        raise ClearanceError("；".join(blocks) + "。")


@transaction.atomic
def enter_step(
    actor: Any, row: Clearance, step: str, *, number: str, on: date | None = None, document: Any = None, file: Any = None,
    amounts: bool = False,
) -> Step:
    """A statutory step was done. A wait that has not run refuses with its clause; late terms warn. `file`: the scan of its
    paper. Raises ClearanceError."""
    fresh, taking = locked(actor, row, WORK, DECIDE), policies.taking_of(row)
    alive(fresh)
    asked = step_of(taking, step)
    if asked.starts:
        raise ClearanceError(_("“%(step)s”由另一位有审定权限的人用“启动”办理。") % {"step": asked.label})
    if asked.decides:
        locked(actor, row, DECIDE)
    if fresh.steps.filter(step=step).exists():
        raise ClearanceError(_("“%(step)s”已经办过，日期有误请更正。") % {"step": asked.label})
    day = past(on)
    _refuse(taking, asked, fresh, day)
    made = Step.objects.create(clearance=fresh, step=step, done_on=day, number=numbered(number, _("文号")),
                               document=document_of(actor, document), created_by_id=actor.pk)
    record(actor, "clearance.step", "clearance", fresh.ulid,
           deltas=diff({}, {"step": step, "done_on": day, "number": made.number}))
    if file is not None:
        papers.of_step(actor, fresh, step, file, amounts=amounts)
    return made


def step_of(taking: Any, step: str) -> Any:
    try:
        return taking.step(step)
    except LookupError as error:
        raise ClearanceError(str(error)) from error


@transaction.atomic
def end(actor: Any, row: Clearance, *, number: str, on: date | None = None, stop: bool = False) -> Clearance:
    """Closed when every holder delivered or was taken off the list; or stopped. From then on personal data have an end."""
    fresh = locked(actor, row, DECIDE)
    alive(fresh)
    if not stop and fresh.holders.filter(role=Role.HOLDER, delivered_on__isnull=True, dropped_on__isnull=True).exists():
        raise ClearanceError(_("还有权利人没有交付，不能办结；不再实施的请停止。"))
    if not stop and fresh.state != State.STARTED:
        raise ClearanceError(_("只是摸底的项目不能办结；不再实施的请停止。"))
    day, basis = past(on), numbered(number, _("依据文号"))
    years = policies.current().keep_years
    state = State.STOPPED if stop else State.CLOSED
    until = day.replace(year=day.year + years, day=min(day.day, 28))
    record(actor, "clearance.end", "clearance", fresh.ulid, deltas=[Delta("state", fresh.state, state.value)], reason=basis)
    raised(fresh, state=state, ended_on=day, ended_number=basis, keep_until=until)
    return fresh
