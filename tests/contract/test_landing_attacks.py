"""Attacks on clearing, supply and projects: numbers that are none, mistyped years, rewritten proposals, seals, foreign ids."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenglong.apps.accounts import service as accounts
from tenglong.apps.audit import service as audit
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import AgreementState, Clearance, ClearedHolder
from tenglong.apps.clearance.service import agreements, contacts
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Blocker, PermitNetwork, Project, Tower, VisitPhoto
from tenglong.apps.projects.service import blockers, meetings, permits
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.forms_land import RateField
from tenglong.apps.supply.models import Bid, Listing, ReserveEntry
from tenglong.apps.supply.service import batches, bids, listings, outcome, reserve
from tenglong.domain.landing.supply.tailored import Condition, Firm, _meets
from tenglong.domain.units import UnitError, to_fen
from tenglong.web.answers import whole

COUNTY, TOWN, OTHER_TOWN = "330604", "330604001", "330604002"
WAN, DAY = 1_000_000, timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\n"
MONSTERS = ("NaN", "sNaN", "Infinity", "1e9999999", "1e-9999999", "1e999999999999")


@pytest.fixture
def towns(cast: Any) -> Any:
    for code, name, level in ((COUNTY, "上虞区", "county"), (TOWN, "百官街道", "town"), (OTHER_TOWN, "曹娥街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    return cast


def another(cast: Any) -> Any:
    """A second person with every verb of the first."""
    user, _password = accounts.create_user(
        accounts.SYSTEM, username="county2", name="另一县管", department=cast.county_office, must_change=False)
    accounts.grant_role(accounts.SYSTEM, user, "county_admin")
    return user


def project_of(town: str, **more: Any) -> Project:
    return Project.objects.create(code=f"P-{town}", name=f"机密{town}", division_code=town, stage="signed", **more)


def sale(**more: Any) -> dict[str, Any]:
    return {"number": "虞储1号", "title": "东单元", "division_code": TOWN, "area_cm2": 60 * WAN, "land_use": "工业用地",
            "method": "listing", "start_price_fen": 900 * WAN, "deposit_fen": 0, "plot_id": None, **more}


# ---- numbers and days that are none


@pytest.mark.parametrize("text", ["²", "①", "9" * 5000, "-1", "1.0", " 1", "", "\x00"])
def test_what_is_no_plain_number_is_none_in_an_address(text: str) -> None:
    assert whole(text, 7) == 7


@pytest.mark.parametrize("text", MONSTERS)
def test_a_number_not_of_this_world_is_refused_before_it_is_worked_out(text: str) -> None:
    with pytest.raises(UnitError):
        to_fen(text, "wan_yuan")
    with pytest.raises(forms.ValidationError):
        RateField().clean(text)
    rates = [reserve.rate_of(Decimal(one)) for one in ("0.0345", "0.00", "1", "1.23456789012e-12")]
    assert rates == ["0.0345", "0", None, None]
    assert not _meets(Firm("甲", {"revenue": Decimal(1)}), Condition("营业收入", "revenue", "at_least", text))
    assert not _meets(Firm("甲", {"revenue": Decimal(1)}), Condition("营业收入", "revenue", "at_least", "1/0"))


def test_a_quantity_times_a_price_that_no_column_holds_is_a_sentence(db: None) -> None:
    for quantity, unit in ((Decimal(10**12), 1), (Decimal(1), 10**16), (Decimal(10**10), 10**10)):
        with pytest.raises(ClearanceError, match="离谱"):
            agreements.item_of("land", quantity, unit)


def test_one_mistyped_year_fells_no_board(towns: Any, sign_in: Any) -> None:
    row = project_of(TOWN)
    with pytest.raises(ProjectError, match="太早"):
        permits.begin(towns.officer, row, "zj-land-and-start", on=date(1890, 1, 1))
    assert not PermitNetwork.objects.exists()
    with pytest.raises(ProjectError, match="太远"):
        blockers.open_(towns.officer, row, title="没水", step="land_permit", expected_on=date(2098, 12, 31))
    stuck = blockers.open_(towns.officer, row, title="没水", step="land_permit")
    with pytest.raises(ProjectError, match="太远"):
        blockers.change(towns.officer, stuck, {"expected_on": date(9999, 12, 31)})
    assert Blocker.objects.get().expected_on is None
    assert sign_in(towns.officer).get("/projects/?size=²&page=²").status_code == 200


# ---- second persons


def test_who_rewrote_a_listing_or_a_batch_does_not_approve_it(towns: Any) -> None:
    row = listings.draft(towns.officer, sale())
    row = listings.revise(towns.county, row, sale(start_price_fen=500 * WAN), lock_version=row.lock_version)
    row = listings.check(towns.officer, row, lock_version=row.lock_version)
    row = listings.submit(towns.officer, row, answer="对所有企业开放", lock_version=row.lock_version)
    with pytest.raises(SupplyError, match="不能自己审定"):
        listings.approve(towns.county, row, lock_version=row.lock_version)
    assert listings.approve(towns.leader, row, lock_version=row.lock_version).state == "approved"
    lot = _lot(towns)
    batch = batches.draft(towns.officer, {"title": "一批", "division_code": TOWN})
    batch = batches.add(towns.county, batch, lot, area_cm2=10**6, land_use="工业用地", lock_version=batch.lock_version)
    batch = batches.submit(towns.officer, batch, lock_version=batch.lock_version)
    with pytest.raises(SupplyError, match="不能自己审定"):
        batches.approve(towns.county, batch, lock_version=batch.lock_version)


def _lot(towns: Any) -> ReserveEntry:
    body = reserve.list_body(towns.county, {"name": "储备中心", "uscc": "91330604MA0000015G", "division_code": COUNTY,
                                            "listed_on": date(2020, 1, 1), "listed_paper": "名录1号"})
    return reserve.take_in(towns.officer, {
        "title": "东单元 A-1", "division_code": TOWN, "plot_id": None, "body_id": body.pk, "on": date(2026, 1, 5),
        "area_cm2": 10**8, "cost_fen": WAN, "rate": "0.04", "paper": "收储协议1号"})


def _holder() -> ClearedHolder:
    row = Clearance.objects.create(title="老区", kind="agreed", division_code=TOWN, policy="cn", surveyed_on=date(2024, 5, 1),
                                   state="started")
    return ClearedHolder.objects.create(clearance=row, number=1, name="甲厂", listed_on=date(2024, 5, 1))


def test_who_rewrote_an_agreement_neither_approves_nor_voids_it(towns: Any) -> None:
    first, second = towns.county, another(towns)
    holder = _holder()
    agreements.value(first, holder, amount_fen=100 * WAN, appraiser="评估所", number="评1")
    for writer, price in ((first, 100), (second, 900)):
        agreements.draft(writer, holder, number="协1", basis="会议纪要1号",
                         payments=[{"amount_fen": price, "due_on": date.today()}],
                         items=[{"kind": "land", "quantity": Decimal(1), "unit_fen": price}])
    agreements.submit(first, holder)
    for act in (lambda: agreements.approve(second, holder), lambda: agreements.void(second, holder, number="作废1")):
        with pytest.raises(ClearanceError, match="不能自己"):
            act()
    assert agreements.approve(towns.leader, holder).state == AgreementState.APPROVED


# ---- what is sealed stays sealed, what is written leaves a trace


def test_an_opening_that_is_refused_names_no_bidder(towns: Any) -> None:
    row = listings.draft(towns.officer, sale())
    Listing.objects.filter(pk=row.pk).update(state="running")
    row.refresh_from_db()
    bids.receive(towns.officer, row, {"bidder": "机密竞买人", "uscc": "91330604MA00000A96", "amount_fen": 950 * WAN,
                                      "received_on": timezone.localdate()})
    with pytest.raises(SupplyError) as refused:
        outcome._open(towns.county, row, timezone.localdate() - DAY)
    assert "机密竞买人" not in str(refused.value) and Bid.objects.get().state == "sealed"


def test_an_agenda_counts_only_what_the_reader_sees_and_leaves_a_trace(towns: Any, sign_in: Any) -> None:
    meeting = meetings.plan(towns.officer, title="专题会", on=date.today(), level="team", division_code=TOWN, draw=False)
    meetings.add(towns.officer, meeting, project_of(TOWN), matter="自家议题")
    meetings.add(towns.county, meeting, project_of(OTHER_TOWN), matter="外镇议题")
    assert AuditEntry.objects.filter(action="meeting.add", subject_id=meeting.ulid).count() == 2
    rows = sign_in(towns.officer).get("/projects/meetings.json").json()["rows"]
    assert [row["matters"] for row in rows] == [1]
    assert sign_in(towns.county).get("/projects/meetings.json").json()["rows"][0]["matters"] == 2


def test_personal_data_of_a_holder_stand_nowhere_in_clear(towns: Any, sign_in: Any) -> None:
    holder, secret = _holder(), {"person": "欧阳铁柱", "phone": "13905751234", "id_number": "330682197001011234",
                                 "bank_account": "6222021211009988776"}
    contacts.put(towns.county, holder, secret)
    contacts.reveal(towns.county, holder, "通知评估结果")
    holder.refresh_from_db()
    told = str(list(AuditEntry.objects.values_list("deltas", "reason", "digest")))
    pages = [sign_in(person).get(f"/clearance/holders/{holder.ulid}{end}").content.decode()
             for person in (towns.county, towns.leader, towns.officer) for end in ("/", ".json")]
    for text in secret.values():
        assert not [one for one in (holder.sealed, told, *pages) if text in one]
    assert sign_in(towns.stranger).get(f"/clearance/holders/{holder.ulid}/").status_code == 404
    assert audit.verify().ok


# ---- ids of other towns in forms, files that are none


def test_ids_of_another_town_in_a_form_write_nothing_and_name_nothing(towns: Any, sign_in: Any) -> None:
    here, there = project_of(TOWN), project_of(OTHER_TOWN)
    plot = registry.create_plot(towns.officer, {"name": "机密地", "surveyed_cm2": 10**8}, on=date(2020, 1, 1), town=TOWN)
    lot, listing = _lot(towns), listings.draft(towns.officer, sale(title="机密出让"))
    batch = batches.draft(towns.stranger, {"title": "曹娥批次", "division_code": OTHER_TOWN})
    today, client = date.today().isoformat(), sign_in(towns.stranger)
    head = {"name": "新", "division_code": OTHER_TOWN, "needs": "land", "on": today}
    tower = {"name": "楼", "division_code": OTHER_TOWN, "source": "来源", "project_id": here.pk}
    asked = [
        ("/projects/new/", {**head, "listing_id": listing.pk}), ("/projects/new/", {**head, "division_code": TOWN}),
        (f"/projects/{there.ulid}/members/", {"person": towns.officer.pk, "duty": "member"}),
        (f"/projects/{there.ulid}/blockers/new/", {"title": "没水", "field": "other", "on": today, "owner": towns.officer.pk}),
        (f"/projects/{there.ulid}/phases/", {"p-TOTAL_FORMS": "1", "p-INITIAL_FORMS": "1", "p-0-keep": "on", "p-0-name": "一",
                                             "p-0-plots": plot.code}),
        ("/projects/towers/new/", tower),
        (f"/supply/batches/{batch.ulid}/plots/", {"lot": lot.pk, "area_cm2": "1", "land_use": "工业", "lock_version": "1"}),
        (f"/supply/batches/{batch.ulid}/plots/", {"drop": "²", "lock_version": "1"}),
    ]
    counts = [(AuditEntry.objects.count(), Project.objects.count(), Tower.objects.count())]
    for address, data in asked:
        answer = client.post(address, data, follow=True)
        assert answer.status_code in (200, 404, 422), address
        assert "机密地" not in answer.content.decode() and "机密出让" not in answer.content.decode(), address
        assert here.name not in answer.content.decode(), address
    assert [(AuditEntry.objects.count(), Project.objects.count(), Tower.objects.count())] == counts


def test_a_picture_is_a_picture_and_runs_nothing(towns: Any, sign_in: Any) -> None:
    row, client = project_of(TOWN), sign_in(towns.officer)
    bad = [("x.svg", b"<svg onload=alert(1)>"), ("x.png", b"<svg onload=alert(1)>"), ("x.jpg", PNG + b"\0" * 64),
           ("x.png", b""), ("x.png.exe", PNG), ("x.png", b"PK\x03\x04"), ("字" * 400 + ".png", PNG + b"\1")]
    address, today = f"/projects/{row.ulid}/photos/", date.today().isoformat()
    for name, body in bad:
        client.post(address, {"on": today, "photos": [SimpleUploadedFile(name, body)]})
    assert not VisitPhoto.objects.exists()
    file = SimpleUploadedFile("x.png", PNG + b"<script>alert(1)</script>")
    file._name = "../../../etc/x.png"
    client.post(address, {"on": today, "photos": [file]})
    kept = VisitPhoto.objects.get()
    answer = client.get(f"/projects/photos/{kept.pk}/")
    assert "/" not in kept.document.name and answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]
