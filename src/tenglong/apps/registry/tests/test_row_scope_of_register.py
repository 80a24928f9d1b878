"""Every rule of the register: own town, another town, an enterprise, nobody; masking; a model without a rule."""

from __future__ import annotations

from datetime import date

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.core.management.color import no_style
from django.db import connection

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.registry import models as m
from tenglong.apps.registry import queries, queries_search, queries_sensitive, service

DAY = date(2024, 1, 1)
TOWN, OTHER = "330604001", "330604002"
UNSEEN = {"registry.CodeSerial", "registry.PlotEvent", "store.Shape"}
PUBLIC = {"registry.Division", "registry.Revision"}


@pytest.fixture
def land(cast):
    """One row of every model in TOWN; the firm of user `firm` uses the plot and is registered in a third town."""
    plot = service.create_plot(cast.county, {"name": "甲地", "surveyed_cm2": 5}, on=DAY, town=TOWN)
    firm = m.Enterprise.objects.create(pk=1, key="91330604MA00000001")
    for statement in connection.ops.sequence_reset_sql(no_style(), [m.Enterprise]):  # the next firm is not to be given 1 again
        connection.cursor().execute(statement)
    m.EnterpriseVersion.objects.create(
        enterprise=firm, name="用地企业", uscc=firm.key, division_code="330604100", valid_from=DAY
    )
    m.EnterpriseCode.objects.create(enterprise=firm, system="uscc", code=firm.key, valid_from=DAY)
    service.change_enterprise(
        cast.county, firm.ulid, {"contact": "王小明", "phone": "13800001234"}, on=date(2024, 2, 1), lock_version=1
    )
    m.Attribution.objects.create(enterprise=firm, kind="tax", division_code="330604100", valid_from=DAY)
    building = service.create_building(cast.county, {"plot_id": plot.plot_id, "floors": 1}, on=DAY, town=TOWN, code="B1")
    park = service.create_park(cast.county, {"name": "园区"}, on=DAY, town=TOWN)
    of_unit = {"building_id": building.building_id, "park_id": park.park_id, "floor": 1, "unit_cm2": 5}
    service.create_unit(cast.county, of_unit, on=DAY, reason="上报")
    service.create_occupancy(cast.county, {"plot_id": plot.plot_id, "enterprise_id": 1, "role": "owner"}, on=DAY)
    service.create_occupancy(cast.county, {"building_id": building.building_id, "enterprise_id": 1, "role": "owner"}, on=DAY)
    parcel = service.create_parcel(cast.county, {"holder_uscc": firm.key}, on=DAY, town=TOWN, code="P1")
    m.PlotParcel.objects.create(plot=plot.plot, parcel=parcel.parcel, valid_from=DAY)
    m.AccountLink.objects.create(kind="power", number="3300112233445", enterprise=firm, plot=plot.plot, valid_from=DAY)
    m.Zone.objects.create(code="Z1", name="片区", kind="platform", division_code=TOWN, valid_from=DAY)
    m.Division.objects.create(code=TOWN, name="百官街道", level="town", valid_from=DAY)
    m.Lineage.objects.create(parent=plot.plot, child=m.Plot.objects.create(), event="split", date=DAY)
    for measure in ("tax_paid", "employees"):
        m.Fact.objects.create(subject_type="enterprise", subject_id=1, measure=measure, period="2023", value_e6=1_500_000,
                              department="税务", legal_basis="shared", given="1.5")
    service.add_document(cast.county, "证.pdf", b"%PDF-1", kind="title", subject_type="enterprise", subject_id=1)
    m.SourceDocument.objects.update(division_code=TOWN)
    return plot


def every_model():
    return [model for app in ("registry", "store") for model in apps.get_app_config(app).get_models()]


def test_officer_of_the_town_sees_every_kind_and_one_of_another_town_none(land, cast):
    for model in every_model():
        name = model._meta.label
        held = scoped(cast.officer, model._default_manager.all()).exists()
        assert held == (name not in UNSEEN), name
        assert scoped(cast.stranger, model._default_manager.all()).exists() == (name in PUBLIC), name


