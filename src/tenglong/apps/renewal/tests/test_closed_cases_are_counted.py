"""A renewal case that closes counts its plot once, in the counters of its route; without evidence nothing; another town sees
nothing; what was counted wrongly is taken back by a second person and stays on record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import service as casework
from tenglong.apps.registry import models as register
from tenglong.apps.registry import service as registry
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Treated
from tenglong.apps.renewal.queries import treated as queries
from tenglong.apps.renewal.queries.effect import effect
from tenglong.apps.renewal.service import treated
from tenglong.domain.units import to_cm2
from tenglong.web.models import FigureLedger

COUNTY, TOWN, OTHER = "330604", "330604001", "330604002"
DAY = date(2018, 1, 1)
AREA = to_cm2("12.34", "mu")
TODAY = timezone.localdate()


@dataclass
class World:
    cast: Any
    plot: Any
    firm: Any
    owner: Any  # the user of the firm
    rival: Any  # the user of another firm


@pytest.fixture
def world(cast: Any) -> World:
    """One plot of 12.34 mu in TOWN, held by one firm that has a user."""
    from conftest import make_user

    for code, name, level in ((COUNTY, "上虞区", "county"), (TOWN, "百官街道", "town"), (OTHER, "曹娥街道", "town")):
        register.Division.objects.create(code=code, name=name, level=level, parent_code=COUNTY[:4], valid_from=DAY)
    values = {"name": "地块", "surveyed_cm2": AREA, "control_line": "in", "soil": {"state": "none", "key_unit": False}}
    plot = registry.create_plot(cast.county, values, on=DAY, town=TOWN)
    firm = registry.create_enterprise(cast.county, {"name": "甲光电"}, on=DAY, town=TOWN, uscc="")
    registry.create_occupancy(cast.county, {
        "plot_id": plot.plot_id, "enterprise_id": firm.enterprise_id, "role": "owner", "area_cm2": AREA,
        "floor_cm2": 2_000 * 10_000}, on=DAY)
    users = [make_user(f"firm{key}", "企业", None, "enterprise", enterprise_id=firm.enterprise_id + key) for key in (0, 1000)]
    return World(cast, plot, firm, *users)


def opened(world: World, route: str) -> Any:
    return casework.open_case(
        world.cast.county, "renewal", "plot", world.plot.plot_id, f"整治 {route}", division_code=TOWN,
        fields={"route": route, "year": TODAY.year})


def ready(world: World, route: str, *, without: str = "") -> Any:
    """A case before its last step, with every paper but one."""
    case = opened(world, route)
    book = plan_policies.in_force().book
    for kind in {kind for one in book.route(route).evidence.values() for kind in one.kinds} - {without}:
        file = registry.add_document(
            world.cast.county, f"{kind}.pdf", b"%PDF-1 " + kind.encode(), kind="proof", division_code=COUNTY)
        casework.add_evidence(world.cast.county, case.ulid, kind, file.ulid)
    for step in ("begin", "agreed", "report"):
        casework.move(world.cast.officer, case.ulid, step)
    return case


def totals(user: Any) -> dict[str, int]:
    return {one.id: one.total.raw for one in queries.board(user, TODAY).counters if one.total.raw}


def enter(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
    return client


def test_closing_a_case_counts_exactly_its_plot_once_in_the_counters_of_its_route(world: World) -> None:
    case = ready(world, "close")
    assert totals(world.cast.county) == {}
    casework.move(world.cast.county, case.ulid, "close")
    assert totals(world.cast.county) == {"land_treated": AREA, "firms_closed": 1}
    held = Treated.objects.get(counter="firms_closed")
    assert (held.enterprise_id, held.plot_code, held.land_cm2) == (world.firm.enterprise_id, world.plot.code, 0)
    assert (held.done_on, held.case_id, held.division_code) == (TODAY, case.pk, TOWN)
    entry = AuditEntry.objects.get(action="treated.count")
    assert (entry.subject_id, entry.count) == (case.ulid, 2)
    with pytest.raises(casework.CaseError):
        casework.move(world.cast.county, case.ulid, "close")
    assert totals(world.cast.county) == {"land_treated": AREA, "firms_closed": 1}
    again = ready(world, "upgrade")  # another case of the same firm: each counter by its own scope
    casework.move(world.cast.county, again.ulid, "close")
    assert totals(world.cast.county) == {"land_treated": 2 * AREA, "firms_closed": 1, "firms_upgraded": 1}


def test_without_one_paper_nothing_is_closed_and_nothing_counted(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = ready(world, "upgrade", without="two_evaluations")
    with pytest.raises(casework.CaseError, match="两次评价过线：还缺《连续两次评价亩均税收过线的结果》"):
        casework.move(world.cast.county, case.ulid, "close")
    # even a procedure of the county's own that asks for nothing counts nothing without evidence
    monkeypatch.setitem(casework_guards(), "renewal_evidence", lambda case, params, user: "")
    with pytest.raises(casework.CaseError, match="还缺《"):
        casework.move(world.cast.county, case.ulid, "close")
    case.refresh_from_db()
    assert case.state == "acceptance"
    assert not Treated.objects.exists()


def test_the_page_of_a_case_tells_what_is_missing_from_its_first_day(world: World) -> None:
    case, url = opened(world, "upgrade"), reverse("casework:case-json", args=["x"])
    file = registry.add_document(world.cast.county, "方案.pdf", b"%PDF-1", kind="proof", division_code=COUNTY)
    casework.add_evidence(world.cast.county, case.ulid, "one_firm_plan", file.ulid)
    told = enter(world.cast.officer).get(url.replace("x", case.ulid)).json()["checklist"]
    assert told == [["一企一方案", True, ""], ["两次评价过线", False, "两次评价过线：还缺《连续两次评价亩均税收过线的结果》"]]
    page = enter(world.cast.officer).get(reverse("casework:case", args=[case.ulid])).content.decode()
    assert "还缺《连续两次评价亩均税收过线的结果》" in page


def casework_guards() -> dict[str, Any]:
    from tenglong.apps.casework import hooks

    return hooks._guards


def test_case_that_was_stopped_counts_nothing(world: World) -> None:
    case = opened(world, "close")
    casework.move(world.cast.county, case.ulid, "stop", reason="企业自行改造")
    assert not Treated.objects.exists()


def test_a_plot_without_area_is_not_counted_as_nothing(world: World) -> None:
    register.PlotVersion.objects.filter(plot_id=world.plot.plot_id).update(surveyed_cm2=None)
    case = ready(world, "close")
    with pytest.raises(casework.CaseError, match="没有登记面积"):
        casework.move(world.cast.county, case.ulid, "close")


def test_other_town_sees_nothing_and_the_firm_its_own(world: World) -> None:
    casework.move(world.cast.county, ready(world, "close").ulid, "close")
    cast, held = world.cast, Treated.objects.get(counter="firms_closed")
    assert totals(cast.officer) == totals(cast.leader) == {"land_treated": AREA, "firms_closed": 1}
    assert totals(cast.stranger) == totals(cast.auditor) == totals(cast.nobody) == {}
    assert enter(cast.stranger).get(reverse("renewal:treated-row", args=[held.ulid])).status_code == 404
    assert enter(world.rival).get(reverse("renewal:own-treated", args=[held.ulid])).status_code == 404
    own = enter(world.owner).get(reverse("renewal:own-treated", args=[held.ulid]))
    assert own.status_code == 200
    assert "甲光电" in own.content.decode()
    assert enter(world.owner).get(reverse("renewal:treated")).status_code == 403
    text = enter(cast.stranger).get(reverse("renewal:treated-rows-json")).content.decode()
    assert world.plot.code not in text


def test_taken_back_by_a_second_person_with_a_reason_and_kept(world: World) -> None:
    casework.move(world.cast.county, ready(world, "close").ulid, "close")
    held, cast = Treated.objects.get(counter="land_treated"), world.cast
    with pytest.raises(RenewalError, match="由另一个人办理"):
        treated.take_back(cast.county, held, reason="面积有误")
    with pytest.raises(RenewalError, match="请写明撤销计入的理由"):
        treated.take_back(cast.leader, held, reason="")
    answer = enter(cast.leader).post(reverse("renewal:treated-void", args=[held.ulid]), {"reason": "证照没有注销"})
    assert answer.status_code == 302
    assert totals(cast.county) == {}
    assert list(Treated.objects.values_list("void_reason", flat=True)) == ["证照没有注销"] * 2
    entry = AuditEntry.objects.get(action="treated.void")
    assert (entry.count, entry.reason) == (2, "证照没有注销")
    with pytest.raises(RenewalError, match="已经撤销"):
        treated.take_back(cast.leader, held, reason="再来一次")
    listed = enter(cast.county).get(reverse("renewal:treated-rows-json"), {"state": "void"}).json()
    assert len(listed["rows"]) == 2
    casework.move(cast.county, ready(world, "close").ulid, "close")  # the work is done properly after all
    assert totals(cast.county) == {"land_treated": AREA, "firms_closed": 1}


def past(world: World, **more: Any) -> treated.Past:
    given = {"counter": "land_treated", "done_on": date(2024, 5, 1), "division_code": TOWN, "plot_id": world.plot.plot_id,
             "plot_code": world.plot.code, "land_cm2": to_cm2(2100, "mu"), **more}
    return treated.Past(**given)


def test_counters_of_a_record_stay_apart_and_targets_compare_with_one_counter(world: World) -> None:
    paper = registry.add_document(world.cast.county, "台账.txt", b"x", kind="basis", division_code=COUNTY)
    firm = world.firm.enterprise_id
    lines = [past(world), past(world, counter="firms_upgraded", route="upgrade", enterprise_id=firm, land_cm2=0, plot_id=None)]
    assert treated.enter_past(world.cast.county, lines, source="历年台账", document=paper) == 2
    board = queries.board(world.cast.leader, date(2026, 6, 1))
    spans = {(one.first, one.last): (one.met, one.now, one.missing.text) for one in board.targets}
    assert spans == {
        (2026, 2026): (False, True, "2,000.00"), (2025, 2025): (False, False, "2,000.00"), (2024, 2024): (True, False, "0.00"),
        (2023, 2025): (False, False, "2,900.00")}
    town = queries.board(world.cast.officer, date(2026, 6, 1))
    assert (town.partial, town.targets) == (True, [])  # a town is not measured by the target of the county
    text = enter(world.cast.leader).get(reverse("renewal:treated")).content.decode()
    for word in ("2,100.00<small>亩", 'data-counter="firms_upgraded"', "counter=land_treated&amp;year=2024", "每年改造提升"):
        assert word in text
    behind = [len(enter(world.cast.leader).get(reverse("renewal:treated-rows-json"), {"counter": "land_treated", "year": year})
                  .json()["rows"]) for year in ("2024", "2023")]
    assert behind == [1, 0]
    told = enter(world.cast.leader).get(reverse("renewal:treated-json")).json()
    assert {one["id"]: one["years"] for one in told["counters"] if one["years"]} == {
        "land_treated": {"2024": "2100.00"}, "firms_upgraded": {"2024": "1"}}


@pytest.mark.parametrize(("more", "why"), [
    ({"counter": "none"}, "第 1 行：没有计数“none”"), ({"route": "none"}, "没有路径“none”"), ({"land_cm2": 0}, "没有面积"),
    ({"done_on": TODAY + timedelta(days=1)}, "晚于今天"), ({"division_code": "110101"}, None),
    ({"counter": "firms_closed"}, "没有企业"), ({"counter": "plots_sold", "plot_id": None}, "没有地块"),
])
def test_a_line_that_cannot_count_refuses_the_whole_record(world: World, more: dict[str, Any], why: str | None) -> None:
    paper = registry.add_document(world.cast.county, "台账.txt", b"x", kind="basis", division_code=COUNTY)
    if why is None:
        treated.enter_past(world.cast.county, [past(world, **more)], source="台账", document=paper)  # a county sees all
        assert totals(world.cast.officer) == {}
        return
    with pytest.raises(RenewalError, match=why):
        treated.enter_past(world.cast.county, [past(world, **more)], source="台账", document=paper)
    assert not Treated.objects.exists()


def test_effect_tells_before_and_after_with_their_sources_and_hides_what_is_not_for_the_reader(world: World) -> None:
    firm, cast = world.firm.enterprise_id, world.cast
    paper = registry.add_document(cast.county, "台账.txt", b"x", kind="basis", division_code=COUNTY)
    for measure, value in (("output", 900), ("tax_paid", 40), ("employees", 55)):
        register.Fact.objects.create(
            subject_type="enterprise", subject_id=firm, measure=measure, period="2025", department="经信局",
            value_e6=value * 10**6, given=str(value), legal_basis="shared", legal_document="共享目录")
    recorded = {"floor_area_m2": "1000000000", "output": "300000000", "tax_paid": "10000000", "employees": "60000000"}
    treated.enter_past(cast.county, [past(
        world, counter="firms_upgraded", enterprise_id=firm, land_cm2=0, route="upgrade",
        before={"period": "2020", "recorded": recorded})], source="整治台账", document=paper)
    held = Treated.objects.get()
    seen = {line.id: line for line in effect(cast.county, held).lines}
    assert (seen["floor_area_m2"].times, seen["output"].times, seen["tax_paid"].times) == ("2.00", "3.00", "4.00")
    assert (seen["output"].before.source, seen["output"].after.source) == ("整治台账", "经信局 共享目录")
    assert seen["employees"].change == "-5"
    assert (seen["revenue"].times, seen["revenue"].after.text) == ("", "—")
    town = {line.id: line for line in effect(cast.officer, held).lines}
    assert (town["output"].times, town["output"].before.text, town["output"].after.text) == ("", "***", "***")
    assert town["employees"].after.text == "55"
    own = {line.id: line for line in effect(world.owner, held).lines}
    assert own["output"].times == "3.00"
    page = enter(world.owner).get(reverse("registry:enterprise", args=[world.firm.enterprise.ulid]), {"tab": "treated"})
    assert reverse("renewal:own-treated", args=[held.ulid]) in page.content.decode()


def test_export_asks_to_whom_and_why_and_gets_a_number(world: World, tmp_path: Any) -> None:
    casework.move(world.cast.county, ready(world, "close").ulid, "close")
    url, client = reverse("renewal:treated-export"), enter(world.cast.county)
    assert client.post(url, {"recipient": "县政府", "purpose": ""}).status_code == 302
    assert not FigureLedger.objects.exists()
    answer = client.post(url, {"recipient": "县政府", "purpose": "半年总结"})
    (tmp_path / "a.xlsx").write_bytes(answer.content)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert answer["X-Figure-Number"] == FigureLedger.objects.get().number
    assert [cell.value for cell in book["计数"][2]][:3] == ["整治用地", 12.34, "亩"]
    assert book["按年"].max_row == book["按镇街"].max_row == 2
