"""The door of survey: bring a file in, say how it is read, look at what it would do, confirm, waive, take back."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit import service as audit
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.survey import appliers, intake, mapping, queries
from tenglong.apps.survey import confirm as confirming
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import ImportBatch, Mode, State
from tenglong.apps.survey.waivers import take_back, waive
from tenglong.domain.survey.kinds import KINDS

set_mapping = mapping.set_mapping
save_template = mapping.save_template


def upload(actor: Any, kind: str, file: intake.Upload, *, survey_date: date | None = None, encoding: str = "") -> ImportBatch:
    """Keep the file and queue its reading. Raises SurveyError; a refused file leaves nothing but an audit entry."""
    require(actor, "survey.import")
    try:
        return _take_in(actor, kind, file, survey_date, encoding)
    except SurveyError as error:
        with transaction.atomic():
            told = f"{intake.clean_name(file.name or '')}：{error}"
            audit.record(actor, "survey.refuse", "upload", "", reason=told[:500], result="refused")
        raise


def _take_in(actor: Any, kind: str, file: intake.Upload, survey_date: date | None, encoding: str) -> ImportBatch:
    if kind not in KINDS:
        raise SurveyError(_("没有“%(kind)s”这类数据。") % {"kind": kind})
    appliers.of(kind)
    if survey_date and survey_date > timezone.localdate():
        raise SurveyError(_("摸排日期 %(date)s 晚于今天，请改正。") % {"date": survey_date})
    with transaction.atomic():
        batch = intake.new_batch(actor, kind, file, survey_date, own_town(actor), encoding)
        audit.record(
            actor, "survey.upload", "import_batch", batch.ulid, batch_id=batch.pk, digest=batch.sha256, reason=batch.file_name
        )
        queue(actor, batch, "survey.read", _("读取 %(name)s") % {"name": batch.file_name})
    return batch


def own_town(actor: Any) -> str:
    """The actor's town when there is exactly one; files of such a desk need no town column."""
    scope = scope_of(actor)
    towns = [code for code in scope.divisions if len(code) == 9]
    return towns[0] if scope.kind != "all" and len(towns) == 1 and len(scope.divisions) == 1 else ""


def queue(actor: Any, batch: ImportBatch, kind: str, subject: str, **args: Any) -> Any:
    job = jobs.enqueue(actor, kind, {"batch": batch.ulid, **args}, subject=subject)
    ImportBatch.objects.filter(pk=batch.pk).update(job_ulid=job.ulid)
    batch.job_ulid = job.ulid
    return job


def choose_table(actor: Any, batch: ImportBatch, name: str) -> None:
    """Another sheet or layer of the same file; the mapping is proposed anew."""
    require(actor, "survey.import")
    if batch.state not in mapping.CHANGEABLE:
        raise SurveyError(_("这一批已是“%(state)s”，不能再换工作表。") % {"state": batch.get_state_display()})
    from tenglong.apps.survey import pipeline

    found = [table for table in pipeline.read(batch) if table.name == name]
    if not found:
        raise SurveyError(_("文件里没有名为“%(name)s”的表。") % {"name": name})
    mapping.choose_table(batch, actor, found[0])


def stage(actor: Any, batch: ImportBatch) -> Any:
    """Queue the checking; a run that stopped half-way goes on where it stopped."""
    require(actor, "survey.import")
    _move(batch, mapping.CHANGEABLE, State.STAGING)
    return queue(actor, batch, "survey.stage", _("核对 %(name)s") % {"name": batch.file_name})


def confirm(actor: Any, batch: ImportBatch, mode: str, valid_from: date, *, lock_version: int | None = None) -> Any:
    """Queue the entry into the record. Raises SurveyError when somebody else touched the batch meanwhile."""
    require(actor, "survey.confirm")
    if mode not in Mode.values:
        raise SurveyError(_("请选择：这些差异是“变更”还是“更正”。"))
    if valid_from > timezone.localdate():
        raise SurveyError(_("生效日期 %(date)s 晚于今天，请改正。") % {"date": valid_from})
    if lock_version is not None and lock_version != batch.lock_version:
        raise SurveyError(_("您打开页面之后，已有人处理过这一批。请刷新后再看。"))
    _move(batch, (State.PREVIEW,), State.CONFIRMING)
    return queue(
        actor,
        batch,
        "survey.confirm",
        _("入库 %(name)s") % {"name": batch.file_name},
        mode=mode,
        valid_from=valid_from.isoformat(),
    )


def default_mode(actor: Any, batch: ImportBatch) -> Mode:
    """What the form offers: a survey later than what is held tells of a change, an older or undated one mends."""
    return confirming.default_mode(batch, confirming.latest_start(batch, actor))


def _move(batch: ImportBatch, allowed: tuple[State, ...], to: State) -> None:
    """Only one of two people who press at once moves the batch."""
    moved = ImportBatch.objects.filter(pk=batch.pk, state__in=allowed, lock_version=batch.lock_version).update(
        state=to, problem="", lock_version=batch.lock_version + 1
    )
    if not moved:
        batch.refresh_from_db()
        raise SurveyError(_("这一批现在是“%(state)s”，不能做这一步。") % {"state": batch.get_state_display()})
    batch.state, batch.lock_version = to, batch.lock_version + 1


def withdraw(actor: Any, batch: ImportBatch, reason: str) -> int:
    """Take a confirmed batch back when nothing was built on it; returns how many rows went."""
    require(actor, "survey.confirm")
    if batch.state != State.DONE:
        raise SurveyError(_("只有已入库的批次可以撤回。"))
    if batch.applied.get("counts", {}).get("correct"):
        raise SurveyError(_("更正改的是原有版本，旧值只在审计里，不能整批撤回；请逐条更正回来。"))
    with transaction.atomic():
        try:
            number = appliers.of(batch.kind).withdraw(batch.pk, actor)
        except RegistryError as error:
            raise SurveyError(str(error)) from error
        audit.record(actor, "survey.withdraw", "import_batch", batch.ulid, count=number, batch_id=batch.pk, reason=reason)
        ImportBatch.objects.filter(pk=batch.pk).update(state=State.WITHDRAWN, lock_version=batch.lock_version + 1)
    batch.refresh_from_db()
    return number


def recover() -> int:
    """Batches whose job died: staged chunks stay, nothing is in the record, the step can be taken again."""
    from tenglong.apps.survey.recovery import recover_all

    return recover_all()


__all__ = [
    "SurveyError",
    "choose_table",
    "confirm",
    "queries",
    "recover",
    "save_template",
    "set_mapping",
    "stage",
    "take_back",
    "upload",
    "waive",
    "withdraw",
]
