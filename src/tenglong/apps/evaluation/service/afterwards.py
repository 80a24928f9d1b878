"""Years entered afterwards, from the registers that an office kept on paper: many firms at once, one audit entry each time.

The steps of a running year go firm by firm (`sheets`, `notices`, `firms`); a year of which the days are long over is entered
as its registers stand. The same rules hold: scope over the whole county, proof of delivery, a clause for silence, terms.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import AttributeRecord, Cycle, GradeNotice, Result, Run, Sheet
from tenglong.apps.evaluation.models.sheet import SheetState
from tenglong.apps.evaluation.service.base import at, document_of, due, locked, not_future, said, whole
from tenglong.apps.evaluation.service.publications import low_grades
from tenglong.apps.registry import queries as registry

PART = 500


@dataclass(frozen=True)
class Listed:
    """One line of a list of firms: an attribute that held of a firm from a day on, `until` (not counted) or still."""

    enterprise_id: int
    attribute: str
    value: str
    since: date
    until: date | None = None
    note: str = ""


@dataclass(frozen=True)
class Delivered:
    """The register of deliveries: one day for all. `silent`: sheets (pk) never sent back; `clause` says what that means."""

    on: date
    how: str
    proof: Any
    sealed_on: date
    silent: Collection[int] = ()
    clause: str = ""


@transaction.atomic
def enter_sheets(actor: Any, cycle: Cycle, told: Delivered) -> int:
    """Every undelivered sheet of a past year as the register has it: sealed, or overdue with proof and clause. How many."""
    fresh = whole(actor, cycle, "evaluation.manage")
    at(fresh, "checks", "sheets")
    _past(fresh)
    document_of(actor, told.proof, _("送达凭证"))
    last = due(fresh, "sheet_feedback", told.on)
    not_future(last, _("反馈期限"))
    if not told.on <= told.sealed_on <= timezone.localdate():
        raise EvaluationError(_("盖章日期要在送达日期 %(day)s 与今天之间。") % {"day": told.on})
    clause = said(told.clause, _("写明“逾期视为无异议”的条款")) if told.silent else ""
    open_ones = Sheet.objects.filter(cycle=fresh, voided_at__isnull=True, state=SheetState.UNDELIVERED)
    every, silent = set(open_ones.values_list("pk", flat=True)), set(told.silent)
    if silent - every:
        raise EvaluationError(_("有 %(n)s 份单子不在本批次待送达的单子里。") % {"n": len(silent - every)})
    held = {"delivered_on": told.on, "delivered_by": told.how[:48], "proof_document": told.proof, "due_on": last}
    open_ones.filter(pk__in=silent).update(state=SheetState.OVERDUE, overdue_clause=clause[:200], **held)
    open_ones.update(state=SheetState.SEALED, sealed_on=told.sealed_on, **held)
    record(actor, "sheet.sealed", "cycle", fresh.ulid, count=len(every), reason=_("补录以往年度：按送达登记册整批登记"))
    return len(every)


@transaction.atomic
def enter_notices(actor: Any, run: Run, *, served_on: date, how: str, proof: Any) -> int:
    """Each low grade of a past year served on one day, its days over by now. Returns how many."""
    fresh = locked(actor, run, "evaluation.publish")
    whole(actor, fresh.cycle, "evaluation.publish")
    _past(fresh.cycle)
    if fresh.kind != "formal":
        raise EvaluationError(_("试算和推演的结果不对外送达。"))
    document_of(actor, proof, _("送达凭证"))
    last = due(fresh.cycle, "statement", served_on)
    not_future(last, _("陈述申辩期限"))
    if GradeNotice.objects.filter(run=fresh).exists():
        raise EvaluationError(_("本次结果已有逐户送达记录，不能再整批补录。"))
    low = Result.objects.filter(run=fresh, grade__in=low_grades(fresh)).order_by("pk")
    made = GradeNotice.objects.bulk_create([
        GradeNotice(
            run=fresh, enterprise_id=firm, division_code=town, grade=grade, served_on=served_on, served_by=how[:48],
            proof_document=proof, window_ends_on=last, created_by_id=actor.pk,
        ) for firm, town, grade in low.values_list("enterprise_id", "town", "grade")
    ], batch_size=PART)
    record(actor, "evaluation.serve", "run", fresh.ulid, count=len(made), reason=_("补录以往年度：按送达登记册整批登记"))
    return len(made)


@transaction.atomic
def enter_attributes(actor: Any, division_code: str, lines: Sequence[Listed], *, reason: str) -> int:
    """Lists of honours, scale and carriers of years past, none recorded yet. Raises EvaluationError where days overlap."""
    require(actor, "evaluation.manage")
    if not scope_of(actor, "evaluation.manage").covers(division_code):
        raise EvaluationError(_("这一步要对全部企业进行，须由辖区覆盖整个评价范围的人员办理。"))
    asked = {line.enterprise_id for line in lines}
    if strangers := asked - set(registry.enterprises(actor).values_list("enterprise_id", flat=True)):
        raise EvaluationError(_("名单里有 %(n)s 家企业不存在，或者不在您的管辖范围内。") % {"n": len(strangers)})
    _apart(lines)
    held = set(AttributeRecord.objects.values_list("enterprise_id", "attribute"))
    if twice := {(line.enterprise_id, line.attribute) for line in lines} & held:
        raise EvaluationError(_("名单里有 %(n)s 项已有记录，请逐户登记。") % {"n": len(twice)})
    AttributeRecord.objects.bulk_create([
        AttributeRecord(
            enterprise_id=line.enterprise_id, attribute=said(line.attribute, _("属性")), value=line.value.strip()[:120],
            valid_from=line.since, valid_to=line.until, note=line.note[:300], created_by_id=actor.pk,
        ) for line in lines
    ], batch_size=PART)
    record(actor, "firm.attribute", "county", division_code, count=len(lines), reason=reason)
    return len(lines)


def _apart(lines: Iterable[Listed]) -> None:
    """Days of one attribute of one firm follow each other."""
    by_firm: dict[tuple[int, str], list[Listed]] = defaultdict(list)
    for line in lines:
        by_firm[(line.enterprise_id, line.attribute)].append(line)
    for (_firm, name), mine in by_firm.items():
        mine.sort(key=lambda line: line.since)
        ends = [line.until for line in mine]
        if any(end is not None and end <= line.since for line, end in zip(mine, ends, strict=True)):
            raise EvaluationError(_("“%(name)s”的终止日期要晚于起始日期。") % {"name": name})
        if any(end is None or end > later.since for end, later in zip(ends, mine[1:], strict=False)):
            raise EvaluationError(_("同一企业“%(name)s”的日期重叠。") % {"name": name})


def _past(cycle: Cycle) -> None:
    """The year under way is never entered in bulk: each firm is served and answers by itself."""
    if cycle.year >= timezone.localdate().year - 1:
        raise EvaluationError(_("整批补录只用于以往年度；%(year)s 年度请逐户办理。") % {"year": cycle.year})
