"""Land-use relations, titles, buildings and enterprises by hand: lock, history, scope, undo."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry import service
from tenglong.apps.registry.models import (
    BuildingVersion,
    Division,
    EnterpriseVersion,
    Occupancy,
    ParcelVersion,
    PlotParcel,
    PlotVersion,
)

TOWN = "330604001"
DAY = date(2024, 1, 1)
LEFT = shapely.box(120.80, 30.00, 120.803, 30.002)


@pytest.fixture
def yard(cast):
    """A plot with a firm on it and a title."""
    for code, name in ((TOWN, "百官街道"), ("330604002", "曹娥街道")):
        Division.objects.create(code=code, name=name, level="town", valid_from=date(2013, 10, 18))
    plot = service.create_plot(cast.officer, {"name": "风机厂", "surveyed_cm2": 10**11}, on=DAY, town=TOWN, geometry=LEFT)
    firm = service.create_enterprise(cast.officer, {"name": "风机公司"}, on=DAY, town=TOWN)
    values = {"plot_id": plot.plot_id, "enterprise_id": firm.enterprise_id, "role": "owner", "area_cm2": 10**10}
    service.create_occupancy(cast.officer, values, on=DAY)
    title = service.create_parcel(cast.officer, {}, on=DAY, town=TOWN, code="330604001001GB00001", geometry=LEFT)
    PlotParcel.objects.create(plot=plot.plot, parcel=title.parcel, valid_from=DAY, area_cm2=10**10)
    return plot


def form(**values):
    return {"role": "owner", "reason": "实地复核", "effective": "2024-06-01", **values}


def test_relation_is_registered_by_the_name_of_the_firm(cast, yard, sign_in):
    officer = sign_in(cast.officer)
    service.create_enterprise(cast.officer, {"name": "租客公司"}, on=DAY, town=TOWN)
    address = f"/plots/{yard.plot.ulid}/occupancies/new/"
    landlord = Occupancy.objects.get()
    given = form(enterprise_id="租客公司", role="lessee", area_cm2="2", landlord_link_id=landlord.pk)
    assert officer.post(address, given).status_code == 302
    made = Occupancy.objects.get(role="lessee")
    assert (made.landlord_link_id, made.area_cm2, made.valid_from) == (landlord.pk, 13_333_333, date(2024, 6, 1))
    assert officer.post(address, form(enterprise_id="没有的公司")).status_code == 422


def test_second_editor_of_a_relation_sees_both_sides_and_loses_nothing(cast, yard, sign_in):
    officer, row = sign_in(cast.officer), Occupancy.objects.get()
    address = f"/occupancies/{row.pk}/edit/"
    shown = officer.get(address).context["form"].initial
    service.correct_occupancy(cast.officer, row.pk, {"contract": "HT-1"}, lock_version=row.lock_version, reason="补合同")
    firm = row.enterprise.key
    stale = form(enterprise_id=firm, area_cm2="3", lock_version=shown["lock_version"], base=shown["base"])
    answer = officer.post(address, stale)
    assert answer.status_code == 409
    assert [(delta.field, delta.new) for delta in answer.context["conflict"].theirs] == [("contract", "HT-1")]
    assert [delta.field for delta in answer.context["conflict"].mine] == ["area_cm2"]
    again = answer.context["form"]
    assert (again["contract"].value(), again["area_cm2"].value()) == ("HT-1", "3")
    kept = {name: again[name].value() or "" for name in again.fields}
    assert officer.post(address, kept).status_code == 302
    row.refresh_from_db()
    assert (row.contract, row.area_cm2) == ("HT-1", 20_000_000)


def test_an_ended_relation_stays_in_the_past(cast, yard, sign_in):
    officer, row = sign_in(cast.officer), Occupancy.objects.get()
    given = {"effective": "2024-05-01", "reason": "到期", "lock_version": row.lock_version}
    assert officer.post(f"/occupancies/{row.pk}/end/", given).status_code == 302
    assert "风机公司" not in officer.get(f"/plots/{yard.plot.ulid}/").content.decode()
    assert "风机公司" in officer.get(f"/plots/{yard.plot.ulid}/?on=2024-04-01").content.decode()
    assert officer.post(f"/occupancies/{row.pk}/end/", {**given, "lock_version": row.lock_version}).status_code == 404


def test_carried_links_are_confirmed_one_by_one_and_the_split_is_undone(cast, yard, sign_in):
    officer = sign_in(cast.officer)
    line = shapely.LineString([(120.8015, 29.99), (120.8015, 30.01)])
    children = service.split_plot(cast.officer, yard.plot.ulid, on=date(2024, 6, 1), lock_version=1, reason="分割", line=line)
    page = officer.get(f"/plots/{yard.plot.ulid}/undo/").content.decode()
    assert yard.code in page
    assert children[0].code in page
    carried = PlotParcel.objects.filter(needs_review=True, valid_to=None)
    if carried:
        assert officer.post(f"/links/{carried[0].pk}/confirm/").status_code == 302
        assert AuditEntry.objects.filter(action="link.confirm").count() == 1
    assert officer.post(f"/plots/{children[0].plot.ulid}/undo/", {"reason": "画错"}).status_code == 302
    assert PlotVersion.objects.get(plot=yard.plot, valid_to=None).code == yard.code
    assert officer.get(f"/plots/{yard.plot.ulid}/undo/").status_code == 404


def test_a_carried_relation_is_confirmed_with_its_lock(cast, yard, sign_in):
    officer, row = sign_in(cast.officer), Occupancy.objects.get()
    Occupancy.objects.filter(pk=row.pk).update(needs_review=True)
    officer.post(f"/occupancies/{row.pk}/confirm/", {"lock_version": row.lock_version + 5})
    assert Occupancy.objects.get().needs_review
    officer.post(f"/occupancies/{row.pk}/confirm/", {"lock_version": row.lock_version})
    assert not Occupancy.objects.get().needs_review


@pytest.mark.parametrize("path", ["/occupancies/{}/edit/", "/occupancies/{}/end/"])
def test_relation_of_another_town_is_not_found(path, cast, yard, sign_in):
    assert sign_in(cast.stranger).get(path.format(Occupancy.objects.get().pk)).status_code == 404


def test_titles_buildings_and_enterprises_are_entered_and_mended_by_hand(cast, yard, sign_in):
    officer = sign_in(cast.officer)
    base = {"division_code": TOWN, "effective": "2024-02-01", "reason": "人工新增"}
    title = {**base, "code": "330604001001GB00002", "right_holder": "风机公司", "stated_cm2": "15", "price_fen": "484.5"}
    assert officer.post("/parcels/new/", title).status_code == 302
    made = ParcelVersion.objects.get(right_holder="风机公司")
    assert (made.stated_cm2, made.price_fen) == (100_000_000, 484_500_000)
    assert "重复" in officer.post("/parcels/new/", title).content.decode()
    house = {**base, "code": "JZ-1", "name": "一号楼", "plot_id": yard.code, "floor_cm2": "1200.5"}
    assert officer.post("/buildings/new/", house).status_code == 302
    building = BuildingVersion.objects.get()
    assert (building.plot_id, building.floor_cm2) == (yard.plot_id, 12_005_000)
    address = f"/buildings/{building.building.ulid}/edit/"
    shown = officer.get(address).context["form"].initial
    mended = {**house, "how": "correct", "name": "二号楼", "lock_version": shown["lock_version"], "base": shown["base"]}
    assert officer.post(address, mended).status_code == 302
    assert "二号楼" in officer.get(f"/buildings/{building.building.ulid}/").content.decode()
    assert officer.post("/enterprises/new/", {**base, "name": "新公司", "uscc": "91330604MA2XXXXXX0"}).status_code == 422
    assert officer.post("/enterprises/new/", {**base, "name": "新公司"}).status_code == 302
    assert EnterpriseVersion.objects.get(name="新公司").division_code == TOWN
