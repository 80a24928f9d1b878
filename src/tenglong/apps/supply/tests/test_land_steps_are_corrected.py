"""Steps of a control-plan change and of a listing that were written down wrongly: mended in the open, never against a wait."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.registry.models import Division
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Deal, LandStep, Listing, ReserveEntry, StepCorrection
from tenglong.apps.supply.queries import reserve as book
from tenglong.apps.supply.service import bids, changes, land_corrections, listings, reserve

TOWN, OTHER = "330604001", "330604002"
MU, WAN = 6_666_667, 1_000_000
DAY = timedelta(days=1)
PDF = b"%PDF-1.4 notice"


def paper(name: str = "公告.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def begun() -> date:
    return calendar().next_working_day(timezone.localdate() - timedelta(days=150))


def after(start: date, days: int) -> date:
    return calendar().deadline(start, days=days).due


def fresh(row: Any) -> Any:
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def towns(cast: Any) -> None:
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town"), (OTHER, "曹娥街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))


@pytest.fixture
def noticed(cast: Any, towns: None) -> Any:
    """A control-plan change whose notice ran its thirty days and which was handed in on the first lawful day."""
    row = changes.begin(cast.officer, {
        "title": "东单元调整", "division_code": TOWN, "plot_id": None, "plan_unit": "SY-01", "area_cm2": 40 * MU,
        "use_before": "仓储用地", "use_after": "工业用地", "reason": "产业用地提容"})
    for name in ("argued", "heard", "agreed", "noticed"):
        row = changes.step(cast.officer, row, name, on=begun(), paper=f"{name} 文书", lock_version=row.lock_version)
    first = after(begun(), 30) + DAY
    return changes.step(cast.officer, row, "submitted", on=first, paper="报批文件", lock_version=row.lock_version)


def fix(cast: Any, row: Any, step: str, on: date, **more: Any) -> StepCorrection:
    held = row.steps.get(step=step)
    told = {"on": on, "paper": held.paper, "reason": "日期抄错", **more}
    return land_corrections.correct(cast.officer, fresh(row), step, **told, lock_version=fresh(row).lock_version)


def test_a_correction_never_breaks_a_wait_and_the_attempt_stays_in_the_audit(cast: Any, noticed: Any) -> None:
    with pytest.raises(SupplyError, match="城乡规划法第二十六条"):
        fix(cast, noticed, "noticed", begun() + 7 * DAY)
    with pytest.raises(SupplyError, match="“论证修改的必要性”|“征求"):
        fix(cast, noticed, "argued", begun() + DAY)
    assert AuditEntry.objects.filter(action="change.refused", subject_id=noticed.ulid, result="refused").count() == 2
    assert noticed.steps.get(step="noticed").on == begun() and not StepCorrection.objects.exists()


def test_an_earlier_beginning_of_a_wait_asks_for_the_dated_paper(cast: Any, noticed: Any) -> None:
    for name in ("argued", "heard", "agreed"):
        fix(cast, noticed, name, begun() - 3 * DAY)
    with pytest.raises(SupplyError, match="附上写明日期的文书扫描件"):
        fix(cast, noticed, "noticed", begun() - 2 * DAY)
    made = fix(cast, noticed, "noticed", begun() - 2 * DAY, file=paper())
    assert (made.on_before, made.on_after, made.document_after.name) == (begun(), begun() - 2 * DAY, "公告.pdf")
    assert noticed.steps.get(step="noticed").document.division_code == TOWN


def test_old_and_new_stay_and_later_deadlines_are_told(cast: Any, noticed: Any) -> None:
    row = noticed
    first = row.steps.get(step="submitted").on
    row = changes.step(cast.officer, row, "approved", on=first + 9 * DAY, paper="批准文件", lock_version=row.lock_version)
    made = fix(cast, row, "approved", first, paper="虞政发〔2026〕3号")
    assert made.told and "“公布”截止日期由" in made.told[0]
    row = changes.step(cast.officer, fresh(row), "published", on=calendar().add_working_days(first, 25), paper="公布页面",
                       lock_version=fresh(row).lock_version)
    assert row.state == "done" and LandStep.objects.get(change=row, step="published").warnings
    made = fix(cast, row, "approved", first + 9 * DAY, paper="虞政发〔2026〕3号")
    assert "“公布”" in made.told[0] and not LandStep.objects.get(change=row, step="published").warnings
    assert [(one.on_before, one.on_after) for one in StepCorrection.objects.all()] == [
        (first + 9 * DAY, first), (first, first + 9 * DAY)]
    assert AuditEntry.objects.filter(action="change.step.correct", reason="日期抄错").count() == 2
    with pytest.raises(SupplyError, match="没有改动"):
        fix(cast, row, "approved", first + 9 * DAY)
    with pytest.raises(SupplyError, match="更正理由"):
        fix(cast, row, "approved", first, reason=" ")
    with pytest.raises(SupplyError, match="别人刚刚改过"):
        land_corrections.correct(cast.officer, row, "approved", on=first, paper="文书", reason="写错", lock_version=1)


def contracted(cast: Any) -> Listing:
    """A listing sold out of stock: announced, started, opened, confirmed and contracted on the first lawful days."""
    start = begun()
    body = reserve.list_body(cast.county, {
        "name": "上虞区土地储备中心", "uscc": "91330604MA0000015G", "division_code": "330604", "listed_on": date(2020, 1, 1),
        "listed_paper": "名录〔2020〕1号"})
    lot = reserve.take_in(cast.officer, {
        "title": "东单元 A-1", "division_code": TOWN, "plot_id": None, "body_id": body.pk, "on": start - 100 * DAY,
        "area_cm2": 100 * MU, "cost_fen": 3_650 * WAN, "rate": "0.04", "paper": "收储协议 1 号"})
    row = listings.draft(cast.officer, {
        "number": "虞储〔2026〕1号", "title": "东单元 A-1", "division_code": TOWN, "area_cm2": 60 * MU, "land_use": "工业用地",
        "method": "listing", "start_price_fen": 2_000 * WAN, "deposit_fen": None, "plot_id": None}, lot=lot)
    row = listings.check(cast.officer, row, lock_version=row.lock_version)
    row = listings.submit(cast.officer, row, lock_version=row.lock_version)
    row = listings.approve(cast.leader, row, lock_version=row.lock_version)
    row = step(cast, row, "announced", start)
    bid = bids.receive(cast.officer, row, {"bidder": "甲公司", "uscc": "91330604MA00000A96", "amount_fen": 2_400 * WAN,
                                           "received_on": start + 15 * DAY})
    begins = after(start, 20)
    ends = after(begins, 10)
    for name, on, more in (("started", begins, {}), ("opened", ends, {}), ("confirmed", ends, {"winner": bid}),
                           ("contracted", ends, {"contract_number": "3306042026A21001"})):
        row = step(cast, row, name, on, **more)
    return row


def step(cast: Any, row: Listing, name: str, on: date, **more: Any) -> Listing:
    now = fresh(row)
    return listings.step(cast.officer, now, name, on=on, paper=f"{name} 文书", lock_version=now.lock_version, **more)


def test_the_day_of_a_contract_moves_the_deal_and_the_stock_with_it(cast: Any, towns: None) -> None:
    row = contracted(cast)
    ends = row.opened_on
    made = fix(cast, row, "contracted", ends + 2 * DAY)
    assert Deal.objects.get().signed_on == ends + 2 * DAY
    assert "成交案例的签订日期同时更正" in made.told and any("“缴纳出让价款百分之五十”截止日期由" in one for one in made.told)
    assert [book.account(cast.officer, ends + extra * DAY).area_cm2 for extra in (1, 2)] == [100 * MU, 40 * MU]
    with pytest.raises(SupplyError, match="第十八条"):
        fix(cast, row, "opened", ends - DAY)
    with pytest.raises(SupplyError, match="已登记的材料不符"):
        notice_behind_the_offer(cast, row)


def test_the_number_of_a_contract_is_corrected_with_the_deal_and_the_stock(cast: Any, towns: None) -> None:
    row = contracted(cast)
    wrong, right = row.contract_number, "3306042026A21010"
    made = fix(cast, row, "contracted", row.opened_on, contract_number=right)
    assert made.told == [f"合同编号由 {wrong} 更正为 {right}", "成交案例同时更正", "储备库的出库同时更正（原来一笔冲销）"]
    assert (fresh(row).contract_number, Deal.objects.get().contract_number) == (right, right)
    assert book.account(cast.officer, row.opened_on).area_cm2 == 40 * MU
    assert list(ReserveEntry.objects.filter(kind="out", paper=right).values_list("area_cm2", flat=True)) == [60 * MU]
    entry = AuditEntry.objects.get(action="listing.step.correct")
    assert {"field": "contract", "old": wrong, "new": right} in entry.deltas
    Deal.objects.create(key=":3306042026A29999", contract_number="3306042026A29999", division_code=TOWN, location="别处",
                        area_cm2=MU, signed_on=row.opened_on)
    with pytest.raises(SupplyError, match="已有成交记录"):
        fix(cast, row, "contracted", row.opened_on, contract_number="3306042026A29999")
    with pytest.raises(SupplyError, match="没有改动"):
        fix(cast, row, "opened", row.opened_on, contract_number="X")


def notice_behind_the_offer(cast: Any, row: Listing) -> None:
    """Later steps move first, so that no wait stands in the way."""
    for name, days in (("contracted", 40), ("confirmed", 40), ("opened", 40), ("started", 30)):
        fix(cast, row, name, row.steps.get(step=name).on + days * DAY)
    fix(cast, row, "announced", begun() + 20 * DAY)


def test_pages_take_files_show_corrections_and_refuse_what_is_no_paper(cast: Any, noticed: Any, sign_in: Any) -> None:
    officer = sign_in(cast.officer)
    base, first = f"/supply/changes/{noticed.ulid}/", noticed.steps.get(step="submitted").on
    data = {"step": "approved", "on": first.isoformat(), "paper": "虞政发〔2026〕3号", "lock_version": noticed.lock_version}
    told = officer.post(f"{base}step/", {**data, "file": paper("批文.pdf", b"MZ hostile")}, follow=True).content.decode()
    assert "文件内容不是 pdf 格式" in told and not noticed.steps.filter(step="approved").exists()
    officer.post(f"{base}step/", {**data, "file": paper("批文.pdf")})
    kept = noticed.steps.get(step="approved").document
    assert f"/documents/{kept.ulid}/" in officer.get(base).content.decode()
    assert officer.get(f"/documents/{kept.ulid}/").status_code == 200
    now = {**data, "on": (first + DAY).isoformat(), "lock_version": fresh(noticed).lock_version, "reason": "日期抄错一天"}
    officer.post(f"{base}correct/", now)
    page = officer.get(base).content.decode()
    assert "日期抄错一天" in page and f"{first.isoformat()} → {(first + DAY).isoformat()}" in page
    steps = officer.get(f"/supply/changes/{noticed.ulid}.json").json()["steps"]
    assert [one["reason"] for one in steps[5]["corrections"]] == ["日期抄错一天"]
    stranger = sign_in(cast.stranger)
    assert stranger.get(f"/documents/{kept.ulid}/").status_code == 404
    assert stranger.post(f"{base}correct/", now).status_code == 404 and StepCorrection.objects.count() == 1
