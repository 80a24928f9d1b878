"""The two cycles of the demo county: one archived, one under way, and who may look at what."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.test import TestCase, override_settings

from tenglong.apps.accounts.service import user_named
from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.models import AttributeRecord, Cycle, Decision
from tenglong.apps.registry import locate, queries_premises
from tenglong.apps.registry.models import Fact
from tenglong.demo import load, story_now
from tenglong.demo.build import build_county
from tenglong.demo.county import MARK
from tenglong.demo.honours import attributes, decisions, joint_group
from tenglong.demo.ledger import build_ledger
from tenglong.settings.home import prepare

pytestmark = pytest.mark.slow
SEED, PLOTS = 9, 120


def cycle(officer: Any, year: int) -> Cycle:
    return queries.cycles(officer).get(year=year)


def test_honours_and_decisions_of_a_seed_are_always_the_same() -> None:
    county = build_county(SEED, PLOTS)
    ledger = build_ledger(county)
    assert attributes(county, ledger) == attributes(county, build_ledger(build_county(SEED, PLOTS)))
    assert decisions(county, ledger) == decisions(county, ledger)
    assert {one.state for one in decisions(county, ledger)} == {"effective", "under_review"}
    assert any(one.expires for one in decisions(county, ledger))
    assert len(joint_group(county, 2025)) in (0, 3) and joint_group(county, 2024) == joint_group(county, 2025)


class TestTwoYears(TestCase):
    """One county for all; every test works in a savepoint of its own."""

    home: Path
    loaded: load.Loaded
    officer: Any

    @classmethod
    def setUpClass(cls) -> None:  # noqa: N802
        cls.home = prepare(Path(tempfile.mkdtemp(prefix="tenglong-demo-")))
        cls.addClassCleanup(shutil.rmtree, cls.home, ignore_errors=True)
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:  # noqa: N802
        with override_settings(TENGLONG_HOME=cls.home), mock.patch.dict(os.environ, TENGLONG_HOME=str(cls.home)):
            cls.loaded = load.load(SEED, PLOTS)
            cls.officer = user_named("mujunban")

    @pytest.fixture(autouse=True)
    def _same_home(self, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        settings.TENGLONG_HOME = self.home
        monkeypatch.setenv("TENGLONG_HOME", str(self.home))

    def test_a_year_is_finished_with_an_objection_an_appeal_and_an_adjustment_by_two_persons(self) -> None:
        done = cycle(self.officer, 2024)
        assert done.stage == "archived" and done.final_run is not None and done.minutes is not None
        assert {row.kind for row in queries.publications(self.officer, done)} == {"area", "grades", "final"}
        assert [row.outcome for row in queries.objections(self.officer, done)] == ["upheld"]
        assert {row.outcome for row in queries.appeals(self.officer, done)} == {"upheld", "rejected"}
        changed = queries.adjustments(self.officer, done).get()
        assert (changed.from_grade, changed.to_grade, changed.state) == ("C", "B", "approved")
        assert changed.approved_by_id not in (None, changed.created_by_id)
        final = next(row for row in queries.publications(self.officer, done) if row.kind == "final")
        assert all(set(row) == {"name", "uscc", "grade"} for row in final.rows)
        keys = locate.enterprises_by_uscc([row["uscc"] for row in final.rows])
        assert [row["grade"] for row in final.rows if keys[row["uscc"]] == changed.enterprise_id] == ["B"]

    def test_the_present_year_stands_in_the_middle(self) -> None:
        now = cycle(self.officer, 2025)
        states = {row.department: row.state for row in queries.deliveries(self.officer, now)}
        assert now.stage == "data" and now.case_ulid
        assert states[story_now.RETURNED] == "returned" and all(states[name] == "waiting" for name in story_now.OUTSTANDING)
        assert set(states.values()) == {"accepted", "returned", "waiting"}
        areas = {row.state for row in queries.areas(self.officer, now)}
        assert areas == {"settled", "published", "objected"}
        assert [run.kind for run in queries.runs(self.officer, now)] == ["trial"]
        assert queries.runs(self.officer, now)[0].watermark
        assert queries.findings(self.officer, now).exists()

    def test_a_silent_department_has_no_figures_and_its_file_waits_to_be_imported(self) -> None:
        for name in story_now.OUTSTANDING:
            assert not Fact.objects.filter(department=name, period=str(story_now.YEAR)).exists()
            assert Fact.objects.filter(department=name, period=str(story_now.YEAR - 1)).exists()
        assert [path.exists() for path in self.loaded.waiting] == [True] * len(story_now.OUTSTANDING)
        assert any(str(path) in line for path in self.loaded.waiting for line in self.loaded.lines())

    def test_three_firms_of_different_grades_see_their_own_result_only(self) -> None:
        run = cycle(self.officer, 2024).final_run
        assert run is not None
        for one in self.loaded.people:
            if one.username.startswith("enterprise-"):
                mine = list(queries.results(user_named(one.username), run))
                assert [row.grade for row in mine] == [one.username[-1].upper()]

    def test_attributes_and_decisions_stand_in_the_record(self) -> None:
        names = set(AttributeRecord.objects.values_list("attribute", flat=True))
        assert {"scale", "newly_above", "high_tech", "carrier"} <= names
        assert Decision.objects.filter(state="effective", expires_on=None, document__isnull=False).count() >= 3
        assert Decision.objects.filter(state="under_review").count() == 1
        rooms = list(queries_premises.units(self.officer))
        assert rooms and {room.state for room in rooms} > {"available", "let"}
        assert all(MARK in (room.source, room.note) for room in rooms)

    def test_every_seeded_mistake_of_the_key_is_found_before_the_freeze(self) -> None:
        slips = json.loads((Path(settings.TENGLONG_HOME) / load.KEY_FILE).read_text(encoding="utf-8"))["slips"]
        firms = locate.enterprises_by_uscc([slip["uscc"] for slip in slips])
        held: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in queries.findings(self.officer, cycle(self.officer, 2025)):
            held[(row.enterprise_id, row.measure)].add(row.rule)
        wanted = {"negative": {"negative-value"}, "zero-land": {"zero-land"}}
        odd = {"unit-slip", "jump", "outlier"}
        missed = [slip for slip in slips if not held[(firms[slip["uscc"]], slip["measure"])] & wanted.get(slip["kind"], odd)]
        assert len(slips) == 14 and missed == []
