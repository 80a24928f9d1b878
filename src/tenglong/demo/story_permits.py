"""审批: networks of a few projects, some being built (the zone's own history), some in the notice window. All invented."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from django.utils import timezone

from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.models import Milestone, PermitNetwork, Project
from tenglong.apps.projects.queries import forecast, permits
from tenglong.apps.projects.queries.projects import projects
from tenglong.apps.projects.service import permits as service
from tenglong.apps.projects.service import permits_papers
from tenglong.apps.registry import service as registry
from tenglong.demo.county import MARK
from tenglong.demo.story import Stage
from tenglong.domain.casework.definition import Term
from tenglong.domain.casework.network import ordered
from tenglong.domain.landing.permits.network import HOLD, PRE, Situation, activities, base, plan
from tenglong.domain.landing.permits.policy import Step

BUILT, RUNNING = 3, 5
#: from the notice to the start of building, longer than any of them took
LONG: Final = timedelta(days=330)
#: days since the notice of the running ones
SINCE: Final = (12, 31, 47, 66, 90)
BEFORE: Final = ("signed", "approved", "land", "permits")
AFTER: Final = ("started", "topped_out", "completed", "producing", "above_scale", "full_output")
PAPERS: Final = ("licence", "agent", "filing_info")
WORDS: Final = {"land_permit": "地字第", "title": "不动产权第", "works_permit": "建字第", "construction_permit": "施字第"}


def play(stage: Stage) -> None:
    dice, today = random.Random(20231022), timezone.localdate()  # noqa: S311 - the same story every time
    free = projects(stage.officer).filter(networks__isnull=True, stopped_on__isnull=True, needs="land").order_by("code")
    for row in free.filter(stage__in=AFTER)[:BUILT]:
        _built(stage, row, dice, today)
    for since, row in zip(SINCE, free.filter(stage__in=BEFORE)[:RUNNING], strict=False):
        network = service.begin(stage.officer, row, "zj-land-and-start", on=today - timedelta(days=since))
        _tell(stage, network, dice, today)
    forecast.by_itself()


def _built(stage: Stage, row: Project, dice: random.Random, today: date) -> None:
    """Its start of building is known: the network began as long before as its steps took."""
    started = Milestone.objects.filter(project=row, kind="started", done_on__isnull=False).order_by("done_on").first()
    if started is None or started.done_on is None or started.done_on > today:
        return
    network = service.begin(stage.officer, row, "zj-90", route="pre_review", on=started.done_on - LONG)
    _tell(stage, network, dice, started.done_on, without=("build", "acceptance"))
    service.finish(stage.officer, network, "start_build", on=started.done_on)


def _tell(
    stage: Stage, network: PermitNetwork, dice: random.Random, today: date, *, without: tuple[str, ...] = ()
) -> None:
    """What a plan with other durations would have seen done by the day, step by step through the service."""
    policy = permit_policies.of(network)
    calendar, now = permits.calendar(policy), Situation(network.start_on)
    found = plan(policy, network.route, now, calendar, _lived(dice))
    order = {name: at for at, name in enumerate(ordered(activities(policy, network.route, now)))}
    reviewed = {base(task.id) for task in found.tasks if task.id.endswith(PRE)}
    for task in sorted(found.tasks, key=lambda task: (task.early_finish, order[task.id])):
        step = policy.steps[base(task.id)]
        if task.id.endswith(HOLD) or task.early_start > today or step.stage in without:
            continue
        _step(stage, network, task, reviewed, step, today)
        if task.id == "publish":
            _papers(stage, network)


def _step(stage: Stage, network: PermitNetwork, task: Any, reviewed: set[str], step: Step, today: date) -> None:
    name, ended = base(task.id), task.early_finish <= today
    if task.id.endswith(PRE):
        service.start_review(stage.officer, network, name, on=task.early_start)
        if ended:
            service.finish_review(stage.officer, network, name, on=task.early_finish)
        return
    if name not in reviewed and step.kind not in ("wait", "event") and task.early_start < task.early_finish:
        service.start(stage.officer, network, name, on=task.early_start)
    if ended:
        word = WORDS.get(name)
        number = f"{word} {task.early_finish.year}{network.pk:04d} 号（{MARK}）" if word else ""
        service.finish(stage.officer, network, name, on=task.early_finish, number=number)


def _lived(dice: random.Random) -> Callable[[str, Step], Term | None]:
    """Durations as they might have been: from two thirds of the pledge to half as long again; lawful waits as they are."""

    def lived(_name: str, step: Step) -> Term | None:
        term = step.term
        if step.wait or term is None or not term.working_days:
            return term
        return Term(working_days=max(1, round(term.working_days * dice.uniform(0.65, 1.5))))

    return lived


def _papers(stage: Stage, network: PermitNetwork) -> None:
    policy, town = permit_policies.of(network), network.project.division_code
    taken = []
    for name in PAPERS:
        if name in policy.materials:
            label = policy.materials[name].label
            text = f"{label}\n{network.project.name}\n（{MARK}，内容虚构）\n".encode()
            file = registry.add_document(stage.officer, f"{label}.txt", text, kind="permit", division_code=town)
            taken.append(permits_papers.Paper(name, file))
    permits_papers.take_in(stage.officer, network, taken, on=network.start_on)
