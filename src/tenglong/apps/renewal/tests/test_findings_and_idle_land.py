"""From a county's plots to findings, objections, waivers, and idle land from a clue to its end."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from tenglong.apps.accounts import service as accounts
from tenglong.apps.accounts.models import Department
from tenglong.apps.accounts.scope import Refused
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Finding, IdleLand
from tenglong.apps.renewal.queries import findings as seen
from tenglong.apps.renewal.queries import idle as seen_idle
from tenglong.apps.renewal.rows import said
from tenglong.apps.renewal.service import findings, idle, objections, waivers

pytestmark = pytest.mark.django_db
TOWN, DAY, YEAR = "330604001", date(2022, 1, 1), 2024
MU = 6_666_667


@pytest.fixture
def home(tmp_path: Any, settings: Any) -> Any:
    settings.TENGLONG_HOME = tmp_path
    return tmp_path


@pytest.fixture
def people(home: Any) -> dict[str, Any]:
    Division.objects.create(code="330604", name="上虞区", level="county", parent_code="3306", valid_from="2014-01-01")
    Division.objects.create(code=TOWN, name="百官街道", level="town", parent_code="330604", valid_from="2014-01-01")
    bureau = Department.objects.create(name="经信局", divisions=["330604"])
    made = {}
    for name, role in (("county", "county_admin"), ("second", "county_admin"), ("leader", "leader"), ("clerk", "town_officer")):
        user, _password = accounts.create_user(
            accounts.SYSTEM, username=name, name=name, department=bureau, password="Bamboo-cage-9!", must_change=False)
        accounts.grant_role(accounts.SYSTEM, user, role)
        made[name] = user
    return made


@pytest.fixture
def plots(people: dict[str, Any]) -> list[Any]:
    """A: hardly built and long stopped; B: nothing known; C: built, working."""
    told: list[dict[str, Any]] = [
        {"stopped_months": 20, "built_share": 10}, {},
        {"stopped_months": 0, "built_share": 90, "d_years": 0, "leased_out_share": 0, "floor_ratio": 1, "plot_tax": 900},
    ]
    values = {"status": "in_use", "surveyed_cm2": 10 * MU, "control_line": "in"}
    return [
        registry.create_plot(people["county"], {**values, "name": f"地块{at}", "attributes": more}, on=DAY, town=TOWN)
        for at, more in enumerate(told)
    ]


def paper(actor: Any, plot: Any, name: str = "依据.pdf") -> Any:
    return registry.add_document(
        actor, name, b"%PDF-1 " + name.encode(), kind="approval", subject_type="plot", subject_id=plot.plot_id)


def of(run: Any, plot: Any) -> Finding:
    return Finding.objects.get(run=run, plot_id=plot.plot_id)


def test_a_plot_is_found_with_its_figures_and_what_is_missing_names_its_supplier(people: Any, plots: Any) -> None:
    run = findings.run(people["county"], YEAR, "zj-shangyu@1")
    hit, unknown = of(run, plots[0]), of(run, plots[1])
    assert hit.verdict == "hit" and hit.grade_class == "优先整治" and hit.priority == 1
    told, gaps = (seen.shown(people["county"], one) for one in (hit, unknown))
    assert "停产月数 20" in told["reason"] and {one["criterion"] for one in hit.hits} >= {"stopped", "little_built"}
    assert [one["source"] for one in told["hits"][0]["inputs"]] == ["地块附加属性"]
    assert unknown.verdict == "unknown" and all(one["who"] and one["why"] for one in gaps["lacks"])
    assert "建成面积占比" in gaps["reason"] and {one["outcome"] for one in gaps["others"]} >= {"unclear"}
    assert run.counts["plots"] == 3 and sum(one["plots"] for one in run.counts["verdicts"].values()) == 3
    assert run.counts["towns"][TOWN]["hit"] == run.counts["verdicts"]["hit"]["plots"]


def test_the_same_rows_give_the_same_hashes(people: Any, plots: Any) -> None:
    first, again = (findings.run(people["county"], YEAR, "zj-shangyu@1") for _time in range(2))
    assert (first.rows_sha256, first.result_sha256) == (again.rows_sha256, again.result_sha256)


def test_a_waiver_by_two_persons_stands_in_the_next_run(people: Any, plots: Any) -> None:
    county, until = people["county"], timezone.localdate() + timedelta(days=90)
    first = of(findings.run(county, YEAR - 1, "zj-shangyu@1"), plots[0])
    asked = waivers.propose(county, first, reason="已列入改造计划", document=paper(county, plots[0]), until=until)
    with pytest.raises(RenewalError, match="不能自己批准"):
        waivers.decide(county, asked, approve=True)
    waivers.decide(people["second"], asked, approve=True)
    after = of(findings.run(county, YEAR, "zj-shangyu@1"), plots[0])
    assert after.verdict == "waived" and after.change == "gone"
    assert "已豁免（依据.pdf：已列入改造计划）；原判断：长期停产" in seen.shown(county, after)["reason"]
    assert {hit["waived"] for hit in after.hits} == {True}


def test_an_objection_is_a_case_and_is_answered_by_another_person(people: Any, plots: Any) -> None:
    firm = registry.create_enterprise(people["county"], {"name": "某某公司"}, on=DAY, town=TOWN, uscc="91330604MA0000001X")
    run = findings.run(people["county"], YEAR, "zj-shangyu@1")
    Finding.objects.filter(pk=of(run, plots[0]).pk).update(holder_id=firm.enterprise_id)
    made = objections.appeal(people["county"], of(run, plots[0]), text="已经复产，请核实")
    with pytest.raises(RenewalError, match="不能自己答复"):
        objections.reply(people["county"], made, outcome="rejected", text="维持")
    done = objections.reply(people["second"], made, outcome="upheld", text="情况属实，改正数据后重新识别")
    assert done.state == "upheld" and done.case is not None and done.case.state == "upheld"


def test_only_the_whole_county_may_be_searched(people: Any, plots: Any) -> None:
    with pytest.raises(Refused):
        findings.run(people["clerk"], YEAR, "zj-shangyu@1")
    with pytest.raises(RenewalError, match="没有识别标准"):
        findings.run(people["county"], YEAR, "nothing@9")


def idle_of(people: Any, plot: Any, facts: dict[str, Any]) -> IdleLand:
    county = people["county"]
    made = idle.open_clue(county, plot.plot.ulid, note="长期没有动工", on=timezone.localdate() - timedelta(days=60))
    return idle.enter_facts(county, made, facts, document=paper(county, plot), price_fen=765_432_100)


def test_idle_land_goes_step_by_step_and_the_amount_stays_with_the_team(people: Any, plots: Any) -> None:
    county, plot, today = people["county"], plots[0], timezone.localdate()
    made = idle_of(people, plot, {"started": False, "agreed_start": today - timedelta(days=500)})
    assert seen_idle.shown(county, made)["says"] == "疑似闲置" and seen_idle.shown(county, made)["fee_fen"] is None
    for at, state in enumerate(("inquiry", "recognised", "hearing")):
        on = today - timedelta(days=50 - at * 15)
        made = idle.step(county, made, state, document=paper(county, plot, f"{state}.pdf"), on=on)
    told = seen_idle.shown(county, made)
    assert told["says"] == "闲置土地" and told["fee_fen"] == 153_086_420 and told["clock"]["for"]
    with pytest.raises(RenewalError, match="无偿收回"):
        idle.step(county, made, "take_back_decided", document=paper(county, plot, "x.pdf"))
    client = Client()
    for name in ("leader", "second"):
        client.force_login(people[name])
        for address in (f"/renewal/idle/{made.ulid}/", f"/renewal/idle/{made.ulid}.json", "/renewal/idle.json"):
            text = client.get(address).content.decode()
            assert "7654321" not in text and "765.4321" not in text and "1530864" not in text
    assert client.get(f"/renewal/idle/{made.ulid}.json").json()["amount_note"] == "金额仅案件组成员可见"
    with pytest.raises(RenewalError, match="案件组"):
        idle.step(people["second"], made, "fee_decided", document=paper(county, plot, "y.pdf"))


def test_a_delay_of_the_government_leads_to_agreement_without_fee(people: Any, plots: Any) -> None:
    county, today = people["county"], timezone.localdate()
    made = idle_of(people, plots[0], {"started": False, "agreed_start": today - timedelta(days=800)})
    proof = paper(county, plots[0], "函.pdf")
    made = idle.add_cause(county, made, "late_delivery", start=today - timedelta(days=700), document=proof)
    for state in ("inquiry", "recognised"):
        made = idle.step(county, made, state, document=paper(county, plots[0], f"{state}.pdf"))
    told = seen_idle.shown(county, made)
    assert told["fee_fen"] is None and told["consequence"] == "协商处置" and told["options"]
    assert [one["state"] for one in told["next"] if not one["blocks"]] == ["agreed"]


def test_figures_are_masked_for_readers_without_the_verb(people: Any, plots: Any) -> None:
    plot = registry.create_plot(people["county"], {
        "status": "in_use", "surveyed_cm2": 10 * MU, "name": "地块甲", "control_line": "in",
        "attributes": {"plot_tax": 13.21, "leased_out_share": 66}}, on=DAY, town=TOWN)
    run = findings.run(people["county"], YEAR, "zj-shangyu@1")
    open_, masked = (json.dumps(seen.shown(people[name], seen.finding(people[name], of(run, plot).ulid)), default=str)
                     for name in ("county", "leader"))
    assert "13.21" in open_ and "13.21" not in masked and "66" in masked


def test_a_reader_of_english_is_told_in_english_what_a_run_in_chinese_found(people: Any, plots: Any) -> None:
    run = findings.run(people["county"], YEAR, "zj-shangyu@1")
    with translation.override("en"):
        told = seen.shown(people["county"], of(run, plots[0]))
        held = said.say("%(n)s 幢厂房建筑面积合计", n=3)
    assert {one["outcome_label"] for one in told["hits"]} != {"符合"} or said.worded(held).startswith("3")
    assert said.told_of(held) == {"n": 3} and said.worded(held) == "3 幢厂房建筑面积合计"
