"""From the frozen data to the archive: runs, service, publication, why, appeal, adjustment, minutes."""

from __future__ import annotations

import io
import json
import re
import zipfile
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import openpyxl
from evaluation_office import YEAR, County, material, move, paper, press, stage, task, worked, yes

DECISION = "虞亩均办纪要〔2026〕7号"
MINUTES = "虞政纪〔2026〕18号"
APPEAL = "研发费用有一笔专项支出没有计入，请核实。"


def a_trial_and_the_formal_run(county: County) -> None:
    page = county.at("mujunban", "runs/")
    press(page, "button:text-is('试算')")
    worked(page)
    page = county.at("mujunban", "runs/")
    county.shoot(page, "30-runs")
    page.click("tbody a:has-text('试算')")
    page.wait_for_url("**/evaluation/runs/**")
    assert "试算结果，不作为正式等级，不得对外提供" in page.inner_text("main")
    near = page.locator("section:has(h2:text-is('临界名单')) tbody tr")
    assert near.count() >= 6
    county.shoot(page, "31-trial")
    page = county.at("mujunban", "runs/")
    page.click("button:text-is('正式运算')")
    yes(page)
    worked(page)
    page = county.at("mujunban", "runs/")
    page.click("tbody a:text-is('正式运算')")
    page.wait_for_url("**/evaluation/runs/**")
    county.notes["run"] = urlsplit(page.url).path
    assert "试算结果" not in page.inner_text("main")
    county.shoot(page, "32-formal")
    task(county, "mujunban", "核对临界名单", "已核对")


def low_grades_are_served(county: County) -> None:
    """No list goes up before every C and D was served and had its days."""
    page = county.open("mujunban", f"{county.notes['run']}publish/")
    publication(county, page)
    page.click("button:has-text('公示')")
    page.click("#confirm button[value=yes]")
    page.wait_for_selector(".note.late[role=alert]:has-text('要逐户送达')")
    county.refused(400)
    page = county.open("mujunban", f"{county.notes['run']}notices/")
    for box in page.locator("input[name=firm]").all():
        box.check()
    page.set_input_files("input[name=proof]", paper("送达回证"))
    county.shoot(page, "33-notices")
    press(page, "button:text-is('登记勾选的企业')")
    assert page.locator(".chip:text-is('未送达')").count() == 0
    county.days_pass(12)


def publication(county: County, page: Any) -> None:
    page.fill("input[name=ends_on]", (county.today() + timedelta(days=10)).isoformat())
    page.set_input_files("input[name=document]", paper("评价结果公示"))


def grades_are_published(county: County) -> None:
    page = county.open("mujunban", f"{county.notes['run']}publish/")
    publication(county, page)
    county.shoot(page, "34-publish")
    page.click("button:has-text('公示')")
    yes(page)
    page.wait_for_url("**/evaluation/publications/**")
    county.shoot(page, "35-publication")
    assert stage(page) == "结果公示"
    rows = [tuple(row.locator("td").all_inner_texts()) for row in page.locator("main tbody tr").all()]
    with page.expect_download() as waiting:
        page.click("a:has-text('公示名单 Excel')")
    waiting.value.save_as(county.papers / "list.xlsx")
    nothing_but_three_columns((county.papers / "list.xlsx").read_bytes(), rows)


def nothing_but_three_columns(content: bytes, rows: list[tuple[str, ...]]) -> None:
    """Every cell of every sheet, every text in every part of the file: the list on the page and no more."""
    heads = ("企业名称", "统一社会信用代码", "评价等级")
    assert all(re.fullmatch(r"[0-9A-HJ-NPQRTUWXY*]{18}", row[1]) and row[2] in "ABCD" for row in rows)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [sheet.sheet_state for sheet in book] == ["visible"]
    sheet = book.worksheets[0]
    cells = [tuple(cell.value for cell in row) for row in sheet.iter_rows()]
    assert cells[0] == heads
    assert sorted(cells[1:]) == sorted(rows)
    assert not any(cell.comment or cell.hyperlink for row in sheet.iter_rows() for cell in row)
    assert not list(book.defined_names)
    texts = {text for row in (heads, *rows) for text in row}
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        names = set(parts.namelist())
        told = {re.sub("<[^>]+>", "", found) for name in names
                for found in re.findall(r"<(?:t|v|dc:\w+|cp:\w+|Company|Manager)\b[^>]*>[^<]*<", parts.read(name).decode())}
    assert not [name for name in names if re.search("comment|docProps|media|custom|external|drawing", name)]
    assert {text.strip("<") for text in told if not re.fullmatch(r"\d+<", text)} <= texts


def a_firm_reads_why_it_is_c(county: County) -> None:
    """Every number leads to its source row; another firm finds nothing there."""
    owner = json.loads(county.prepare("desk", "owner-c", county.cycle, "C"))
    county.office.passwords["owner-c"] = owner["password"]
    county.notes |= {"uscc": owner["uscc"], "name": owner["name"]}
    page = county.open("owner-c", "/evaluation/mine/")
    county.shoot(page, "36-mine-c")
    page.click("a[href*='/evaluation/mine/runs/']")
    page.wait_for_url("**/evaluation/mine/runs/**")
    county.notes["why"] = urlsplit(page.url).path
    assert owner["name"] in page.inner_text("h1")
    assert page.locator("#why").inner_text() == "为什么是 C"
    assert page.locator(".ev-lifts li").count() >= 1
    county.shoot(page, "37-why")
    sources = [link.get_attribute("href") for link in page.locator("article.ev-why td a[href*='/sources/']").all()]
    assert len(set(sources)) >= 3
    page.goto(f"{county.office.url}{sources[0]}")
    assert owner["name"] in page.inner_text("main")
    county.shoot(page, "38-source")
    other = county.as_("enterprise").context.request
    for path in {county.notes["why"], *sources, county.notes["why"].replace("/mine/", "/")}:
        answer = other.get(f"{county.office.url}{path}")
        assert answer.status in (403, 404), path
        assert owner["name"] not in answer.text()


