"""Must-show 10: low-efficiency land is found, planned, approved by a second person and brought to its end in a browser."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from evaluation_office import County, material, moved, paper, press, settled, worked, yes

pytestmark = pytest.mark.browser
YEAR, CRITERIA, TITLE, TARGET = 2025, "zj-shangyu@1", "一镇一方案", "5"
#: who finds and plans, who approves, who works the case, who checks and closes, who reads the audit
PLANNER, SECOND, WORKER, CLOSER, AUDITOR = "analyst", "approver", "xian-admin", "mujunban", "auditor"


def test_low_land_is_found_planned_and_brought_to_its_end(county: County) -> None:
    for step in STEPS:
        step(county)
    assert county.office.trouble == []


def find_the_land(county: County) -> None:
    page = county.open(PLANNER, "/renewal/findings/")
    county.shoot(page, "01-no-findings")
    page.click("a:text-is('识别记录')")
    press(page, "a:has-text('识别一次')")
    page.fill("input[name=year]", str(YEAR))
    page.select_option("select[name=policy]", CRITERIA)
    press(page, "button:text-is('开始识别')")
    worked(page)
    page = county.open(PLANNER, "/renewal/runs/")
    press(page, "tbody td.lead a")
    county.shoot(page, "02-run")
    hits = page.locator("a.figure", has_text="疑似低效").get_attribute("href")
    page = county.open(PLANNER, hits)
    county.notes["town"] = page.locator("tbody tr[data-href] td[data-label='镇街']").first.inner_text()
    press(page, "tbody tr[data-href] a")
    assert "条件：" in page.inner_text("main")
    county.shoot(page, "03-finding")


def draft_a_plan(county: County) -> None:
    """The cheapest way to a few mu in one town."""
    page = county.open(PLANNER, "/renewal/plans/")
    county.shoot(page, "04-no-plans")
    press(page, "a:has-text('新编方案')")
    page.fill("input[name=count]", "1")
    press(page, "button:text-is('换年份')")
    page.fill("input[name=title]", TITLE)
    page.select_option("select[name=aim]", label="达到目标花费最少")
    page.click("summary:has-text('各镇街目标')")
    page.get_by_label(f"{county.notes['town']} 各年合计目标").fill(TARGET)
    page.check("input[name=premises][value=reserve_body_listed]")
    for box in page.locator("input[name=fills]").all():
        box.check()
    county.shoot(page, "05-new-plan")
    press(page, "button:text-is('存为草稿')")
    county.notes["plan"] = urlsplit(page.url).path
    assert TITLE in page.inner_text(".rn-tree")


def solve_it(county: County) -> None:
    page = county.open(PLANNER, county.notes["plan"])
    page.click("button:text-is('求解')")
    page.wait_for_selector("#proof", timeout=120_000)
    assert "已证明到要求的差距" in page.inner_text("main")
    towns = page.locator("td[data-label='镇街']").all_inner_texts()
    assert towns
    assert set(towns) == {county.notes["town"]}
    county.shoot(page, "06-answer")


def name_the_second_person(county: County) -> None:
    """Nobody reads a plan who is not named; its maker does not approve it."""
    page = county.open(SECOND, county.notes["plan"])
    county.refused(404)
    page = county.open(PLANNER, f"{county.notes['plan']}readers/")
    person = page.locator("select[name=person] option", has_text="分管领导").first.get_attribute("value")
    page.select_option("select[name=person]", person)
    page.fill("input[name=reason] >> nth=-1", "批准人")
    county.shoot(page, "07-readers")
    press(page, "button:text-is('加入')")
    page = county.open(PLANNER, county.notes["plan"])
    press(page, "button:text-is('提交批准')")


def a_second_person_approves(county: County) -> None:
    page = county.open(SECOND, county.notes["plan"])
    page.set_input_files("input[name=document]", paper("常务会议纪要"))
    county.shoot(page, "08-approve")
    press(page, "button:text-is('批准')")
    page = county.open(PLANNER, county.notes["plan"])
    page.click("button:text-is('转办案件')")
    yes(page)
    row = page.locator("tbody tr:has(a[href*='/cases/'])").first
    county.case = row.locator("a[href*='/cases/']").get_attribute("href")
    county.notes["mu"] = row.locator("td[data-label='亩']").inner_text()
    county.notes["before"] = land_treated(county)


def the_case_is_worked(county: County) -> None:
    for label in ("启动", "达成一致，开始实施", "报请验收"):
        page = county.open(WORKER, county.case)
        county.shoot(page, "09-case")
        moved(page, label)


def it_cannot_close_without_its_evidence(county: County) -> None:
    page = county.open(CLOSER, county.case)
    assert page.locator(".case-moves a.btn:text-is('验收销号')").count() == 0
    told = page.locator(".case-moves > li:has([aria-disabled]:text-is('验收销号')) .case-why").text_content()
    lacking = re.findall("《(.+?)》", told)
    assert lacking
    for kind in lacking:
        material(county, WORKER, kind)
    county.shoot(county.as_(WORKER), "10-evidence")


def it_is_closed_and_counted(county: County) -> None:
    page = county.open(CLOSER, county.case)
    moved(page, "验收销号")
    settled(page)
    assert page.locator(".head .chip").first.inner_text() == "已销号"
    assert round(float(land_treated(county)) - float(county.notes["before"]), 2) == float(county.notes["mu"].replace(",", ""))


def the_audit_tells_of_it(county: County) -> None:
    page = county.open(AUDITOR, f"/audit/?subject={county.case.rstrip('/').rsplit('/', 1)[-1]}&action=case.move")
    first = page.locator("tbody tr").first.inner_text()
    assert "验收销号" in first
    assert "亩均办经办" in first
    county.shoot(page, "12-audit")


def land_treated(county: County) -> str:
    """The counter of land treated, in mu, as its page tells it."""
    page = county.open(CLOSER, "/renewal/treated/")
    county.shoot(page, "11-counters")
    return str(page.locator("[data-counter=land_treated] .value").evaluate("it => it.firstChild.data")).strip().replace(",", "")


STEPS = (
    find_the_land, draft_a_plan, solve_it, name_the_second_person, a_second_person_approves, the_case_is_worked,
    it_cannot_close_without_its_evidence, it_is_closed_and_counted, the_audit_tells_of_it,
)
