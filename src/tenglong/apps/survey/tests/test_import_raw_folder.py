"""The whole raw folder of the demo county into the record, twice: the second time nothing moves."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.db import connection

from tenglong.apps.survey.models import ImportBatch, State
from tenglong.cli._rowhash import of_tables

SEED, PLOTS = 330604, 300
#: raised with every confirmed batch, whether or not a row moved
BOOKKEEPING = frozenset({"registry_revision"})


@pytest.fixture
def county(cast: Any) -> None:
    from tenglong.apps.registry.models import Division
    from tenglong.cli import main

    Division.objects.all().delete()
    made = CliRunner().invoke(main, ["county", "init", "330604"])
    assert made.exit_code == 0, made.output


def tables() -> dict[str, Any]:
    models = [*apps.get_app_config("registry").get_models(), *apps.get_app_config("supply").get_models()]
    names = {model._meta.db_table for model in models} - BOOKKEEPING
    with connection.cursor() as cursor:
        return of_tables(cursor, names)


def imported(folder: Path) -> dict[str, Any]:
    from tenglong.cli import main

    words = ["import", "folder", str(folder), "--as", "county", "--confirm", "--json"]
    told: dict[str, Any] = json.loads(CliRunner().invoke(main, words).stdout)
    return told


def moved(told: dict[str, Any]) -> dict[str, dict[str, int]]:
    """What a run would still write, by data set and file; nothing is the good answer."""
    found = {one["batch"]: {name: one["actions"][name] for name in ("new", "changed")} for one in told["datasets"]}
    return {batch: counts for batch, counts in found.items() if any(counts.values())}


def write_clean(folder: Path) -> None:
    from tenglong.demo.raw.folder import write_clean as write

    write(folder, SEED, PLOTS)


def write_damaged(folder: Path) -> None:
    from tenglong.demo.raw.folder import write_raw

    write_raw(folder, SEED, PLOTS)
    (folder / "seeded.json").unlink()


@pytest.mark.slow
@pytest.mark.parametrize("write", [write_clean, write_damaged], ids=["clean", "damaged"])
def test_the_raw_folder_enters_and_a_second_time_changes_nothing(
    county: None, tmp_path: Path, write: Callable[[Path], None]
) -> None:
    folder = tmp_path / "raw"
    write(folder)
    first = imported(folder)
    assert first["left_out"] == [], first["left_out"]
    assert {one["state"] for one in first["datasets"]} == {State.DONE}
    if write is write_clean:
        assert [one for one in first["datasets"] if one["actions"]["rejected"]] == []
    kinds = {"plots", "parcels", "links", "buildings", "enterprises", "occupancies", "accounts", "facts", "deals"}
    assert {one["dataset"] for one in first["datasets"] if one["actions"]["new"]} == kinds
    before = tables()
    second = imported(folder)
    assert moved(second) == {}
    assert len(second["datasets"]) == len(first["datasets"]) and ImportBatch.objects.count() == 2 * len(first["datasets"])
    assert tables() == before