def the_firm_appeals(county: County) -> None:
    page = county.open("owner-c", county.notes["why"])
    page.click("a:text-is('提出申诉')")
    page.select_option("select[name=ground]", "data")
    page.fill("textarea[name=text]", APPEAL)
    page.set_input_files("input[name=evidence]", [paper("研发费用专项审计报告"), paper("付款凭证")])
    county.shoot(page, "39-appeal-new")
    page.click("button:text-is('提交申诉')")
    page.wait_for_url("**/evaluation/mine/appeals/**")
    assert APPEAL in page.inner_text("main")
    county.shoot(page, "40-own-appeal")
    page = county.at("xian-admin", "appeals/")
    county.shoot(page, "41-appeals")
    page.click("tbody td.lead a")
    page.select_option("select[name=outcome]", "upheld")
    page.fill("textarea[name=reply]", "经核实情况属实，提请集体研究调整等级。")
    page.set_input_files("input[name=verification]", paper("申诉核实记录"))
    press(page, "button:text-is('答复')")
    county.notes["appeal"] = urlsplit(page.url).path
    county.shoot(page, "42-appeal")


def one_proposes_and_another_approves(county: County) -> None:
    page = county.open("mujunban", county.notes["appeal"])
    page.click("a:text-is('据此提出调档')")
    page.select_option("select[name=to_grade]", "B")
    page.fill("input[name=decision_number]", DECISION)
    page.fill("input[name=decision_dated]", date.today().isoformat())
    page.fill("textarea[name=reason]", "申诉成立，研发费用补正后达到 B 档")
    page.set_input_files("input[name=document]", paper("专题会议纪要"))
    county.shoot(page, "43-adjustment-new")
    page.click("button:text-is('提出调档')")
    page.wait_for_url("**/evaluation/adjustments/**")
    county.notes["adjustment"] = urlsplit(page.url).path
    assert page.locator("button:text-is('批准')").count() == 0
    refused_to_approve(county, page)
    page = county.open("approver", county.notes["adjustment"])
    county.shoot(page, "44-adjustment")
    page.click("button:text-is('批准')")
    yes(page)
    assert "已批准" in page.inner_text(".head")


def refused_to_approve(county: County, page: Any) -> None:
    """Even by an address typed by hand the first person gets no further."""
    token = page.locator("body").get_attribute("data-csrf")
    answer = page.request.post(f"{page.url}approve/", headers={"X-CSRFToken": token, "Referer": page.url})
    assert "提出调档的人不能自己批准" in answer.text()
    page = county.open("mujunban", county.notes["adjustment"])
    assert "待批准" in page.inner_text(".head")


def the_grade_has_changed(county: County) -> None:
    """On the list, on the firm's own page, in the list of the year, in the audit, with its document."""
    page = county.open("mujunban", f"/evaluation/results/?run={county.notes['run'].split('/')[-2]}&q={county.notes['uscc']}")
    county.shoot(page, "45-results")
    row = page.locator("tbody tr").first.inner_text()
    assert county.notes["name"] in row
    assert re.search(r"\bB\b", row)
    owner = county.open("owner-c", county.notes["why"])
    assert DECISION in owner.inner_text("main")
    page = county.open("approver", f"/evaluation/adjustments/?year={YEAR}")
    assert DECISION in page.inner_text("main")
    county.shoot(page, "46-adjustments")
    page.click("tbody tr td a")
    page.wait_for_url("**/evaluation/adjustments/*/")
    with page.expect_download() as waiting:
        page.click(f"main a:text-is('{DECISION}')")
    assert waiting.value.suggested_filename == "专题会议纪要.pdf"
    page = county.open("auditor", "/audit/?action=adjustment.approved")
    county.shoot(page, "47-audit")
    assert DECISION in page.inner_text("main")
    page.click("tbody tr td a")
    said = page.inner_text("main")
    assert "C" in said
    assert "B" in said
    county.shoot(page, "48-audit-entry")


def the_year_is_closed(county: County) -> None:
    county.days_pass(12)
    page = county.at("mujunban", "publications/")
    page.click("tbody tr:has-text('公示中') a")
    press(page, "button:text-is('期满结束')")
    task(county, "mujunban", "结果公示期", "公示期满")
    move(county, "mujunban", "公示期满，处理申诉")
    material(county, "mujunban", "申诉处理汇总")
    task(county, "mujunban", "办结全部申诉", "一件，成立")
    move(county, "mujunban", "提交会议审定")
    task(county, "mujunban", "提交会议审定", "已上会")
    page = county.at("approver", "closing/")
    page.fill("input[name=minutes_number]", MINUTES)
    page.set_input_files("input[name=minutes]", paper("会议纪要"))
    county.shoot(page, "49-closing")
    page.click("button:text-is('审定')")
    yes(page)
    assert stage(page) == "公布"
    task(county, "mujunban", "归档", "材料齐全")
    page = county.at("mujunban", "closing/")
    page.set_input_files("input[name=notice]", paper("公布文件"))
    press(page, "button:text-is('归档')")
    assert stage(page) == "归档"
    county.shoot(page, "50-archived")


STEPS = (
    a_trial_and_the_formal_run, low_grades_are_served, grades_are_published, a_firm_reads_why_it_is_c, the_firm_appeals,
    one_proposes_and_another_approves, the_grade_has_changed, the_year_is_closed,
)