def test_the_three_admins_nobody_and_anonymous_see_no_row(land, cast):
    for person in (cast.auditor, cast.system_admin, cast.security_admin, cast.nobody, AnonymousUser(), None):
        for model in every_model():
            assert not scoped(person, model._default_manager.all()).exists(), model._meta.label


def test_county_sees_all_but_what_has_no_rule(land, cast):
    for model in every_model():
        found = scoped(cast.county, model._default_manager.all()).count()
        assert found == (0 if model._meta.label in UNSEEN else model._default_manager.count()), model._meta.label


def test_an_enterprise_sees_itself_its_land_and_nothing_of_others(land, cast):
    service.create_plot(cast.county, {"name": "乙地"}, on=DAY, town=TOWN)
    service.create_enterprise(cast.county, {"name": "别家"}, on=DAY, town=TOWN)
    assert [row.name for row in queries.plots(cast.firm)] == ["甲地"]
    assert [row.name for row in queries.enterprises(cast.firm)] == ["用地企业"]
    assert (
        queries.parcels(cast.firm).count() == queries.buildings(cast.firm).count() == queries.documents(cast.firm).count() == 1
    )
    assert queries.occupancies(cast.firm).count() == 2


def test_a_firm_registered_elsewhere_is_the_towns_while_it_uses_land_there(land, cast):
    assert queries.enterprises(cast.officer).get().name == "用地企业"
    for row in m.Occupancy.objects.all():
        service.end_occupancy(cast.officer, row.pk, on=date(2024, 6, 1), lock_version=row.lock_version, reason="搬迁")
    assert not queries.enterprises(cast.officer).exists()
    assert queries.enterprises(cast.county).exists()


def test_a_place_of_production_makes_the_firm_the_towns_too(land, cast):
    assert not queries.enterprises(cast.stranger).exists()
    m.Attribution.objects.create(enterprise_id=1, kind="production", division_code=OTHER, valid_from=DAY)
    assert queries.enterprises(cast.stranger).exists()


def test_sensitive_figures_accounts_and_contacts_are_masked_in_the_door(land, cast):
    shown = {
        row.measure: row.shown for row in queries_sensitive.fact_rows(cast.officer, subject_type="enterprise", subject_ids=[1])
    }
    assert shown == {"tax_paid": "***", "employees": "1.5"}
    assert [fact.measure for fact in queries.facts(cast.officer)] == ["employees"]
    assert queries_sensitive.accounts(cast.officer)[0].number == "***3445"
    version = queries.enterprises(cast.officer).get()
    assert queries_sensitive.contacts(cast.officer, version) == {"contact": "王**", "phone": "138****1234"}
    assert "王小明" not in version.contact_cipher and "13800001234" not in version.contact_cipher


def test_who_may_see_sensitive_columns_sees_them(land, cast):
    shown = {
        row.measure: row.shown for row in queries_sensitive.fact_rows(cast.county, subject_type="enterprise", subject_ids=[1])
    }
    assert shown["tax_paid"] == "1.5"
    assert queries_sensitive.accounts(cast.county)[0].number == "3300112233445"
    assert queries_sensitive.contacts(cast.county, queries.enterprises(cast.county).get())["phone"] == "13800001234"


def test_search_and_codes_lead_only_to_what_the_user_may_see(land, cast):
    assert {hit.kind for hit in queries.search(cast.officer, "地")} == {"plot", "enterprise"}
    assert queries.search(cast.stranger, "地") == [] == queries.search(cast.officer, " ")
    assert queries_search.by_code(cast.officer, land.code) == ("plot", land.plot.ulid)
    assert queries_search.by_code(cast.stranger, land.code) is None
    assert queries_search.by_code(cast.officer, "91330604MA00000001")[0] == "enterprise"


def test_nobody_writes_in_another_town(land, cast):
    with pytest.raises(service.RegistryError, match="管辖范围"):
        service.create_plot(cast.stranger, {}, on=DAY, town=TOWN)
    with pytest.raises(service.RegistryError, match="管辖范围"):
        service.correct_plot(cast.stranger, land.plot.ulid, {"name": "偷改"}, lock_version=1, reason="x")
    with pytest.raises(service.RegistryError, match="管辖范围"):
        service.change_plot(cast.officer, land.plot.ulid, {"division_code": OTHER}, on=date(2024, 5, 1), lock_version=1)
