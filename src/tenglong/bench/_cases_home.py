"""A home with many cases of one county, and its pages asked for in a process of its own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson

COUNTY, TOWNS, OFFICERS, CHUNK = "330604", 20, 3, 5_000
PAGES = {
    "我的任务": "/tasks/", "逾期任务": "/tasks/?due=overdue", "案件列表": "/cases/", "有逾期的案件": "/cases/?overdue=1&open=1",
    "按状态排序的列表": "/cases/?sort=state_label", "看板": "/cases/board/?definition=evaluation-appeal",
    "我的任务第 40 页": "/tasks/?page=40", "按名称找任务": "/tasks/?q=99", "案件列表第 90 页": "/cases/?page=90",
    "提请领导": "/cases/escalations/",
}


def answer(home: Path, cases: int, tries: int) -> str:
    """What the process printed. Raises RuntimeError with its last lines."""
    words = [sys.executable, "-m", "tenglong.bench._cases_home", str(cases), str(tries)]
    env = {**os.environ, "TENGLONG_HOME": str(home)}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout


def main(cases: int, tries: int) -> dict[str, Any]:
    from tenglong.cli import _record

    _record.setup(migrated=False)
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    people = _people(apps)
    _fill(apps, people, cases)
    built = time.perf_counter() - began
    failed: dict[str, int] = {}
    officer, county = (_timed(people[who], tries if who == "officer" else 8, failed) for who in ("officer", "county"))
    from tenglong.apps.casework import queries

    return {
        "officer": officer, "county": county, "built": built, "failed": failed, "exact": _exact(people["officer"]),
        "seen": queries.cases(people["officer"]).count(), "tasks": queries.workable(people["officer"]).count(),
        "size": Path(str(settings.DATABASES["default"]["NAME"])).stat().st_size,
    }


def _people(apps: Any) -> dict[str, Any]:
    """`officer` of the first town, `county`, and officers of every town."""
    from tenglong.apps.accounts import service

    offices, users = (apps.get_model("accounts", name)._default_manager for name in ("Department", "User"))
    found: dict[str, Any] = {}
    towns = [f"{COUNTY}{number:03d}" for number in range(1, TOWNS + 1)]
    for name, role, codes in [("county", "county_admin", [COUNTY]), *((f"{c}-{n}", "town_officer", [c])
                              for c in towns for n in range(OFFICERS))]:
        user = users.create(username=name, name=name, department=offices.create(name=name, divisions=codes))
        service.grant_role(service.SYSTEM, user, role)
        found[name] = user
    return found | {"officer": found[f"{towns[0]}-0"]}


def _fill(apps: Any, people: dict[str, Any], cases: int) -> None:
    """Cases in every state, three in five still open, an eighth of these late, some so late that they go before the leader; one
    open task each and two lines of history."""
    from django.db import connection, transaction

    from tenglong.apps.casework import pinning

    loaded, definition = pinning.definition_in_force("evaluation-appeal")
    pinned, dice = pinning.pin(loaded, definition), random.Random(20170103)  # noqa: S311 - the same data every time
    for first in range(0, cases, CHUNK):
        with transaction.atomic():
            rows = [_case(definition, pinned, loaded, number, dice) for number in range(first, min(first + CHUNK, cases))]
            for row in rows:
                opener = people[f"{row['division_code']}-{dice.randrange(OFFICERS)}"]
                row["opened_by"], row["department_id"] = opener, opener.department_id
            _store(apps, [apps.get_model("casework", "Case")(**row) for row in rows], definition, people, dice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _case(definition: Any, pinned: Any, loaded: Any, number: int, dice: random.Random) -> dict[str, Any]:
    from django.utils import timezone

    today = timezone.localdate()
    state = dice.choice(definition.states[:-1]) if dice.random() < 0.6 else definition.states[-1]
    opened = today - timedelta(days=dice.randrange(30, 700))
    return {
        "definition": loaded.id, "version": loaded.version, "sha256": loaded.sha256, "pinned": pinned, "subject_id": number,
        "subject_type": "enterprise", "title": f"企业 {number} 的申诉", "state": state.id, "state_label": state.label,
        "entered_on": today - timedelta(days=dice.randrange(30)), "opened_on": opened, "visible_to_subject": True,
        "fields": {"ground": "land", "statement": "面积多算"}, "closed_at": timezone.now() if state.final else None,
        "division_code": f"{COUNTY}{1 + number % TOWNS:03d}",
        "next_due": None if state.final else today + timedelta(days=-30 if dice.random() < 0.02 else dice.randrange(-3, 27)),
    }


def _store(apps: Any, cases: list[Any], definition: Any, people: dict[str, Any], dice: random.Random) -> None:
    from tenglong.apps.casework import pinning, working

    calendar = pinning.calendar_of(definition)
    model = {name: apps.get_model("casework", name) for name in ("Case", "Task", "CaseEvent")}
    made = model["Case"]._default_manager.bulk_create(cases)
    tasks, events = [], []
    for case in made:
        events += [model["CaseEvent"](case=case, kind=kind, label=label, to_state=case.state, on=case.opened_on)
                   for kind, label in (("open", "发起"), ("move", "受理"))]
        for spec in definition.tasks_of(case.state):
            held = people[f"{case.division_code}-{dice.randrange(OFFICERS)}"] if dice.random() < 0.3 else None
            tasks.append(model["Task"](
                case=case, task=spec.id, division_code=case.division_code, opened_on=case.entered_on, due_on=case.next_due,
                assignee=held, escalates_after=working.escalates(definition, case.next_due, calendar),
                **working.of_spec(definition, spec.id)))
    model["Task"]._default_manager.bulk_create(tasks)
    model["CaseEvent"]._default_manager.bulk_create(events)


def _timed(user: Any, tries: int, failed: dict[str, int]) -> dict[str, list[float]]:
    """Seconds of whole requests, the first one of each page left out."""
    from django.test import Client

    client = Client()
    client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
    seconds: dict[str, list[float]] = {}
    for page, address in PAGES.items():
        for number in range(tries + 1):
            began, used = time.perf_counter(), time.process_time()
            status = client.get(address).status_code
            if number:
                seconds.setdefault(page, []).append(time.perf_counter() - began)
                seconds.setdefault(f"{page}（处理器）", []).append(time.process_time() - used)
            if status != 200:
                failed[page] = status
    return seconds


def _exact(user: Any) -> bool:
    """The counts of the board against the cases counted one by one."""
    from django.utils import timezone

    from tenglong.apps.casework import board, queries

    today: date = timezone.localdate()
    rows = list(queries.cases(user).filter(definition="evaluation-appeal").values_list("state", "next_due"))
    states, late = Counter(state for state, _due in rows), Counter(state for state, due in rows if due and due < today)
    shown = board.board(user, "evaluation-appeal")
    return all((one.count, one.late) == (states[one.state.id], late[one.state.id]) for one in shown)


if __name__ == "__main__":
    sys.stdout.write(orjson.dumps(main(*map(int, sys.argv[1:3]))).decode() + "\n")
