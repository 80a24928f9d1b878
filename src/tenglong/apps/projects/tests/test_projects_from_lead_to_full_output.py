"""A project of 781 mu in three phases: dates that keep the law, visits, blockers that go up, meetings, and who sees what."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import Blocker, Project, Promise
from tenglong.apps.projects.queries import blockers as held
from tenglong.apps.projects.queries import money, parks
from tenglong.apps.projects.queries import projects as seen
from tenglong.apps.projects.service import blockers, figures, meetings, projects, visits
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division
from tenglong.domain.units import to_cm2

TOWN, COUNTY, YI = "330604001", "330604", 10_000_000_000
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
D = date


@pytest.fixture
def place(cast: Any) -> None:
    for code, name, level in ((COUNTY, "上虞区", "county"), (TOWN, "百官街道", "town"), ("330604002", "曹娥街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=D(2014, 1, 1))


@pytest.fixture
def big(cast: Any, place: None) -> Project:
    """盈峰-like: 781 mu, 10 bn yuan, phases 1 and 2 together 554 mu."""
    values = {"name": "新能源装备项目", "division_code": TOWN, "total_investment_fen": 100 * YI, "land_cm2": to_cm2(781, "mu")}
    made = projects.create(cast.officer, values, on=D(2026, 1, 5))
    phases = [{"land_cm2": to_cm2(land, "mu"), "investment_fen": money_ * YI, "output_fen": 20 * YI, "ramp_months": 36}
              for land, money_ in ((300, 40), (254, 30), (227, 30))]
    projects.set_phases(cast.officer, made, phases)
    return Project.objects.get(pk=made.pk)


def test_phases_are_the_whole_project(cast, big):
    assert [one.land_cm2 for one in big.phases.all()][:2] == [to_cm2(300, "mu"), to_cm2(254, "mu")]
    with pytest.raises(ProjectError, match="之和不等于"):
        projects.set_phases(cast.officer, big, [{"land_cm2": to_cm2(554, "mu")}, {"land_cm2": to_cm2(200, "mu")}])
    projects.set_milestone(cast.officer, big, "started", phase=big.phases.get(ordinal=3), planned_on=D(2027, 1, 1))
    with pytest.raises(ProjectError, match="不能取消"):
        projects.set_phases(cast.officer, big, [{"land_cm2": to_cm2(781, "mu")}])


def test_dates_keep_the_waits_of_the_law_and_the_stage_follows(cast, big):
    officer = cast.officer
    projects.set_milestone(officer, big, "signed", done_on=D(2026, 3, 2))
    with pytest.raises(ProjectError, match="没有起算"):
        projects.set_milestone(officer, big, "listing", done_on=D(2026, 3, 20))
    projects.set_milestone(officer, big, "notice", done_on=D(2026, 3, 3))
    with pytest.raises(ProjectError, match="39号"):
        projects.set_milestone(officer, big, "listing", done_on=D(2026, 3, 20))
    projects.set_milestone(officer, big, "listing", done_on=D(2026, 3, 23))
    projects.set_milestone(officer, big, "deal", done_on=D(2026, 4, 2))
    with pytest.raises(ProjectError, match="写明依据"):
        projects.set_milestone(officer, big, "deal", done_on=D(2026, 4, 3))
    with pytest.raises(ProjectError, match="不得少于"):  # a later notice would break the listing that followed it
        projects.set_milestone(officer, big, "notice", done_on=D(2026, 3, 10), reason="更正")
    projects.set_milestone(officer, big, "land", done_on=D(2026, 4, 3))
    assert Project.objects.get(pk=big.pk).stage == "land"
    first = big.phases.get(ordinal=1)
    projects.set_milestone(officer, big, "full_output", phase=first, done_on=D(2026, 5, 1))
    projects.set_milestone(officer, big, "producing", phase=first, done_on=D(2026, 5, 1))
    assert Project.objects.get(pk=big.pk).stage == "producing"  # full output waits for every phase
    with pytest.raises(ProjectError, match="晚于今天"):
        projects.set_milestone(officer, big, "started", done_on=timezone.localdate() + timedelta(days=1))


def test_nineteen_and_a_hundred_days_are_measured_on_any_day(cast, big):
    for kind, on in (("service_began", D(2026, 2, 27)), ("signed", D(2026, 3, 2)), ("launched", D(2026, 3, 18))):
        projects.set_milestone(cast.officer, big, kind, done_on=on)
    found = {one.pair.id: one for one in seen.pairs(big, D(2026, 4, 1))}
    assert (found["service_19"].days, found["service_19"].state) == (19, "kept")
    assert (found["landing_100"].days, found["landing_100"].left) == (30, 70)
    assert found["landing_100"].lawful >= 31
    assert {one.pair.id: one.state for one in seen.pairs(big, D(2026, 3, 10))}["service_19"] == "running"


def test_months_are_summed_and_the_future_has_no_actual(cast, big):
    rows = [(D(2026, 1, 1), 100, 90), (D(2026, 2, 1), 100, None), (D(2026, 3, 1), 100, 130)]
    assert figures.enter(cast.officer, big, "invest", rows) == 3
    assert figures.enter(cast.officer, big, "invest", rows) == 0
    found = money.months(big, "invest")
    assert (found.actual, found.planned_to, found.actual_to, found.percent) == (220, 300, D(2026, 3, 1), 73)
    ahead = (timezone.localdate() + timedelta(days=62)).replace(day=1)
    with pytest.raises(ProjectError, match="还没有到"):
        figures.enter(cast.officer, big, "invest", [(ahead, None, 1)])


def test_output_is_expected_with_a_band_and_counts_what_has_a_start(cast, big):
    projects.set_milestone(cast.officer, big, "producing", phase=big.phases.get(ordinal=1), planned_on=D(2027, 1, 1))
    found = money.outlook([big], "output", D(2027, 1, 1), 37)
    assert (found.counted, found.silent) == (1, 2)
    assert found.rows[0][1].fen == (1 * YI, 2 * YI, 4 * YI)
    assert found.rows[36][1].fen == found.full.fen == (14 * YI, 20 * YI, 22 * YI)


def test_a_park_tells_its_clusters_by_themselves(cast, place):
    """26 projects of 15 bn: the cluster's 8 producing and 9 about to are not spread over the park."""
    today = timezone.localdate()
    plot = registry.create_plot(cast.officer, {"name": "旧厂", "surveyed_cm2": 10**9}, on=D(2020, 1, 1), town=TOWN)
    park = registry.create_park(
        cast.officer, {"name": "数智港", "plot_id": plot.plot_id}, on=D(2021, 1, 1), town=TOWN, reason="建园")
    for at in range(6):
        cluster = "智造组团" if at < 4 else "创新中心"
        one = projects.create(cast.officer, {
            "name": f"项目{at}", "division_code": TOWN, "total_investment_fen": 5 * YI, "park_key": park.park.ulid,
            "cluster": cluster}, on=D(2025, 1, 1))
        if cluster == "智造组团":
            projects.set_milestone(cast.officer, one, "started", done_on=D(2025, 6, 1))
            figures.enter(cast.officer, one, "invest", [(D(2025, 7, 1), None, 2 * YI)])
            made = {"done_on": D(2026, 1, 1)} if at < 2 else {"planned_on": today + timedelta(days=60)}
            projects.set_milestone(cast.officer, one, "producing", **made)
    found = parks.figures(cast.officer, park.park.ulid, today)
    assert found is not None
    cluster = next(one for one in found.clusters if one.name == "智造组团")
    assert (found.whole.projects, found.whole.total_fen) == (6, 30 * YI)
    assert (cluster.projects, cluster.producing, cluster.soon, cluster.invested_fen) == (4, 2, 2, 8 * YI)
    assert parks.figures(cast.stranger, park.park.ulid, today) is None


