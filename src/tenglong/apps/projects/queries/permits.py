"""Networks, steps and papers as they stand; scoped by the reader, except where a whole zone's history is counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.casework import pinning
from tenglong.apps.projects.models import GivenMaterial, PermitNetwork, PermitStep, Receipt
from tenglong.apps.projects.queries import blockers
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.permits import rules
from tenglong.domain.landing.permits.materials import Given
from tenglong.domain.landing.permits.network import Fact, Situation
from tenglong.domain.landing.permits.policy import Permits

FACT = ("started_on", "done_on", "pre_started_on", "pre_done_on", "omitted")


def verb_of(user: Any) -> str:
    return "permit.view" if can(user, "permit.view") else "project.own"


def networks(user: Any) -> QuerySet[PermitNetwork]:
    rows = PermitNetwork.objects.select_related("project", "phase", "policy").defer("policy__body")
    return scoped(user, rows, verb_of(user))


def network(user: Any, ulid: str) -> PermitNetwork:
    """Raises DoesNotExist also for what is out of sight."""
    return networks(user).get(ulid=ulid)


def steps(user: Any, row: PermitNetwork) -> dict[str, PermitStep]:
    held = scoped(user, PermitStep.objects.filter(network=row), verb_of(user)).select_related("document", "entered_by")
    return {one.step: one for one in held}


def receipts(user: Any) -> QuerySet[Receipt]:
    return scoped(user, Receipt.objects.select_related("network__project", "taken_by"), verb_of(user))


def papers(user: Any, row: PermitNetwork) -> QuerySet[GivenMaterial]:
    held = GivenMaterial.objects.filter(project_id=row.project_id).select_related("document", "receipt")
    return scoped(user, held, verb_of(user))


def calendar(policy: Permits) -> WorkCalendar:
    return pinning.calendar(policy.calendar)


def situation(row: PermitNetwork, today: date | None = None) -> Situation:
    """What has happened, what holds it, as of today."""
    return situations([row], today)[row.pk]


def situations(rows: Sequence[PermitNetwork], today: date | None = None) -> dict[int, Situation]:
    """The same for many networks, two statements for all."""
    day = today or timezone.localdate()
    facts: dict[int, dict[str, Fact]] = defaultdict(dict)
    held = PermitStep.objects.filter(network_id__in=[row.pk for row in rows])
    for key, step, *values in held.values_list("network_id", "step", *FACT):
        facts[key][step] = Fact(*values)
    holds = blockers.holding_many([row.project_id for row in rows], day)
    return {row.pk: Situation(row.start_on, facts[row.pk], holds.get(row.project_id, {}), day) for row in rows}


def given(projects: Iterable[int]) -> dict[int, list[Given]]:
    """Papers of projects that still count, `key` their row."""
    found: dict[int, list[Given]] = defaultdict(list)
    rows = GivenMaterial.objects.filter(project_id__in=list(projects), voided_at__isnull=True)
    for key, project, material, on, until in rows.values_list("pk", "project_id", "material", "given_on", "until"):
        found[project].append(Given(material, on, until, str(key)))
    return found


def seen(rows: Sequence[PermitNetwork], before: date, work: WorkCalendar) -> dict[str, dict[str, list[int]]]:
    """Zone (else town) → step → working days of every case that was closed there before the day. Counts and days alone: no
    project is told."""
    zones = {one.project.zone_code for one in rows if one.project.zone_code}
    towns = {one.project.division_code for one in rows if not one.project.zone_code}
    where = Q(network__project__zone_code__in=sorted(zones)) | Q(
        network__project__zone_code="", network__project__division_code__in=sorted(towns))
    closed = PermitStep.objects.filter(where, done_on__lt=before)
    columns = ("step", "pre_started_on", "pre_done_on", "started_on", "done_on")
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for zone, town, step, pre, reviewed, begun, done in closed.values_list(
            "network__project__zone_code", "network__project__division_code", *columns).order_by("pk"):
        start, end = (pre, reviewed) if pre and reviewed else (begun, done)
        if start is not None:
            found[zone or town][step].append(max(work.working_days_between(start, end), 0))
    return found


def zone_of(row: PermitNetwork) -> str:
    return row.project.zone_code or row.project.division_code


def flippable(policy: Permits, now: Situation, on: date, work: WorkCalendar) -> list[str]:
    """Reviewed steps of which the formal act takes no time and may lawfully be done that day, in the policy's order."""
    found = []
    for name, step in policy.steps.items():
        fact, formal = now.fact(name), step.early.formal if step.early else None
        reviewed = fact.pre_done_on is not None and fact.done_on is None
        if not reviewed or formal is None or formal.working_days or formal.days:
            continue
        if step.certificate and rules.before_deal(policy, now):
            continue
        if not rules.refused_done(policy, name, on, now, work):
            found.append(name)
    return found
