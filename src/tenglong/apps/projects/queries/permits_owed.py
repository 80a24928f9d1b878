"""容缺待补: papers promised for a later day, as they stand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.models import OwedPaper, PermitNetwork
from tenglong.apps.projects.queries import permits
from tenglong.domain.landing.permits import materials
from tenglong.domain.landing.permits.network import Situation
from tenglong.domain.landing.permits.policy import Permits

#: it is there; the step was not taken in hand (or needs it no more); still to come; past its day
State = Literal["in", "idle", "owed", "late"]


@dataclass(frozen=True)
class Owed:
    """A promise on a day. `left`: calendar days to its last day, negative once past."""

    row: OwedPaper
    label: str
    step_label: str
    state: State
    left: int


def standing(rows: Iterable[OwedPaper], today: date | None = None) -> list[Owed]:
    """Every promise given, with how it stands: a fixed number of statements for all. Rows carry network, project, policy."""
    day, held = today or timezone.localdate(), list(rows)
    networks = list({row.network_id: row.network for row in held}.values())
    if not networks:
        return []
    now = permits.situations(networks, day)
    given = permits.given({row.project_id for row in networks})
    return [_one(row, now[row.network_id], given.get(row.network.project_id, []), day) for row in held]


def _one(row: OwedPaper, now: Situation, given: Sequence[materials.Given], day: date) -> Owed:
    policy = permit_policies.of(row.network)
    label, step = policy.materials[row.material].label, policy.steps[row.step].label
    return Owed(row, label, step, _state(policy, row, now, given, day), (row.due_on - day).days)


def _state(policy: Permits, row: OwedPaper, now: Situation, given: Sequence[materials.Given], day: date) -> State:
    fact = now.fact(row.step)
    lines = {one.material: one for one in materials.checklist(policy, row.step, given, now, day)}
    if fact.done_on or row.material not in lines or lines[row.material].there:
        return "in"
    if fact.omitted or not (fact.pre_started_on or fact.started_on):
        return "idle"
    return "late" if row.due_on < day else "owed"


def owed(user: Any, networks: Iterable[PermitNetwork] | None = None, today: date | None = None) -> list[Owed]:
    """What is still to come in sight (of `networks`), soonest first."""
    rows = scoped(user, OwedPaper.objects.filter(network__project__stopped_on=None), permits.verb_of(user))
    if networks is not None:
        rows = rows.filter(network__in=[row.pk for row in networks])
    known = rows.select_related("network__project", "network__policy", "blocker", "taken_by").defer("network__policy__body")
    return [one for one in standing(known, today) if one.state in ("owed", "late")]


def of_step(user: Any, network: PermitNetwork, step: str) -> dict[str, OwedPaper]:
    """Paper kind → the promise made for it."""
    rows = scoped(user, OwedPaper.objects.filter(network=network, step=step), permits.verb_of(user))
    return {row.material: row for row in rows.select_related("taken_by", "blocker")}


def told(found: Sequence[Owed]) -> str:
    """One sentence for the workbench."""
    late = sum(one.state == "late" for one in found)
    return _("其中逾期 %(n)s 份") % {"n": late} if late else _("都在承诺期限内")
