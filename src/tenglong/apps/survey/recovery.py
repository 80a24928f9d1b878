"""After a crash: every batch says truthfully where it stands."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.jobs import service as jobs
from tenglong.apps.survey.models import ImportBatch, State

#: state while a job works → state to go back to when the job is gone
BACK = {State.UPLOADED: State.UPLOADED, State.STAGING: State.INTERRUPTED, State.CONFIRMING: State.PREVIEW}


def recover_all() -> int:
    """Sweep dead jobs and settle their batches; returns how many batches changed. Cheap when nothing is wrong."""
    waiting = list(ImportBatch.objects.filter(state__in=(State.STAGING, State.CONFIRMING)))
    if not waiting:
        return 0
    jobs.sweep()
    return sum(settle(batch) for batch in waiting)


def settle(batch: ImportBatch) -> bool:
    """A confirming job that died before its transaction ended wrote nothing; one that committed has set `done` itself."""
    states = jobs.states([batch.job_ulid])
    if states.get(batch.job_ulid) not in ("interrupted", "failed", "cancelled"):
        return False
    return bool(
        ImportBatch.objects.filter(pk=batch.pk, state=batch.state).update(
            state=BACK[State(batch.state)],
            problem=_("上次的作业没有做完，什么都没有写入登记册。请重新开始这一步。"),
            lock_version=batch.lock_version + 1,
        )
    )


def queued_job(batch: ImportBatch) -> Any:
    """The job that waits for this batch."""
    return jobs.by_ulid(batch.job_ulid)
