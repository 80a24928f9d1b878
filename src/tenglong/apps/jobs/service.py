"""The door of jobs: register a kind, enqueue, run, cancel, sweep what died.

A job that dies leaves all of its effect or none: the handler does its writing in `ctx.atomic()`, which marks the
job committed in the same transaction.
"""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import NOTHING, Actor, Scope, require, roles_of, scope_rule, scoped
from tenglong.apps.audit import service as audit
from tenglong.apps.jobs.folder import JobFolder
from tenglong.apps.jobs.models import Job

QUEUES = ("short", "long")
BEAT_SECONDS = 2.0
#: how often the end of a job is written again when the database is busy; each try waits for the lock itself
FINISH_TRIES = 10
pause = time.sleep
logger = logging.getLogger(__name__)
Handler = Callable[..., "dict[str, Any] | None"]


class Cancelled(Exception):
    """The user asked to stop; raised by `ctx.check_cancelled()`."""


class JobError(Exception):
    """A handler's own refusal: its Chinese sentence is shown to the user as it is."""


class LostJob(RuntimeError):
    """The job was declared interrupted meanwhile: this worker's transaction must not commit."""


@dataclass(frozen=True)
class Kind:
    id: str
    handler: Handler
    queue: str
    label: str | Promise
    resumable: bool = False
    result_url: str = ""


_kinds: dict[str, Kind] = {}


def job(
    id: str, *, queue: str = "long", label: str | Promise = "", resumable: bool = False, result_url: str = ""  # noqa: A002
) -> Callable[[Handler], Handler]:
    """Register `handler(ctx, **args) -> dict`. `resumable`: what was done in chunks stays, running again goes on.

    A result with key `url` becomes the link on the job page.
    """
    if queue not in QUEUES:
        raise ValueError(f"queue {queue!r} is not one of {QUEUES}")

    def register(handler: Handler) -> Handler:
        _kinds[id] = Kind(id, handler, queue, label or id, resumable, result_url)
        return handler

    return register


def kind_of(kind: str) -> Kind:
    """Raises JobError for a kind that no installed app knows."""
    if kind not in _kinds:
        raise JobError(_("没有“%(kind)s”这种作业，可能是程序版本不一致") % {"kind": kind})
    return _kinds[kind]


def label_of(kind: str) -> str:
    return str(_kinds[kind].label) if kind in _kinds else kind


@dataclass
class JobContext:
    """What a handler gets."""

    job: Job
    files: JobFolder

    @property
    def folder(self) -> Path:
        return self.files.path

    @property
    def user(self) -> Any:
        return self.job.user

    def progress(self, done: int, total: int, text: str = "") -> None:
        """Rows done of total; also the place where a cancel wish is noticed."""
        self.files.write_progress(done, total, text)
        self.check_cancelled()

    def log(self, text: str) -> None:
        self.files.log(text)

    def check_cancelled(self) -> None:
        if self.files.cancelled:
            raise Cancelled

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """The handler's one transaction: its effect and “committed” stand or fall together. Raises LostJob."""
        with transaction.atomic():
            yield
            if not Job.objects.filter(pk=self.job.pk, state="running").update(committed=True):
                raise LostJob(self.job.ulid)
        self.job.committed = True


def enqueue(user: Any, kind: str, args: dict[str, Any], subject: str = "") -> Job:
    """Put a job in its queue; `args` must be JSON. The worker takes it within a second."""
    known = kind_of(kind)
    made = Job.objects.create(
        kind=kind, queue=known.queue, args=args, subject=subject[:200], user=user,
        department_id=getattr(user, "department_id", None),
    )
    JobFolder.of(made.ulid).make()
    return made


def find(ulid: str) -> Job | None:
    """A job by its ulid, for the app that queued it; who may see the page it stands on is that app's to say."""
    return Job.objects.filter(ulid=ulid).first() if ulid else None


def unfinished(ulid: str) -> bool:
    """True while a job is waiting or running."""
    return Job.objects.filter(ulid=ulid, state__in=("queued", "running")).exists()


def run_now(waiting: Job) -> Job:
    """Run one queued job in this process (tests, `--wait`)."""
    if not _claim(waiting.pk, waiting.ulid):
        waiting.refresh_from_db()
        return waiting
    return run_claimed(Job.objects.select_related("user").get(pk=waiting.pk))


def claim_next(queues: tuple[str, ...]) -> Job | None:
    """Take the oldest queued job of these queues; two workers never get the same one."""
    waiting = Job.objects.filter(state="queued", queue__in=queues).order_by("id")
    for pk, ulid in waiting.values_list("pk", "ulid")[:20]:
        if _claim(pk, ulid):
            return Job.objects.select_related("user").get(pk=pk)
    return None


#: locks of the jobs that this process has claimed and not yet begun
_claimed: dict[int, IO[str]] = {}


def _claim(pk: int, ulid: str) -> bool:
    """The lock comes first: from the moment that the record says “running”, a sweep finds the worker alive."""
    lock = JobFolder.of(ulid).make().seize()
    if lock is None:
        return False
    won = False
    try:
        won = bool(Job.objects.filter(pk=pk, state="queued").update(state="running", started_at=timezone.now()))
    finally:
        if won:
            _claimed[pk] = lock
        else:
            lock.close()
    return won