def test_a_visit_with_a_question_and_a_picture_becomes_a_blocker_on_the_phone(cast, big, sign_in):
    officer = sign_in(cast.officer)
    address = f"/projects/{big.ulid}/visits/new/"
    wrong = {"on": timezone.localdate(), "met": "张工 项目经理", "told": "临时用电容量不够", "question": "何时接电"}
    bad = officer.post(address, {**wrong, "photos": SimpleUploadedFile("a.png", b"<script>")})
    assert bad.status_code == 422 and "内容不是 png" in bad.content.decode()
    worse = officer.post(address, {**wrong, "photos": SimpleUploadedFile("a.pdf", b"%PDF-1.4")})
    assert worse.status_code == 422 and "JPG 或 PNG" in worse.content.decode()
    told = {**wrong, "photos": SimpleUploadedFile("现场.png", PNG), "blocker": "临时用电", "field": "utilities"}
    good = officer.post(address, told)
    stuck = Blocker.objects.get()
    assert good.status_code == 302 and good["Location"] == f"/projects/blockers/{stuck.ulid}/"
    promise = Promise.objects.get()
    assert promise.due_on > promise.asked_on and promise.owner == cast.officer
    photo = seen.photos(cast.officer).get()
    picture = officer.get(f"/projects/photos/{photo.pk}/")
    assert picture["Content-Type"] == "image/png" and "sandbox" in picture["Content-Security-Policy"]
    assert sign_in(cast.stranger).get(f"/projects/photos/{photo.pk}/").status_code == 404
    officer = sign_in(cast.officer)
    for path in (f"/projects/{big.ulid}/", f"/projects/visits/{photo.visit.ulid}/", f"/projects/blockers/{stuck.ulid}/"):
        answer = officer.get(path)
        assert answer.status_code == 200, path


