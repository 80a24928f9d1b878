"""What every page of survey needs: the batch as the user may see it, and words for its state."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.survey import queries, service
from tenglong.apps.survey.models import Action, ImportBatch, State
from tenglong.domain.survey.kinds import spec_of

TONES = {
    State.UPLOADED: "run",
    State.MAPPING: "warn",
    State.STAGING: "run",
    State.PREVIEW: "warn",
    State.CONFIRMING: "run",
    State.DONE: "ok",
    State.REJECTED: "late",
    State.INTERRUPTED: "warn",
    State.WITHDRAWN: "",
}
ACTION_TONES = {Action.NEW: "ok", Action.CHANGED: "run", Action.UNCHANGED: "", Action.REJECTED: "late"}
#: JSON twins are read by people too
CHINESE = {"ensure_ascii": False}
WORKING = (State.UPLOADED, State.STAGING, State.CONFIRMING)


def batch_or_404(request: HttpRequest, ulid: str) -> ImportBatch:
    """A batch of somebody else's is as absent as one that never was."""
    service.recover()
    try:
        return queries.batch(request.user, ulid)
    except ImportBatch.DoesNotExist as error:
        raise Http404(_("没有这一批导入，或它不在您的管辖范围内。")) from error


def page_of(batch: ImportBatch) -> str:
    """Address of the step that the batch waits for."""
    names = {State.MAPPING: "mapping", State.INTERRUPTED: "mapping", State.DONE: "done", State.WITHDRAWN: "done"}
    name = "progress" if batch.state in WORKING else names.get(State(batch.state), "batch")
    return reverse(f"survey:{name}", args=[batch.ulid])


def described(batch: ImportBatch) -> dict[str, Any]:
    return {
        "batch": batch,
        "kind_label": _(spec_of(batch.kind).label),
        "tone": TONES[State(batch.state)],
        "url": page_of(batch),
        "steps": steps(batch),
    }


def steps(batch: ImportBatch) -> list[dict[str, Any]]:
    """The five steps with where this batch is."""
    order = [
        (_("上传"), (State.UPLOADED, State.REJECTED)),
        (_("对应关系"), (State.MAPPING, State.INTERRUPTED)),
        (_("核对"), (State.STAGING,)),
        (_("预览"), (State.PREVIEW,)),
        (_("入库"), (State.CONFIRMING, State.DONE, State.WITHDRAWN)),
    ]
    here = next(index for index, (_label, states) in enumerate(order) if batch.state in states)
    return [{"label": label, "here": index == here, "past": index < here} for index, (label, _states) in enumerate(order)]


def batch_as_json(batch: ImportBatch) -> dict[str, Any]:
    return {
        "ulid": batch.ulid,
        "kind": batch.kind,
        "state": batch.state,
        "file": batch.file_name,
        "sha256": batch.sha256,
        "size": batch.file_size,
        "table": batch.table_name,
        "counts": batch.counts,
        "mapping": batch.mapping,
        "crs": batch.crs,
        "survey_date": batch.survey_date,
        "mode": batch.mode,
        "applied": batch.applied,
        "problem": batch.problem,
        "created_at": batch.created_at,
        "confirmed_at": batch.confirmed_at,
        "skipped": batch.extra.get("skipped", []),
    }
