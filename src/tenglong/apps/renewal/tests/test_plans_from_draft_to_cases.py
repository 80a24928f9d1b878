"""A plan from the findings of a year to cases: drafted, solved, locked, approved by a second person, closed with evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
import shapely
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import service as casework
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry import models as register
from tenglong.apps.registry import service as registry
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal import plan_reading
from tenglong.apps.renewal.criteria_sets import pinned
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Finding, FindingRun, Plan, PlanState
from tenglong.apps.renewal.plan_asked import Amount, Asked
from tenglong.apps.renewal.service import plans, publishing, readers, sites
from tenglong.domain.renewal.portfolio.parts import Lock
from tenglong.domain.units import to_cm2
from tenglong.web.models import FigureLedger

COUNTY, TOWN, OTHER = "330604", "330604001", "330604002"
DAY, YEAR = date(2020, 1, 1), 2024
WAN = 1_000_000
ASKED = Asked(
    (2025, 2026), ("reserve", "upgrade"), ("reserve_body_listed",),
    ("households", "soil", "soil_key_unit", "disputed", "leased_out_share", "tenants", "plot_energy_tce"),
    budgets=(Amount(2000 * WAN, 2025), Amount(2000 * WAN, 2026)), targets=(Amount(to_cm2(40, "mu"), None),), seconds=20)


@pytest.fixture
def run(cast: Any) -> FindingRun:
    """Six plots in a row, each touching the next, with one firm of ten people on each; all low-efficient but the last."""
    for code, name, level in ((COUNTY, "上虞区", "county"), (TOWN, "百官街道", "town"), (OTHER, "曹娥街道", "town")):
        register.Division.objects.create(code=code, name=name, level=level, parent_code=COUNTY[:4], valid_from=DAY)
    rule = pinned("zj-shangyu")
    made = FindingRun.objects.create(
        year=YEAR, division_code=COUNTY, policy_id=rule.id, policy_version=rule.version, policy_pin=rule.pin,
        policy_text=rule.text, software="t",
        rows_sha256="0" * 64, result_sha256="0" * 64, created_by_id=cast.analyst.pk)
    for at in range(6):
        _plot(cast, made, at)
    return made


def _plot(cast: Any, run: FindingRun, at: int) -> None:
    town = TOWN if at < 3 else OTHER
    square = shapely.box(round(120.8 + 0.001 * at, 6), 30.0, round(120.801 + 0.001 * at, 6), 30.001)
    area = to_cm2(10 + at, "mu")
    plot = registry.create_plot(cast.county, {"name": f"地块{at}", "surveyed_cm2": area, "control_line": "in"}, on=DAY,
                                town=town, geometry=square)
    registry.create_building(cast.county, {"name": "厂房", "plot_id": plot.plot_id, "floor_cm2": 10_000 * 1000}, on=DAY,
                             town=town, code=f"JZ-{at}")
    firm = registry.create_enterprise(cast.county, {"name": f"企业{at}"}, on=DAY, town=town, uscc="")
    registry.create_occupancy(cast.county, {"plot_id": plot.plot_id, "enterprise_id": firm.enterprise_id, "role": "owner",
                                            "area_cm2": area}, on=DAY)
    for measure, value in (("tax_paid", 10 + at), ("value_added", 50), ("employees", 10), ("revenue", 300)):
        register.Fact.objects.create(
            subject_type="enterprise", subject_id=firm.enterprise_id, measure=measure, period=str(YEAR), department="税务局",
            value_e6=value * 10**6, given=str(value), legal_basis="shared")
    Finding.objects.create(run=run, plot=plot.plot, plot_code=plot.code, division_code=town, land_cm2=area,
                           verdict="clear" if at == 5 else "hit")


def solved(actor: Any, plan: Plan) -> Plan:
    job = jobs.run_now(plans.solve(actor, plan))
    assert job.state == "done", job.message
    return queries.plan(actor, plan.ulid)


@pytest.fixture
def plan(cast: Any, run: FindingRun) -> Plan:
    return solved(cast.analyst, plans.draft(cast.analyst, run, "三年整治", ASKED))


def work_out(ulid: str) -> jobs.Job:
    return jobs.run_now(jobs.Job.objects.get(ulid=Plan.objects.get(ulid=ulid).job_ulid))


def enter(user: Any) -> Client:
    client = Client()
    client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
    return client


def page(user: Any, name: str, *args: Any) -> Any:
    return enter(user).get(reverse(f"renewal:{name}", args=args))


@pytest.mark.slow
def test_solved_plan_tells_its_bound_before_anything_else(cast: Any, plan: Plan) -> None:
    text = page(cast.analyst, "plan", plan.ulid).content.decode()
    assert plan.state == PlanState.SOLVED
    assert plan.answer["gap"] <= 1e-4
    places = [text.index(word) for word in ("已证明差距", "减少岗位", "目标与限制", "五个次优方案", "预算与增收", "要解的问题")]
    assert places == sorted(places)
    lost = sum(row.jobs_lost for row in queries.items(cast.analyst, plan))
    assert f"{lost} <small>" in text
    assert "仅限指定人员：分析人员" in text
    assert len(plan.answer["next_best"]) >= 1
    assert len(plan.answer["frontier"]) == 7


@pytest.mark.slow
def test_lock_makes_a_version_and_two_versions_can_be_compared(cast: Any, plan: Plan) -> None:
    taken = queries.items(cast.analyst, plan).first()
    assert taken is not None
    made = plans.revise(cast.analyst, plan, ASKED, {taken.plot_code: Lock(False, reason="企业要留")})
    assert (made.version, made.parent_id, made.state) == (2, plan.pk, PlanState.DRAFT)
    second = solved(cast.analyst, made)
    assert taken.plot_code not in set(queries.items(cast.analyst, second).values_list("plot_code", flat=True))
    found = page(cast.analyst, "plan-compare-json", second.ulid, plan.ulid).json()
    assert {"plot": taken.plot_code, "kind": "不再选", "before": {"route": taken.route, "year": taken.year}, "after": None} in found["rows"]  # noqa: E501
    assert any("锁定不选" in line for line in found["come"])
    assert page(cast.analyst, "plan-compare", second.ulid, plan.ulid).status_code == 200


@pytest.mark.slow
def test_locks_that_cannot_hold_together_are_named(cast: Any, plan: Plan) -> None:
    codes = [one["key"] for one in plan.problem["problem"]["candidates"]]
    poor = replace(ASKED, budgets=(Amount(100 * WAN, 2025), Amount(100 * WAN, 2026)))
    made = solved(cast.analyst, plans.revise(cast.analyst, plan, poor, {codes[0]: Lock(True, "收储", 2025)}))
    text = page(cast.analyst, "plan", made.ulid).content.decode()
    assert made.answer["status"] == "none"
    assert sorted(made.answer["conflict"]) == sorted(
        [f"锁定必选：{codes[0]}，途径“收储”，2025 年", "预算：2025 年不超过 100 万元"])
    assert "去掉其中任何一条" in text
    with pytest.raises(RenewalError, match="没有选中任何地块"):
        plans.submit(cast.analyst, made)


@pytest.mark.slow
def test_second_person_approves_and_every_plot_becomes_a_case_that_needs_its_evidence(cast: Any, plan: Plan) -> None:
    plans.submit(cast.analyst, plan)
    paper = registry.add_document(cast.county, "批复.pdf", b"%PDF-1 a", kind="decision", division_code=COUNTY)
    with pytest.raises(RenewalError, match="没有指定您查看"):
        plans.approve(cast.leader, plan, paper)
    readers.add(cast.analyst, plan, cast.leader, reason="分管领导")
    readers.add(cast.analyst, plan, cast.county, reason="转办")
    readers.add(cast.analyst, plan, cast.officer, reason="属地")
    plans.approve(cast.leader, plan, paper)
    made = publishing.publish(cast.county, plan)
    assert len(made) == queries.items(cast.analyst, plan).count() > 0
    case = next(one for one in made if one.fields["route"] == "upgrade" or one.fields["route"] == "reserve")
    officer = cast.officer if case.division_code == TOWN else cast.stranger
    for step in ("begin", "agreed", "report"):
        casework.move(officer, case.ulid, step)
    with pytest.raises(casework.CaseError, match="还缺《"):
        casework.move(cast.county, case.ulid, "close")
    book = publishing.plan_policies.in_force().book
    for kind in {kind for one in book.route(case.fields["route"]).evidence.values() for kind in one.kinds}:
        file = registry.add_document(cast.county, f"{kind}.pdf", b"%PDF-1 " + kind.encode(), kind="proof", division_code=COUNTY)
        casework.add_evidence(cast.county, case.ulid, kind, file.ulid)
    assert casework.move(cast.county, case.ulid, "close").state == "closed"


@pytest.mark.slow
def test_who_made_a_plan_cannot_approve_it(cast: Any, run: FindingRun) -> None:
    plan = solved(cast.county, plans.draft(cast.county, run, "自编", ASKED))
    plans.submit(cast.county, plan)
    paper = registry.add_document(cast.county, "批复.pdf", b"%PDF-1 a", kind="decision", division_code=COUNTY)
    with pytest.raises(RenewalError, match="另一个人批准"):
        plans.approve(cast.county, plan, paper)


@pytest.mark.slow
def test_plan_is_absent_for_everybody_who_was_not_named(cast: Any, plan: Plan) -> None:
    seen = {name: page(user, "plan", plan.ulid).status_code for name, user in cast.people().items()}
    assert {name for name, status in seen.items() if status == 200} == {"analyst"}
    assert {seen[name] for name in ("county", "leader", "officer", "task_force")} == {404}
    readers.add(cast.analyst, plan, cast.officer, reason="属地镇街")
    assert page(cast.officer, "plan", plan.ulid).status_code == 200
    readers.drop(cast.analyst, plan, queries.readers(cast.analyst, plan).get(), reason="调离")
    assert page(cast.officer, "plan", plan.ulid).status_code == 404
    told = AuditEntry.objects.filter(action__in=("secret.admit", "secret.dismiss")).order_by("seq")
    assert list(told.values_list("reason", flat=True)) == ["属地镇街", "调离"]
    with pytest.raises(RenewalError, match="不能查看方案"):
        readers.add(cast.analyst, plan, cast.auditor, reason="不行")


@pytest.mark.slow
def test_export_asks_why_and_bears_name_time_and_number(cast: Any, plan: Plan, tmp_path: Any) -> None:
    url = reverse("renewal:plan-export", args=[plan.ulid])
    client = enter(cast.analyst)
    assert client.post(url, {"recipient": "县政府", "purpose": ""}).status_code == 302
    assert not FigureLedger.objects.exists()
    answer = client.post(url, {"recipient": "县政府", "purpose": "常务会议"})
    (tmp_path / "a.xlsx").write_bytes(answer.content)
    line = FigureLedger.objects.get()
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    for sheet in book:
        assert "仅限指定人员：分析人员（analyst）" in sheet["A1"].value
        assert line.number in sheet["A1"].value
    assert "三年整治" not in line.title


@pytest.mark.slow
def test_plan_shows_agreement_of_groups_only(cast: Any, plan: Plan) -> None:
    listed = [one for rows in plan.problem["groups"].values() for one in rows]
    assert listed
    assert all(one["chance_bp"] is None or one["holders"] >= 5 for one in listed)
    assert "企业0" not in page(cast.analyst, "plan", plan.ulid).content.decode()


@pytest.mark.slow
def test_form_drafts_a_plan_and_shows_its_tree(cast: Any, run: FindingRun) -> None:
    client, url = enter(cast.analyst), reverse("renewal:plan-new")
    assert client.get(url).status_code == 200
    data = {"title": "试编", "run": run.ulid, "first": "2025", "count": "2", "aim": "least_shortfall", "budget_2025": "500",
            "target_all": "20", "routes": ["upgrade"], "fills": ["households"], "max_members": "3", "seconds": "20",
            "road_m": "30", "shared_m": "5"}
    made = client.post(url, data)
    assert made.status_code == 302, made.content.decode()
    ulid = made["Location"].rstrip("/").split("/")[-1]
    assert "正在测算候选地块" in client.get(made["Location"]).content.decode()
    assert work_out(ulid).state == "done"
    text = client.get(made["Location"]).content.decode()
    for words in ("预算：2025 年不超过 500 万元", "目标：全域各年合计启动20 亩处置用地以上", "候选地块：5 宗", "相邻 4 对"):
        assert words in text
    wrong = client.post(url, data | {"target_all": ""})
    assert wrong.status_code == 400
    assert "请至少写一个目标" in wrong.content.decode()
    edit = reverse("renewal:plan-edit", args=[ulid])
    code = Plan.objects.get(ulid=ulid).problem["problem"]["candidates"][0]["key"]
    rows = {"lock-TOTAL_FORMS": "1", "lock-INITIAL_FORMS": "0", "lock-0-key": code, "lock-0-lock": "in", "lock-0-year": "2026"}
    assert client.get(edit).status_code == 200
    changed = client.post(edit, {**data, **rows})
    assert changed.status_code == 302, changed.content.decode()
    assert f"锁定必选：{code}，2026 年" in client.get(changed["Location"]).content.decode()


@pytest.mark.slow
def test_a_draft_without_costs_says_why_and_is_asked_anew_as_the_same_version(cast: Any, run: FindingRun) -> None:
    plan = plans.begin(cast.analyst, run, "缺数", replace(ASKED, fills=(), routes=("reserve",)))
    assert "没有一块候选地块能按所选路径测算" in work_out(plan.ulid).message
    text = page(cast.analyst, "plan", plan.ulid).content.decode()
    assert "没有一块候选地块能按所选路径测算" in text and "改要求，重新测算" in text
    assert page(cast.analyst, "plan-edit", plan.ulid).status_code == 302
    with pytest.raises(RenewalError, match="还没有测算出来"):
        plans.solve(cast.analyst, plan)
    client, url = enter(cast.analyst), reverse("renewal:plan-new")
    form = client.get(url, {"again": plan.ulid}).content.decode()
    assert 'value="缺数"' in form and plan.ulid in form
    data = {"title": "补数", "run": run.ulid, "first": "2025", "count": "2", "aim": "least_shortfall", "budget_2025": "500",
            "target_all": "20", "routes": ["upgrade"], "fills": ["households"], "max_members": "3", "seconds": "20",
            "road_m": "30", "shared_m": "5", "again": plan.ulid}
    assert client.post(url, data)["Location"].rstrip("/").endswith(plan.ulid)
    assert work_out(plan.ulid).state == "done"
    fresh = queries.plan(cast.analyst, plan.ulid)
    assert (fresh.title, fresh.version, fresh.state) == ("补数", 1, PlanState.DRAFT) and fresh.problem["tree"]


@pytest.mark.slow
def test_what_cannot_be_planned_is_told_by_its_parts_before_anything_is_solved(cast: Any, run: FindingRun) -> None:
    plan = plans.draft(cast.analyst, run, "三年整治", ASKED)
    code = plan.problem["problem"]["candidates"][0]["key"]
    nothing = (Amount(0, 2025), Amount(0, 2026))
    hard = replace(ASKED, aim="cheapest", targets=(Amount(to_cm2(900, "mu")),))
    for asked, locks, told in (
        (replace(ASKED, budgets=nothing, routes=("reserve",)), {}, "预算"),
        (hard, {}, "900 亩处置用地以上：超过全域全部候选用地 60 亩"),
        (replace(ASKED, min_cm2=to_cm2(90, "mu")), {}, "不小于 90 亩：超过全部候选用地"),
        (ASKED, {code: Lock(True, "收购")}, "不认识的途径“收购”"),
        (ASKED, {"没有": Lock(False)}, "候选地块里没有：没有"),
    ):
        with pytest.raises(RenewalError, match=told):
            plans.revise(cast.analyst, plan, asked, locks)
    with pytest.raises(RenewalError, match="超过全部候选用地 60 亩"):
        plans.begin(cast.analyst, run, "太多", hard)


@pytest.mark.slow
def test_a_plot_shows_its_costs_with_workings_and_what_they_hang_on(cast: Any, run: FindingRun) -> None:
    plan = plans.draft(cast.analyst, run, "三年整治", ASKED)
    option = plan.problem["problem"]["options"][0]
    told = page(cast.analyst, "plan-plot-json", plan.ulid, option["candidate"]).json()
    assert {one["route"] for one in told["routes"]} == {"reserve", "upgrade"} and told["same"]
    rows = {row["id"]: row for one in told["routes"] if one["route"] == "reserve" for row in one["rows"]}
    assert rows["cost_total"]["value"] == str(Fraction(option["cost"], WAN)) and rows["land"]["working"]
    bars = next(one for one in told["routes"] if one["route"] == "reserve")["tornadoes"][0]["rows"]
    assert [bar["w"] for bar in bars] == sorted((bar["w"] for bar in bars), reverse=True)
    assert page(cast.analyst, "plan-plot", plan.ulid, option["candidate"]).status_code == 200
    assert page(cast.analyst, "plan-plot", plan.ulid, "没有").status_code == 404
    assert page(cast.leader, "plan-plot", plan.ulid, option["candidate"]).status_code == 404


@pytest.mark.slow
def test_locks_are_shown_by_pages_and_by_search_and_those_not_shown_stay(
    cast: Any, run: FindingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_reading, "SHOWN", 1)
    plan = plans.draft(cast.analyst, run, "三年整治", ASKED)
    first, second, third = (one["key"] for one in plan.problem["problem"]["candidates"][:3])
    plan = plans.revise(cast.analyst, plan, ASKED, {first: Lock(True, "收储", 2025), second: Lock(False, reason="企业要留")})
    client, url = enter(cast.analyst), reverse("renewal:plan-edit", args=[plan.ulid])
    text = client.get(url).content.decode()
    assert first in text and second not in text and "第 1 / 2 页" in text
    assert second in client.get(url, {"page": "2"}).content.decode()
    assert third in client.get(url, {"q": third}).content.decode()
    with translation.override("en"):
        assert plan_reading.routes(plan) == [(one, translation.gettext(one)) for one in ("收储", "整治提升")]
    rows = {"lock-TOTAL_FORMS": "1", "lock-INITIAL_FORMS": "1", "lock-0-key": first, "lock-0-lock": ""}
    data = {"aim": "least_shortfall", "target_all": "20", "max_members": "3", "seconds": "20"}
    changed = client.post(url, {**data, **rows})
    assert changed.status_code == 302, changed.content.decode()
    made = Plan.objects.get(ulid=changed["Location"].rstrip("/").split("/")[-1])
    assert plan_reading.locks(made) == {second: Lock(False, reason="企业要留")}


@pytest.mark.slow
def test_site_is_found_connected_with_its_bound_and_a_dash_where_the_record_is_silent(cast: Any, run: FindingRun) -> None:
    site = sites.ask(cast.analyst, "新能源项目", sites.Wanted(to_cm2(30, "mu"), seconds=3, alternatives=2))
    job = jobs.run_now(jobs.Job.objects.get(ulid=site.job_ulid))
    assert job.state == "done", job.message
    found = queries.site(cast.analyst, site.ulid)
    best = found.answer["sites"][0]
    assert best["land_cm2"] >= to_cm2(30, "mu")
    assert best["gap"] < 1e-3
    assert best["owners"] is None  # no household was ever counted
    text = page(cast.analyst, "site", site.ulid).content.decode()
    assert '权利人和用户 <span class="unit">户</span></th><td class="n">—</td>' in text
    assert "减少岗位" in text
    assert best["displaced"]["jobs_lost"] == 10 * len(best["plots"])
    assert page(cast.leader, "site", site.ulid).status_code == 404
    far = sites.ask(cast.analyst, "靠路", sites.Wanted(to_cm2(30, "mu"), gate_m=200))
    job = jobs.run_now(jobs.Job.objects.get(ulid=far.job_ulid))
    assert "没有登记“距道路”" in job.message


@pytest.mark.slow
def test_too_large_a_site_is_told_with_the_largest_piece(cast: Any, run: FindingRun) -> None:
    site = sites.ask(cast.analyst, "太大", sites.Wanted(to_cm2(500, "mu"), seconds=3))
    jobs.run_now(jobs.Job.objects.get(ulid=site.job_ulid))
    text = page(cast.analyst, "site", site.ulid).content.decode()
    assert "相连的地都不够大" in text
    assert "75" in text


