"""Findings before the freeze: asked about, mended in the register, or waived with a reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Cycle, Finding
from tenglong.apps.evaluation.rows import Rows, assemble
from tenglong.apps.evaluation.service.base import Atomic, Progress, before_freeze, locked, over_all, quiet, said, whole
from tenglong.apps.evaluation.service.cycle import rule_of
from tenglong.apps.evaluation.service.effective import final_grades
from tenglong.apps.evaluation.service.findings_data import of_data
from tenglong.apps.evaluation.service.findings_land import of_land
from tenglong.apps.evaluation.service.findings_moves import of_moves
from tenglong.apps.evaluation.service.findings_signs import of_signs
from tenglong.apps.jobs import service as jobs
from tenglong.domain.delta import Delta, diff

PART = 500
#: whatever a person says, these stand: the run itself refuses
NEVER_WAIVED = ("statistics",)


def run_checks(actor: Any, cycle: Cycle) -> Any:
    """Queue the checks as a job."""
    fresh = over_all(actor, cycle, "evaluation.manage")
    before_freeze(fresh)
    return jobs.enqueue(actor, "evaluation.checks", {"cycle": fresh.ulid}, subject=fresh.title)


def checks_now(
    actor: Any, cycle: Cycle, progress: Progress = quiet, atomic: Atomic = transaction.atomic
) -> dict[str, int]:
    """All findings anew; a waiver stands while its finding says the same."""
    seen = over_all(actor, cycle, "evaluation.manage")
    before_freeze(seen)
    rows = assemble(actor, seen, rule_of(seen).compiled, timezone.localdate(), block=False, grades=final_grades)
    progress(1, 3, _("核查数据"))
    found = list(_all(actor, seen, rows))
    progress(2, 3, _("写入问题"))
    with atomic():
        fresh = whole(actor, cycle, "evaluation.manage")
        before_freeze(fresh)
        _replace(fresh, found)
        told = {level: sum(1 for one in found if one.severity == level) for level in ("error", "warning", "info")}
        record(actor, "evaluation.check", "cycle", fresh.ulid, count=len(found), deltas=diff({}, told))
    return told


def _all(actor: Any, cycle: Cycle, rows: Rows) -> Iterator[Finding]:
    yield from of_data(actor, cycle, rule_of(cycle), rows)
    yield from of_signs(actor, cycle, rule_of(cycle), rows)
    yield from of_land(actor, cycle, rows)
    yield from of_moves(rows)


def _replace(cycle: Cycle, found: Iterable[Finding]) -> None:
    waived = {
        (row.rule, row.key): row for row in Finding.objects.filter(cycle=cycle, waived_at__isnull=False)
    }
    kept: dict[tuple[str, str], Finding] = {}
    for one in found:
        one.cycle = cycle
        old = waived.get((one.rule, one.key))
        if old is not None and (old.value, old.expected, old.message) == (one.value, one.expected, one.message):
            one.waived_reason, one.waived_by_id, one.waived_at = old.waived_reason, old.waived_by_id, old.waived_at
        kept[(one.rule, one.key)] = one
    Finding.objects.filter(cycle=cycle).delete()
    Finding.objects.bulk_create(kept.values(), batch_size=PART)


@transaction.atomic
def waive_check(actor: Any, finding: Finding, reason: str) -> Finding:
    """A person takes responsibility: who, when, why."""
    fresh = locked(actor, finding, "evaluation.manage")
    before_freeze(fresh.cycle)
    if fresh.rule in NEVER_WAIVED:
        raise EvaluationError(_("统计调查资料不能用来给单个企业打分，这一条不能豁免。"))
    if fresh.waived_at is not None:
        raise EvaluationError(_("这个问题已经豁免过。"))
    why = said(reason, _("豁免理由"), least=4)
    Finding.objects.filter(pk=fresh.pk).update(waived_reason=why[:300], waived_by_id=actor.pk, waived_at=timezone.now())
    told = [Delta("finding", f"{fresh.rule} {fresh.subject}", "waived")]
    record(actor, "evaluation.waive", "cycle", fresh.cycle.ulid, deltas=told, reason=why)
    return Finding.objects.get(pk=fresh.pk)
