"""Plans as versions: drafted from a run of criteria, solved, changed by hand, submitted, approved by a second person."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.audit.service import record
from tenglong.apps.jobs import service as jobs
from tenglong.apps.renewal import plan_ground, plan_policies
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import FindingRun, Plan, PlanItem, PlanState
from tenglong.apps.renewal.plan_asked import Asked
from tenglong.apps.renewal.plan_ground import Tell
from tenglong.apps.renewal.service import readers
from tenglong.apps.renewal.service.base import document_of, said
from tenglong.domain.renewal.portfolio import codec
from tenglong.domain.renewal.portfolio.check import ProblemError, check, early_faults
from tenglong.domain.renewal.portfolio.parts import Lock, Problem
from tenglong.domain.renewal.portfolio.tree import tree

SOLVE, DRAFT = "renewal.solve", "renewal.draft"
STEPS = plan_ground.STEPS
#: states in which a version may still be solved
OPEN = (PlanState.DRAFT, PlanState.SOLVED)


def problem_of(plan: Plan) -> Problem:
    return codec.from_json(plan.problem["problem"])


def asked_of(plan: Plan) -> Asked:
    return Asked.of(plan.problem["asked"])


def draft(actor: Any, finding_run: FindingRun, title: str, asked: Asked) -> Plan:
    """A first version over the plots that the run found. Raises Refused, RenewalError with all that is wrong."""
    require(actor, "renewal.plan")
    if not queries.runs(actor).filter(pk=finding_run.pk).exists():
        raise RenewalError(_("没有这次识别，或者它不在您的管辖范围内。"))
    name = said(title, _("方案名称"))
    with translation.override("zh-hans"):
        made, pins = _made(actor, finding_run, asked, name)
    _fit(made.problem)
    with transaction.atomic():
        plan = Plan.objects.create(
            title=name[:120], division_code=finding_run.division_code, finding_run=finding_run, policy_pins=pins,
            problem=_kept(made, asked), created_by_id=actor.pk)
        record(actor, "plan.draft", "plan", plan.ulid, count=len(made.problem.candidates), reason=name)
    return plan


@transaction.atomic
def begin(actor: Any, finding_run: FindingRun, title: str, asked: Asked, *, again: Plan | None = None) -> Plan:
    """As `draft`, with the working of costs as a job. `again`: a version whose candidates could not be worked out; it is
    asked anew. Raises Refused, RenewalError."""
    require(actor, "renewal.plan")
    _early(actor, finding_run, asked)
    name, problem = said(title, _("方案名称"))[:120], {"asked": asked.as_json()}
    if again is None:
        plan = Plan.objects.create(title=name, division_code=finding_run.division_code, finding_run=finding_run,
                                   problem=problem, created_by_id=actor.pk)
        record(actor, "plan.draft", "plan", plan.ulid, reason=name)
    else:
        plan = locked(actor, again, "renewal.plan")
        if "problem" in plan.problem or (plan.state == PlanState.SOLVING and not _stuck(plan)):
            raise RenewalError(_("这一版已经测算，或者正在测算；要改请用“锁定和修改”。"))
        plan.title, plan.finding_run, plan.problem = name, finding_run, problem
        plan.save(update_fields=["title", "finding_run", "problem"])
    made = jobs.enqueue(actor, DRAFT, {"plan": plan.ulid}, plan.ulid[-6:])
    put(plan, state=PlanState.SOLVING, job_ulid=made.ulid)
    return plan


def _early(actor: Any, run: FindingRun, asked: Asked) -> None:
    """What can be told before anything is worked out."""
    land = queries.hits(actor, run).aggregate(n=Count("pk"), cm2=Sum("land_cm2"))
    if not land["n"]:
        raise RenewalError(_("这次识别没有发现疑似低效的地块，没有候选地块可以编方案。"))
    if faults := early_faults(Problem(candidates=(), options=(), **asked.parts()), land["cm2"] or 0):
        raise RenewalError("；".join(faults))


def work_out(actor: Any, plan: Plan, tell: Tell, atomic: Callable[[], AbstractContextManager[None]]) -> Plan:
    """Candidates, options, costs and neighbours of a version that `begin` made. Raises RenewalError with all that is wrong."""
    if plan.finding_run is None:
        raise RenewalError(_("没有这次识别，或者它不在您的管辖范围内。"))
    asked = asked_of(plan)
    made, pins = _made(actor, plan.finding_run, asked, plan.title, tell)
    _fit(made.problem)
    with atomic():
        fresh = locked(actor, plan, "renewal.plan")
        put(fresh, state=PlanState.DRAFT, problem=_kept(made, asked), policy_pins=pins)
        record(actor, "plan.worked_out", "plan", fresh.ulid, count=len(made.problem.candidates))
    return fresh


def _made(
    actor: Any, run: FindingRun, asked: Asked, name: str, tell: Tell = lambda done, total, text: None
) -> tuple[plan_ground.Made, dict[str, str]]:
    tell(0, STEPS, _("读取登记"))
    rules = plan_policies.in_force()
    plots = set(queries.hits(actor, run).values_list("plot_id", flat=True))
    if not plots:
        raise RenewalError(_("这次识别没有发现疑似低效的地块，没有候选地块可以编方案。"))
    ground = plan_ground.ground_of(actor, run.year, rules, asked)
    made = plan_ground.problem_of(actor, ground, plots, rules, asked, name, tell)
    if not made.problem.options:
        raise RenewalError(plan_ground.no_option(made))
    return made, rules.pins


def _kept(made: plan_ground.Made, asked: Asked) -> dict[str, Any]:
    return {"asked": asked.as_json(), "problem": codec.to_json(made.problem), "tree": tree(made.problem).splitlines(),
            "left_out": made.left_out,
            "groups": made.groups, "displaced": made.displaced, "inputs": made.inputs,
            "filled": made.filled, "no_shape": made.no_shape}


def _fit(problem: Problem) -> None:
    try:
        check(problem)
    except ProblemError as error:
        raise RenewalError("；".join(error.sentences)) from error


def revise(actor: Any, plan: Plan, asked: Asked, locks: dict[str, Lock | None]) -> Plan:
    """The next version: other money, targets or locks over the same plots and figures; `locks` by plot code, None takes
    one off. Raises RenewalError."""
    fresh = _seen(actor, plan, "renewal.plan")
    _worked_out(fresh)
    if fresh.state == PlanState.SOLVING:
        raise RenewalError(_("这一版正在计算，请等它算完或取消后再改。"))
    problem = _changed(problem_of(fresh), asked, locks)
    _fit(problem)
    old = asked_of(fresh)
    kept = replace(asked, routes=old.routes, premises=old.premises, fills=old.fills, road_m=old.road_m,
                   shared_m=old.shared_m)
    with transaction.atomic():
        newest = max(Plan.objects.filter(title=fresh.title, finding_run=fresh.finding_run_id)
                     .values_list("version", flat=True))
        made = Plan.objects.create(
            title=fresh.title, version=newest + 1, parent=fresh, division_code=fresh.division_code,
            finding_run=fresh.finding_run, policy_pins=fresh.policy_pins, created_by_id=actor.pk,
            problem={**fresh.problem, "asked": kept.as_json(), "problem": codec.to_json(problem),
                     "tree": tree(problem).splitlines()})
        readers.inherit(fresh, made, actor)
        record(actor, "plan.revise", "plan", made.ulid, count=len(locks), reason=fresh.ulid)
    return made


def _changed(problem: Problem, asked: Asked, locks: dict[str, Lock | None]) -> Problem:
    known = {one.key for one in problem.candidates}
    if strange := [key for key in locks if key not in known]:
        raise RenewalError(_("候选地块里没有：%(codes)s。") % {"codes": "、".join(strange[:5])})
    candidates = tuple(replace(one, lock=locks[one.key]) if one.key in locks else one for one in problem.candidates)
    return replace(problem, candidates=candidates, **asked.parts())


@transaction.atomic
def solve(actor: Any, plan: Plan) -> Any:
    """Queue the solving of this version. Raises RenewalError while it runs or after it was submitted."""
    fresh = locked(actor, plan, "renewal.plan")
    if fresh.state not in OPEN and not _stuck(fresh):
        raise RenewalError(_("这一版现在是“%(state)s”，不能求解。") % {"state": fresh.get_state_display()})
    _worked_out(fresh)
    made = jobs.enqueue(actor, SOLVE, {"plan": fresh.ulid}, fresh.ulid[-6:])  # others see the job
    put(fresh, state=PlanState.SOLVING, job_ulid=made.ulid)
    record(actor, "plan.solve", "plan", fresh.ulid)
    return made


def _worked_out(plan: Plan) -> None:
    if "problem" not in plan.problem:
        raise RenewalError(_("这一版的候选地块还没有测算出来；请等测算结束，或者改好要求重新测算。"))


def _stuck(plan: Plan) -> bool:
    """Its job has ended without an answer."""
    return plan.state == PlanState.SOLVING and not jobs.unfinished(plan.job_ulid)


def resting(plan: Plan) -> str:
    """The state as people should see it: a solve that died is a draft again."""
    return PlanState.DRAFT.value if _stuck(plan) else plan.state


@transaction.atomic
def submit(actor: Any, plan: Plan) -> Plan:
    """For approval by a second person, who must be named as a reader."""
    fresh = locked(actor, plan, "renewal.plan")
    at(fresh, PlanState.SOLVED)
    if not PlanItem.objects.filter(plan=fresh).exists():
        raise RenewalError(_("这一版没有选中任何地块，不能提交批准。"))
    put(fresh, state=PlanState.SUBMITTED, answer={**fresh.answer, "submitted_by": actor.pk})
    record(actor, "plan.submit", "plan", fresh.ulid)
    return fresh


@transaction.atomic
def send_back(actor: Any, plan: Plan, reason: str) -> Plan:
    fresh = locked(actor, plan, "renewal.approve")
    at(fresh, PlanState.SUBMITTED)
    _second(actor, fresh)
    put(fresh, state=PlanState.SOLVED)
    record(actor, "plan.send_back", "plan", fresh.ulid, reason=said(reason, _("退回理由")))
    return fresh


@transaction.atomic
def approve(actor: Any, plan: Plan, document: Any) -> Plan:
    """By somebody who neither made nor submitted it, on a document."""
    fresh = locked(actor, plan, "renewal.approve")
    at(fresh, PlanState.SUBMITTED)
    _second(actor, fresh)
    paper = document_of(actor, document, _("批准文件"))
    put(fresh, state=PlanState.APPROVED, approved_by=actor, approved_on=timezone.localdate(), document=paper)
    record(actor, "plan.approve", "plan", fresh.ulid, reason=paper.name)
    return fresh


def _second(actor: Any, plan: Plan) -> None:
    if actor.pk in (plan.created_by_id, plan.answer.get("submitted_by")):
        raise RenewalError(_("方案由另一个人批准：编制和提交的人不能批准自己的方案。"))


@transaction.atomic
def retire(actor: Any, plan: Plan, reason: str) -> Plan:
    fresh = locked(actor, plan, "renewal.plan")
    if fresh.state in (PlanState.PUBLISHED, PlanState.RETIRED):
        raise RenewalError(_("这一版现在是“%(state)s”，不能作废。") % {"state": fresh.get_state_display()})
    put(fresh, state=PlanState.RETIRED)
    record(actor, "plan.retire", "plan", fresh.ulid, reason=said(reason, _("作废理由")))
    return fresh


def _seen(actor: Any, plan: Plan, verb: str) -> Plan:
    require(actor, verb)
    found = queries.plans(actor).filter(pk=plan.pk).first()
    if found is None:
        raise RenewalError(_("没有这个方案，或者没有指定您查看。"))
    return found


def locked(actor: Any, plan: Plan, verb: str) -> Plan:
    """The plan as it is now, for writing, inside a transaction. Raises Refused, RenewalError."""
    _seen(actor, plan, verb)
    return Plan.objects.select_for_update().get(pk=plan.pk)


def at(plan: Plan, state: PlanState) -> None:
    if plan.state != state:
        raise RenewalError(_("这一版现在是“%(now)s”，这一步只能在“%(then)s”时办理。") % {
            "now": plan.get_state_display(), "then": state.label})


def put(plan: Plan, **values: Any) -> None:
    for name, value in values.items():
        setattr(plan, name, value)
    plan.lock_version += 1
    plan.save(update_fields=[*values, "lock_version"])
