"""Loading: everything is there, marked, scoped; and an occupied register is left alone."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tenglong.apps.accounts.models import User
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry import locate, queries
from tenglong.apps.registry.models import Division, Fact, Lineage, Occupancy, PlotVersion, Zone
from tenglong.apps.supply.models import Deal
from tenglong.apps.survey import queries as survey
from tenglong.apps.survey.intake import file_of
from tenglong.apps.survey.models import ImportBatch
from tenglong.demo import load
from tenglong.demo.build import build_county
from tenglong.demo.county import MARK, YEARS
from tenglong.demo.ledger import Ledger, build_ledger

pytestmark = pytest.mark.django_db
PLOTS = 120


@pytest.fixture
def loaded(tmp_path: Path, settings: Any) -> load.Loaded:
    settings.TENGLONG_HOME = tmp_path
    return load.load(9, PLOTS, evaluation=False)


def person(name: str) -> User:
    return User.objects.get(username=name)


def figures(ledger: Ledger) -> int:
    return sum(len(values) for sheet in ledger.sheets for values in sheet.rows.values())


def test_everything_built_is_written_once(loaded: load.Loaded) -> None:
    county = build_county(9, PLOTS)
    assert loaded.counts["plots"] == PLOTS
    assert loaded.counts["facts"] == Fact.objects.count() == figures(build_ledger(county))
    assert queries.plots(person("xian-admin")).count() == PLOTS
    assert queries.enterprises(person("xian-admin")).count() == len(county.enterprises)
    assert PlotVersion.objects.filter(valid_to__isnull=False).count() == len(county.retired)
    assert Lineage.objects.count() == len(county.lineage)
    assert Zone.objects.count() == len(county.zones)
    assert Division.objects.filter(level="town", invented=True).count() == 20


def test_everything_says_that_it_is_a_demonstration(loaded: load.Loaded) -> None:
    assert {row["来源"] for row in PlotVersion.objects.values_list("attributes", flat=True)} == {MARK}
    assert set(Deal.objects.values_list("source", flat=True)) == {MARK}
    assert all(MARK in tags for tags in Zone.objects.values_list("tags", flat=True))
    assert (Path(settings.TENGLONG_HOME) / "demo.json").exists()
    assert AuditEntry.objects.filter(action="demo.load").count() == 1


def test_tenants_point_at_their_landlords(loaded: load.Loaded) -> None:
    tenants = Occupancy.objects.filter(role__in=["lessee", "sublessee"])
    assert tenants.exists() and not tenants.filter(landlord_link=None).exists()
    assert not tenants.exclude(landlord_link__plot_id=None).filter(landlord_link__role="idle").exists()


def test_a_town_officer_sees_that_town_only_and_the_firm_itself_only(loaded: load.Loaded) -> None:
    towns = set(queries.plots(person("baiguan")).values_list("division_code", flat=True))
    assert towns == {"330604001"}
    assert queries.enterprises(person("enterprise")).count() == 1
    assert queries.plots(person("sysadmin")).count() == 0


def test_accounts_are_shown_once_with_passwords_that_work(loaded: load.Loaded) -> None:
    assert len(loaded.people) == 12
    assert len({one.password for one in loaded.people}) == 12
    for one in loaded.people:
        user = person(one.username)
        assert user.is_demo and user.check_password(one.password)
        assert any(one.password in line for line in loaded.lines())


def test_every_figure_leads_to_its_batch_and_those_of_the_last_years_to_their_line(loaded: load.Loaded) -> None:
    assert not Fact.objects.filter(batch_id=None).exists()
    batches = {batch.pk: batch for batch in survey.batches(person("xian-admin"))}
    assert {batch.state for batch in batches.values()} == {"done"}
    for fact in Fact.objects.filter(period=str(YEARS[-1]), measure="tax_paid")[:20]:
        line = survey.staged(person("xian-admin")).get(batch_id=fact.batch_id, links__enterprise_id=fact.subject_id)
        text = file_of(batches[fact.batch_id or 0]).read_text(encoding="utf-8-sig").splitlines()[line.row - 1]
        assert line.key in text and text.endswith(f",{fact.given}")


def test_the_files_of_the_departments_can_be_imported_as_they_are(loaded: load.Loaded) -> None:
    for batch in ImportBatch.objects.filter(file_name__startswith=f"{YEARS[-1]}年"):
        fields = {column["field"] for column in batch.mapping["columns"]}
        assert {"uscc", "period", "department", "legal_basis"} < fields
        assert set(Fact.objects.filter(batch_id=batch.pk).values_list("measure", flat=True)) < fields


def test_the_key_of_the_seeded_mistakes_agrees_with_the_record(loaded: load.Loaded) -> None:
    slips = json.loads((Path(settings.TENGLONG_HOME) / load.KEY_FILE).read_text(encoding="utf-8"))["slips"]
    assert len(slips) >= 10
    for slip in slips:
        held = Fact.objects.get(measure=slip["measure"], period=str(slip["year"]), department=slip["department"],
                                subject_id=locate.enterprises_by_uscc([slip["uscc"]])[slip["uscc"]])
        assert Decimal(held.value_e6) / 10**6 == Decimal(slip["given"])


def test_an_occupied_register_is_recognised(loaded: load.Loaded) -> None:
    assert load.occupied()


def test_an_empty_register_is_recognised() -> None:
    assert not load.occupied()
