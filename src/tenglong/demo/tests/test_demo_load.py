"""Loading: everything is there, marked, scoped; and an occupied register is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tenglong.apps.accounts.models import User
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry import queries
from tenglong.apps.registry.models import Division, Lineage, Occupancy, PlotVersion, Zone
from tenglong.apps.supply.models import Deal
from tenglong.demo import load
from tenglong.demo.build import build_county
from tenglong.demo.county import MARK

pytestmark = pytest.mark.django_db
PLOTS = 120


@pytest.fixture
def loaded(tmp_path: Path, settings: Any) -> load.Loaded:
    settings.TENGLONG_HOME = tmp_path
    return load.load(9, PLOTS)


def person(name: str) -> User:
    return User.objects.get(username=name)


def test_everything_built_is_written_once(loaded: load.Loaded) -> None:
    county = build_county(9, PLOTS)
    assert loaded.counts["plots"] == PLOTS
    assert loaded.counts["facts"] == sum(len(row.values) for row in county.facts)
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
    assert len(loaded.people) == 9
    assert len({one.password for one in loaded.people}) == 9
    for one in loaded.people:
        user = person(one.username)
        assert user.is_demo and user.check_password(one.password)
        assert any(one.password in line for line in loaded.lines())


def test_an_occupied_register_is_recognised(loaded: load.Loaded) -> None:
    assert load.occupied()


def test_an_empty_register_is_recognised() -> None:
    assert not load.occupied()
