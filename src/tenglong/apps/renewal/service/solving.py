"""The solving of a plan in a process of its own, and what is written of the answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Plan, PlanItem, PlanState
from tenglong.apps.renewal.service.plans import asked_of, problem_of
from tenglong.domain.renewal.clusters import TooManyClusters
from tenglong.domain.renewal.portfolio.answer import SHORTFALL, Answer, Status
from tenglong.domain.renewal.portfolio.check import ProblemError
from tenglong.domain.renewal.portfolio.compiled import SHARE_UNITS
from tenglong.domain.renewal.portfolio.parts import Problem
from tenglong.domain.renewal.portfolio.watch import Progress
from tenglong.domain.renewal.portfolio.words import about_text, share_text
from tenglong.domain.renewal.portfolio.worker import SHARES, Ears, Questions, Replies, WorkerDied, ask_in_worker

NEXT_BEST: Final = 5
#: plots that are solved again without them; the others keep what the prices prove
AGAIN: Final = 12
Tell = Callable[[str, float], None]


class Stopped(Exception):
    """Cancelled before any plan was found: nothing is written."""


def solve_now(
    actor: Any, plan: Plan, tell: Tell, cancelled: Callable[[], bool], atomic: Callable[[], AbstractContextManager[None]]
) -> Plan:
    """Solve, ask, write answer and plots in one transaction. A cancelled solve keeps the plan it has with its gap.
    Raises RenewalError, Stopped."""
    problem, asked = problem_of(plan), asked_of(plan)
    ears = Ears(lambda step: tell(told(step, problem), step.seconds), cancelled)
    try:
        answer, replies = ask_in_worker(problem, questions(problem), time_limit_s=asked.seconds, ears=ears)
    except (ProblemError, TooManyClusters, WorkerDied) as error:
        raise RenewalError(str(error)) from error
    if answer.status is Status.UNKNOWN and cancelled():
        raise Stopped
    with atomic():
        return _written(actor, plan, problem, answer, replies)


def questions(problem: Problem) -> Questions:
    """Binding rules, worth of each plot, five next best plans, and the frontier around the money asked for."""
    total = sum(one.amount for one in problem.budgets)
    return Questions(binding=True, importance=True, next_best=NEXT_BEST,
                     frontier=tuple(int(total * share) for share in SHARES) if total > 0 else (), tornado=True, again=AGAIN)


def told(step: Progress, problem: Problem) -> str:
    """Stage, incumbent, bound and gap in words."""
    gap = _("还没有") if step.gap is None else share_text(step.gap)
    have = _("还没有") if step.incumbent is None else _figure(step.incumbent, step.stage, problem)
    return _("%(stage)s：现有 %(have)s，界 %(bound)s，差距 %(gap)s") % {
        "stage": step.stage, "have": have, "bound": _figure(step.bound, step.stage, problem), "gap": gap}


def _figure(value: int, stage: str, problem: Problem) -> str:
    if stage != SHORTFALL:
        return about_text(abs(value) if stage == "净花费" else value)
    whole = SHARE_UNITS * sum(one.weight for one in problem.targets)
    return share_text(max(0, -value) / whole) if whole else "0%"


def _written(actor: Any, plan: Plan, problem: Problem, answer: Answer, replies: Replies) -> Plan:
    fresh = Plan.objects.select_for_update().get(pk=plan.pk)
    PlanItem.objects.filter(plan=fresh).delete()
    PlanItem.objects.bulk_create(_items(actor, fresh, problem, answer, replies), batch_size=500)
    fresh.answer = as_kept(problem, answer, replies)
    fresh.state = PlanState.SOLVED
    fresh.lock_version += 1
    fresh.save(update_fields=["answer", "state", "lock_version"])
    record(actor, "plan.solved", "plan", fresh.ulid, count=len(answer.chosen),
           reason=f"{answer.status} {'' if answer.gap is None else share_text(answer.gap)}".strip())
    return fresh


def as_kept(problem: Problem, answer: Answer, replies: Replies) -> dict[str, Any]:
    """Everything that the page prints of an answer; money 分, land cm²."""
    aim = problem.objective.aim
    own = {(one.key, one.route, one.year) for one in answer.chosen}
    return {
        **answer.as_json(), "chosen": [], "proof_words": [one.words() for one in answer.proofs],
        "reached": [one.as_json() | {"words": one.words()} for one in answer.reached], "words": answer.words(),
        "binding": [one.as_json() | {"words": one.words()} for one in replies.binding],
        "worth": {one.key: one.words(aim) for one in replies.importance},
        "next_best": [_other(one, own) for one in replies.next_best],
        "frontier": [one.as_json() for one in replies.frontier],
        "tornado": [one.as_json() for one in replies.tornado],
    }


def _other(answer: Answer, own: set[tuple[str, str, int]]) -> dict[str, Any]:
    """Another plan, told by what it does differently."""
    theirs = {(one.key, one.route, one.year) for one in answer.chosen}
    return {
        "totals": answer.totals, "proofs": [one.words() for one in answer.proofs], "value": answer.value, "gap": answer.gap,
        "more": [list(one) for one in sorted(theirs - own)], "fewer": [list(one) for one in sorted(own - theirs)],
    }


def _items(actor: Any, plan: Plan, problem: Problem, answer: Answer, replies: Replies) -> list[PlanItem]:
    book, day = plan_policies.in_force().book, None
    codes = [one.key for one in answer.chosen]
    rows = registry.plots(actor, day).filter(code__in=codes).values_list("code", "plot_id", "division_code")
    plots = {code: (plot, town) for code, plot, town in rows}
    if gone := [code for code in codes if code not in plots]:
        raise RenewalError(_("有地块已不在登记中：%(codes)s；请重新识别后再编方案。") % {"codes": "、".join(gone[:5])})
    options = {(one.candidate, one.route): one for one in problem.options}
    worth, aim = {one.key: one for one in replies.importance}, problem.objective.aim
    found = []
    for one in answer.chosen:
        plot, town = plots[one.key]
        option, value = options[one.key, one.route], worth.get(one.key)
        found.append(PlanItem(
            plan=plan, plot_id=plot, plot_code=one.key, division_code=town, block=one.project, route=book.named(one.route),
            year=one.year, land_cm2=one.land_cm2, cost_fen=one.cost, uplift_fen=one.uplift, jobs_gained=one.jobs_gained,
            jobs_lost=one.jobs_lost, worth_fen=None if value is None else value.at_least,
            detail={"worth": value.words(aim).partition("：")[2] if value else "", "months": option.months,
                    "group": option.group}))
    return found


def put_back(plan: Plan, job: str) -> None:
    """A solve that ended without an answer leaves the version as it was: with its last answer, or a draft."""
    state = PlanState.SOLVED if plan.answer.get("status") else PlanState.DRAFT
    Plan.objects.filter(pk=plan.pk, state=PlanState.SOLVING, job_ulid=job).update(state=state)


def plan_of_job(actor: Any, ulid: str) -> Plan:
    """Raises RenewalError."""
    found = queries.plans(actor).filter(ulid=ulid).first()
    if found is None:
        raise RenewalError(_("没有这个方案，或者没有指定您查看。"))
    return found
