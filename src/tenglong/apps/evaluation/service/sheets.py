"""一企一单: made with a hash, delivered, sealed by scan, objected to, refused, overdue; void when the data changed."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import digest_of, record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle, Sheet
from tenglong.apps.evaluation.models.sheet import SheetState
from tenglong.apps.evaluation.service.base import (
    Atomic,
    Progress,
    at,
    document_of,
    due,
    locked,
    not_future,
    over_all,
    quiet,
    said,
    whole,
)
from tenglong.apps.evaluation.service.cycle import rule_of
from tenglong.apps.evaluation.service.frozen import rows_now
from tenglong.apps.evaluation.sheet_content import Content, contents
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry import service as registry_service
from tenglong.domain.delta import Delta, diff
from tenglong.store.bulk import insert_rows

COLUMNS = (
    "cycle_id", "enterprise_id", "division_code", "version_hash", "number", "content", "created_by_id", "code",
)
CODE_LENGTH = 16


@dataclass(frozen=True)
class Scan:
    """One sheet as it came back: the code that its QR held ("" when none was read), and its pages as one PDF."""

    code: str
    name: str
    content: bytes


@dataclass
class Filed:
    """What became of a batch of scans. `void`: the sheet is no longer valid, its data changed; `twice`: sealed already."""

    sealed: list[Sheet] = field(default_factory=list)
    void: list[tuple[Scan, Sheet]] = field(default_factory=list)
    unknown: list[Scan] = field(default_factory=list)
    twice: list[tuple[Scan, Sheet]] = field(default_factory=list)


def prepare_sheets(actor: Any, cycle: Cycle) -> Any:
    """Queue the making of sheets as a job."""
    fresh = over_all(actor, cycle, "evaluation.manage")
    at(fresh, "checks", "sheets")
    return jobs.enqueue(actor, "evaluation.sheets", {"cycle": fresh.ulid}, subject=fresh.title)


def sheets_now(
    actor: Any, cycle: Cycle, progress: Progress = quiet, atomic: Atomic = transaction.atomic
) -> dict[str, int]:
    """A sheet for every firm. Where the data is as before the sheet stands; else it is void and the next number begins."""
    seen = over_all(actor, cycle, "evaluation.manage")
    at(seen, "checks", "sheets")
    found = list(contents(seen, rule_of(seen), rows_now(actor, seen)))
    progress(1, 2, _("核对版本"))
    with atomic():
        fresh = whole(actor, cycle, "evaluation.manage")
        at(fresh, "checks", "sheets")
        held = {sheet.enterprise_id: sheet for sheet in Sheet.objects.filter(cycle=fresh, voided_at__isnull=True)}
        stood = {firm: sheet.version_hash for firm, sheet in held.items()}
        changed = [one for one in found if stood.get(one.enterprise_id, one.version_hash) != one.version_hash]
        gone = sorted(set(held) - {one.enterprise_id for one in found})
        _void(fresh, [one.enterprise_id for one in changed] + gone)
        new = [one for one in found if one.enterprise_id not in held] + changed
        _make(actor, fresh, new)
        told = {"new": len(new), "kept": len(found) - len(new), "voided": len(changed) + len(gone)}
        digest = digest_of([(one.enterprise_id, one.version_hash) for one in new])
        record(actor, "sheet.prepare", "cycle", fresh.ulid, count=len(new), digest=digest, deltas=diff({}, told))
        progress(2, 2, _("完成"))
    return told


def _void(cycle: Cycle, firms: list[int]) -> None:
    if firms:
        reason = str(_("数据变动，原单作废"))
        rows = Sheet.objects.filter(cycle=cycle, voided_at__isnull=True, enterprise_id__in=firms)
        rows.update(voided_at=timezone.now(), void_reason=reason)


def _make(actor: Any, cycle: Cycle, found: list[Content]) -> None:
    last: dict[int, int] = {}
    for firm, number in Sheet.objects.filter(cycle=cycle).order_by("number").values_list("enterprise_id", "number"):
        last[firm] = number
    insert_rows(Sheet, COLUMNS, (
        (cycle.pk, one.enterprise_id, one.division_code, one.version_hash, last.get(one.enterprise_id, 0) + 1, one.data,
         actor.pk, _code(cycle, one)) for one in found
    ))


def _code(cycle: Cycle, content: Content) -> str:
    """What the QR holds: year, start of the version hash, and a random part that cannot be guessed."""
    return f"{cycle.year}-{content.version_hash[:8]}-{secrets.token_hex(CODE_LENGTH // 2)}"


@transaction.atomic
def mark_delivered(
    actor: Any, sheet: Sheet, *, on: date, how: str, proof: Any = None, due_on: date | None = None
) -> Sheet:
    """Handed over; the term for an answer begins."""
    fresh = _open(actor, sheet)
    not_future(on, _("送达日期"))
    if proof is not None:
        document_of(actor, proof, _("送达凭证"))
    if fresh.state != SheetState.UNDELIVERED:
        raise EvaluationError(_("这份单子已经是“%(state)s”。") % {"state": fresh.get_state_display()})
    last = due_on or due(fresh.cycle, "sheet_feedback", on)
    return _to(
        actor, fresh, SheetState.DELIVERED, how, delivered_on=on, delivered_by=how[:48], proof_document=proof, due_on=last
    )


def file_scans(actor: Any, cycle: Cycle, scans: Iterable[Scan], *, on: date | None = None) -> Filed:
    """Each scan to its sheet by the code alone; nothing is guessed. One transaction per sheet: a bad one stops no other."""
    fresh = over_all(actor, cycle, "evaluation.manage")
    at(fresh, "checks", "sheets")
    filed = Filed()
    for scan in scans:
        sheet = Sheet.objects.filter(cycle=fresh, code=scan.code).first() if scan.code else None
        if sheet is None:
            filed.unknown.append(scan)
        elif sheet.voided_at is not None:
            filed.void.append((scan, sheet))
        elif sheet.state == SheetState.SEALED:
            filed.twice.append((scan, sheet))
        else:
            filed.sealed.append(_seal(actor, sheet, scan, on or timezone.localdate()))
    return filed


@transaction.atomic
def _seal(actor: Any, sheet: Sheet, scan: Scan, on: date) -> Sheet:
    fresh = _open(actor, sheet)
    paper = registry_service.add_document(
        actor, scan.name, scan.content, kind="confirmation", subject_type="enterprise", subject_id=fresh.enterprise_id,
        dated=on,
    )
    return _to(actor, fresh, SheetState.SEALED, scan.code, scanned_document=paper, sealed_on=on)


@transaction.atomic
def record_objection(actor: Any, sheet: Sheet, *, text: str, document: Any = None) -> Sheet:
    """The firm does not agree with its figures; by itself or written down by an office."""
    fresh = _open(actor, sheet, "evaluation.own")
    if fresh.state == SheetState.UNDELIVERED:
        raise EvaluationError(_("这份单子还没有送达。"))
    if fresh.state == SheetState.SEALED:
        raise EvaluationError(_("这份单子已经盖章确认，不能再提异议；数据有误请联系亩均办重新生成。"))
    if document is not None:
        document_of(actor, document, _("材料"))
    why = said(text, _("异议内容"))
    return _to(actor, fresh, SheetState.OBJECTED, why, objection=why, objection_document=document)


@transaction.atomic
def mark_refused(actor: Any, sheet: Sheet, *, proof: Any, note: str = "") -> Sheet:
    """The firm will not sign; a record of the delivery is kept."""
    fresh = _open(actor, sheet)
    if fresh.state not in (SheetState.DELIVERED, SheetState.OBJECTED):
        raise EvaluationError(_("只有已送达的单子可以记为拒签。"))
    document_of(actor, proof, _("拒签记录"))
    return _to(actor, fresh, SheetState.REFUSED, note, proof_document=proof)


@transaction.atomic
def mark_overdue(actor: Any, sheet: Sheet, *, clause: str) -> Sheet:
    """No answer counts as no objection only with proof of delivery and the clause that says so."""
    fresh = _open(actor, sheet)
    if fresh.state != SheetState.DELIVERED or fresh.due_on is None or fresh.due_on >= timezone.localdate():
        raise EvaluationError(_("反馈期限还没有过，或者单子没有送达，不能记为逾期。"))
    if fresh.proof_document_id is None:
        raise EvaluationError(_("没有送达凭证，不能按“逾期视为无异议”处理。"))
    why = said(clause, _("写明“逾期视为无异议”的条款"))
    return _to(actor, fresh, SheetState.OVERDUE, why, overdue_clause=why[:200])


def _open(actor: Any, sheet: Sheet, *more: str) -> Sheet:
    fresh = locked(actor, sheet, "evaluation.manage", "evaluation.area", *more)
    at(fresh.cycle, "checks", "sheets")
    if fresh.voided_at is not None:
        raise EvaluationError(_("这份单子已作废：%(why)s。请用新的一份。") % {"why": fresh.void_reason})
    return fresh


def _to(actor: Any, fresh: Sheet, state: SheetState, reason: str, **more: Any) -> Sheet:
    Sheet.objects.filter(pk=fresh.pk).update(state=state, **more)
    deltas = [Delta("state", fresh.state, state.value)]
    record(actor, f"sheet.{state.value}", "sheet", fresh.ulid, deltas=deltas, reason=reason)
    return Sheet.objects.get(pk=fresh.pk)
