"""Snapshots: the rows of a moment with their sources, on trial or for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import AssessedArea, Cycle, Delivery, Sheet, Snapshot
from tenglong.apps.evaluation.models.run import SnapshotKind
from tenglong.apps.evaluation.rows import Rows, assemble
from tenglong.apps.evaluation.rows.facts import Fact
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.evaluation.service import case
from tenglong.apps.evaluation.service.base import Atomic, Progress, at, over_all, quiet, whole
from tenglong.apps.evaluation.service.cycle import rule_of
from tenglong.apps.evaluation.sheet_content import contents
from tenglong.domain.measures import packaged
from tenglong.store.snapshots import Kept, Snapshots


def store() -> Snapshots:
    return Snapshots(settings.TENGLONG_HOME)


def take_snapshot(
    actor: Any, cycle: Cycle, progress: Progress = quiet, atomic: Atomic = transaction.atomic
) -> Snapshot:
    """The rows as they are now, for a trial run; nothing is closed."""
    seen = over_all(actor, cycle, "evaluation.run")
    rows = rows_now(actor, seen)
    progress(1, 2, _("写入快照"))
    kept = (store().put(rows.table), store().put(rows.sources))
    with atomic():
        return _kept(actor, whole(actor, cycle, "evaluation.run"), rows, kept, SnapshotKind.TRIAL)


def freeze(actor: Any, cycle: Cycle, progress: Progress = quiet, atomic: Atomic = transaction.atomic) -> Snapshot:
    """The rows for good: deliveries accepted, areas settled, no figure of the statistics law, no sheet that became void."""
    seen = over_all(actor, cycle, "evaluation.freeze")
    _ready(seen)
    rule, rows = rule_of(seen), rows_now(actor, seen)
    refuse_statistics(rule, rows.picked.statistics(rule.compiled.measures))
    progress(1, 2, _("写入快照"))
    kept = (store().put(rows.table), store().put(rows.sources))
    with atomic():
        fresh = whole(actor, cycle, "evaluation.freeze")
        _ready(fresh)
        _sheets_stand(fresh, rule, rows)
        made = _kept(actor, fresh, rows, kept, SnapshotKind.FROZEN)
        case.advance(actor, fresh, "freeze", fields={"snapshot": made.sha256})
        return made


def _ready(cycle: Cycle) -> None:
    """What must be done before anything is frozen; looked at before the work and again under the lock."""
    at(cycle, "sheets", "frozen")
    if cycle.stage == "frozen" and cycle.snapshots.filter(kind=SnapshotKind.FROZEN).exists():
        raise EvaluationError(_("本批次的数据已经冻结，不能再改；确需重来请先解冻重核。"))
    _complete(cycle)
    _settled(cycle)


def rows_now(actor: Any, cycle: Cycle) -> Rows:
    """All firms of the cycle as the record has them."""
    from tenglong.apps.evaluation.service.effective import final_grades

    return assemble(actor, cycle, rule_of(cycle).compiled, timezone.localdate(), grades=final_grades)


def _complete(cycle: Cycle) -> None:
    waiting = Delivery.objects.filter(cycle=cycle).exclude(state="accepted").values_list("department", flat=True)
    if waiting:
        raise EvaluationError(_("还有部门的数据没有验收：%(who)s。数据不齐只能试算，不能冻结。") % {
            "who": _("、").join(waiting)})
    if not Delivery.objects.filter(cycle=cycle).exists():
        raise EvaluationError(_("还没有向任何部门要过数据，不能冻结；请先列出各部门负责的指标。"))


def _settled(cycle: Cycle) -> None:
    areas = AssessedArea.objects.filter(cycle=cycle)
    if not areas.exists():
        raise EvaluationError(_("还没有核定用地面积，不能冻结。"))
    if left := areas.exclude(state="settled").count():
        raise EvaluationError(_("还有 %(n)s 家企业的用地面积没有定稿，不能冻结。") % {"n": left})


def refuse_statistics(rule: Pinned, found: list[Fact]) -> None:
    """统计法: figures of one respondent are never used for or against it."""
    if not found:
        return
    names = sorted({fact.measure for fact in found})
    labels = _("、").join(_(packaged()[name].label) for name in names)
    raise EvaluationError(
        _("评价办法 %(rule)s 给单个企业打分用到了统计调查资料：%(labels)s（%(n)s 条，如数据编号 %(ids)s）。"
          "统计法不允许这样使用，请改用企业申报或部门共享的数据。") % {
            "rule": rule.name, "labels": labels, "n": len(found), "ids": _("、").join(str(fact.id) for fact in found[:3])}
    )


def _sheets_stand(cycle: Cycle, rule: Pinned, rows: Rows) -> None:
    """What firms sealed is what is frozen."""
    sheets = Sheet.objects.filter(cycle=cycle, voided_at__isnull=True)
    held = dict(sheets.values_list("enterprise_id", "version_hash"))
    fresh = {content.enterprise_id: content.version_hash for content in contents(cycle, rule, rows)}
    changed = [pk for pk, version in held.items() if fresh.get(pk, version) != version]
    if changed:
        names = [firm.name for firm in rows.firms.values() if firm.id in changed][:5]
        raise EvaluationError(_("有 %(n)s 家企业的数据在一企一单之后变了（如 %(names)s），请重新生成单子再冻结。") % {
            "n": len(changed), "names": _("、").join(names)})


def _kept(actor: Any, cycle: Cycle, rows: Rows, files: tuple[Kept, Kept], kind: str) -> Snapshot:
    kept, sources = files
    complete = not Delivery.objects.filter(cycle=cycle).exclude(state="accepted").exists()
    made = Snapshot.objects.create(
        cycle=cycle, kind=kind, sha256=kept.sha256, sources_sha256=sources.sha256, rows=kept.rows, size=kept.size,
        complete=complete, notes=_notes(cycle, rows), created_by_id=actor.pk,
    )
    record(actor, f"evaluation.snapshot_{kind}", "cycle", cycle.ulid, count=kept.rows, digest=kept.sha256)
    return made


def _notes(cycle: Cycle, rows: Rows) -> dict[str, Any]:
    """What a reader of the snapshot must know: who is left out and why, what disagreed, which sheets stood how."""
    states = Sheet.objects.filter(cycle=cycle, voided_at__isnull=True).values_list("state", flat=True)
    figures = Counter(fact.measure for fact in rows.picked.statistics(packaged()))
    return {
        "statistics": dict(sorted(figures.items())),
        "blocked": {str(pk): why for pk, why in sorted(rows.blocked.items())},
        "conflicts": [[pk, name, {who: str(value) for who, value in said.items()}] for pk, name, said in rows.picked.conflicts],
        "elsewhere": len(rows.picked.elsewhere), "no_area": len(rows.no_area),
        "under_review": [list(one) for one in rows.reviewed], "sheets": _counted(list(states)),
    }


def _counted(words: list[str]) -> Mapping[str, int]:
    return dict(sorted(Counter(words).items()))
