"""A home with very many plots of one county, and a run of criteria over them in a process of its own."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import orjson

COUNTY, TOWNS, CRITERIA, YEAR = "330604", 20, "zj-shangyu", 2024
MU, LOOPED = 6_666_667, 5_000
SINCE = date(2021, 6, 1)
INDUSTRIES = ("3484", "3462", "3812", "2645", "1752", "4119", "3251", "3670")
STEPS = ("汇集地块和权利人", "逐块判断", "比对上年、豁免", "写入")


def answer(home: Path, plots: int, runs: int) -> str:
    """What the process printed. Raises RuntimeError with its last lines."""
    words = [sys.executable, "-m", "tenglong.bench._findings_home", str(plots), str(runs)]
    env = {**os.environ, "TENGLONG_HOME": str(home)}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout


def main(plots: int, runs: int) -> dict[str, Any]:
    from tenglong.cli import _record

    _record.setup(migrated=False)
    from django.apps import apps
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    actor, began = _actor(apps), time.perf_counter()
    _fill(apps, plots)
    found: dict[str, Any] = {"built": time.perf_counter() - began, "before": _peak(), "seconds": [], "cpu": [], "result": []}
    for _run in range(runs):
        used = time.process_time()
        seconds, made = _once(actor)
        found["seconds"].append(seconds)
        found["cpu"].append(time.process_time() - used)
        found["result"].append(made.result_sha256)
    verdicts = {name: one["plots"] for name, one in made.counts["verdicts"].items()}
    found |= {"peak": _peak(), "verdicts": verdicts, "criteria": {
        one["label"]: one.get("hit", 0) for one in made.counts["criteria"]}}
    return found | _compared(actor)


def _once(actor: Any) -> tuple[list[float], Any]:
    """Seconds of the steps of one run, and the run."""
    from tenglong.apps.renewal.service import findings

    marks: list[float] = []
    made = findings.run(actor, YEAR, CRITERIA, progress=lambda *_told: marks.append(time.perf_counter()))
    marks.append(time.perf_counter())
    return [after - before for before, after in zip(marks, marks[1:], strict=False)], made


def _compared(actor: Any) -> dict[str, Any]:
    """The same plots judged at once, and in the loop that `find` is."""
    from tenglong.apps.renewal.rows.assemble import assemble
    from tenglong.domain.renewal.criteria.catalogue import load
    from tenglong.domain.renewal.criteria.find import find
    from tenglong.domain.renewal.criteria.judge import judge
    from tenglong.domain.renewal.criteria.rows import Sheet

    criteria = load(CRITERIA)
    whole = assemble(actor, YEAR, criteria).sheet
    plots = whole.plots[:LOOPED]
    sheet = Sheet(plots, {one.owner: whole.owners[one.owner] for one in plots if one.owner in whole.owners})
    began = time.process_time()
    ours = judge(criteria, sheet)
    between = time.process_time()
    theirs = find(criteria, sheet).findings
    end = time.process_time()
    same = all((ours.verdict(at), tuple(ours.hits(at))) == (one.verdict, one.hits) for at, one in enumerate(theirs))
    exact = int(ours.exact.sum())
    return {"ours": between - began, "theirs": end - between, "same": same, "looped": len(plots), "exact": exact}


def _peak() -> int:
    """MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _actor(apps: Any) -> Any:
    from tenglong.apps.accounts import service

    office = apps.get_model("accounts", "Department")._default_manager.create(name="经信局", divisions=[COUNTY])
    user, _password = service.create_user(
        service.SYSTEM, username="bench", name="基准", department=office,
        password="Bench-Only-77!", must_change=False,  # noqa: S106 - a home that lives for minutes
    )
    service.grant_role(service.SYSTEM, user, "county_admin")
    return user


