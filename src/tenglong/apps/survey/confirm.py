"""From preview to record: everything is prepared outside, then one short transaction writes all rows or none."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from typing import Any, Final

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit import service as audit
from tenglong.apps.registry.errors import RegistryError, Stale
from tenglong.apps.survey import appliers, compare, rematch
from tenglong.apps.survey.appliers import Applied, Order, Prepared
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import Action, ImportBatch, Mode, StagedRow, State

Progress = Callable[[int, int, str], None]
Atomic = Callable[[], AbstractContextManager[None]]
#: how often the record may move under our feet before the user is asked to come back later
ATTEMPTS: Final = 5
ENTERING: Final = (Action.NEW, Action.CHANGED)


class Moved(Exception):
    """The record changed between comparing and writing."""


def default_mode(batch: ImportBatch, latest_start: date | None) -> Mode:
    """A survey later than what is held tells of a change; an equal or older date, or none, mends what was wrong."""
    if batch.survey_date is None or latest_start is None:
        return Mode.CHANGE if latest_start is None else Mode.CORRECTION
    return Mode.CHANGE if batch.survey_date > latest_start else Mode.CORRECTION


def latest_start(batch: ImportBatch, actor: Any) -> date | None:
    """Latest start among the versions that the changed rows would touch; a sample is enough for a default."""
    rows = StagedRow.objects.filter(batch=batch, action=Action.CHANGED).order_by("position")[:500]
    matches = appliers.of(batch.kind).match([row.values for row in rows], actor) if rows else []
    starts = [match.held.valid_from for match in matches if match.held and match.held.valid_from]
    return max(starts, default=None)


def run(batch: ImportBatch, actor: Any, mode: str, valid_from: date, atomic: Atomic, progress: Progress) -> dict[str, Any]:
    """Write the batch. Raises SurveyError when the record keeps moving; then nothing was written."""
    for _attempt in range(ATTEMPTS):
        rematch.bring_up_to_date(batch, actor, progress)
        rows = prepared(batch)
        progress(0, len(rows), _("写入登记册"))
        try:
            return _write(batch, actor, mode, valid_from, rows, atomic)
        except (Moved, Stale, IntegrityError):
            batch.revision = {}  # compare again, whatever the numbers say
        except RegistryError as error:
            raise SurveyError(str(error)) from error
    raise SurveyError(_("登记册正被别人频繁修改，入库没有进行，什么都没有写入。请过几分钟再确认。"))


def prepared(batch: ImportBatch) -> list[Prepared]:
    """Rows that will be written, in file order, all figures and shapes ready."""
    names = (
        "row",
        "action",
        "values",
        "delta",
        "target_id",
        "links",
        "division_code",
        "wkb",
        "minx",
        "miny",
        "maxx",
        "maxy",
    )
    found = StagedRow.objects.filter(batch=batch, action__in=ENTERING).order_by("position").values_list(*names)
    return [_prepared(*row) for row in found.iterator(chunk_size=5_000)]


def _prepared(
    row: int,
    action: str,
    values: Any,
    delta: Any,
    target: int | None,
    links: Any,
    division: str,
    wkb: Any,
    *box: float | None,
) -> Prepared:
    shape = bytes(wkb) if wkb is not None else None
    fields = [item["field"] for item in delta]
    if action == Action.CHANGED and compare.GEOMETRY not in fields:
        shape = None  # the held shape stays
    place = (box[0], box[1], box[2], box[3]) if shape is not None else None
    return Prepared(row, action, values, fields, target, links, division, shape, place)  # type: ignore[arg-type]


def _write(batch: ImportBatch, actor: Any, mode: str, valid_from: date, rows: list[Prepared], atomic: Atomic) -> dict[str, Any]:
    """The one transaction: record, audit entry and the batch's own state stand or fall together."""
    applier = appliers.of(batch.kind)
    order = Order(batch.pk, actor, mode, valid_from, batch.division_code)
    ready = applier.prepare(order, rows) if rows and hasattr(applier, "prepare") else rows
    digest = compare.digest_of([[row.row, row.action, dict(row.values)] for row in rows])
    started, busy = time.monotonic(), time.process_time()
    with quiet_memory(), atomic():
        fresh = ImportBatch.objects.select_for_update().get(pk=batch.pk)
        if fresh.state != State.CONFIRMING:
            raise SurveyError(_("这一批的状态已是“%(state)s”，没有重复入库。") % {"state": fresh.get_state_display()})
        if applier.revision() != batch.revision:
            raise Moved
        done = applier.apply(order, ready) if rows else Applied({})
        audit.record(
            actor,
            "survey.confirm",
            "import_batch",
            batch.ulid,
            count=len(rows),
            digest=digest,
            batch_id=batch.pk,
            reason=f"{batch.file_name} {Mode(mode).label} {valid_from}",
        )
        summary = _close(fresh, actor, mode, valid_from, done, digest)
    summary["seconds"] = round(time.monotonic() - started, 3)
    summary["cpu_seconds"] = round(time.process_time() - busy, 3)
    ImportBatch.objects.filter(pk=batch.pk).update(applied=summary)
    return summary


@contextmanager
def quiet_memory() -> Iterator[None]:
    """No collection of cycles while a million short-lived values pass: it only lengthens the lock."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def _close(batch: ImportBatch, actor: Any, mode: str, valid_from: date, done: Applied, digest: str) -> dict[str, Any]:
    summary: dict[str, Any] = {
        "counts": dict(done.counts),
        "digest": digest,
        "valid_from": valid_from.isoformat(),
        "mode": mode,
    }
    ImportBatch.objects.filter(pk=batch.pk).update(
        state=State.DONE,
        mode=mode,
        applied=summary,
        confirmed_by_id=actor.pk,
        confirmed_at=timezone.now(),
        problem="",
        lock_version=batch.lock_version + 1,
    )
    return summary
