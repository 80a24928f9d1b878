"""The three long steps as jobs: read, stage, confirm."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.accounts.scope import can, scope_of
from tenglong.apps.audit import service as audit
from tenglong.apps.jobs.service import Cancelled, JobContext, JobError, job
from tenglong.apps.survey import confirm, intake, mapping, pipeline, place, queries, staging
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import ImportBatch, State


def _batch(ctx: JobContext, ulid: str, verb: str = "survey.import") -> ImportBatch:
    """The batch as the job's user sees it: a right lost meanwhile, or never held by who runs it again, stops the job."""
    if not can(ctx.user, verb):
        raise JobError(_("您没有做这一步的权限。"))
    try:
        return queries.batch(ctx.user, ulid)
    except ImportBatch.DoesNotExist as error:
        raise JobError(_("找不到这一批，或您已无权处理它。")) from error


def _back(batch: ImportBatch, state: State, problem: str) -> None:
    ImportBatch.objects.filter(pk=batch.pk).update(state=state, problem=problem[:500], lock_version=batch.lock_version + 1)


def _refuse(actor: Any, batch: ImportBatch, why: str) -> None:
    """The file goes; the batch stays to say why, and the audit has it."""
    with transaction.atomic():
        _back(batch, State.REJECTED, why)
        told = f"{batch.file_name}：{why}"[:500]
        audit.record(
            actor,
            "survey.refuse",
            "import_batch",
            batch.ulid,
            batch_id=batch.pk,
            digest=batch.sha256,
            reason=told,
            result="refused",
        )
    intake.forget(batch)


@job("survey.read", queue="short", label=gettext_lazy("读取摸排文件"), resumable=True)
def read(ctx: JobContext, batch: str) -> dict[str, Any]:
    """Parse in a confined child, propose the mapping. A refused file is removed."""
    found = _batch(ctx, batch)
    ctx.progress(0, 1, _("读取文件"))
    try:
        tables = pipeline.read(found)
    except SurveyError as error:
        _refuse(ctx.user, found, str(error))
        raise JobError(str(error)) from error
    mapping.begin(found, ctx.user, tables)
    ctx.progress(1, 1, _("读取完毕"))
    return {"url": f"/survey/{found.ulid}/mapping/"}


@job("survey.stage", queue="long", label=gettext_lazy("核对摸排数据"), resumable=True)
def stage(ctx: JobContext, batch: str) -> dict[str, Any]:
    """Rows, issues and differences into the preview, chunk by chunk."""
    found = _batch(ctx, batch)
    try:
        counts = _stage(ctx, found)
    except SurveyError as error:
        _back(found, State.MAPPING, str(error))
        raise JobError(str(error)) from error
    except Cancelled:
        _back(found, State.MAPPING, _("核对已取消。"))
        raise
    return {**counts, "url": f"/survey/{found.ulid}/"}


def _stage(ctx: JobContext, batch: ImportBatch) -> dict[str, int]:
    ctx.progress(0, 0, _("读取文件"))
    known = pipeline.county(ctx.user)
    table = pipeline.table_of(batch)
    ctx.progress(0, len(table.rows), _("识别各列"))
    rows, issues = pipeline.rows_of(batch, table, known)
    ctx.progress(0, len(rows), _("检查质量"))
    report = pipeline.check(rows, issues, known, ctx.user)
    sample = [staging.row_values(rows, index, batch.division_code) for index in range(min(len(rows), place.SAMPLE))]
    shifted, offset = place.shift_issue(batch, rows, sample, ctx.user, known)
    report.add(shifted)
    scope = scope_of(ctx.user)
    plan = staging.Staging(batch, rows, staging.by_row(report.issues), ctx.user, scope, staging.place_of(ctx.user, scope))
    counts = staging.run(plan, ctx.progress)
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=State.PREVIEW,
        counts=counts,
        extra={"skipped": report.skipped, "offset": offset},
        problem="",
        lock_version=batch.lock_version + 1,
    )
    return counts


@job("survey.confirm", queue="long", label=gettext_lazy("摸排数据入库"))
def confirm_batch(ctx: JobContext, batch: str, mode: str, valid_from: str) -> dict[str, Any]:
    """All or nothing, and the job knows which."""
    found = _batch(ctx, batch, "survey.confirm")
    try:
        summary = confirm.run(found, ctx.user, mode, date.fromisoformat(valid_from), ctx.atomic, ctx.progress)
    except SurveyError as error:
        _back(found, State.PREVIEW, str(error))
        raise JobError(str(error)) from error
    except Cancelled:
        _back(found, State.PREVIEW, _("入库已取消，什么都没有写入。"))
        raise
    return {**summary, "url": f"/survey/{found.ulid}/done/"}
