"""The year up to the freeze: land, departments, findings, sheets."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
from evaluation_office import TITLE, YEAR, County, material, move, paper, press, stage, task, worked, yes
from PIL import Image, ImageFilter

#: one department goes through the pages, the others are prepared: importing has its own test
SHOWN = "税务局"
OBJECTION = "门前道路已经移交街道，不应计入本企业用地。"


def open_the_cycle(county: County) -> None:
    page = county.open("mujunban", "/evaluation/")
    county.shoot(page, "01-no-cycles")
    page.click("a:has-text('新建批次')")
    page.fill("input[name=title]", TITLE)
    page.fill("input[name=year]", str(YEAR))
    page.select_option("select[name=scheme]", "demo@1")
    county.shoot(page, "02-new-cycle")
    page.click("button:text-is('建批次')")
    page.wait_for_url(re.compile(r"/evaluation/\w{26}/$"))
    assert stage(page) == "用地核定"
    county.cycle = page.url.rstrip("/").rsplit("/", 1)[-1]
    county.case = page.locator("a:text-is('办理记录和任务')").get_attribute("href")
    county.shoot(page, "03-cycle")


def assess_the_land(county: County) -> None:
    page = county.at("mujunban", "areas/")
    county.shoot(page, "04-areas-empty")
    page.click("button:text-is('开始核定')")
    yes(page)
    worked(page)
    page = county.at("mujunban", "areas/")
    assert page.locator("tbody tr").count() > 20
    county.shoot(page, "05-areas")


def publish_the_areas(county: County) -> None:
    task(county, "mujunban", "核定各镇街企业用地面积", "各镇街已核对")
    page = county.at("mujunban", "areas/publication/")
    page.set_input_files("input[name=file]", paper("用地面积公示"))
    county.shoot(page, "06-area-publication")
    page.click("button:text-is('公示')")
    yes(page)
    assert "公示名单" in page.inner_text("main")
    assert stage(page) == "面积公示"


def the_firm_objects_to_its_area(county: County) -> None:
    """A firm sees its own land alone and says what is wrong with it."""
    page = county.open("enterprise", "/evaluation/mine/")
    county.shoot(page, "07-mine")
    page.click("a[href*='/evaluation/mine/area/']")
    page.wait_for_url("**/evaluation/mine/area/**")
    county.notes["own-area"] = urlsplit(page.url).path
    page.fill("textarea[name=text]", OBJECTION)
    page.set_input_files("input[name=file]", paper("道路移交协议"))
    county.shoot(page, "08-own-area")
    press(page, "button:text-is('提交异议')")
    assert OBJECTION in page.inner_text("main")


def an_officer_upholds_the_objection(county: County) -> None:
    page = county.at("xian-admin", "objections/")
    county.shoot(page, "09-objections")
    page.click("tbody tr a")
    page.wait_for_url("**/evaluation/area/**")
    before = mu(page)
    page.click("summary:has-text('添加登记册没有的一项')")
    page.select_option("select[name=kind]", "deduction")
    page.fill("input[name=cm2]", "0.5")
    page.fill("input[name=deduction_type]", "公共道路")
    page.fill("input[name=expires_on]", "2099-12-31")
    page.fill("input[name=note]", "按移交协议扣除")
    page.set_input_files("form[action$='/items/'] input[name=file]", paper("道路移交协议"))
    county.shoot(page, "10-area")
    press(page, "button:text-is('添加')")
    assert round(before - mu(page), 2) == 0.5
    page.select_option("select[name=outcome]", label="成立")
    page.fill("textarea[name=reply]", "情况属实，按移交协议扣除半亩。")
    press(page, "button:text-is('答复')")
    county.shoot(page, "11-area-answered")
    owner = county.open("enterprise", county.notes["own-area"])
    assert "按移交协议扣除半亩" in owner.inner_text("main")


def mu(page: Any) -> float:
    """Assessed land of the firm whose page is open."""
    return float(page.locator("main tfoot td.n").first.inner_text().replace(",", ""))


def the_land_is_settled(county: County) -> None:
    """Not before the days are over."""
    page = county.at("mujunban", "areas/publication/")
    page.click("button:text-is('结束公示')")
    page.wait_for_selector(".toast.error")
    county.days_pass(9)
    task(county, "mujunban", "面积公示期", "公示期满")
    page = county.at("mujunban", "areas/publication/")
    page.set_input_files("form[action$='/close/'] input[type=file]", paper("面积异议处理汇总"))
    press(page, "button:text-is('结束公示')")
    page = county.at("mujunban", "areas/")
    page.click("button:text-is('定稿')")
    yes(page)
    assert stage(page) == "部门数据"
    states = page.locator("tbody td[data-label='状态']").all_inner_texts()
    assert set(states) == {"已定稿"}


def departments_deliver(county: County) -> None:
    page = county.at("mujunban", "deliveries/")
    county.shoot(page, "12-departments-empty")
    page.click(".actions a:has-text('向部门要数据')")
    page.fill("input[name=department]", SHOWN)
    page.check("input[name=measures][value=tax_paid]")
    county.shoot(page, "13-ask")
    page.click("button:text-is('保存')")
    page.wait_for_url("**/evaluation/delivery/**")
    batch = page.locator(f"select[name=batch] option:has-text('{YEAR}年{SHOWN}')").get_attribute("value")
    page.select_option("select[name=batch]", batch)
    page.click("button:text-is('登记报送')")
    page.wait_for_url("**/receipt/1/")
    county.shoot(page, "14-receipt")
    page.go_back()
    page.reload()
    page.click("button:text-is('验收')")
    yes(page)
    assert "已验收" in page.inner_text(".head")
    county.shoot(page, "15-delivery")
    county.prepare("deliver", county.cycle, SHOWN)
    page = county.at("mujunban", "deliveries/")
    county.shoot(page, "16-departments")
    assert page.locator("tr[data-href] .chip:text-is('已验收')").count() == page.locator("tr[data-href]").count() > 5
    task(county, "mujunban", "收齐部门数据", "全部验收")
    move(county, "mujunban", "数据到齐，开始核查")


def findings_are_answered(county: County) -> None:
    """Checked; one mistake is answered for by name, the others stay: those firms are left out and the pages say so."""
    page = county.at("mujunban", "findings/")
    county.shoot(page, "17-findings-empty")
    page.click("button:text-is('核查一遍')")
    worked(page)
    page = county.at("mujunban", "findings/")
    county.shoot(page, "18-findings")
    page.click("tbody tr:first-child a")
    page.wait_for_url("**/evaluation/finding/**")
    page.fill("textarea[name=reason]", "已向部门核实，数字无误")
    county.shoot(page, "19-finding")
    press(page, "button:text-is('豁免')")
    assert "已豁免" in page.inner_text(".head")
    material(county, "mujunban", "数据核查报告")
    task(county, "mujunban", "核查异常值、突变和单位错误", "已核查")
    move(county, "mujunban", "发出一企一单")


def sheets_go_out_and_come_back(county: County) -> None:
    """Printed, sealed and scanned as one pile in no order; every page finds its firm by its code."""
    page = county.at("mujunban", "sheets/")
    page.click("button:text-is('生成')")
    yes(page)
    worked(page)
    page = county.at("mujunban", "sheets/")
    picked(page)
    page.click("button:has-text('登记送达')")
    page.set_input_files("input[name=file]", paper("送达回证"))
    county.shoot(page, "20-deliver-sheets")
    press(page, "button:text-is('登记')")
    page = county.at("mujunban", "sheets/")
    names = picked(page)
    county.shoot(page, "21-sheets")
    page.click("button:has-text('打印选中')")
    county.shoot(page, "22-print")
    page.click("button:text-is('排版')")
    worked(page)
    with page.expect_download() as waiting:
        page.click("a:text-is('查看结果')")
    waiting.value.save_as(county.papers / "printed.pdf")
    (county.papers / "scan.pdf").write_bytes(scanned(county.papers / "printed.pdf"))
    page = county.at("mujunban", "scans/")
    page.set_input_files("input[name=files]", str(county.papers / "scan.pdf"))
    county.shoot(page, "23-scans")
    page.click("button:text-is('上传')")
    worked(page)
    county.shoot(page, "24-job")
    page.click("a:text-is('查看结果')")
    county.shoot(page, "25-scan-result")
    assert sorted(page.locator("[aria-labelledby=sealed] tbody td:first-child").all_inner_texts()) == sorted(names)
    page.click("[aria-labelledby=sealed] tbody a >> nth=0")
    assert "已盖章" in page.inner_text(".head")
    county.shoot(page, "26-sheet")


def picked(page: Any) -> list[str]:
    """The first six firms of the list, ticked."""
    rows = page.locator("tbody tr")
    for number in range(6):
        rows.nth(number).locator("input[data-pick]").check()
    return [str(rows.nth(number).locator("td.lead").inner_text()) for number in range(6)]


def scanned(path: Path) -> bytes:
    """What a feeder makes of the pile: grey, 200 dpi, a little askew, soft, the last sheet first, every other upside down."""
    pages: list[Image.Image] = []
    printed = pypdfium2.PdfDocument(path)
    for number in reversed(range(len(printed))):
        grey = printed[number].render(scale=200 / 72).to_pil().convert("L")
        askew = grey.rotate(180 * (number % 2) + 0.7, fillcolor=250).filter(ImageFilter.GaussianBlur(0.8))
        squeezed = io.BytesIO()
        askew.point(lambda value: min(255, value + 12)).save(squeezed, "JPEG", quality=55)
        pages.append(Image.open(squeezed))
    pile = io.BytesIO()
    pages[0].save(pile, "PDF", save_all=True, append_images=pages[1:], resolution=200)
    return pile.getvalue()


def the_data_is_frozen(county: County) -> None:
    """Only by whoever writes the year."""
    task(county, "mujunban", "一企一单送达与盖章", "已送达")
    page = county.at("mujunban", "freeze/")
    page.fill("input[name=typed]", "2024")
    county.shoot(page, "27-freeze")
    with page.expect_navigation():
        page.click("button:text-is('冻结数据')")
    assert f"请写 {YEAR}" in page.inner_text("main")
    county.refused(400)
    page.fill("input[name=typed]", str(YEAR))
    page.click("button:text-is('冻结数据')")
    worked(page)
    page = county.at("mujunban", "freeze/")
    assert stage(page) == "数据冻结"
    county.shoot(page, "28-frozen")


STEPS = (
    open_the_cycle, assess_the_land, publish_the_areas, the_firm_objects_to_its_area, an_officer_upholds_the_objection,
    the_land_is_settled, departments_deliver, findings_are_answered, sheets_go_out_and_come_back, the_data_is_frozen,
)
