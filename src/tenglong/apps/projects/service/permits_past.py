"""补录: what happened to many steps before the record was kept, entered at once; all lines or none, by the same rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import digest_of, record
from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import PermitNetwork, PermitStep
from tenglong.apps.projects.queries import permits as queries
from tenglong.apps.projects.service import permits_owed
from tenglong.apps.projects.service.base import guard, locked, not_ahead, said
from tenglong.domain.delta import Delta
from tenglong.domain.landing.permits import materials, rules
from tenglong.domain.landing.permits.network import Fact, Situation
from tenglong.domain.landing.permits.policy import Permits

WORK: Final = "permit.work"


@dataclass(frozen=True)
class Past:
    """One step as it went. `fact`: its days; `number`: of the permit."""

    step: str
    fact: Fact
    number: str = ""


@transaction.atomic
def enter(
    actor: Any, network: PermitNetwork, lines: Sequence[Past], *, reason: str, lock_version: int | None = None
) -> list[PermitStep]:
    """Steps of which nothing is recorded yet. Raises Refused, ProjectError with every sentence of what does not stand."""
    row = locked(actor, network, WORK)
    guard(row, lock_version)
    policy, now = permit_policies.of(row), queries.situation(row)
    why, known = said(reason, _("补录的依据")), {one.step for one in lines}
    if len(known) != len(lines) or known & set(now.facts) or known - set(policy.steps):
        raise ProjectError(_("补录的步骤重复、已有登记，或者网络里没有。"))
    after = replace(now, facts={**now.facts, **{one.step: one.fact for one in lines}})
    faults = [fault for one in lines for fault in _faults(policy, one, after)]
    if faults := faults or list(_lacking(row, policy, lines, after)):
        raise ProjectError("；".join(faults[:5]) + "。")
    made = PermitStep.objects.bulk_create([_row(row, policy, one, actor, why) for one in lines])
    PermitNetwork.objects.filter(pk=row.pk).update(lock_version=row.lock_version + 1)
    deltas = [Delta(one.step, None, str(one.fact.done_on or one.fact.started_on or one.fact.pre_started_on)) for one in lines]
    record(actor, "permit.past", "permit", row.ulid, count=len(lines), digest=digest_of(deltas), reason=why)
    return made


def _faults(policy: Permits, one: Past, after: Situation) -> Iterator[str]:
    fact, step = one.fact, policy.steps[one.step]
    for day in (fact.pre_started_on, fact.pre_done_on, fact.started_on, fact.done_on):
        if day is not None:
            not_ahead(day, step.label)
    pairs = ((fact.pre_started_on, fact.pre_done_on), (fact.started_on, fact.done_on))
    if any(first and then and then < first for first, then in pairs) or (fact.pre_done_on and not fact.pre_started_on):
        yield _("“%(step)s”的日期前后颠倒") % {"step": step.label}
    if fact.omitted:
        yield _("“%(step)s”不涉及的，请逐项登记依据") % {"step": step.label}
    if fact.pre_started_on is not None:
        yield from rules.refused_review(policy, one.step, fact.pre_started_on, after)
    if fact.started_on is not None:
        yield from rules.refused_start(policy, one.step, fact.started_on, after)
    if fact.done_on is not None:
        yield from rules.refused_done(policy, one.step, fact.done_on, after, queries.calendar(policy))
        if step.certificate and rules.before_deal(policy, after):
            yield _("成交之前没有权利人，不发“%(step)s”；预审意见只写意向用地单位。") % {"step": step.label}


def _lacking(row: PermitNetwork, policy: Permits, lines: Sequence[Past], after: Situation) -> Iterator[str]:
    """Papers that were not there on the day, as for any step: what was handed in then is taken in with its day first."""
    held = permits_owed.Held.of(row)
    for one in lines:
        fact = one.fact
        acts: tuple[tuple[date | None, materials.Act], ...] = (
            (fact.pre_started_on, "review"), (fact.pre_done_on, "review"), (fact.started_on, "start"), (fact.done_on, "done"))
        for on, act in acts:
            if on is not None:
                yield from permits_owed.refused(row, policy, one.step, after, on, act, held)[:1]


def _row(row: PermitNetwork, policy: Permits, one: Past, actor: Any, why: str) -> PermitStep:
    held = policy.steps[one.step].certificate and one.fact.done_on
    return PermitStep(
        network=row, step=one.step, pre_started_on=one.fact.pre_started_on, pre_done_on=one.fact.pre_done_on,
        started_on=one.fact.started_on, done_on=one.fact.done_on, reason=why[:300], number=one.number[:80],
        holder_id=row.project.enterprise_id if held else None, entered_by=actor)
