"""材料不齐不登记，容缺有承诺: which papers a step waits for, who promised what by when, and what is chased past its day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Blocker, OwedPaper, PermitNetwork
from tenglong.apps.projects.queries import permits as queries
from tenglong.apps.projects.queries import permits_owed as reading
from tenglong.apps.projects.service import blockers
from tenglong.apps.projects.service.base import guard, locked, not_ahead, said
from tenglong.domain.delta import Delta
from tenglong.domain.landing.permits import materials
from tenglong.domain.landing.permits.materials import Act, Given
from tenglong.domain.landing.permits.network import Situation
from tenglong.domain.landing.permits.policy import Permits

WORK: Final = "permit.work"
#: seconds between two looks of the worker
OFTEN: Final = 600


@dataclass(frozen=True)
class Held:
    """Papers of a network's project, and what was promised for its steps."""

    given: Sequence[Given]
    promised: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, row: PermitNetwork) -> Held:
        promised = OwedPaper.objects.filter(network=row).values_list("step", "material")
        return cls(queries.given([row.project_id]).get(row.project_id, []), frozenset(promised))


def refused(
    row: PermitNetwork, policy: Permits, step: str, now: Situation, on: date, act: Act, held: Held | None = None
) -> list[str]:
    """Sentences with the papers for which the act has to wait and what asks for them; empty when it may be written down."""
    known = held or Held.of(row)
    promised = {material for of, material in known.promised if of == step}
    reference = f"{row.policy.policy_id}@{row.policy.version}"
    return materials.refused(policy, step, known.given, now, on, act, promised=promised, reference=reference)


@transaction.atomic
def promise(
    actor: Any, network: PermitNetwork, step: str, material: str, *, due_on: date, person: str, on: date | None = None,
    lock_version: int | None = None,
) -> OwedPaper:
    """容缺承诺: `person` of the firm brings the paper by `due_on`. Again for the same paper: another day or person, audited.
    Raises Refused, ProjectError where the policy does not let the step lack it."""
    row, day = locked(actor, network, WORK), not_ahead(on or timezone.localdate(), _("承诺日期"))
    guard(row, lock_version)
    policy = permit_policies.of(row)
    if step not in policy.steps or material not in policy.materials:
        raise ProjectError(_("这个网络没有这一步，或没有这种材料。"))
    told, label = policy.steps[step], policy.materials[material].label
    if material not in materials.may_lack(policy, step, "review"):
        raise ProjectError(_("“%(step)s”不能容缺“%(paper)s”：%(policy)s 没有把它列入容缺材料。") % {
            "step": told.label, "paper": label, "policy": f"{row.policy.policy_id}@{row.policy.version}"})
    if due_on < day:
        raise ProjectError(_("补齐期限早于承诺日期。"))
    if queries.situation(row).fact(step).done_on is not None:
        raise ProjectError(_("“%(step)s”已经办结，不再容缺。") % {"step": told.label})
    before = OwedPaper.objects.filter(network=row, step=step, material=material).first()
    made, _new = OwedPaper.objects.update_or_create(network=row, step=step, material=material, defaults={
        "due_on": due_on, "person": said(person, _("承诺人"))[:80], "promised_on": day, "taken_by": actor,
        "created_by_id": actor.pk})
    PermitNetwork.objects.filter(pk=row.pk).update(lock_version=row.lock_version + 1)
    record(actor, "permit.owed", "permit", row.ulid, reason=made.person, deltas=[
        Delta(f"{step}.{material}", before.due_on if before else None, due_on)])
    return made


def by_itself(today: date | None = None, project: int | None = None) -> int:
    """The worker's look: what is owed past its day becomes a blocker of the project; what came settles its blocker. `project`:
    of that one alone. Returns how many of both."""
    day = today or timezone.localdate()
    rows = OwedPaper.objects.filter(due_on__lt=day, network__project__stopped_on=None).filter(
        Q(blocker=None) | Q(blocker__solved_on=None))
    if project is not None:
        rows = rows.filter(network__project=project)
    known = list(rows.select_related("network__project", "network__policy", "network__phase", "blocker"))
    return sum(_chase(one, day) for one in reading.standing(known, day))


@transaction.atomic
def _chase(one: reading.Owed, day: date) -> int:
    """Two workers may look at once: the row is read again under lock."""
    row = OwedPaper.objects.select_for_update().get(pk=one.row.pk)
    held = Blocker.objects.filter(pk=row.blocker_id).first() if row.blocker_id else None
    if one.state == "late" and held is None:
        made = blockers.put(
            None, one.row.network.project, f"容缺材料逾期未补：{one.label}（{one.step_label}）", day, field="permit",
            step=row.step, detail=f"{row.person}承诺 {row.due_on} 前补齐，逾期未补。", owner=row.taken_by,
            phase=one.row.network.phase)
        OwedPaper.objects.filter(pk=row.pk).update(blocker=made)
        return 1
    if one.state in ("in", "idle") and held is not None and held.solved_on is None:
        blockers.settle(None, held, f"“{one.label}”已补齐", max(day, held.opened_on))
        return 1
    return 0
