"""A covenant from its papers to a decision: what stands, 五未, a check with its sources, amounts step by step, a later day."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenglong.apps.accounts import service as accounts
from tenglong.apps.accounts.models import Department
from tenglong.apps.accounts.scope import Refused
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import service as casework
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division, Fact
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.models import Covenant, CovenantCheck, Listing, NodeReminder
from tenglong.apps.supply.queries import covenants as seen
from tenglong.apps.supply.service import covenants, covenants_checks, covenants_extensions, covenants_reminders
from tenglong.apps.supply.service.covenants import NodeDay, Promise
from tenglong.apps.supply.service.covenants_picture import picture, rules
from tenglong.apps.supply.standard_promises import prefilled
from tenglong.domain.landing.covenant.counted import Figure
from tenglong.domain.landing.covenant.judge import Terms, judge
from tenglong.domain.units import to_cm2, to_fen

pytestmark = pytest.mark.django_db
TOWN, OTHER, DAY = "330604001", "330604002", date(2021, 1, 1)
TODAY = timezone.localdate()
LAND, PRICE = to_cm2(150, "mu"), to_fen(1000, "wan_yuan")
USCC = "91330604MA0000001"


@pytest.fixture
def people(tmp_path: Any, settings: Any) -> dict[str, Any]:
    settings.TENGLONG_HOME = tmp_path
    Division.objects.create(code="330604", name="上虞区", level="county", parent_code="3306", valid_from="2014-01-01")
    for code, name in ((TOWN, "百官街道"), (OTHER, "曹娥街道")):
        Division.objects.create(code=code, name=name, level="town", parent_code="330604", valid_from="2014-01-01")
    offices = {"330604": Department.objects.create(name="经信局", divisions=["330604"])}
    offices |= {code: Department.objects.create(name=code, divisions=[code]) for code in (TOWN, OTHER)}
    made = {}
    for name, role, where in (
            ("county", "county_admin", "330604"), ("second", "county_admin", "330604"), ("leader", "leader", "330604"),
            ("clerk", "town_officer", TOWN), ("stranger", "town_officer", OTHER)):
        made[name] = person(name, role, offices[where])
    return made


def person(name: str, role: str, department: Any = None, **grant: Any) -> Any:
    user, _password = accounts.create_user(
        accounts.SYSTEM, username=name, name=name, department=department, password="Bamboo-cage-9!", must_change=False)
    accounts.grant_role(accounts.SYSTEM, user, role, **grant)
    return user


@pytest.fixture
def world(people: dict[str, Any]) -> dict[str, Any]:
    """Firm 甲 with 150 mu for 1000 万: agreed 400 万元/亩 and 8 万元/亩 a year; the work began 30 days late."""
    from stdnum.cn import uscc as rule

    plot = registry.create_plot(people["county"], {"name": "甲厂", "status": "in_use"}, on=DAY, town=TOWN)
    code = USCC + rule.calc_check_digit(USCC)
    firm = registry.create_enterprise(people["county"], {"name": "甲公司"}, on=DAY, town=TOWN, uscc=code)
    held = covenants.create(
        people["county"], project_name="甲项目", uscc=code, plot_codes=[plot.code], land_cm2=LAND, price_fen=PRICE)
    world = {**people, "plot": plot, "firm": firm, "code": code, "covenant": held,
             "own": person("own", "enterprise", enterprise_id=firm.enterprise_id)}
    covenants.add_paper(
        people["county"], held, "supervision", number="监管1号", signed_on=date(2021, 5, 1), effective_on=date(2021, 5, 1),
        promises=[
            Promise("investment_intensity", "400", after="complete", plus=1), Promise("tax_per_mu", "8", first_year=2024)],
        nodes=[NodeDay("start", date(2022, 1, 1), "1"), NodeDay("complete", date(2022, 12, 31)),
               NodeDay("produce", TODAY + timedelta(days=20))])
    for kind, on in (("start", date(2022, 1, 31)), ("complete", date(2022, 12, 1))):
        covenants.reach_node(people["county"], held, kind, done_on=on, document=paper(world, kind))
    covenants.put_firm(people["county"], held, code, registered=True, producing=True)
    covenants.prove(
        people["county"], held, "fixed_investment", 2023, Decimal(45_000), document=paper(world, "审计报告"), so_far=True)
    return world


def paper(world: dict[str, Any], name: str) -> Any:
    return registry.add_document(
        world["county"], f"{name}.pdf", b"%PDF-1 " + name.encode(), kind="approval", subject_type="enterprise",
        subject_id=world["firm"].enterprise_id)


def fact(world: dict[str, Any], value: int, basis: str = "shared") -> Fact:
    return Fact.objects.create(
        subject_type="enterprise", subject_id=world["firm"].enterprise_id, measure="tax_paid", period="2024",
        value_e6=value * 10**6, department="税务局", legal_basis=basis)


def begun(world: dict[str, Any]) -> CovenantCheck:
    row = covenants_checks.check(world["county"], world["covenant"])
    row = covenants_checks.review(world["county"], row, on=TODAY - timedelta(days=40))
    covenants_checks.add_member(world["county"], row, world["second"])
    return row


def test_a_replaced_figure_stays_in_the_audit_with_its_paper(world: dict[str, Any]) -> None:
    corrected = paper(world, "更正后的审计报告")
    covenants.prove(world["county"], world["covenant"], "fixed_investment", 2023, Decimal("45000.5"), document=corrected,
                    so_far=True)
    first, second = AuditEntry.objects.filter(action="covenant.figure").order_by("seq")
    name = "fixed_investment 2023"
    assert [(one["field"], one["old"], one["new"]) for one in first.deltas][:2] == [
        (name, None, "45000"), (f"{name} so_far", None, True)]
    told = {one["field"]: (one["old"], one["new"]) for one in second.deltas}
    assert told[name] == ("45000", "45000.5") and told[f"{name} document"][1] == corrected.ulid
    assert told[f"{name} document"][0] == first.deltas[2]["new"]


def test_a_check_tells_every_figure_its_source_and_what_is_missing(world: dict[str, Any]) -> None:
    row = covenants_checks.check(world["county"], world["covenant"])
    told = {one["id"]: one for one in seen.shown_check(world["county"], row)["rows"]}
    assert (told["investment_intensity"]["verdict"], told["investment_intensity"]["reached"]) == ("short", "300")
    assert told["investment_intensity"]["values"][0]["sources"][0].startswith("proof:")
    assert told["tax_per_mu"]["verdict"] == "unknown" and "缺 甲公司 的2024 年税收" in told["tax_per_mu"]["why"]
    source = fact(world, 1200)
    again = covenants_checks.check(world["county"], world["covenant"])
    tax = next(one for one in again.result["rows"] if one["indicator"] == "tax_per_mu")
    assert (tax["verdict"], tax["reached"], tax["values"][0]["sources"]) == ("met", "8", [f"fact:{source.pk}"])
    hidden = {one["id"]: one for one in seen.shown_check(world["clerk"], again)["rows"]}["tax_per_mu"]
    assert hidden["reached"] == "***" and hidden["values"][0]["sources"] == []
    Fact.objects.filter(pk=source.pk).update(legal_basis="statistics")
    third = covenants_checks.check(world["county"], world["covenant"])
    assert "统计" in next(one for one in third.result["rows"] if one["indicator"] == "tax_per_mu")["why"]
    theirs = covenants_checks.check(world["clerk"], world["covenant"])
    assert "敏感数据" in next(one for one in theirs.result["rows"] if one["indicator"] == "tax_per_mu")["why"]


def test_a_firm_not_registered_here_or_counted_twice_is_left_open(world: dict[str, Any]) -> None:
    fact(world, 1200)
    other = covenants.create(
        world["county"], project_name="乙项目", uscc=world["code"], plot_codes=[world["plot"].code], land_cm2=LAND)
    row = covenants_checks.check(world["county"], world["covenant"])
    assert "200%" in row.result["firms"]["open"][0]
    covenants.put_firm(world["county"], world["covenant"], world["code"], registered=False, producing=True)
    row = covenants_checks.check(world["county"], world["covenant"])
    assert "不在本宗地注册" in row.result["firms"]["left_out"][0] and row.lacking == 1
    assert other.lacking == "start"


def test_amounts_leave_the_case_only_step_by_step(world: dict[str, Any]) -> None:
    """G19 in a case: 1000 万 × (400 − 300) ÷ 400 = 250 万, and 30 days × 1 ‰; seen by team, then firm, then offices."""
    row = begun(world)

    def total(name: str) -> int | None:
        fresh = seen.checks(world[name]).filter(pk=row.pk).select_related("covenant").first()
        return seen.shown_check(world[name], fresh)["total_fen"] if fresh else -1

    both = to_fen(280, "wan_yuan")
    assert [total(name) for name in ("county", "second", "leader", "clerk")] == [both, both, None, None]
    assert [total(name) for name in ("own", "stranger")] == [-1, -1]
    ulid = row.case.ulid
    notice = [("notice", paper(world, "告知书").ulid)]
    with pytest.raises(casework.CaseError, match="办案组"):
        casework.move(world["clerk"], ulid, "notify", documents=notice, fields={"result": "投资不足"})
    told_on = TODAY - timedelta(days=30)
    casework.move(world["county"], ulid, "notify", documents=notice, fields={"result": "投资不足"}, on=told_on)
    assert [total(name) for name in ("leader", "clerk", "own", "stranger")] == [None, None, both, -1]
    fresh = seen.check(world["own"], row.ulid)
    assert covenants_checks.state_case(world["own"], fresh, "设备已到货，正在安装").stated_on == TODAY
    decision = [("decision", paper(world, "决定书").ulid)]
    with pytest.raises(casework.CaseError):
        casework.move(world["second"], ulid, "decide", documents=decision)
    casework.complete_task(world["county"], casework.open_task(world["county"], row.case, "hear"))
    with pytest.raises(casework.CaseError, match="另一人"):
        casework.move(world["county"], ulid, "decide", documents=decision)
    casework.move(world["second"], ulid, "decide", documents=decision)
    assert [total(name) for name in ("leader", "clerk", "own", "stranger")] == [both, both, both, -1]


def test_the_hearing_cannot_be_shortened_and_a_late_node_only_warns(world: dict[str, Any]) -> None:
    row = begun(world)
    casework.move(world["county"], row.case.ulid, "notify", documents=[("notice", paper(world, "告知书").ulid)],
                  fields={"result": "投资不足"})
    with pytest.raises(casework.CaseError, match="企业陈述申辩期"):
        casework.complete_task(world["county"], casework.open_task(world["county"], row.case, "hear"))
    held = covenants.reach_node(world["county"], world["covenant"], "produce", done_on=TODAY, document=paper(world, "投产"))
    assert held.lacking == "above_scale"
    with pytest.raises(CovenantError, match="今天"):
        ahead = TODAY + timedelta(days=1)
        covenants.reach_node(world["county"], held, "full_output", done_on=ahead, document=paper(world, "x"))


def test_an_extension_needs_a_second_person_and_gives_a_dated_node(world: dict[str, Any]) -> None:
    held, later = world["covenant"], TODAY + timedelta(days=120)
    with pytest.raises(CovenantError, match="约定日期"):
        covenants_extensions.ask(world["own"], held, "full_output", asked_on=later, reason="设备迟到")
    asked = covenants_extensions.ask(world["own"], held, "produce", asked_on=later, reason="设备迟到")
    with pytest.raises(CovenantError, match="延期在办理"):
        covenants_extensions.ask(world["county"], held, "produce", asked_on=later, reason="设备迟到")
    ulid, granted = asked.case.ulid, TODAY + timedelta(days=100)
    casework.move(world["county"], ulid, "propose", fields={"opinion": "属实", "granted_on": granted.isoformat()})
    paper_of = [("supplement", paper(world, "延期补充协议").ulid)]
    with pytest.raises(casework.CaseError):
        casework.move(world["county"], ulid, "approve", documents=paper_of)
    casework.move(world["second"], ulid, "approve", documents=paper_of)
    now = picture(Covenant.objects.get(pk=held.pk), TODAY)
    assert now.progress.node("produce").agreed == granted and len(now.nodes["produce"].over) == 1
    assert now.progress.node("start").agreed == date(2022, 1, 1)
    assert picture(held, TODAY - timedelta(days=1)).progress.node("produce").agreed == TODAY + timedelta(days=20)
    assert Covenant.objects.get(pk=held.pk).due_on == granted


def test_a_reminder_is_given_once_and_five_words_agree_with_the_rows(world: dict[str, Any]) -> None:
    assert (covenants_reminders.by_itself(), covenants_reminders.by_itself()) == (1, 0)
    assert NodeReminder.objects.get().ahead == 30
    found = seen.five(world["county"], TODAY)
    assert (found.total, found.reached, [one.count for one in found.lacks]) == (1, 0, [0, 0, 1, 0, 0])
    assert seen.five(world["stranger"], TODAY).total == 0
    late = seen.five(world["county"], TODAY + timedelta(days=21))
    assert [one.late for one in late.lacks] == [0, 0, 1, 0, 0]


def test_papers_are_refused_with_a_sentence_and_voided_by_another(world: dict[str, Any]) -> None:
    held, county = world["covenant"], world["county"]
    more = {"number": "补1", "signed_on": date(2023, 1, 1), "effective_on": date(2023, 1, 1)}
    for promise, why in ((Promise("rd_share", "2", mode="cumulative", first_year=2024), "比值"),
                         (Promise("rd_share", "-1", first_year=2024), "大于 0"), (Promise("rd_share", "2"), "起始年度")):
        with pytest.raises(CovenantError, match=why):
            covenants.add_paper(county, held, "supplement", promises=[promise], **more)
    with pytest.raises(Refused):
        covenants.add_paper(world["leader"], held, "supplement", promises=[Promise("rd_share", "2", first_year=2024)], **more)
    with pytest.raises(CovenantError, match="管辖"):
        covenants.add_paper(world["stranger"], held, "supplement", promises=[Promise("rd_share", "2", first_year=2024)], **more)
    made = covenants.add_paper(county, held, "supplement", promises=[Promise("investment_intensity", "")], **more)
    assert picture(held, TODAY).indicators["investment_intensity"].terms is None
    with pytest.raises(CovenantError, match="不能自己作废"):
        covenants.void_paper(county, made, reason="录错")
    covenants.void_paper(world["second"], made, reason="录错")
    assert picture(held, TODAY).indicators["investment_intensity"].terms is not None


def test_standard_land_of_an_industry_becomes_the_lines_of_a_paper() -> None:
    """G13: 装备 150/8/350/2 of 隆昌; a firm with 160, 7.9, 360 and 2.1 % falls short by its tax alone."""
    row = prefilled("sc-longchang@2022:equipment")
    names = ("investment_intensity", "tax_per_mu", "output_per_mu", "rd_share")
    assert [row[f"value-{name}"] for name in names] == [150, 8, 350, 2]
    assert prefilled("sc-longchang@2022:unheard") == {}
    rule, done = rules().policy, {"complete": date(2023, 5, 1), "full_output": date(2023, 9, 1)}
    values = {"fixed_investment": 160 * 150, "tax_paid": Fraction("7.9") * 150, "output": 360 * 150, "rd_expense": 21,
              "revenue": 1000}
    figures = {(name, year): Figure(Fraction(value)) for name, value in values.items() for year in (2023, 2024)}
    found = {
        name: judge(rule, name, Terms(Fraction(row[f"value-{name}"]), after=row[f"after-{name}"], plus=row[f"plus-{name}"]),
                    figures, land_cm2=LAND, begun=2023, done=done, on=date(2025, 6, 1)).verdict for name in names}
    assert found == {**dict.fromkeys(names, "met"), "tax_per_mu": "short"}


def entered(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.slow
def test_pages_of_office_and_enterprise(world: dict[str, Any]) -> None:
    held, clerk, own = world["covenant"], entered(world["county"]), entered(world["own"])
    form = {"kind": "supplement", "number": "补2", "signed_on": "2023-02-01", "effective_on": "", "value-rd_share": "2.5",
            "first-rd_share": "2024", "mode-rd_share": "single", "node-full_output": "2027-01-01"}
    assert clerk.post(f"/supply/covenants/{held.ulid}/paper/", form).status_code == 302
    page = clerk.get(f"/supply/covenants/{held.ulid}/").content.decode()
    assert "补2" in page and "2027-01-01" in page and "未投产" in page
    shown = clerk.post(f"/supply/covenants/{held.ulid}/check/", follow=True).content.decode()
    assert 'data-verdict="short"' in shown and "45,000 ÷ 150 = 300" in shown and "data-fen" not in shown
    row = CovenantCheck.objects.get()
    clerk.post(f"/supply/covenants/checks/{row.ulid}/review/")
    assert 'data-fen="250000000"' in clerk.get(f"/supply/covenants/checks/{row.ulid}/").content.decode()
    assert json.loads(clerk.get(f"/supply/covenants/checks/{row.ulid}.json").content)["total_fen"] == "280000000"
    book = clerk.post(f"/supply/covenants/checks/{row.ulid}/export/", {"recipient": "县政府", "purpose": "核对"})
    assert book.status_code == 200 and book.content[:2] == b"PK"
    assert "甲项目" in clerk.get("/supply/covenants/?lacking=produce").content.decode()
    assert 'data-lack="produce"' in clerk.get("/supply/covenants/five/").content.decode()
    mine = own.get(f"/supply/mine/covenants/{held.ulid}/").content.decode()
    assert "甲项目" in own.get("/supply/mine/covenants/").content.decode()
    assert f'href="/supply/mine/covenants/{held.ulid}/"' in own.get("/").content.decode()  # the workbench leads there
    assert "未投产" in mine and "data-fen" not in mine and "履约核查" not in mine
    for page_name in (f"/supply/covenants/{held.ulid}/", f"/supply/covenants/checks/{row.ulid}/"):
        assert own.get(page_name).status_code == 403
    firm = f"/enterprises/{world['firm'].enterprise.ulid}/?tab=covenants"
    assert "甲项目" in own.get(firm).content.decode()


@pytest.mark.slow
def test_a_contracted_listing_becomes_a_covenant_with_its_indicators(world: dict[str, Any]) -> None:
    row = Listing.objects.create(
        number="挂1号", title="甲地块", division_code=TOWN, plot_id=world["plot"].plot_id, area_cm2=LAND, land_use="工业",
        method="listing", start_price_fen=PRICE, price_fen=PRICE, clocks="cn", procedure="listing",
        standard="sc-longchang@2022 ab", standard_row="equipment", state="contracted")
    clerk = entered(world["county"])
    page = clerk.get(f"/supply/covenants/new/?listing={row.ulid}").content.decode()
    assert 'value="甲地块"' in page and world["plot"].code in page and 'value="1000' in page
    form = {"project_name": "丙项目", "uscc": world["code"], "plots": world["plot"].code, "land": "100000", "price": "1000",
            "listing": row.ulid}
    clerk.post("/supply/covenants/new/", form)
    made = Covenant.objects.get(project_name="丙项目")
    assert (made.listing_id, made.land_cm2, made.price_fen) == (row.pk, LAND, PRICE)
    assert 'value="350"' in clerk.get(f"/supply/covenants/{made.ulid}/paper/").content.decode()
    entered(world["clerk"]).post("/supply/covenants/new/", {**form, "project_name": "丁项目", "listing": "没有"})
    assert Covenant.objects.get(project_name="丁项目").listing_id is None
