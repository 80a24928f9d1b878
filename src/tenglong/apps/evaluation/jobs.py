"""The long steps of an evaluation as jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle
from tenglong.apps.evaluation.service import areas, checks, frozen, runs, sheets
from tenglong.apps.jobs.service import JobContext, JobError, job


def _done(ctx: JobContext, cycle: str, work: Callable[[Cycle], dict[str, Any]], page: str = "") -> dict[str, Any]:
    """The step, which writes in the job's one transaction; a refusal is told as it is. `page` shows what came of it."""
    try:
        found = queries.cycle(ctx.user, cycle)
    except Cycle.DoesNotExist as error:
        raise JobError(_("找不到这个评价批次，或您已无权处理它。")) from error
    try:
        done = work(found)
    except EvaluationError as error:
        raise JobError(str(error)) from error
    return done | ({"url": reverse(page, args=[cycle])} if page else {})


@job("evaluation.assess", queue="long", label=gettext_lazy("核定用地面积"))
def assess(ctx: JobContext, cycle: str) -> dict[str, Any]:
    return _done(ctx, cycle, lambda found: areas.assess_now(ctx.user, found, ctx.progress, ctx.atomic), "evaluation:areas")


@job("evaluation.checks", queue="long", label=gettext_lazy("核查评价数据"))
def check(ctx: JobContext, cycle: str) -> dict[str, Any]:
    return _done(ctx, cycle, lambda found: checks.checks_now(ctx.user, found, ctx.progress, ctx.atomic), "evaluation:findings")


@job("evaluation.sheets", queue="long", label=gettext_lazy("生成一企一单"))
def prepare(ctx: JobContext, cycle: str) -> dict[str, Any]:
    return _done(ctx, cycle, lambda found: sheets.sheets_now(ctx.user, found, ctx.progress, ctx.atomic), "evaluation:sheets")


@job("evaluation.snapshot", queue="long", label=gettext_lazy("取数据快照"))
def snapshot(ctx: JobContext, cycle: str, kind: str) -> dict[str, Any]:
    step = frozen.freeze if kind == "frozen" else frozen.take_snapshot
    page = "evaluation:freeze" if kind == "frozen" else ""
    return _done(ctx, cycle, lambda found: {"snapshot": step(ctx.user, found, ctx.progress, ctx.atomic).ulid}, page)


@job("evaluation.run", queue="long", label=gettext_lazy("运行评价"))
def run(ctx: JobContext, cycle: str, snapshot: str, kind: str) -> dict[str, Any]:
    def work(found: Cycle) -> dict[str, Any]:
        kept = queries.snapshots(ctx.user, found).filter(ulid=snapshot).first()
        if kept is None:
            raise EvaluationError(_("找不到这个快照。"))
        return {"run": runs.run_now(ctx.user, found, kept, kind=kind, progress=ctx.progress, atomic=ctx.atomic).ulid}

    return _done(ctx, cycle, work)
