"""What a notice told bidders changes by a supplementary notice alone: a second person, and the wait that runs anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenglong.apps.accounts.scope import Refused
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.registry.models import Division
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Listing, SupplementNotice
from tenglong.apps.supply.service import bids, land_corrections, listings, supplements

TOWN, OTHER = "330604001", "330604002"
MU, WAN = 6_666_667, 1_000_000
DAY = timedelta(days=1)


def begun() -> date:
    return calendar().next_working_day(timezone.localdate() - timedelta(days=150))


def after(start: date, days: int) -> date:
    return calendar().deadline(start, days=days).due


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


def step(cast: Any, row: Listing, name: str, on: date, **more: Any) -> Listing:
    now = fresh(row)
    return listings.step(cast.officer, now, name, on=on, paper=f"{name} 文书", lock_version=now.lock_version, **more)


@pytest.fixture
def approved(cast: Any) -> Listing:
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town"), (OTHER, "曹娥街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    row = listings.draft(cast.officer, {
        "number": "虞储〔2026〕1号", "title": "东单元 A-1", "division_code": TOWN, "area_cm2": 60 * MU, "land_use": "工业用地",
        "method": "listing", "start_price_fen": 2_000 * WAN, "deposit_fen": None, "plot_id": None,
        "closes_on": begun() + 60 * DAY, "conditions": [{"text": "不接受联合竞买"}]})
    row = listings.check(cast.officer, row, lock_version=row.lock_version)
    row = listings.submit(cast.officer, row, lock_version=row.lock_version)
    return listings.approve(cast.leader, row, lock_version=row.lock_version)


@pytest.fixture
def running(cast: Any, approved: Listing) -> Listing:
    return step(cast, approved, "announced", begun())


def propose(cast: Any, row: Listing, reason: str = "评估价更正", **values: Any) -> SupplementNotice:
    return supplements.propose(cast.officer, row, values, reason=reason, lock_version=fresh(row).lock_version)


def approve(cast: Any, row: Listing, person: Any = None) -> SupplementNotice:
    return supplements.approve(person or cast.leader, row, lock_version=fresh(row).lock_version)


def test_a_changed_price_waits_for_a_second_person_and_for_twenty_days_from_its_own_notice(cast: Any, running: Listing) -> None:
    first = after(begun(), 20)
    made = propose(cast, running, start_price_fen=2_100 * WAN, area_cm2=60 * MU)
    assert made.weighty and made.changes == [
        {"fact": "start_price_fen", "before": 2_000 * WAN, "after": 2_100 * WAN}]
    with pytest.raises(SupplyError, match="还没有办完"):
        propose(cast, running, start_price_fen=2_200 * WAN)
    with pytest.raises(Refused):
        approve(cast, running, cast.officer)
    approve(cast, running)
    with pytest.raises(SupplyError, match="要先办“补充公告（第 1 次）”"):
        step(cast, running, "started", first)
    assert fresh(running).start_price_fen == 2_000 * WAN
    row = step(cast, running, "supplement_1", begun() + 12 * DAY)
    assert (row.start_price_fen, row.state, row.supplements.get().state) == (2_100 * WAN, "running", "published")
    again = after(begun() + 12 * DAY, 20)
    for early in (first, again - DAY):
        with pytest.raises(SupplyError, match="国土资发〔2006〕114号"):
            step(cast, row, "started", early)
    row = step(cast, row, "started", again)
    told = AuditEntry.objects.get(action="listing.amend", subject_id=row.ulid)
    assert told.reason == "评估价更正" and str(2_100 * WAN) in str(told.deltas)
    with pytest.raises(SupplyError, match="只有公告期内能补充公告"):
        propose(cast, row, start_price_fen=1_900 * WAN)
    with pytest.raises(SupplyError, match="国土资发〔2006〕114号"):
        land_corrections.correct(cast.officer, row, "supplement_1", on=begun() + 19 * DAY, paper="补充公告", reason="日期抄错",
                                 lock_version=row.lock_version)


def test_a_later_closing_day_alone_moves_no_wait_and_offers_after_it_are_refused(cast: Any, running: Listing) -> None:
    with pytest.raises(SupplyError, match="只能改晚"):
        propose(cast, running, closes_on=begun() + 59 * DAY)
    with pytest.raises(SupplyError, match="没有改动"):
        propose(cast, running, closes_on=running.closes_on, conditions=[{"text": "不接受联合竞买"}])
    assert not propose(cast, running, closes_on=begun() + 70 * DAY, reason="延长报名").weighty
    approve(cast, running)
    row = step(cast, running, "supplement_1", begun() + DAY)
    row = step(cast, row, "started", after(begun(), 20))
    offer = {"bidder": "甲公司", "uscc": "91330604MA00000A96", "amount_fen": 2_400 * WAN}
    with pytest.raises(SupplyError, match="之后收到的报价不登记"):
        bids.receive(cast.officer, row, {**offer, "received_on": begun() + 71 * DAY})
    bids.receive(cast.officer, row, {**offer, "received_on": begun() + 70 * DAY})
    with pytest.raises(SupplyError, match="不能提前开启"):
        step(cast, row, "opened", begun() + 69 * DAY)
    assert step(cast, row, "opened", begun() + 70 * DAY).state == "opened"


def test_a_notice_names_no_closing_before_the_waits_and_a_late_change_moves_it(cast: Any, approved: Listing) -> None:
    with pytest.raises(SupplyError, match="早于法定最早日期"):
        step(cast, approved, "announced", begun() + 40 * DAY)
    row = step(cast, approved, "announced", begun())
    propose(cast, row, term_years="30年")
    approve(cast, row)
    with pytest.raises(SupplyError, match="早于法定最早日期"):
        step(cast, row, "supplement_1", begun() + 45 * DAY)
    supplements.drop(cast.officer, row, reason="重拟", lock_version=fresh(row).lock_version)
    propose(cast, row, term_years="30年", closes_on=begun() + 90 * DAY)
    approve(cast, row)
    row = step(cast, row, "supplement_2", begun() + 45 * DAY)
    assert (row.term_years, row.closes_on) == ("30年", begun() + 90 * DAY)


def test_changed_conditions_are_checked_again_and_a_doubt_asks_for_an_answer(cast: Any, running: Listing) -> None:
    tight = [{"text": "竞买人须为国家级小巨人企业"}]
    with pytest.raises(SupplyError, match="疑似量身定制"):
        propose(cast, running, conditions=tight, reason="需要")
    propose(cast, running, conditions=tight, reason="强链需要，已集体研究")
    approve(cast, running)
    row = step(cast, running, "supplement_1", begun() + DAY)
    assert listings.doubts(row) and row.answer == "强链需要，已集体研究" and row.conditions[0]["text"] == tight[0]["text"]


def test_the_pages_lead_from_the_proposal_to_the_notice(cast: Any, running: Listing, sign_in: Any) -> None:
    base = f"/supply/listings/{running.ulid}/"
    data = {"area_cm2": str(60 * 666.6667), "land_use": "工业用地", "term_years": "", "start_price_fen": "2100",
            "deposit_fen": "", "closes_on": running.closes_on.isoformat(), "reason": "评估价更正",
            "lock_version": running.lock_version, "c-TOTAL_FORMS": "1", "c-INITIAL_FORMS": "1", "c-0-text": "不接受联合竞买"}
    officer = sign_in(cast.officer)
    assert "20 日" in officer.get(f"{base}supplement/").content.decode()
    officer.post(f"{base}supplement/", data)
    notice = running.supplements.get()
    assert [one["fact"] for one in notice.changes if one["fact"] != "area_cm2"] == ["start_price_fen"]
    page = officer.get(base).content.decode()
    assert "2,000.00 万元 → 2,100.00 万元" in page and "supplement/approve/" not in page
    assert "supplement/approve/" in sign_in(cast.leader).get(base).content.decode()
    sign_in(cast.leader).post(f"{base}supplement/approve/", {"lock_version": fresh(running).lock_version})
    assert 'value="supplement_1"' in sign_in(cast.officer).get(base).content.decode()
    assert sign_in(cast.stranger).get(f"{base}supplement/").status_code == 404
