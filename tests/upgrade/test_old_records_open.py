"""A record kept when an earlier part was finished opens in today's program, whole and with its audit chain.

`scripts/keep_for_upgrade.sh NAME` keeps one: 60 invented plots, throw-away keys and accounts.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

KEPT = sorted(Path(__file__).parent.glob("*.tar.gz"))


def tenglong(home: Path, *arguments: str) -> str:
    foreign = ("DJANGO_SETTINGS_MODULE", "TENGLONG_DATABASE_URL")
    clean = {name: value for name, value in os.environ.items() if name not in foreign}
    done = subprocess.run([sys.executable, "-m", "tenglong", *arguments], capture_output=True, text=True, check=False,
                          env=clean | {"TENGLONG_HOME": str(home)})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def count(home: Path, table: str) -> int:
    with sqlite3.connect(home / "db" / "tenglong.sqlite3") as database:
        return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_at_least_one_record_is_kept() -> None:
    assert KEPT


@pytest.mark.slow
@pytest.mark.parametrize("archive", KEPT, ids=lambda path: path.name)
def test_an_old_record_opens_whole(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "行哈希全部一致" in tenglong(home, "restore", str(archive))
    tenglong(home, "migrate")
    assert "不一致" not in tenglong(home, "doctor")
    tenglong(home, "audit", "verify")
    assert count(home, "registry_plot") >= 60
    assert count(home, "registry_fact") > 0