def _fill(apps: Any, plots: int) -> None:
    """Plots with a building, an owner each, a tenant on every third, and a year of figures of every firm but a few."""
    from django.db import connection, transaction

    dice = random.Random(20170103)  # noqa: S311 - the same data every time
    divisions, firms = apps.get_model("registry", "Division")._default_manager, plots + plots // 3
    divisions.create(code=COUNTY, name="上虞区", level="county", parent_code="3306", valid_from=SINCE)
    towns = [f"{COUNTY}{number:03d}" for number in range(1, TOWNS + 1)]
    for code in towns:
        divisions.create(code=code, name=f"街道{code[-3:]}", level="town", parent_code=COUNTY, valid_from=SINCE)
    areas = [MU * dice.randrange(4, 60) for _plot in range(plots)]
    with transaction.atomic():
        ids, own = _land(plots, towns, areas, dice), _firms(firms, towns, dice)
        _uses(ids, own, areas, towns)
        _figures(apps, own, areas, dice)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _write(kind: str, towns: list[str], columns: dict[str, list[Any]], **more: Any) -> list[int]:
    from tenglong.apps.registry import bulk

    size = len(next(iter(columns.values())))
    rows = bulk.PreparedRows(["new"] * size, [None] * size, columns, towns=towns, starts=[SINCE] * size, **more)
    return list(bulk.apply(kind, rows, actor="system", on=SINCE, batch_id=None).ids)


def _land(plots: int, towns: list[str], areas: list[int], dice: random.Random) -> list[int]:
    where = [towns[at % TOWNS] for at in range(plots)]
    ids = _write("plots", where, {
        "name": [f"地块{at}" for at in range(plots)], "survey_number": [f"{at:06d}" for at in range(plots)],
        "status": [dice.choice(["in_use"] * 19 + ["idle_suspected"]) for _plot in areas], "surveyed_cm2": areas,
        "control_line": [dice.choice(["in"] * 6 + ["out"]) for _plot in areas], "title_status": ["titled"] * plots,
        "attributes": [{"built_share": dice.randrange(20, 100), "d_years": dice.choice([0] * 19 + [2])} for _plot in areas]})
    _write("buildings", where, {
        "name": [f"厂房{at}" for at in range(plots)], "plot_id": ids,
        "floor_cm2": [area * dice.randrange(4, 20) // 10 for area in areas]}, codes=[f"JZ{at:07d}" for at in range(plots)])
    return ids


def _firms(firms: int, towns: list[str], dice: random.Random) -> list[int]:
    codes = [f"91330604MA{at:08d}" for at in range(firms)]
    return _write("enterprises", [towns[at % TOWNS] for at in range(firms)], {
        "uscc": codes, "name": [f"企业{at}" for at in range(firms)],
        "industry": [dice.choice(INDUSTRIES) for _firm in range(firms)], "status": ["active"] * firms,
        "scale": [dice.choice(["above_scale", "below_scale", "below_scale"]) for _firm in range(firms)]}, codes=codes)


def _uses(plots: list[int], firms: list[int], areas: list[int], towns: list[str]) -> None:
    owners = [(plot, firms[at], "owner", areas[at] * 6 // 10, at) for at, plot in enumerate(plots)]
    rented = [(plots[3 * at], firm, "lessee", areas[3 * at] * 4 // 10, 3 * at)
              for at, firm in enumerate(firms[len(plots):])]
    rows = [*owners, *rented]
    _write("occupancies", [towns[row[4] % TOWNS] for row in rows], {
        "plot_id": [row[0] for row in rows], "enterprise_id": [row[1] for row in rows], "role": [row[2] for row in rows],
        "area_cm2": [row[3] for row in rows]})


def _figures(apps: Any, firms: list[int], areas: list[int], dice: random.Random) -> None:
    from tenglong.store.bulk import insert_rows

    def rows() -> Any:
        for at, firm in enumerate(firms):
            land = Fraction(areas[at % len(areas)] * 6, 10 * MU)
            for measure, value in (("tax_paid", land * dice.randrange(0, 3_000) / 100), ("land_mu", land),
                                   ("electricity_kwh", Fraction(dice.randrange(10_000, 900_000)))):
                if dice.random() > 0.01:
                    yield ("enterprise", firm, measure, str(YEAR), int(value * 10**6), "", "税务局", "shared", "")

    columns = ("subject_type", "subject_id", "measure", "period", "value_e6", "given", "department", "legal_basis",
               "legal_document")
    insert_rows(apps.get_model("registry", "Fact"), columns, rows())


if __name__ == "__main__":
    print(orjson.dumps(main(int(sys.argv[1]), int(sys.argv[2]))).decode())  # noqa: T201 - its caller reads it