def test_a_blocker_goes_up_by_itself_and_by_hand_and_is_solved(cast, big):
    made = blockers.open_(cast.officer, big, title="临时用电", on=D(2026, 3, 2), step="construction", expected_on=None)
    assert blockers.by_itself(D(2026, 3, 9)) == 0
    assert blockers.by_itself(D(2026, 3, 10)) == 1
    assert blockers.by_itself(D(2026, 3, 10)) == 0
    up = Blocker.objects.get(pk=made.pk)
    assert (up.level, up.level_since) == ("park", D(2026, 3, 10))
    assert up.steps.last().by is None and "自动上报" in up.steps.last().told
    top = blockers.escalate(cast.leader, up, reason="请县里协调供电")
    with pytest.raises(ProjectError, match="没有更高"):
        blockers.escalate(cast.leader, top, reason="再上报")
    assert set(held.holding(big, D(2026, 3, 11))) == {"construction"}
    blockers.change(cast.officer, top, {"expected_on": D(2026, 9, 1)})
    until = {"construction": D(2026, 9, 1)}
    assert held.holding(big, D(2026, 3, 11)) == until == held.holding_many([big.pk], D(2026, 3, 11))[big.pk]
    with pytest.raises(ProjectError, match="已有人改动"):
        blockers.solve(cast.officer, top, how="已接电", lock_version=top.lock_version)
    solved = blockers.solve(cast.officer, top, how="已接临时电", on=D(2026, 3, 20))
    assert held.holding(big) == {} and held.standing(solved).open == 18
    told = held.statistics(cast.officer)["all"][0].found
    assert (told.solved, told.median) == (1, 18)
    assert blockers.reopen(cast.officer, solved, reason="又停了").solved_on is None


def test_a_meeting_takes_up_open_blockers_and_follows_what_was_decided(cast, big, sign_in):
    blockers.open_(cast.officer, big, title="临时用电", on=D(2026, 3, 2))
    made = meetings.plan(cast.officer, title="项目专题会", on=timezone.localdate(), level="team", division_code=TOWN)
    told = {"decision": "供电公司十日内接电", "office": "供电公司", "due_on": timezone.localdate()}
    decided = meetings.decide(cast.officer, made.items.get(), told)
    meetings.hold(cast.officer, made)
    ahead = seen.ahead(cast.officer, big, timezone.localdate())
    assert [one.what for one in ahead if one.kind == "meeting"] == [decided.decision]
    client = sign_in(cast.officer)
    assert "供电公司" in client.get(f"/projects/meetings/{made.ulid}/").content.decode()
    from docx import Document

    paper = Document(io.BytesIO(client.get(f"/projects/meetings/{made.ulid}/minutes.docx").content))
    assert any("供电公司十日内接电" in cell.text for table in paper.tables for row in table.rows for cell in row.cells)
    meetings.done(cast.officer, decided, "已接电")
    assert not [one for one in seen.ahead(cast.officer, big, timezone.localdate()) if one.kind == "meeting"]


def test_the_firm_sees_its_dates_and_asks_but_no_note_visit_or_blocker(cast, big, sign_in):
    Project.objects.filter(pk=big.pk).update(enterprise_id=None)
    registry_firm = registry.create_enterprise(cast.officer, {"name": "甲公司"}, on=D(2020, 1, 1), town=TOWN)
    cast.firm.grants.update(enterprise_id=registry_firm.enterprise_id)
    Project.objects.filter(pk=big.pk).update(enterprise_id=registry_firm.enterprise_id, note="机密说明")
    firm = sign_in(cast.firm)
    assert big.name not in firm.get("/projects/mine/").content.decode()  # a lead is the office's affair
    projects.set_milestone(cast.officer, big, "signed", done_on=D(2026, 3, 2))
    projects.add_member(cast.officer, big, cast.officer, duty="contact", phone="0575-8200000")
    visits.log(cast.officer, big, on=D(2026, 3, 5), met="李总", told="机密情况")
    blockers.open_(cast.officer, big, title="机密卡点", on=D(2026, 3, 2))
    assert f'href="/projects/mine/{big.ulid}/"' in firm.get("/").content.decode()  # the workbench leads there
    page = firm.get(f"/projects/mine/{big.ulid}/").content.decode()
    assert "0575-8200000" in page and "机密" not in page
    assert firm.post(f"/projects/mine/{big.ulid}/ask/", {"question": "道路何时通"}).status_code == 302
    asked = Promise.objects.get()
    assert (asked.by_firm, asked.owner) == (True, cast.officer)
    visits.answer(cast.officer, asked, "六月通车")
    assert "六月通车" in firm.get(f"/projects/mine/{big.ulid}/").content.decode()
    assert firm.get(f"/projects/{big.ulid}/").status_code == 403
    assert not seen.visits(cast.firm).exists() and not seen.blockers(cast.firm).exists()
    assert sign_in(cast.stranger).get(f"/projects/{big.ulid}/").status_code == 404
    assert sign_in(cast.auditor).get("/projects/").status_code == 403
