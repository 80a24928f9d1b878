"""Land through replanning, reserve, batch, listing and contract: the law of the clocks, second persons, seals, one book."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenglong.apps.accounts.scope import Refused
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Bid, Deal, LandStep, Listing, ReserveEntry
from tenglong.apps.supply.queries import land
from tenglong.apps.supply.queries import reserve as book
from tenglong.apps.supply.service import batches, bids, changes, listings, reserve

TOWN, OTHER = "330604001", "330604002"
MU, WAN = 6_666_667, 1_000_000
DAY = timedelta(days=1)
USCC = ("91330604MA0000015G", "91330604MA00000A96")


def begun() -> date:
    """A working day long enough ago for all waits to have run."""
    return calendar().next_working_day(timezone.localdate() - timedelta(days=150))


def after(start: date, days: int) -> date:
    return calendar().deadline(start, days=days).due


@pytest.fixture
def body(cast: Any) -> Any:
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town"), (OTHER, "曹娥街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    return reserve.list_body(cast.county, {
        "name": "上虞区土地储备中心", "uscc": USCC[0], "division_code": "330604", "listed_on": date(2020, 1, 1),
        "listed_paper": "名录〔2020〕1号"})


def lot_of(cast: Any, body: Any, **more: Any) -> ReserveEntry:
    return reserve.take_in(cast.officer, {
        "title": "东单元 A-1", "division_code": TOWN, "plot_id": None, "body_id": body.pk, "on": begun() - 100 * DAY,
        "area_cm2": 100 * MU, "cost_fen": 3_650 * WAN, "rate": "0.04", "paper": "收储协议 1 号", **more})


def listing_of(cast: Any, lot: Any = None, batch: Any = None, **more: Any) -> Listing:
    return listings.draft(cast.officer, {
        "number": "虞储〔2026〕1号", "title": "东单元 A-1", "division_code": TOWN, "area_cm2": 60 * MU, "land_use": "工业用地",
        "method": "listing", "start_price_fen": 2_000 * WAN, "deposit_fen": 400 * WAN, "plot_id": None,
        **more}, lot=lot, batch=batch)


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def approved(cast: Any, row: Listing) -> Listing:
    row = listings.check(cast.officer, row, lock_version=row.lock_version)
    answer = "条件对所有制造业企业开放" if listings.doubts(row) else ""
    row = listings.submit(cast.officer, row, answer=answer, lock_version=row.lock_version)
    return listings.approve(cast.leader, row, lock_version=row.lock_version)


def step(cast: Any, row: Listing, name: str, on: date, **more: Any) -> Listing:
    now = fresh(row)
    return listings.step(cast.officer, now, name, on=on, paper=f"{name} 文书", lock_version=now.lock_version, **more)


def test_only_a_listed_body_takes_land_in_and_the_book_holds_on_every_day(cast, body):
    with pytest.raises(SupplyError, match="国资公司的收购不是收储"):
        lot_of(cast, body, body_id=None)
    with pytest.raises(SupplyError, match="不在土地储备机构名录"):
        lot_of(cast, body, on=date(2019, 12, 31))
    with pytest.raises(SupplyError, match="管辖范围以外"):
        lot_of(cast, body, division_code=OTHER)
    with pytest.raises(Refused):
        reserve.list_body(cast.officer, {"division_code": TOWN})
    lot = lot_of(cast, body)
    with pytest.raises(SupplyError, match="不超过库存"):
        reserve.take_out(cast.officer, lot, {"on": begun(), "area_cm2": 101 * MU, "paper": "合同"})
    out = reserve.take_out(cast.officer, lot, {"on": begun(), "area_cm2": 25 * MU, "paper": "合同 1 号"})
    now = book.account(cast.officer, begun())
    assert (now.area_cm2, now.cost_fen) == (75 * MU, 3_650 * WAN * 3 // 4)
    assert now.interest_fen == 3_650 * WAN * 4 * 100 // 36_500 * 3 // 4
    assert book.account(cast.officer, begun() - DAY).area_cm2 == 100 * MU
    assert book.account(cast.stranger, begun()).rows == []
    with pytest.raises(SupplyError, match="先冲销后面的"):
        reserve.reverse(cast.officer, lot, reason="面积写错")
    reserve.reverse(cast.officer, out, reason="面积写错")
    assert book.account(cast.officer, begun()).area_cm2 == 100 * MU
    with pytest.raises(TypeError):
        out.save()


def test_a_replanning_waits_for_its_notice_and_the_refusal_stays_in_the_audit(cast, body):
    row = changes.begin(cast.officer, {
        "title": "东单元调整", "division_code": TOWN, "plot_id": None, "plan_unit": "SY-01", "area_cm2": 40 * MU,
        "use_before": "仓储用地", "use_after": "工业用地", "reason": "产业用地提容"})
    start = begun()
    for at, name in enumerate(("argued", "heard", "agreed", "noticed")):
        row = changes.step(cast.officer, row, name, on=start, paper=f"文书 {at}", lock_version=row.lock_version)
    first = after(start, 30) + DAY
    with pytest.raises(SupplyError, match="城乡规划法第二十六条"):
        changes.step(cast.officer, row, "submitted", on=first - DAY, paper="报批文件", lock_version=row.lock_version)
    assert AuditEntry.objects.filter(action="change.refused", subject_id=row.ulid, result="refused").count() == 1
    row = changes.step(cast.officer, row, "submitted", on=first, paper="报批文件", lock_version=row.lock_version)
    row = changes.step(cast.officer, row, "approved", on=first, paper="批准文件", lock_version=row.lock_version)
    late = calendar().add_working_days(first, 21)
    row = changes.step(cast.officer, row, "published", on=late, paper="公布页面", lock_version=row.lock_version)
    assert row.state == "done"
    assert "20 个工作日" in LandStep.objects.get(change=row, step="published").warnings[0]


def test_a_listing_from_batch_to_contract_takes_its_land_out_of_stock(cast, body):
    lot, start = lot_of(cast, body), begun()
    batch = batches.draft(cast.officer, {"title": "第一批", "division_code": TOWN})
    batch = batches.add(cast.officer, batch, lot, area_cm2=60 * MU, land_use="工业用地", lock_version=batch.lock_version)
    batch = batches.attach(cast.officer, batch, standard="sc-longchang@2022", row="装备", lock_version=batch.lock_version)
    batch = batches.submit(cast.officer, batch, lock_version=batch.lock_version)
    batch = batches.approve(cast.leader, batch, lock_version=batch.lock_version)
    row = listing_of(cast, lot, batch=batch, number="虞储〔2026〕2号")
    assert [(one["id"], one["value"]) for one in row.indicators] == [
        ("intensity", "150"), ("tax", "8"), ("output", "350"), ("research", "2")]
    row = approved(cast, row)
    bids.set_price(cast.officer, row, fen=2_500 * WAN, paper="集体决策纪要 3 号")
    row = step(cast, row, "announced", start)
    with pytest.raises(SupplyError, match="第39号第八条"):
        step(cast, row, "started", after(start, 20) - DAY)
    row = step(cast, row, "started", after(start, 20))
    offers = [bids.receive(cast.officer, row, {"bidder": name, "uscc": uscc, "amount_fen": fen * WAN,
                                               "received_on": start + DAY, "deposit_paid_on": start + DAY})
              for name, uscc, fen in (("甲公司", USCC[0], 2_400), ("乙公司", USCC[1], 2_600))]
    ended = after(after(start, 20), 10)
    with pytest.raises(SupplyError, match="第十八条"):
        step(cast, row, "opened", ended - DAY)
    assert {fresh(one).amount_fen for one in offers} == {None}
    row = step(cast, row, "opened", ended)
    with pytest.raises(SupplyError, match="低于起始价或底价"):
        step(cast, row, "confirmed", ended, winner=offers[0])
    row = step(cast, row, "confirmed", ended, winner=offers[1])
    row = step(cast, row, "result", calendar().add_working_days(ended, 11))
    assert "10 个工作日" in row.steps.get(step="result").warnings[0]
    row = step(cast, row, "contracted", ended, contract_number="3306042026A21001")
    assert (row.state, row.price_fen, row.deal.holder) == ("contracted", 2_600 * WAN, "乙公司")
    assert Deal.objects.get(contract_number="3306042026A21001").area_cm2 == 60 * MU
    assert book.account(cast.officer, ended).area_cm2 == 40 * MU


def test_reserve_price_and_offers_are_secret_until_opened_and_every_look_is_audited(cast, body):
    start = begun()
    row = step(cast, approved(cast, listing_of(cast)), "announced", start)
    bids.set_price(cast.officer, row, fen=2_222 * WAN, paper="集体决策纪要")
    offer = {"bidder": "甲公司", "uscc": USCC[1], "received_on": start, "amount_fen": 2_345 * WAN}
    bid = bids.receive(cast.officer, row, offer)
    assert "2345" not in bid.sealed and land.bids(cast.officer, row).get().amount_fen is None
    for person in (cast.county, cast.leader, cast.task_force, cast.stranger):
        assert not land.bids(person, row).exists()
        assert land.reserve_price(person, row) is None
    with pytest.raises(SupplyError, match="没有指定您查看"):
        bids.see_price(cast.county, row, purpose="核对")
    with pytest.raises(SupplyError, match="没有指定您查看"):
        bids.admit(cast.task_force, row, cast.task_force, reason="想看")
    bids.admit(cast.officer, row, cast.task_force, reason="共同经办")
    assert bids.see_price(cast.task_force, row, purpose="核对保证金") == 2_222 * WAN
    assert AuditEntry.objects.get(action="secret.see").reason == "核对保证金"
    told = "".join(str(entry.deltas) + entry.reason for entry in AuditEntry.objects.filter(subject_id=row.ulid))
    assert "2222" not in told and "2345" not in told
    row = listings.withdraw(cast.officer, fresh(row), reason="规划调整", lock_version=fresh(row).lock_version)
    assert Bid.objects.get().amount_fen is None and not land.bids(cast.leader, row).exists()


def test_conditions_that_fit_one_firm_ask_for_an_answer_and_a_second_person(cast, body):
    for at, (town, industry) in enumerate(((TOWN, "3484"), (OTHER, "3484"), (OTHER, "2651"))):
        registry.create_enterprise(cast.county, {"name": f"第{at}装备公司", "industry": industry, "scale": "above_scale",
                                                 "registered_on": date(2010 + at, 1, 1)}, on=date(2022, 1, 1), town=town)
    asked = [{"text": "属于通用设备制造业", "measure": "industry", "op": "begins", "value": "34"},
             {"text": "2011 年以前成立", "measure": "registered_year", "op": "at_most", "value": "2010"}]
    row = listing_of(cast, conditions=asked)
    with pytest.raises(SupplyError, match="先核对竞买条件"):
        listings.submit(cast.officer, row, lock_version=row.lock_version)
    row = listings.check(cast.officer, row, lock_version=row.lock_version)
    assert row.findings[0]["rule"] == "few" and "第0装备公司" in row.findings[0]["says"]
    with pytest.raises(SupplyError, match="疑似量身定制"):
        listings.submit(cast.officer, row, lock_version=row.lock_version)
    asked[1] |= {"op": "at_least", "value": "2011", "text": "2011 年以后成立"}
    row = listings.revise(cast.officer, row, {**{name: getattr(row, name) for name in listings.FIELDS}, "conditions": asked},
                          lock_version=row.lock_version)
    assert row.findings is None
    row = listings.check(cast.officer, row, lock_version=row.lock_version)
    assert [one["rule"] for one in row.findings] == ["nobody", "unchecked"]  # one's own town has no such firm
    with pytest.raises(SupplyError, match="疑似量身定制"):
        listings.submit(cast.officer, row, lock_version=row.lock_version)
    row = listings.submit(cast.officer, row, answer="首台套配套需要，已集体研究", lock_version=row.lock_version)
    with pytest.raises(Refused):
        listings.approve(cast.officer, row, lock_version=row.lock_version)
    with pytest.raises(SupplyError, match="另一镇街的一家企业"):
        listings.approve(cast.leader, row, lock_version=row.lock_version)
    row = listings.approve(cast.leader, row, reason="同意，会议研究过", lock_version=row.lock_version)
    assert row.state == "approved" and row.answer == "首台套配套需要，已集体研究；同意，会议研究过"
    assert "第1装备公司" not in str(row.findings)


def test_an_office_of_one_town_cannot_ask_for_the_figure_of_a_firm_elsewhere_step_by_step(cast, body):
    registry.create_enterprise(cast.county, {"name": "外镇装备公司", "industry": "3484", "scale": "above_scale",
                                             "registered_on": date(2013, 1, 1)}, on=date(2022, 1, 1), town=OTHER)
    answers = []
    for year in ("2012", "2013", "2014"):
        row = listing_of(cast, number=f"问{year}", conditions=[
            {"text": "成立较晚", "measure": "registered_year", "op": "at_least", "value": year}])
        found = listings.check(cast.officer, row, lock_version=row.lock_version).findings
        answers.append([one["says"] for one in found if one["rule"] != "exact"])  # of the wording alone
    assert answers == 3 * [["登记里没有可核对的企业", "只核对了管辖范围内的 0 家企业，全县的核对在审定时进行"]]


def test_pages_refuse_an_early_step_with_the_clause_and_hide_secrets(cast, body, sign_in):
    start, lot = begun(), lot_of(cast, body)
    row = step(cast, approved(cast, listing_of(cast, lot)), "announced", start)
    bids.set_price(cast.officer, row, fen=2_222 * WAN, paper="集体决策纪要")
    officer = sign_in(cast.officer)
    page = officer.get(f"/supply/listings/{row.ulid}/").content.decode()
    assert after(start, 20).isoformat() in page and "第39号第八条" in page and "2,222" not in page
    data = {"step": "started", "on": (start + DAY).isoformat(), "paper": "挂牌文件", "lock_version": row.lock_version}
    told = officer.post(f"/supply/listings/{row.ulid}/step/", data, follow=True).content.decode()
    assert "提前办理不能缩短" in told and not row.steps.filter(step="started").exists()
    secret = f"/supply/listings/{row.ulid}/secret/"
    seen = officer.post(f"{secret}see/", {"reason": "核对"}).content.decode()
    assert "2,222.00" in seen and "2,222.00" not in officer.get(secret).content.decode()
    twin = officer.get(f"/supply/listings/{row.ulid}.json").json()
    assert twin["steps"][1]["earliest"] == after(start, 20).isoformat() and "reserve_price" not in twin
    assert officer.get(f"/supply/reserve.json?on={start.isoformat()}").json()["area_cm2"] == str(100 * MU)
    others = (cast.stranger, cast.leader, cast.county)
    assert [sign_in(person).get(secret).status_code for person in others] == [404, 403, 404]
