"""Finding low-efficiency land as a job."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from tenglong.apps.jobs.service import JobContext, JobError, job
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.service import findings


@job("renewal.find", queue="long", label=gettext_lazy("识别疑似低效用地"))
def find(ctx: JobContext, year: int, policy: str) -> dict[str, Any]:
    """The run, which writes in the job's one transaction; a refusal is told as it is."""
    try:
        made = findings.run(ctx.user, year, policy, progress=ctx.progress, atomic=ctx.atomic)
    except RenewalError as error:
        raise JobError(str(error)) from error
    return {"run": made.ulid, "url": reverse("renewal:finding-run", args=[made.ulid])}
