"""我的腾退: nothing of a survey, nothing of others, no draft; one's own plots, agreement, payments, papers and whom to ask."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.apps.accounts import service as accounts
from tenglong.apps.clearance import queries
from tenglong.apps.clearance.models import Agreement, Clearance
from tenglong.apps.clearance.queries import own
from tenglong.apps.clearance.service import agreements, clearances, holders, papers
from tenglong.apps.clearance.tests.conftest import DAY
from tenglong.domain.landing.clearance.own import Standing, next_step


@pytest.fixture
def desk(cast: Any, land: Any) -> Any:
    """The sign-in of one of the three firms."""

    def make(at: int) -> Any:
        user, _word = accounts.create_user(accounts.SYSTEM, username=f"qiye{at}", name="企业", must_change=False)
        accounts.grant_role(accounts.SYSTEM, user, "enterprise", enterprise_id=land["firms"][at].enterprise_id)
        return user

    return make


def test_a_survey_tells_its_firms_nothing(project: Clearance, desk: Any, sign_in: Any, one: Any) -> None:
    firm, holder = desk(0), one(project, "甲")
    client = sign_in(firm)
    page = client.get("/clearance/mine/").content.decode()
    assert "没有在征迁的用地" in page and "不是征收决定" in page and "百官老工业区" not in page
    assert client.get(f"/clearance/mine/{holder.ulid}/").status_code == 404
    assert "百官老工业区" not in client.get("/").content.decode()
    assert not own.holdings(firm).exists() and not queries.holders(firm).exists()


def test_a_firm_walks_from_the_start_to_its_payment(
    cast: Any, project: Clearance, desk: Any, sign_in: Any, started: Any, agreed: Any, one: Any
) -> None:
    firm, row, holder, other = desk(0), started(project), one(project, "甲"), one(project, "乙")
    clearances.answerable(cast.officer, row, asks="百官征迁办", phone="0575-82112345")
    papers.add_to_step(cast.officer, row, "offer", SimpleUploadedFile("意向书.pdf", b"%PDF-1.7 offer"))
    papers.add_to_step(cast.officer, row, "decision", SimpleUploadedFile("集体决策.pdf", b"%PDF-1.7 sums"))
    agreements.value(cast.county, holder, amount_fen=777_7700, appraiser="公正评估", number="P-0", on=DAY)
    address = f"/clearance/mine/{holder.ulid}/"
    first = sign_in(firm).get(address).content.decode()
    assert "与工作人员协商补偿协议" in first and "百官征迁办" in first and "0575-82112345" in first
    assert "意向书.pdf" in first and "集体决策.pdf" not in first and "7.78" not in first and "公正评估" not in first
    _approved(cast, holder)
    agreements.sign(cast.officer, holder, on=DAY + timedelta(days=10))
    agreements.fund(cast.county, holder, 1, on=DAY + timedelta(days=11))
    agreements.pay(cast.county, holder, 1, voucher="付字1号", on=DAY + timedelta(days=12))
    papers.add_to_holder(cast.county, holder, papers.AGREEMENT, SimpleUploadedFile("协议.pdf", b"%PDF-1.7 agreement"))
    page = sign_in(firm).get(address).content.decode()
    for word in ("XY-甲", "2023-08-01", "付字1号", "协议.pdf", "请先与承租户结清，还有 1 户", "已付 1 期，共 2 期",
                 "已过应付日期"):
        assert word in page, word
    assert not [word for word in ("乙机械", "丙租户", "签约率", str(other.ulid), str(row.ulid)) if word in page]
    kept = {paper.what: paper for paper in row.files.all()}
    for what, status in (("offer", 200), ("agreement", 200), ("decision", 404)):
        assert sign_in(firm).post(f"/clearance/mine/files/{kept[what].ulid}/").status_code == status
    assert f"/clearance/mine/{holder.ulid}/" in sign_in(firm).get("/").content.decode()
    for stranger in (desk(1), desk(2)):
        client = sign_in(stranger)
        assert client.get(address).status_code == 404
        assert client.post(f"/clearance/mine/files/{kept['agreement'].ulid}/").status_code == 404
    for office in (cast.officer, cast.leader, cast.auditor):
        assert sign_in(office).get(address).status_code == 403


def _approved(cast: Any, holder: Any) -> None:
    whole = 300_000 * 100 * 20
    parts = [{"amount_fen": whole // 2, "due_on": DAY + timedelta(days=12 + 30 * at)} for at in range(2)]
    agreements.draft(cast.county, holder, number="XY-甲", payments=parts, vacate_by=DAY + timedelta(days=92),
                     items=[{"kind": "land", "quantity": 20, "unit_fen": 300_000 * 100}])
    agreements.submit(cast.county, holder)
    agreements.approve(cast.leader, holder)


def test_a_draft_and_a_tenant_s_landlord_stay_with_the_office(
    cast: Any, project: Clearance, desk: Any, sign_in: Any, started: Any, one: Any
) -> None:
    started(project)
    holder, tenant = one(project, "甲"), one(project, "丙")
    agreements.value(cast.county, holder, amount_fen=1, appraiser="公正评估", number="P-0", on=DAY)
    agreements.draft(cast.county, holder, number="XY-草", items=[{"kind": "land", "quantity": 20, "unit_fen": 30_000_000}])
    assert "XY-草" not in sign_in(desk(0)).get(f"/clearance/mine/{holder.ulid}/").content.decode()
    assert Agreement.objects.get().state == "draft"
    page = sign_in(desk(2)).get(f"/clearance/mine/{tenant.ulid}/").content.decode()
    assert "请与出租方商定搬迁" in page and "甲染厂" not in page and "协议和付款" not in page
    holders.reach(cast.officer, tenant, "vacated", on=DAY + timedelta(days=9))
    assert "已搬出，不用再办" in sign_in(accounts.user_named("qiye2")).get(
        f"/clearance/mine/{tenant.ulid}/").content.decode()


@pytest.mark.parametrize(("standing", "wanted"), [
    (Standing(dropped=True, agreement="signed"), "dropped"), (Standing(stopped=True), "stopped"),
    (Standing(tenant=True), "move_out"),
    (Standing(tenant=True, vacated=DAY), "moved_out"), (Standing(), "talk"),
    (Standing(gates=1, agreement="approved"), "wait_to_sign"),
    (Standing(agreement="approved"), "sign"), (Standing(agreement="signed", tenants=1), "tenants"),
    (Standing(agreement="signed"), "vacate"), (Standing(agreement="signed", vacated=DAY, unpaid=1), "hand_over"),
    (Standing(agreement="signed", vacated=DAY, delivered=DAY, unpaid=1), "settled"),
    (Standing(agreement="signed", vacated=DAY, delivered=DAY), "paid"),
])
def test_the_next_step_of_a_firm(standing: Standing, wanted: str) -> None:
    assert next_step(standing) == wanted
