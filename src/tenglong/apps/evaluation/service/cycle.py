"""Open a cycle, change its rule on purpose, finalise it with minutes, archive it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import Appeal, Cycle, Publication, Run
from tenglong.apps.evaluation.schemes import Pinned, pinned
from tenglong.apps.evaluation.service import case
from tenglong.apps.evaluation.service.base import at, before_freeze, document_of, locked, refuse_superseded, said, whole
from tenglong.apps.policy import service as policy
from tenglong.domain.delta import Delta, diff

ATTRIBUTIONS = ("location", "manager", "tax", "statistics", "production")
TERMS = "evaluation_terms"


@transaction.atomic
def open_cycle(
    actor: Any, *, year: int, title: str, division_code: str, scheme: str, measure_day: date | None = None,
    attribution: str = "location", terms: str = "default", procedure: bool = True,
) -> Cycle:
    """A new cycle that pins scheme and terms. `procedure` False: no case, for a past year that is entered afterwards."""
    require(actor, "evaluation.manage")
    if not scope_of(actor, "evaluation.manage").covers(division_code):
        raise EvaluationError(_("这个辖区不在您的管辖范围内。"))
    if attribution not in ATTRIBUTIONS:
        raise EvaluationError(_("排名所用属地应为 %(known)s 之一。") % {"known": "、".join(ATTRIBUTIONS)})
    day = measure_day or date(year, 12, 31)
    rule = pinned(scheme, day)
    found = policy.current(TERMS, terms)
    try:
        with transaction.atomic():
            cycle = Cycle.objects.create(
                year=year, title=said(title, _("批次名称")), division_code=division_code, measure_day=day,
                attribution=attribution, terms=_plain({**found.data, "pin": found.sha256}), created_by_id=actor.pk,
                stage="draft", **rule.columns(),
            )
    except IntegrityError as error:
        raise EvaluationError(_("已有同名的评价批次“%(title)s”。") % {"title": title}) from error
    record(actor, "evaluation.open", "cycle", cycle.ulid, deltas=diff({}, {"scheme": rule.name, "pin": rule.pin, "year": year}))
    if procedure:
        case.begin(actor, cycle)
    case.advance(actor, cycle, "begin")
    return Cycle.objects.get(pk=cycle.pk)


def _plain(data: Any) -> Any:
    """JSON of policy data: decimals become text."""
    if isinstance(data, dict):
        return {name: _plain(value) for name, value in data.items() if name not in ("policy_kind", "policy_id")}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    return data if isinstance(data, str | int | float | bool | None) else str(data)


@transaction.atomic
def change_scheme(actor: Any, cycle: Cycle, scheme: str, *, reason: str, lock_version: int | None) -> Cycle:
    """Another rule or version for this cycle, before the freeze only."""
    fresh = locked(actor, cycle, "evaluation.manage", lock_version=lock_version)
    before_freeze(fresh)
    rule, why = pinned(scheme, fresh.measure_day), said(reason, _("更换评价办法的理由"))
    old = f"{fresh.scheme_id}@{fresh.scheme_version} {fresh.scheme_pin}"
    Cycle.objects.filter(pk=fresh.pk).update(**rule.columns())
    deltas = [Delta("scheme", old, f"{rule.name} {rule.pin}")]
    record(actor, "evaluation.scheme", "cycle", fresh.ulid, deltas=deltas, reason=why)
    return Cycle.objects.get(pk=fresh.pk)


def rule_of(cycle: Cycle) -> Pinned:
    """The rule as pinned, whatever the policy says today."""
    return Pinned.of(cycle.scheme_id, cycle.scheme_version, cycle.scheme_pin, cycle.scheme_text)


@transaction.atomic
def finalise(actor: Any, cycle: Cycle, run: Run, *, minutes: Any, minutes_number: str, on: date | None = None) -> Cycle:
    """The meeting has confirmed the grades: needs minutes, a closed publication of this run and no open appeal."""
    fresh = whole(actor, cycle, "evaluation.approve")
    if fresh.case_ulid:
        at(fresh, "minutes")
    else:
        at(fresh, "publicity", "appeals", "minutes")
    document_of(actor, minutes, _("会议纪要"))
    _ready(fresh, run)
    day = on or timezone.localdate()
    number = said(minutes_number, _("会议纪要文号"))
    case.advance(
        actor, fresh, "finalise", fields={"minutes_number": number}, documents=[("minutes", minutes)], reason=number
    )
    Cycle.objects.filter(pk=fresh.pk).update(final_run=run, minutes=minutes, finalised_on=day)
    record(actor, "evaluation.finalise", "cycle", fresh.ulid, digest=run.result_sha256, reason=number,
           deltas=[Delta("final_run", None, run.ulid), Delta("minutes", None, minutes.ulid)])
    return Cycle.objects.get(pk=fresh.pk)


def _ready(cycle: Cycle, run: Run) -> None:
    if run.cycle_id != cycle.pk or run.kind != "formal":
        raise EvaluationError(_("只有本批次的正式运算结果可以定稿，试算和推演不行。"))
    refuse_superseded(cycle, run.snapshot)
    if not Publication.objects.filter(run=run, kind="grades", state__in=("closed", "expired")).exists():
        raise EvaluationError(_("评价结果公示还没有结束，不能定稿。"))
    if left := Appeal.objects.filter(run=run, outcome="").count():
        raise EvaluationError(_("还有 %(n)s 件申诉没有答复，不能定稿。") % {"n": left})


@transaction.atomic
def archive(actor: Any, cycle: Cycle, *, notice: Any = None, on: date | None = None) -> Cycle:
    """Close the cycle for good; `notice` is the document by which the grades were made public."""
    fresh = whole(actor, cycle, "evaluation.manage")
    at(fresh, "final")
    case.advance(actor, fresh, "archive", documents=[("final_notice", notice)])
    Cycle.objects.filter(pk=fresh.pk).update(archived_on=on or timezone.localdate())
    record(actor, "evaluation.archive", "cycle", fresh.ulid)
    return Cycle.objects.get(pk=fresh.pk)
