"""A home with projects in the middle of their permits, its pages asked for, and the odds drawn, in a process of its own."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
import zlib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

COUNTY, TOWN, POLICY, STEPS = "330604", "330604001", "zj-90", 40


def answer(home: Path, projects: int, tries: int, draws: int, runs: int) -> str:
    """What the process printed. Raises RuntimeError with its last lines."""
    words = [sys.executable, "-m", "tenglong.bench._landing_home", *map(str, (projects, tries, draws, runs))]
    env = {**os.environ, "TENGLONG_HOME": str(home)}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout


def main(projects: int, tries: int, draws: int, runs: int) -> dict[str, Any]:
    from tenglong.cli import _record

    _record.setup(migrated=False)
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    officer = _officer(apps)
    rows = _fill(apps, officer, projects)
    built = time.perf_counter() - began
    pages, first, failed = _pages(officer, rows, tries)
    told = _counts(apps, rows) | _drawn(rows, draws, runs)
    return {"built": built, "pages": pages, "first": first, "failed": failed, **told}


def _officer(apps: Any) -> Any:
    from tenglong.apps.accounts import service

    divisions = apps.get_model("registry", "Division")._default_manager
    for code, name, level in ((COUNTY, "上虞区", "county"), (TOWN, "百官街道", "town")):
        divisions.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    office = apps.get_model("accounts", "Department")._default_manager.create(name="街道办", divisions=[TOWN])
    user = apps.get_model("accounts", "User")._default_manager.create(username="bench", name="基准", department=office)
    service.grant_role(service.SYSTEM, user, "town_officer")
    return user


def _fill(apps: Any, officer: Any, projects: int) -> list[Any]:
    """Each project entered the network on another day of the last 300 and has done what its plan put before today, some steps
    quicker, some slower; every fifth has a blocker."""
    from django.utils import timezone

    from tenglong.apps.projects import permit_policies
    from tenglong.apps.projects.queries import permits as queries
    from tenglong.apps.projects.service import blockers, permits
    from tenglong.domain.landing.permits.network import Situation, plan

    dice, today, made = random.Random(20231022), timezone.localdate(), []  # noqa: S311 - the same data every time
    for at in range(projects):
        head = {"code": f"XM-{at:04d}", "name": f"项目{at}", "division_code": TOWN, "zone_code": "Z1", "stage": "land"}
        project = apps.get_model("projects", "Project")._default_manager.create(**head)
        start = today - timedelta(days=5 * at + 5)
        row = permits.begin(officer, project, POLICY, on=start)
        policy = permit_policies.of(row)
        found = plan(policy, row.route, Situation(start), queries.calendar(policy))
        done = [task for task in found.tasks if task.early_finish < today - timedelta(days=dice.randrange(0, 9))]
        step = apps.get_model("projects", "PermitStep")
        step._default_manager.bulk_create([step(
            network=row, step=task.id, done_on=task.early_finish,
            started_on=task.early_start if task.early_start < task.early_finish else None) for task in done])
        if at % 5 == 0:
            blockers.open_(officer, project, title="电力迁改", step="drawing_review")
        made.append(row)
    return made


def _pages(officer: Any, rows: list[Any], tries: int) -> tuple[dict[str, list[float]], float, dict[str, int]]:
    from django.test import Client

    client, failed = Client(), dict[str, int]()
    client.force_login(officer, backend="tenglong.apps.accounts.backend.AccountBackend")

    def ask(page: str, address: str) -> float:
        began = time.perf_counter()
        status = client.get(address).status_code
        if status != 200:
            failed[page] = status
        return time.perf_counter() - began

    first = ask("看板", "/projects/permits/")
    found = {page: [ask(page, address) for _try in range(tries)]
             for page, address in (("四证看板", "/projects/permits/"), ("部门待办", "/projects/permits/owed/"))}
    for page, ending in (("横道图和推算", "/"), ("推算的 JSON", ".json")):
        found[page] = [ask(page, f"/projects/permits/{rows[at % len(rows)].ulid}{ending}") for at in range(tries)]
    return found, first, failed


def _counts(apps: Any, rows: list[Any]) -> dict[str, Any]:
    from django.utils import timezone

    from tenglong.apps.projects import permit_policies
    from tenglong.apps.projects.queries import permits as queries

    policy = permit_policies.of(rows[0])
    seen = queries.seen(rows, timezone.localdate(), queries.calendar(policy))
    facts = apps.get_model("projects", "PermitStep")._default_manager.count()
    return {"steps": len(policy.steps), "facts": facts, "cases": sum(map(len, seen["Z1"].values()))}


def _drawn(rows: list[Any], draws: int, runs: int) -> dict[str, Any]:
    """Seconds of all projects per run; one project against the plain pass."""
    from django.utils import timezone

    from tenglong.apps.projects import permit_policies
    from tenglong.apps.projects.queries import permits as queries
    from tenglong.domain.landing.permits import montecarlo
    from tenglong.domain.landing.permits.network import activities

    policy, today, before = permit_policies.of(rows[0]), timezone.localdate(), _peak()
    calendar, situations = queries.calendar(policy), queries.situations(rows)
    seen = queries.seen(rows, today, calendar)["Z1"]
    seconds, answers = [], []
    for _run in range(runs):
        began = time.perf_counter()
        answers.append([montecarlo.simulate(policy, row.route, situations[row.pk], calendar, seen=seen, draws=draws)
                        for row in rows])
        seconds.append(time.perf_counter() - began)
    now = situations[rows[0].pk]
    acts = activities(policy, rows[0].route, now)
    spreads = montecarlo.beliefs(policy, acts, seen)
    began = time.perf_counter()
    ours = montecarlo.drawn(acts, now.start, calendar, spreads, as_of=now.as_of, draws=draws)
    between = time.perf_counter()
    theirs = plain(acts, now.start, calendar, spreads, now.as_of, draws)
    took = time.perf_counter() - between
    goal = policy.goals[-1]
    return {"odds": seconds, "again": all(one == answers[0] for one in answers), "peaks": [before, _peak()],
            "ours": between - began, "theirs": took, "same": ours[goal].tolist() == theirs[goal]}


def plain(acts: Any, start: date, calendar: Any, spreads: Any, as_of: date | None, draws: int) -> dict[str, list[int]]:
    """The alternative: one forward pass per draw in plain Python over lists, with the same luck as the arrays have."""
    import numpy as np

    from tenglong.domain.casework.network import ordered
    from tenglong.domain.landing.permits.days import number, table
    from tenglong.domain.landing.permits.montecarlo import SEED, still_possible
    from tenglong.domain.landing.permits.network import base

    days, order, held = table(calendar), ordered(acts), {one.id: one for one in acts}
    upto, nth, following = days.upto.tolist(), days.nth.tolist(), days.next.tolist()
    today, begun = number(as_of) if as_of else 0, number(start)
    luck = {}
    for name, spread in spreads.items():
        uniform = np.random.default_rng([SEED, zlib.crc32(base(name).encode())]).random(draws)
        luck[name] = still_possible(held[name], spread, calendar, as_of).of(uniform).tolist()
    found: dict[str, list[int]] = {name: [] for name in order}
    for at in range(draws):
        ends: dict[str, int] = {}
        for name in order:
            one = held[name]
            if one.done_on is not None:
                end = number(one.done_on)
            else:
                limit = number(one.not_before) if one.not_before else 0
                waits = max([begun, today, limit, *(ends[before] for before in one.after)])
                begins = number(one.started_on) if one.started_on else waits
                working = luck[name][at] if name in luck else one.working_days
                if working is not None:
                    end = max(begins, nth[upto[begins] + working])
                else:
                    end = following[begins + one.days] if one.days else begins
                if one.started_on is not None and as_of:
                    end = max(end, following[today])
            ends[name] = end
            found[name].append(end)
    return found


def _peak() -> int:
    """MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    print(orjson.dumps(main(*map(int, sys.argv[1:]))).decode())  # noqa: T201 - its caller reads it
