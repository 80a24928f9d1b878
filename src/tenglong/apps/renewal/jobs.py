"""The long steps of plans and site searches as jobs."""

from __future__ import annotations

import time
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.jobs.service import Cancelled, JobContext, JobError, job
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.service import plans, sites, solving
from tenglong.domain.renewal.portfolio.worker import asking

#: the bar of a solve is full after its limit, and again for each kind of question
PARTS = 100
#: where a solve stands, for named persons
TOLD = "told.txt"


@job("renewal.draft", queue="long", label=gettext_lazy("测算整治方案的候选地块"))
def draft(ctx: JobContext, plan: str) -> dict[str, Any]:
    """Costs, options and neighbours of every candidate; the version is a draft afterwards, with or without them."""
    try:
        found = solving.plan_of_job(ctx.user, plan)
    except RenewalError as error:
        raise JobError(str(error)) from error

    def tell(done: int, total: int, text: str) -> None:
        """Words for the page of the plan only: others see the job."""
        (ctx.folder / TOLD).write_text(text, encoding="utf-8")
        ctx.progress(done, total)

    try:
        with translation.override("zh-hans"):
            plans.work_out(ctx.user, found, tell, ctx.atomic)
    except RenewalError as error:
        raise JobError(str(error)) from error
    finally:
        solving.put_back(found, ctx.job.ulid)
    return {"url": reverse("renewal:plan", args=[plan])}


@job("renewal.solve", queue="long", label=gettext_lazy("求解整治方案"))
def solve(ctx: JobContext, plan: str) -> dict[str, Any]:
    """Cancelled with a plan in hand: that plan is kept with its gap."""
    try:
        found = solving.plan_of_job(ctx.user, plan)
    except RenewalError as error:
        raise JobError(str(error)) from error
    seconds = max(1, int(found.problem["asked"].get("seconds", 60)))
    limit, began = seconds + 3 * asking(seconds), time.monotonic()

    def tell(text: str, seconds: float) -> None:
        """Figures for the page of the plan only: others see the job."""
        (ctx.folder / TOLD).write_text(text, encoding="utf-8")
        ctx.files.write_progress(min(PARTS - 1, int(PARTS * (time.monotonic() - began) / limit)), PARTS, "")

    try:
        with translation.override("zh-hans"):
            solving.solve_now(ctx.user, found, tell, lambda: ctx.files.cancelled, ctx.atomic)
    except solving.Stopped as error:
        raise Cancelled from error
    except RenewalError as error:
        raise JobError(str(error)) from error
    finally:
        solving.put_back(found, ctx.job.ulid)
    return {"url": reverse("renewal:plan", args=[plan])}


@job("renewal.site", queue="long", label=gettext_lazy("选址"))
def site(ctx: JobContext, site: str) -> dict[str, Any]:
    """The best sites found by the time limit, each with its bound."""
    found = queries.sites(ctx.user).filter(ulid=site).first()
    if found is None:
        raise JobError(_("没有这次选址，或者没有指定您查看。"))
    try:
        with translation.override("zh-hans"):
            sites.search_now(ctx.user, found, lambda text: ctx.progress(0, 0, text), lambda: ctx.files.cancelled, ctx.atomic)
    except RenewalError as error:
        raise JobError(str(error)) from error
    return {"url": reverse("renewal:site", args=[site])}
