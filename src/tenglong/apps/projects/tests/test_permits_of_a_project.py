"""The permit network of a project: waits refuse, reviews flip on the day of the deal, papers are given once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenglong.apps.accounts.models import RoleGrant
from tenglong.apps.accounts.scope import Refused
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import (
    Blocker,
    GivenMaterial,
    OwedPaper,
    PermitNetwork,
    PermitStep,
    Project,
    Receipt,
    StepMaterial,
)
from tenglong.apps.projects.permit_gantt import gantt
from tenglong.apps.projects.queries import forecast, permits, permits_owed
from tenglong.apps.projects.service import blockers
from tenglong.apps.projects.service import permits as service
from tenglong.apps.projects.service import permits_owed as owed
from tenglong.apps.projects.service import permits_papers as papers
from tenglong.apps.projects.service import permits_past as past
from tenglong.apps.projects.service.permits_past import Past
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division
from tenglong.domain.landing.permits import materials
from tenglong.domain.landing.permits.network import Fact

TOWN, DAY = "330604001", date(2022, 1, 1)
#: long ago, so that everything may have happened
START = date(2026, 3, 2)


@pytest.fixture
def project(cast: Any) -> Project:
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    firm = registry.create_enterprise(cast.officer, {"name": "盈星电子有限公司"}, on=DAY, town=TOWN)
    return Project.objects.create(
        code="XM-2026-0001", name="盈星电子产业园", division_code=TOWN, zone_code="Z1", enterprise_id=firm.enterprise_id,
        stage="signed")


@pytest.fixture
def network(cast: Any, project: Project) -> PermitNetwork:
    row = service.begin(cast.officer, project, "zj-land-and-start", on=START)
    hand_in(cast, row, *materials.brought(permit_policies.of(row), permits.situation(row)))
    return row


def hand_in(cast: Any, row: PermitNetwork, *kinds: str, on: date = START) -> None:
    file = registry.add_document(cast.officer, "材料.pdf", b"%PDF-1.4", kind="permit", division_code=TOWN, verb="permit.work")
    papers.take_in(cast.officer, row, [papers.Paper(one, file) for one in kinds], on=on)


def finish(cast: Any, row: PermitNetwork, **days: date) -> None:
    for step, day in days.items():
        service.finish(cast.officer, row, step, on=day)


def test_reviews_flip_to_permits_on_the_day_of_the_contract_and_no_day_of_the_notice_is_saved(cast, project, network):
    finish(cast, network, publish=START, filing=START)
    with pytest.raises(ProjectError, match="国土资源部令第39号.*第八条"):
        service.finish(cast.officer, network, "notice", on=START + timedelta(days=19))
    with pytest.raises(ProjectError, match="要提前，请登记为预审"):
        service.start(cast.officer, network, "land_permit", on=START)
    for step in ("scheme_design", "cadastral", "land_permit"):
        service.start_review(cast.officer, network, step, on=START)
        service.finish_review(cast.officer, network, step, on=date(2026, 3, 16))
    with pytest.raises(ProjectError, match="不得提前：建筑法第七条"):
        service.start_review(cast.officer, network, "start_build", on=START)
    with pytest.raises(ProjectError, match="依法要在“签订出让合同”之后"):
        service.finish(cast.officer, network, "land_permit", on=date(2026, 3, 20), number="早")
    finish(cast, network, notice=date(2026, 3, 23), listing=date(2026, 4, 2), deal=date(2026, 4, 2))
    assert not PermitStep.objects.filter(holder__isnull=False).exists()
    finish(cast, network, contract=date(2026, 4, 3))
    done = service.flip(cast.officer, network, on=date(2026, 4, 3), numbers={"land_permit": "地字第 1 号"})
    assert {one.step for one in done} == {"scheme_design", "cadastral", "land_permit"}
    permit = PermitStep.objects.get(network=network, step="land_permit")
    assert (permit.number, permit.holder_id, permit.done_on) == ("地字第 1 号", project.enterprise_id, date(2026, 4, 3))
    assert AuditEntry.objects.filter(action="permit.done", subject_id=network.ulid).count() == 9


def test_a_step_written_down_by_mistake_goes_only_while_nothing_rests_on_it(cast, network):
    finish(cast, network, publish=START, notice=date(2026, 3, 23))
    with pytest.raises(ProjectError, match="先撤回后面已办结的：出让公告期"):
        service.take_back(cast.officer, network, "publish", reason="登记错")
    service.take_back(cast.officer, network, "notice", reason="日期写错")
    assert permits.situation(network).fact("notice").done_on is None
    with pytest.raises(ProjectError, match="不能省略"):
        service.omit(cast.officer, network, "notice", reason="急")
    service.omit(cast.officer, network, "energy", reason="低于审查起点")
    assert permits.situation(network).fact("energy").omitted
    with pytest.raises(ProjectError, match="已有人改动"):
        service.start(cast.officer, network, "filing", on=START, lock_version=1)
    for person in (cast.stranger, cast.auditor, cast.firm):
        with pytest.raises((Refused, ProjectError)):
            service.start(person, network, "filing", on=START)


def test_a_blocker_on_a_step_moves_the_forecast_and_the_kept_outlook_follows(cast, project, network):
    finish(cast, network, publish=START)
    before = forecast.forecast(cast.officer, project)
    assert before is not None and before.p50 <= before.p90 and before.lawful_minimum <= before.goal.planned
    assert before == forecast.forecast(cast.officer, project)
    kept = forecast.fresh([network])[network.pk]
    until = timezone.localdate() + timedelta(days=900)
    blockers.open_(cast.officer, project, title="高压线未迁", step="drawing_review", expected_on=until)
    network.refresh_from_db()
    after = forecast.forecast(cast.officer, project)
    assert after is not None and after.p50 > until > before.p90
    assert forecast.fresh([network])[network.pk]["goals"][0]["p50"] == after.p50.isoformat() != kept["goals"][0]["p50"]
    network.refresh_from_db()
    assert network.outlook["on"] == timezone.localdate().isoformat()
    assert forecast.fresh([network])[network.pk] == network.outlook


def test_history_of_the_zone_is_counted_and_told(cast, project, network):
    finish(cast, network, publish=START)
    other = Project.objects.create(code="XM-2026-0002", name="邻家", division_code="330604002", zone_code="Z1", stage="signed")
    row = PermitNetwork.objects.create(project=other, policy=network.policy, route="parallel", start_on=DAY)
    PermitStep.objects.create(network=row, step="drawing_review", started_on=date(2024, 3, 4), done_on=date(2024, 6, 3))
    told = forecast.worked_out(network)
    assert told.cases == {"drawing_review": 1}
    assert permits.seen([network], timezone.localdate(), permits.calendar(told.policy))["Z1"]["drawing_review"] == [63]
    assert permits.networks(cast.stranger).filter(pk=network.pk).count() == 0


def test_a_small_project_must_be_small_and_of_one_function(cast, project):
    with pytest.raises(ProjectError, match="超过 5,000 平方米"):
        service.begin(cast.officer, project, "zj-small", floor_cm2=60_000_000, functions=["warehouse"])
    made = service.begin(cast.officer, project, "zj-small", floor_cm2=50_000_000, functions=["warehouse"])
    assert made.policy.policy_id == "zj-small" and made.intended == "盈星电子有限公司"
    with pytest.raises(ProjectError, match="已经建立"):
        service.begin(cast.officer, project, "zj-90")


def test_pages_from_begin_to_receipt(cast, project, sign_in):
    officer = sign_in(cast.officer)
    assert "盈星电子产业园" in officer.get("/projects/permits/new/").content.decode()
    asked = {"policy": "zj-land-and-start", "on": START.isoformat()}
    answer = officer.post(f"/projects/permits/new/?project={project.ulid}", asked)
    row = PermitNetwork.objects.get()
    assert answer.status_code == 302 and answer["Location"].endswith(f"/projects/permits/{row.ulid}/")
    address = f"/projects/permits/{row.ulid}/"
    page = officer.get(address).content.decode()
    assert "意向用地单位：盈星电子有限公司" in page and "<svg" in page and "关键路径" in page and "办法比较" in page
    early = officer.post(f"{address}steps/notice/finish/", {"on": START.isoformat(), "lock_version": 1}, follow=True)
    assert "还没有起算" in early.content.decode()
    done = {"on": START.isoformat(), "lock_version": 1}
    assert officer.post(f"{address}steps/publish/finish/", done).status_code == 302
    lacking = officer.post(f"{address}steps/filing/finish/", {**done, "lock_version": 2}, follow=True).content.decode()
    assert "材料不齐，不能登记办结：缺“营业执照”、缺“项目基本信息表”（依据：zj-land-and-start@1" in lacking
    paper, info = (SimpleUploadedFile(f"{name}.pdf", b"%PDF-1.4\n%%EOF\n") for name in ("执照", "信息表"))
    form = {"p-TOTAL_FORMS": "2", "p-INITIAL_FORMS": "0", "p-0-material": "licence", "p-0-file": paper,
            "p-1-material": "filing_info", "p-1-file": info,
            "on": START.isoformat(), "giver": "盈星电子有限公司", "lock_version": 2}
    assert officer.post(f"{address}papers/", form).status_code == 302
    receipt = Receipt.objects.get()
    assert receipt.items[0]["label"] == "营业执照" and len(receipt.items[0]["used"]) > 5
    printed = officer.get(f"/projects/permits/receipts/{receipt.ulid}.pdf")
    assert printed["Content-Type"] == "application/pdf" and printed.content.startswith(b"%PDF")
    service.finish(cast.officer, row, "filing", on=START)
    assert {one.given for one in StepMaterial.objects.all()} == set(GivenMaterial.objects.all())
    step = officer.get(f"{address}steps/land_permit/").content.decode()
    assert "执照.pdf" in step and "内部调取" in step and "依法要在" in step and "容缺后补" in step
    owe = {"material": "agent", "due_on": timezone.localdate().isoformat(), "person": "王厂长", "lock_version": 4}
    assert "容缺承诺已登记" in officer.post(f"{address}steps/land_permit/owe/", owe, follow=True).content.decode()
    service.start_review(cast.officer, row, "land_permit", on=START)
    assert "王厂长" in officer.get(f"{address}steps/land_permit/").content.decode()
    assert "容缺待补" in officer.get("/projects/permits/owed/").content.decode()
    service.take_back(cast.officer, row, "land_permit", reason="试填")
    board, owed = officer.get("/projects/permits/"), officer.get("/projects/permits/owed/?format=json")
    assert "四证看板" in board.content.decode() and any(
        item["step"] == "notice" for card in owed.json()["departments"] for item in card["items"])
    assert officer.get(f"/projects/permits/{row.ulid}.json").json()["minimum"] <= row.outlook.get("minimum", "9999")
    service.omit(cast.officer, row, "soil_water", reason="内部的依据")
    RoleGrant.objects.filter(user=cast.firm).update(enterprise_id=project.enterprise_id)
    firm = sign_in(cast.firm)
    assert f"/projects/mine/permits/{row.ulid}/" in firm.get(f"/projects/mine/{project.ulid}/").content.decode()
    own = firm.get(f"/projects/mine/permits/{row.ulid}/").content.decode()
    assert receipt.number in own and "<svg" in own and "内部的依据" not in own and "怎样省时最多" not in own
    assert sign_in(cast.stranger).get(address).status_code == 404
    assert sign_in(cast.auditor).get(address).status_code == 403


def test_past_steps_enter_all_or_none_by_the_same_rules(cast, project, network):
    early = [Past("publish", Fact(done_on=START)), Past("notice", Fact(done_on=START + timedelta(days=10)))]
    with pytest.raises(ProjectError, match="第八条"):
        past.enter(cast.officer, network, early, reason="按台账")
    assert not PermitStep.objects.exists()
    lines = [Past("publish", Fact(done_on=START)), Past("notice", Fact(done_on=date(2026, 3, 23))),
             Past("listing", Fact(done_on=date(2026, 4, 2))), Past("deal", Fact(done_on=date(2026, 4, 2))),
             Past("contract", Fact(date(2026, 4, 2), date(2026, 4, 3))), Past("filing", Fact(done_on=START)),
             Past("land_permit", Fact(None, date(2026, 4, 3), START, date(2026, 3, 20)), "地字第 1 号")]
    past.enter(cast.officer, network, lines, reason="按台账")
    assert AuditEntry.objects.get(action="permit.past").count == 7
    assert PermitStep.objects.get(step="land_permit").holder_id == project.enterprise_id
    with pytest.raises(ProjectError, match="已有登记"):
        past.enter(cast.officer, network, lines[:1], reason="再来")
    with pytest.raises((Refused, ProjectError)):
        past.enter(cast.stranger, network, [Past("deed_tax", Fact(done_on=date(2026, 4, 3)))], reason="外镇")


def test_a_missing_paper_refuses_a_promised_one_is_chased_and_what_comes_settles_it(cast, project):
    row = service.begin(cast.officer, project, "zj-land-and-start", on=START)
    finish(cast, row, publish=START)
    for act in (service.start, service.finish):
        with pytest.raises(ProjectError, match="缺“营业执照”、缺“项目基本信息表”（依据：zj-land-and-start@1"):
            act(cast.officer, row, "filing", on=START)
    with pytest.raises(ProjectError, match="材料不齐，不能登记办结"):
        past.enter(cast.officer, row, [Past("filing", Fact(done_on=START))], reason="按台账")
    hand_in(cast, row, "licence", "filing_info")
    finish(cast, row, filing=START)
    with pytest.raises(ProjectError, match="授权委托书”（可容缺）.*城乡规划法第三十八条.*先登记容缺承诺"):
        service.start_review(cast.officer, row, "land_permit", on=START)
    with pytest.raises(ProjectError, match="不能容缺“营业执照”"):
        owed.promise(cast.officer, row, "land_permit", "licence", due_on=START, person="王厂长", on=START)
    until = START + timedelta(days=10)
    with pytest.raises((Refused, ProjectError)):
        owed.promise(cast.stranger, row, "land_permit", "agent", due_on=until, person="王厂长", on=START)
    owed.promise(cast.officer, row, "land_permit", "agent", due_on=until, person="王厂长", on=START)
    assert owed.by_itself() == 0  # nothing rests on it yet
    service.start_review(cast.officer, row, "land_permit", on=START)
    assert [(one.state, one.left) for one in permits_owed.owed(cast.officer, today=until)] == [("owed", 0)]
    assert not permits_owed.owed(cast.stranger) and owed.by_itself(until) == 0
    assert (owed.by_itself(), owed.by_itself()) == (1, 0)
    blocker = Blocker.objects.get()
    assert (blocker.step, blocker.owner, OwedPaper.objects.get().blocker) == ("land_permit", cast.officer, blocker)
    assert "法定代表人身份证明和授权委托书" in blocker.title and "王厂长" in blocker.detail
    assert permits.situation(row).holds["land_permit"] > timezone.localdate()
    hand_in(cast, row, "agent", on=timezone.localdate())
    assert Blocker.objects.get().solved_on == timezone.localdate() and not permits_owed.owed(cast.officer)


def test_the_day_of_the_contract_leaves_what_lacks_a_paper(cast, network):
    finish(cast, network, publish=START, filing=START)
    for step in ("cadastral", "title"):
        service.start_review(cast.officer, network, step, on=START)
        service.finish_review(cast.officer, network, step, on=START)
    finish(cast, network, notice=date(2026, 3, 23), listing=date(2026, 4, 2), deal=date(2026, 4, 2))
    signed = date(2026, 4, 3)
    finish(cast, network, contract=signed)
    held = GivenMaterial.objects.get(material="agent")
    papers.void(cast.officer, network, held, reason="过期")
    finish(cast, network, price=signed, deed_tax=signed)
    assert [one.step for one in service.flip(cast.officer, network, on=signed)] == ["cadastral"]
    with pytest.raises(ProjectError, match="缺“法定代表人身份证明和授权委托书”"):
        service.flip(cast.officer, network, on=signed)


def test_the_board_asks_the_same_however_many_networks_there_are(cast, project, sign_in):
    officer, asked = sign_in(cast.officer), []
    service.begin(cast.officer, project, "zj-90", on=START)
    for many in (2, 3):
        for at in range(many):
            other = Project.objects.create(code=f"XM-{many}{at}", name=f"同园{many}{at}", division_code=TOWN, zone_code="Z1",
                                           stage="signed")
            service.begin(cast.officer, other, "zj-90", on=START)
            blockers.open_(cast.officer, other, title="高压线未迁", step="drawing_review")
        for address in ("/projects/permits/", "/projects/permits/owed/"):
            officer.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert f"同园{many}0" in officer.get(address).content.decode()
            asked.append(len(seen))
    assert asked[:2] == asked[2:]


def test_the_picture_of_what_is_finished_ends_with_its_last_step_and_not_today(network):
    later = START + timedelta(days=900)
    running = gantt(forecast.worked_out(network, later), later)
    for at, step in enumerate(permit_policies.of(network).steps):
        PermitStep.objects.update_or_create(network=network, step=step, defaults={"done_on": START + timedelta(days=at)})
    finished = gantt(forecast.worked_out(network, later), later)
    assert running.today is not None and finished.today is None
    assert finished.ticks[-1].label < "2026-06" < running.ticks[-1].label