def run_claimed(running: Job) -> Job:
    """Run a job that this process has claimed, and write down how it ended; only then is the lock let go."""
    files = JobFolder.of(running.ulid).make()
    with _claimed.pop(running.pk, None) or files.alive(), _heartbeat(files):
        _finish(running, *_call(running, files))
    running.refresh_from_db()
    return running


def _call(running: Job, files: JobFolder) -> tuple[str, dict[str, Any], str]:
    context = JobContext(running, files)
    try:
        result = kind_of(running.kind).handler(context, **running.args) or {}
    except Cancelled:
        return "cancelled", {}, _("已按要求取消，没有留下改动") if not context.job.committed else _("取消前已生效")
    except JobError as error:
        return "failed", {}, str(error)
    except Exception as error:  # noqa: BLE001 - a worker outlives every handler
        files.log(traceback.format_exc())
        logger.exception("job %s failed", running.ulid)
        return "failed", {}, _("程序出错：%(error)s。追踪号 %(trace)s") % {"error": error, "trace": running.ulid}
    return "done", result, ""


def _finish(running: Job, state: str, result: dict[str, Any], message: str) -> None:
    """A busy database is asked again: the work is done, and only this process can say so."""
    for left in reversed(range(FINISH_TRIES)):
        try:
            Job.objects.filter(pk=running.pk, state="running").update(
                state=state, result=result, message=message, ended_at=timezone.now()
            )
            return
        except OperationalError:
            if not left or connection.in_atomic_block:
                raise
            logger.warning("job %s has ended and the database is busy", running.ulid)
            pause(BEAT_SECONDS)


@contextmanager
def _heartbeat(files: JobFolder) -> Iterator[None]:
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(BEAT_SECONDS):
            files.beat()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def sweep() -> list[Job]:
    """Mark running jobs whose worker died as interrupted, and say whether they took effect. Runs at start and by workers."""
    found = []
    for lost in missing():
        message = _("作业中断：改动已全部生效") if lost.committed else _lost_text(lost)
        changed = Job.objects.filter(pk=lost.pk, state="running", committed=lost.committed).update(
            state="interrupted", message=message, ended_at=timezone.now()
        )
        if changed:
            lost.refresh_from_db()
            audit.record("system", "job.interrupted", "job", lost.ulid, result="failed", reason=message)
            found.append(lost)
    return found


def missing() -> list[Job]:
    """Jobs that say “running” while nobody runs them. Asked twice: one that ended between the two looks is not missing."""
    dead = [row.pk for row in Job.objects.filter(state="running") if JobFolder.of(row.ulid).dead()]
    return list(Job.objects.filter(pk__in=dead, state="running").order_by("id")) if dead else []


def silent(now: float) -> list[Job]:
    """Running jobs whose process lives and has not moved for long (`now` as `time.time()` says it)."""
    return [row for row in Job.objects.filter(state="running").order_by("id") if JobFolder.of(row.ulid).silent(now)]


def _lost_text(lost: Job) -> str:
    if lost.kind in _kinds and _kinds[lost.kind].resumable:
        return _("作业中断：已完成的分块保留，可重新运行继续")
    return _("作业中断：没有留下任何改动，可重新运行")


def cancel(user: Actor, wanted: Job) -> None:
    """Ask a running job to stop; a queued one is cancelled at once."""
    require(user, "job.view")
    with transaction.atomic():
        JobFolder.of(wanted.ulid).ask_cancel()
        Job.objects.filter(pk=wanted.pk, state="queued").update(
            state="cancelled", message=_("排队时取消"), ended_at=timezone.now()
        )
        audit.record(user, "job.cancel", "job", wanted.ulid)


def again(user: Actor, ended: Job) -> Job:
    """A new job of the same kind and arguments. Raises JobError for one that still runs or has done its work."""
    require(user, "job.view")
    if not Job.objects.filter(pk=ended.pk, state__in=("failed", "cancelled", "interrupted")).exists():
        raise JobError(_("只有失败、取消或中断的作业可以重新运行"))
    with transaction.atomic():
        made = enqueue(user, ended.kind, ended.args, ended.subject)
        audit.record(user, "job.again", "job", made.ulid, reason=ended.ulid)
    return made


def jobs(user: Actor) -> QuerySet[Job]:
    """Jobs the user may see: own ones, those of their department scope, all for system administrators."""
    if can_see_all(user):
        return Job.objects.select_related("user")
    return scoped(user, Job.objects.select_related("user"))


def can_see_all(user: Actor) -> bool:
    return "system_admin" in roles_of(user)


@scope_rule("jobs.Job")
def _job_rule(scope: Scope) -> Q:
    """Own jobs always; those of one's departments; all with scope 全部."""
    if scope.kind == "all":
        return Q()
    found = NOTHING if scope.user_id is None else Q(user_id=scope.user_id)
    if scope.department_ids:
        found |= Q(department_id__in=sorted(scope.department_ids))
    return found


def states(ulids: list[str]) -> dict[str, str]:
    """State of each job that exists, for apps that keep a job's ulid with their own rows."""
    return dict(Job.objects.filter(ulid__in=ulids).values_list("ulid", "state"))


def by_ulid(ulid: str) -> Job:
    """For the program itself (command line, tests): no scope. Raises Job.DoesNotExist."""
    return Job.objects.select_related("user").get(ulid=ulid)
