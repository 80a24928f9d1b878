"""A survey is no decision; a second person starts it; steps wait; holders sign and leave; rates agree with the rows."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.clearance import queries
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, Step
from tenglong.apps.clearance.queries import money
from tenglong.apps.clearance.queries import rows as seen
from tenglong.apps.clearance.service import agreements, clearances, contacts, corrections, gathering, holders
from tenglong.apps.registry.models import PlotVersion

TOWN, LONG, DAY, MU, WAN = "330604001", date(2020, 1, 1), date(2023, 5, 1), 6_666_667, 10_000 * 100


def test_holders_tenants_titles_and_buildings_come_from_the_register(cast: Any, project: Clearance, land: Any) -> None:
    rows = {row.name: row for row in queries.holders(cast.officer, project)}
    assert {name: (row.role, row.land_cm2) for name, row in rows.items()} == {
        "甲染厂": ("holder", 20 * MU), "乙机械": ("holder", 10 * MU), "丙租户": ("tenant", 0),
        f"权利人待查（{land['plots'][1].code}）": ("holder", 12 * MU)}
    assert rows["丙租户"].landlord == rows["甲染厂"] and rows["甲染厂"].targets.get(what="building").floor_cm2 == 50_000_000
    with pytest.raises(ClearanceError, match="已在征迁项目里"):
        gathering.gather(cast.officer, project, [land["plots"][0].plot.ulid])
    with pytest.raises(ClearanceError, match="超过地块面积"):
        holders.add(cast.officer, project, {"name": "王小二", "kind": "person"}, land["plots"][0].plot.ulid, MU)


def test_a_survey_says_so_everywhere_and_offers_no_signing(cast: Any, project: Clearance, sign_in: Any, one: Any) -> None:
    client, mark, holder = sign_in(cast.county), "仅作摸底，不是征收决定", one(project, "甲")
    pages = [f"/clearance/{project.ulid}/", f"/clearance/holders/{holder.ulid}/", "/clearance/", "/clearance/holders/",
             "/clearance/plots/", f"/clearance/{project.ulid}/likeness/",
             f"/plots/{holder.targets.first().plot.ulid}/?tab=clearance"]
    for address in pages:
        assert mark in client.get(address).content.decode(), address
    assert mark in client.get(f"/clearance/{project.ulid}.json").json()["mark"]
    assert "work/sign/" not in client.get(pages[1]).content.decode()
    given = client.post(f"/clearance/{project.ulid}/export/", {"recipient": "县政府", "purpose": "汇报"})
    book = openpyxl.load_workbook(io.BytesIO(given.content))
    assert all(mark in str(sheet["A1"].value) for sheet in book) and given["X-Figure-Number"].startswith("BS")
    with pytest.raises(ClearanceError, match="仅作摸底"):
        agreements.sign(cast.officer, holder, on=DAY)
    with pytest.raises(ClearanceError, match="只是摸底"):
        clearances.enter_step(cast.county, project, "valuation", number="文1", on=DAY)


def test_a_second_person_starts_and_steps_keep_their_order_and_audit(cast: Any, project: Clearance, started: Any) -> None:
    with pytest.raises(Exception, match="权限"):
        clearances.start(cast.officer, project, number="文1", on=DAY)
    row = started(project)
    assert (row.state, row.started_by_id) == ("started", cast.county.pk)
    mine = clearances.create(cast.county, {"title": "我的", "kind": "agreed", "division_code": TOWN, "surveyed_on": DAY})
    with pytest.raises(ClearanceError, match="不能自己启动"):
        clearances.start(cast.county, mine, number="文1", on=DAY)


def test_a_wait_of_the_law_is_refused_with_its_clause(cast: Any, project: Clearance) -> None:
    Clearance.objects.filter(pk=project.pk).update(kind="collective")
    project.refresh_from_db()
    clearances.start(cast.county, project, number="预公告1", on=DAY)
    project.refresh_from_db()
    for step in ("condition_survey", "risk"):
        clearances.enter_step(cast.officer, project, step, number="文1", on=DAY)
    with pytest.raises(ClearanceError, match="第26条"):
        clearances.enter_step(cast.officer, project, "plan_notice", number="文3", on=DAY + timedelta(days=9))
    clearances.enter_step(cast.officer, project, "plan_notice", number="文3", on=DAY + timedelta(days=30))
    with pytest.raises(Exception, match="权限"):
        clearances.enter_step(cast.officer, project, "decision", number="文4", on=DAY + timedelta(days=90))


def test_from_agreement_to_bare_land_and_the_rates_of_every_day(
    cast: Any, project: Clearance, started: Any, agreed: Any, one: Any
) -> None:
    row, holder = started(project), one(project, "甲")
    agreed(holder, parts=2)
    with pytest.raises(ClearanceError, match="还没有签约"):
        holders.reach(cast.officer, holder, "vacated", on=DAY + timedelta(days=30))
    agreements.sign(cast.officer, holder, on=DAY + timedelta(days=10))
    agreements.fund(cast.county, holder, 1, on=DAY + timedelta(days=5))
    assert one(row, "甲").funded_on is None
    agreements.fund(cast.county, holder, 2, on=DAY + timedelta(days=15))
    assert one(row, "甲").funded_on == DAY + timedelta(days=15)
    agreements.pay(cast.county, holder, 1, voucher="V1", on=DAY + timedelta(days=12))
    later = {"funded_on": DAY + timedelta(days=16), "paid_on": None, "number": "更9"}
    with pytest.raises(ClearanceError, match="支付应在"):
        corrections.correct_part(cast.county, holder, 2, **{**later, "paid_on": DAY + timedelta(days=15)})
    asked = corrections.correct_part(cast.county, holder, 2, **later)
    assert one(row, "甲").funded_on == DAY + timedelta(days=15)
    with pytest.raises(ClearanceError, match="不能自己审定"):
        corrections.decide(cast.county, asked, True, number="审1")
    corrections.decide(cast.leader, asked, True, number="审1")
    assert one(row, "甲").funded_on == DAY + timedelta(days=16)
    assert AuditEntry.objects.get(action="clearance.correct").reason == "更9"
    with pytest.raises(ClearanceError, match="承租户没有搬出"):
        holders.reach(cast.officer, holder, "vacated", on=DAY + timedelta(days=30))
    holders.reach(cast.officer, one(row, "丙"), "vacated", on=DAY + timedelta(days=25))
    holders.reach(cast.officer, holder, "vacated", on=DAY + timedelta(days=30))
    PlotVersion.objects.filter(plot_id=holder.targets.get(what="plot").plot_id).update(soil={"key_unit": True, "state": "due"})
    with pytest.raises(ClearanceError, match="拆除活动污染防治方案"):
        holders.reach(cast.officer, holder, "demolished", on=DAY + timedelta(days=40))
    holders.paper(cast.officer, holder, "demolition_plan", number="环备1", on=DAY)
    holders.reach(cast.officer, holder, "demolished", on=DAY + timedelta(days=40))
    with pytest.raises(ClearanceError, match="土壤污染状况调查报告"):
        holders.reach(cast.officer, holder, "delivered", on=DAY + timedelta(days=50))
    for after, wanted in ((9, ("0.00%", "0.00%", "0.00%")), (10, ("33.33%", "47.61%", "0.00%"))):
        found = queries.rates(cast.officer, row, DAY + timedelta(days=after)).cells["signed"]
        assert tuple(cell.percent for cell in found.values()) == wanted
    other = one(row, "乙")
    holders.drop(cast.officer, other, number="退1", on=DAY + timedelta(days=60))
    late = queries.rates(cast.county, row, DAY + timedelta(days=60))
    assert (late.cells["signed"]["plots"].done, late.cells["signed"]["plots"].of) == (1, 2)
    assert (late.money.due, late.money.paid) == (600 * WAN, 300 * WAN)
    assert queries.rates(cast.officer, row, DAY + timedelta(days=60)).money.due == 0
    for stage in ("signed", "vacated"):
        flag = {f"done_{stage}": True}
        day = DAY + timedelta(days=60)
        assert seen.on_day(cast.officer, day).filter(**flag).count() == late.cells[stage]["holders"].done
        assert seen.plots_on_day(cast.officer, day).filter(**flag).count() == late.cells[stage]["plots"].done


def test_a_corrected_day_keeps_the_old_one_in_the_audit(
    cast: Any, project: Clearance, started: Any, agreed: Any, one: Any
) -> None:
    row, holder = started(project), one(project, "乙")
    agreed(holder)
    agreements.sign(cast.officer, holder, on=DAY + timedelta(days=10))
    holders.reach(cast.officer, holder, "vacated", on=DAY + timedelta(days=20))
    with pytest.raises(ClearanceError, match="早于签约"):
        holders.correct(cast.officer, holder, "signed", on=DAY + timedelta(days=21), number="更2")
    holders.correct(cast.officer, holder, "signed", on=DAY + timedelta(days=8), number="更2")
    entry = AuditEntry.objects.get(action="clearance.correct")
    assert entry.reason == "更2" and [entry.deltas[0][key] for key in ("old", "new")] == ["2023-05-11", "2023-05-09"]
    assert one(row, "乙").agreements.get().signed_on == DAY + timedelta(days=8)
    with pytest.raises(ClearanceError, match="已经付款或腾空"):
        agreements.void(cast.leader, holder, number="废1")


def test_prices_outside_the_range_need_a_basis_and_stand_on_the_list(
    cast: Any, project: Clearance, sign_in: Any, agreed: Any, one: Any
) -> None:
    holder = one(project, "甲")
    with pytest.raises(ClearanceError, match="超出政策幅度"):
        agreed(holder, yuan=500_000)
    found = money.doubts(cast.county, project)
    assert [doubt.rule for doubt in found] == ["range"] and "高于政策幅度" in found[0].says
    client = sign_in(cast.leader)
    page = client.get(f"/clearance/{project.ulid}/likeness/").content.decode()
    assert "高于政策幅度" in page and "不是结论" in page
    assert money.doubts(cast.officer, project) == []


def test_amounts_and_payees_stay_with_those_who_may_see_them(
    cast: Any, project: Clearance, sign_in: Any, started: Any, agreed: Any, one: Any
) -> None:
    row, holder = started(project), one(project, "甲")
    agreed(holder)
    contacts.put(cast.county, holder, {"person": "王小二", "phone": "13912345678", "bank_account": "6222020200112233445"})
    holder = one(row, "甲")
    assert "13912345678" not in holder.sealed and "王小二" not in holder.sealed
    addresses = [f"/clearance/{row.ulid}/", f"/clearance/{row.ulid}.json", f"/clearance/holders/{holder.ulid}/",
                 f"/clearance/holders/{holder.ulid}.json", "/clearance/holders.json"]
    secret = ("600.00", "500.00", "600000000", "60000000", "6222020200112233445", "13912345678", "王小二")
    for person in (cast.officer, cast.analyst, cast.task_force):
        client = sign_in(person)
        for address in addresses:
            text = client.get(address).content.decode()
            assert [word for word in secret if word in text] == [], (person.name, address)
        assert client.get(f"/clearance/{row.ulid}/likeness/").status_code == 403
    for person in (cast.stranger, cast.firm, cast.auditor):
        client = sign_in(person)
        assert {client.get(address).status_code for address in addresses[:4]} <= {403, 404}
    look = sign_in(cast.officer).post(f"/clearance/holders/{holder.ulid}/reveal/", {"purpose": "通知评估结果"})
    assert "13912345678" in look.content.decode() and "6222020200112233445" not in look.content.decode()
    assert AuditEntry.objects.get(action="clearance.reveal").reason == "通知评估结果"
    assert "6222020200112233445" in sign_in(cast.county).post(
        f"/clearance/holders/{holder.ulid}/reveal/", {"purpose": "核对收款账号"}).content.decode()
    told = str(list(AuditEntry.objects.values_list("deltas", "reason")))
    assert not any(word in told for word in secret)


def test_personal_data_go_when_their_time_is_over(cast: Any, project: Clearance, one: Any) -> None:
    holder = one(project, "甲")
    contacts.put(cast.officer, holder, {"phone": "13912345678"})
    clearances.end(cast.leader, project, number="停1", on=DAY, stop=True)
    assert contacts.erase_due(date(2033, 4, 30)) == 0 and contacts.erase_due(date(2033, 5, 1)) == 1
    assert one(project, "甲").sealed == ""


def test_pages_walk_from_a_new_project_to_a_registered_step(cast: Any, land: Any, sign_in: Any, one: Any) -> None:
    client = sign_in(cast.officer)
    head = {"title": "新项目", "kind": "agreed", "division_code": TOWN, "surveyed_on": "2023-05-01"}
    made = client.post("/clearance/new/", head)
    row = Clearance.objects.get()
    assert made["Location"] == f"/clearance/{row.ulid}/plots/" and Step.objects.get().step == "survey"
    assert client.post(made["Location"], {"codes": f"{land['plots'][0].code}，不存在"}).status_code == 422
    assert client.post(made["Location"], {"codes": land["plots"][0].code}).status_code == 302
    county = sign_in(cast.county)
    county.post(f"/clearance/{row.ulid}/start/", {"on": "2023-05-02", "number": "上收1号", "lock_version": "2"})
    county.post(f"/clearance/{row.ulid}/step/", {"step": "valuation", "on": "2023-05-03", "number": "评1"})
    holder = one(row, "甲")
    county.post(f"/clearance/holders/{holder.ulid}/money/value/", {
        "amount_fen": "500", "on": "2023-05-03", "appraiser": "公正评估", "number": "P1", "cause": "first"})
    form = {"number": "XY1", "way": "cash", "basis": "", "i-TOTAL_FORMS": "2", "i-INITIAL_FORMS": "0", "p-TOTAL_FORMS": "1",
            "p-INITIAL_FORMS": "0", "i-0-kind": "land", "i-0-quantity": "20", "i-0-unit_fen": "300000", "p-0-amount_fen": "600",
            "p-0-due_on": "2023-06-01"}
    assert county.post(f"/clearance/holders/{holder.ulid}/agreement/", form).status_code == 302
    page = county.get(f"/clearance/holders/{holder.ulid}/").content.decode()
    assert "600.00" in page and "报审" in page and "协议还没有审定" not in page and "先办“集体决策" in page
    shown = county.get(f"/clearance/{row.ulid}/?on=2023-05-03&base=area").content.decode()
    assert "尚未作出" in shown and 'data-stage="signed"' in shown
    assert "还没有到" in county.get(f"/clearance/{row.ulid}/?on=2999-01-01").content.decode()
