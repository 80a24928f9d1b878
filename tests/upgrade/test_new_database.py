"""A database that is made at once has the tables, indexes and rules of one that went through every migration."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

STEP_BY_STEP = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command
from tenglong.settings.home import prepare
prepare(settings.TENGLONG_HOME)
call_command(Command(), verbosity=0, interactive=False)
"""


def made(home: Path, *command: str) -> dict[tuple[str, str], list[str]]:
    """Kind and name → the words that define it, in any order: a field that was altered stands last after the steps."""
    kept = {name: value for name, value in os.environ.items() if name != "TENGLONG_DATABASE_URL"}
    environment = {**kept, "TENGLONG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenglong.settings.base"}
    subprocess.run([sys.executable, *command], env=environment, check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(home / "db" / "tenglong.sqlite3") as database:
        rows = database.execute("SELECT type, name, coalesce(sql, '') FROM sqlite_master").fetchall()
        known = {(kind, name): sorted(re.findall(r"[^\s,()]+", text)) for kind, name, text in rows}
        for table in ("django_migrations", "django_content_type", "auth_permission"):
            count = database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 - names of our own
            known["rows", table] = [str(count)]
    return known


@pytest.mark.slow
def test_a_new_database_is_what_the_steps_would_have_made(tmp_path: Path) -> None:
    at_once = made(tmp_path / "new", "-m", "tenglong", "migrate")
    assert len(at_once) > 500
    assert at_once == made(tmp_path / "steps", "-c", STEP_BY_STEP)
