"""A home with five frozen years of one county, and the tries over them in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

COUNTY, SCHEME = "330604", "demo@1"


def answer(home: Path, firms: int, years: int, runs: int) -> str:
    """What the process printed. Raises RuntimeError with its last lines."""
    words = [sys.executable, "-m", "tenglong.bench._whatif_home", str(firms), str(years), str(runs)]
    env = {**os.environ, "TENGLONG_HOME": str(home)}
    done = subprocess.run(words, env=env, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    if done.returncode:
        raise RuntimeError(done.stderr[-2_000:])
    return done.stdout


def main(firms: int, years: int, runs: int) -> dict[str, Any]:
    from tenglong.cli import _record

    _record.setup(migrated=False)
    from django.apps import apps
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    actor = _actor(apps)
    snapshots = [_year(apps, actor, 2024 - back, firms) for back in range(years)]
    seconds, work, moved, size = list[float](), list[float](), list[int](), 0
    first, _told = _try(actor, snapshots, runs)
    warmed = _warmed(snapshots)
    for number in range(runs + 1):
        used = time.process_time()
        spent, found = _try(actor, snapshots, number)
        work.append(time.process_time() - used)
        seconds.append(spent)
        moved.append(found["n"]["better"] + found["n"]["worse"])
        size = max(size, len(orjson.dumps(found)))
    kept = apps.get_model("evaluation", "Run")._default_manager.count()
    parts = [_parts(actor, snapshots, runs + more) for more in range(1, 6)]
    return {"seconds": seconds[1:], "parts": parts, "cpu": sorted(work[1:]),
            "first": first, "warming": warmed, "first_warmed": seconds[0], "moved": [min(moved[1:]), max(moved[1:])],
            "bytes": size, "kept": kept, "snapshots": len(snapshots)}


def _warmed(snapshots: list[Any]) -> float:
    """Seconds that the page takes behind its answer, in a process that has everything still to do but its imports."""
    from tenglong.apps.evaluation import tables, trying, warming
    from tenglong.engine import kept

    kept.forget()
    trying.forget()
    tables.forget()
    began = time.perf_counter()
    warming.work(snapshots[0], snapshots[1:])
    return time.perf_counter() - began


def _try(actor: Any, snapshots: list[Any], number: int) -> tuple[float, dict[str, Any]]:
    from tenglong.apps.evaluation import trying

    began = time.perf_counter()
    found = trying.attempt(actor, snapshots[0], _changes(snapshots[0].cycle, number), years=tuple(snapshots[1:])).answer
    orjson.dumps(found)
    return time.perf_counter() - began, found


def _parts(actor: Any, snapshots: list[Any], number: int) -> list[float]:
    """Seconds of one try in three parts: the draft checked, five years worked, results compared and told."""
    from tenglong.apps.evaluation import trying
    from tenglong.domain.evaluation.whatif import read_changes

    marks = [time.perf_counter()]
    draft = trying.tried_rule(snapshots[0].cycle, read_changes(_changes(snapshots[0].cycle, number)))
    marks.append(time.perf_counter())
    trying.worked(draft, snapshots[0])
    trying.worked_many(draft, snapshots[1:])
    marks.append(time.perf_counter())
    _try(actor, snapshots, number)  # what was worked is remembered: the rest is left
    return [marks[1] - marks[0], marks[2] - marks[1], time.perf_counter() - marks[2]]


def _changes(cycle: Any, number: int) -> dict[str, Any]:
    """Another change each time: a weight, a benchmark, a cap or a cut of a group that has firms."""
    from tenglong.apps.evaluation import trying

    group = trying.knobs(trying.base_of(cycle).compiled)[-1 - number % 2]  # the first group, tenants, is empty here
    row, cut = group["rows"][number % len(group["rows"])], group["cuts"][0]
    step = Decimal(number + 1) / 10
    if number % 4 == 0 or number % 4 == 1 and not row.get("direct"):
        return {"weights": {group["id"]: {row["id"]: str(row["weight"] + step)}}, "rescale": True}
    if number % 4 == 1:
        return {"benchmarks": {group["id"]: {row["id"]: str(row["benchmark"] + step)}}}
    if number % 4 == 2 and row.get("limits"):
        return {"caps": {group["id"]: {row["id"]: str(Decimal("1.1") + step)}}}
    return {"cuts": {group["id"]: {cut["grade"]: str(cut["value"] + step)}}}


def _actor(apps: Any) -> Any:
    from tenglong.apps.accounts import service

    office = apps.get_model("accounts", "Department")._default_manager.create(name="经信局", divisions=[COUNTY])
    user, _password = service.create_user(
        service.SYSTEM, username="bench", name="基准", department=office,
        password="Bench-Only-77!", must_change=False,  # noqa: S106 - a home that lives for minutes
    )
    service.grant_role(service.SYSTEM, user, "county_admin")
    return user


def _year(apps: Any, actor: Any, year: int, firms: int) -> Any:
    """A cycle with a frozen snapshot, as the freeze leaves it."""
    from tenglong.apps.evaluation import service
    from tenglong.apps.evaluation.rows.assemble import SOURCE_SCHEMA
    from tenglong.apps.evaluation.service.frozen import store

    cycle = service.open_cycle(actor, year=year, title=f"{year} 年度", division_code=COUNTY, scheme=SCHEME, procedure=False)
    kept, sources = store().put(_rows(service.rule_of(cycle).compiled, year, firms)), store().put(SOURCE_SCHEMA.empty_table())
    return apps.get_model("evaluation", "Snapshot")._default_manager.create(
        cycle=cycle, kind="frozen", sha256=kept.sha256, sources_sha256=sources.sha256, rows=kept.rows, size=kept.size,
        complete=True, created_by_id=actor.pk, notes={"statistics": {}},
    )


def _rows(compiled: Any, year: int, firms: int) -> Any:
    """Every measure of the dictionary and every attribute, as a real snapshot has them."""
    import numpy as np
    import pyarrow as pa

    from tenglong.apps.evaluation.rows.assemble import TYPES, every_attribute, measures_of_firms

    rng = np.random.default_rng(year)
    columns: dict[str, Any] = {
        "key": [f"91330604{number:010d}" for number in range(firms)], "firm_id": list(range(1, firms + 1)),
        "firm_name": [f"企业{number}" for number in range(firms)], "firm_uscc": [f"91330604{n:010d}" for n in range(firms)],
    }
    for name in measures_of_firms():
        figures = (np.round(rng.lognormal(3, 1, firms), 2) * 10**6).astype(np.int64)
        columns[name] = pa.array(figures, mask=rng.random(firms) < 0.03)
    for attribute in every_attribute(compiled):
        value = {"number": 10**7, "flag": False, "text": None}[attribute.type]  # ten years old, owning, nothing special
        columns[attribute.id] = pa.array([value] * firms, TYPES[attribute.type])
    columns["tenants_below"] = pa.array([0] * firms, pa.int64())
    columns["holding"] = pa.array(["own"] * firms, pa.string())
    columns["scale"] = pa.array(np.where(rng.random(firms) < 0.15, "above", "below"), pa.string())
    columns["industry"] = pa.array([f"{code}00" for code in rng.integers(13, 44, firms)], pa.string())
    columns["town"] = pa.array([f"330604{code:03d}" for code in rng.integers(1, 21, firms)], pa.string())
    columns["zone"] = pa.array([None] * firms, pa.string())
    return pa.table(columns)


if __name__ == "__main__":
    sys.stdout.write(orjson.dumps(main(*map(int, sys.argv[1:4]))).decode() + "\n")
