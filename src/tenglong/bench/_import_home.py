"""A home of its own with one town, one officer and one survey, for benchmarks that run real imports in real processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

TOWN, PREFIX = "330604001", "330604"
OFFICER = "bench"
PER_ROW = 316  # columns of the grid of squares


def write_survey(path: Path, rows: int) -> Path:
    """A CSV of `rows` squares with attributes; every row is sound."""
    with path.open("w", encoding="utf-8-sig") as out:
        out.write("摸排编号,所属镇街,地块名称,现状,实测面积（亩）,证载面积（亩）,WKT\n")
        for number in range(rows):
            x, y = 120.5 + (number % PER_ROW) * 0.0012, 29.6 + (number // PER_ROW) * 0.0012
            ring = ", ".join(
                f"{a:.6f} {b:.6f}" for a, b in ((x, y), (x + 0.001, y), (x + 0.001, y + 0.001), (x, y + 0.001), (x, y))
            )
            out.write(f'K-{number:06d},百官街道,{number} 号厂区,在用,16.0,15.5,"POLYGON(({ring}))"\n')
    return path


def setup() -> None:
    """Django in this process, in the home that TENGLONG_HOME names."""
    from tenglong.cli import _record

    _record.setup(migrated=False)


def prepare(rows: int, survey: Path) -> None:
    """Tables, one officer of one town, and a batch that is read and mapped."""
    setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    from django.apps import apps

    town = apps.get_model("registry", "Division")
    town._default_manager.create(code=TOWN, name="百官街道", level="town", parent_code=PREFIX, valid_from="2014-01-01")
    actor = _officer()
    _mapped(actor, write_survey(survey, rows))
    connection.close()


def _officer() -> Any:
    from django.apps import apps

    from tenglong.apps.accounts import service

    office = apps.get_model("accounts", "Department")._default_manager.create(name="百官街道办事处", divisions=[TOWN])
    user, _password = service.create_user(
        service.SYSTEM,
        username=OFFICER,
        name="基准经办",
        department=office,
        password="Bench-Only-77!",  # noqa: S106 - a home that lives for minutes
        must_change=False,
    )
    service.grant_role(service.SYSTEM, user, "town_officer")
    return user


def _mapped(actor: Any, survey: Path) -> None:
    from django.core.files import File

    from tenglong.apps.survey import cli_import, service

    with survey.open("rb") as handle:
        batch = service.upload(actor, "plots", File(handle, name=survey.name))
    cli_import.run(batch)
    batch.crs = "EPSG:4490"
    batch.save(update_fields=["crs"])


def child(home: Path, *words: str) -> subprocess.Popen[bytes]:
    """Another process of the program in `home`."""
    environment = {**os.environ, "TENGLONG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenglong.settings.base"}
    command = [sys.executable, "-m", "tenglong.bench._import_steps", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)  # noqa: S603 - our own module


def answer(home: Path, *words: str) -> bytes:
    """Output of a child that must succeed. Raises RuntimeError with its words."""
    process = child(home, *words)
    out, _none = process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)}: exit {process.returncode}")
    return out
