"""The main job from end to end in a real browser: raw file → mapping → record → map → split, two officers, annotated Excel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

pytestmark = pytest.mark.browser
SHEET = "丰惠镇"
NAME = "丰惠工业园区51-1号地块"


@pytest.fixture(scope="module")
def raw_plots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plots file of the southern towns in the raw survey folder, defects and all."""
    folder = tmp_path_factory.mktemp("raw")
    tool = str(Path(sys.executable).with_name("tenglong"))
    subprocess.run([tool, "demo", "raw", str(folder), "--plots", "300"], check=True, stdout=subprocess.DEVNULL)
    return folder / "1-地块-南片乡镇.xlsx"


def test_the_main_job_runs_in_a_browser(office: Any, chromium: Any, raw_plots: Path, tmp_path: Path) -> None:
    page = office.enter(chromium, "first")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    office.shoot(page, "workbench")
    import_with_a_corrected_mapping(office, page, raw_plots)
    annotated(page, tmp_path / "标注.xlsx")
    confirm(office, page)
    ulid = found_on_the_map(office, page)
    two_officers_edit(office, chromium, page, ulid)
    split_by_a_line(office, page, ulid)
    assert office.trouble == []


def import_with_a_corrected_mapping(office: Any, page: Any, path: Path) -> None:
    """The sheet of the town; the column of the site address is unset on purpose, then given back with the right meaning."""
    page.goto(f"{office.url}/survey/upload/")
    page.set_input_files("input[type=file]", str(path))
    page.fill("input[name=survey_date]", "2024-03-01")
    office.shoot(page, "upload")
    page.click("text=上传并识别")
    page.wait_for_url("**/mapping/")
    page.select_option("#table", SHEET)
    page.click("text=换成这张表")
    page.wait_for_selector("tr:has-text('地块坐落')")
    chosen = page.locator("tr:has-text('权证情况') select").first
    assert chosen.input_value() == "title_status"
    chosen.select_option("")  # a person sets it wrong …
    page.click("text=只保存")
    page.wait_for_load_state("networkidle")
    chosen = page.locator("tr:has-text('权证情况') select").first
    assert chosen.input_value() == ""
    chosen.select_option("title_status")  # … and right again
    office.shoot(page, "mapping")
    page.click("text=开始核对")
    page.wait_for_url(lambda url: url.rstrip("/").split("/")[-2] == "survey")
    office.shoot(page, "preview")
    page.click(".tabs a:has-text('问题')")
    page.wait_for_load_state("networkidle")
    office.shoot(page, "issues")


def annotated(page: Any, path: Path) -> None:
    """The officer's own workbook comes back with bad cells coloured and commented."""
    with page.expect_download() as waiting:
        page.click("a:has-text('标注好的 Excel')")
    waiting.value.save_as(path)
    sheet = openpyxl.load_workbook(path)[SHEET]
    marked = [cell for row in sheet.iter_rows() for cell in row if cell.comment is not None]
    assert marked
    assert all(cell.fill.fgColor.rgb not in ("00000000", None) and cell.fill.patternType for cell in marked)
    # which defects fall on this town is the seed's; each comment says what becomes of the row, and what is wrong in a sentence
    assert all(cell.comment.text.startswith("【") and len(cell.comment.text.partition("】")[2]) > 10 for cell in marked)


def confirm(office: Any, page: Any) -> None:
    page.click("text=回到预览")
    page.click("a:has-text('去入库')")
    page.wait_for_url("**/confirm/")
    office.shoot(page, "confirm")
    page.click("form.survey-confirm button.primary")
    page.wait_for_url("**/done/")
    assert int(page.locator(".figure.ok .value").first.inner_text()) >= 10
    office.shoot(page, "done")


def found_on_the_map(office: Any, page: Any) -> str:
    """Found by name, opened by a click on its own land; returns its ulid."""
    page.goto(f"{office.url}/map/")
    page.wait_for_selector("body[data-map-ready='1']")
    page.fill("#map-search", NAME)
    page.press("#map-search", "Enter")
    page.wait_for_selector("#map-side:not([hidden]) h2")
    page.wait_for_function("() => window.tenglongMap.loaded() && !window.tenglongMap.isMoving()")
    page.click("#map-side [data-close]")
    at = page.evaluate("() => { const c = window.tenglongMap.project(window.tenglongMap.getCenter()); return [c.x, c.y]; }")
    box = page.locator("#map").bounding_box()
    page.mouse.click(box["x"] + at[0], box["y"] + at[1])
    page.wait_for_selector(f"#map-side:not([hidden]) h2:has-text('{NAME}')")
    office.shoot(page, "map")
    page.click("text=打开一地一档")
    page.wait_for_url("**/plots/*/")
    office.shoot(page, "plot")
    return str(page.url.rstrip("/").split("/")[-1])


def two_officers_edit(office: Any, browser: Any, page: Any, ulid: str) -> None:
    """Both open the form; the second to save sees the first one's change, keeps what they typed, and nothing is lost."""
    other = office.enter(browser, "second")
    for form in (page, other):
        form.goto(f"{office.url}/plots/{ulid}/edit/")
    office.shoot(page, "edit")
    save(page, name="丰惠风机厂", reason="名称复核")
    page.wait_for_url("**/plots/*/?saved=1")
    save(other, address="丰惠镇五星路2号之一", reason="坐落复核")
    told = other.locator("section.conflict")
    told.wait_for()
    office.shoot(other, "conflict")
    said = told.inner_text()
    assert "丰惠风机厂" in said
    assert "丰惠镇五星路2号之一" in said
    assert other.input_value("input[name=name]") == "丰惠风机厂"
    assert other.input_value("input[name=address]") == "丰惠镇五星路2号之一"
    other.click("button:has-text('保存')")
    other.wait_for_url("**/plots/*/?saved=1")
    facts = other.locator("dl.facts").first.inner_text()
    assert "丰惠风机厂" in facts
    assert "丰惠镇五星路2号之一" in facts
    other.context.close()


def save(page: Any, reason: str, **fields: str) -> None:
    for name, value in fields.items():
        page.fill(f"form[data-draft] input[name={name}]", value)
    page.check("input[name=how][value=correct]")
    page.fill("input[name=reason]", reason)
    page.click("button:has-text('保存')")


def split_by_a_line(office: Any, page: Any, ulid: str) -> None:
    """A line drawn with the mouse cuts the plot in two; the areas add up and the old code leads on."""
    page.goto(f"{office.url}/plots/{ulid}/split/")
    code = page.locator(".head .chip.code").inner_text()
    box = page.locator("#cut-map").bounding_box()
    middle = box["x"] + box["width"] / 2
    page.mouse.click(middle, box["y"] + 6)
    page.mouse.click(middle, box["y"] + box["height"] - 6)
    page.wait_for_selector("#cut-table:not([hidden]) tbody tr:nth-child(2)")
    office.shoot(page, "split")
    areas = [float(text.replace(",", "")) for text in page.locator("#cut-table tbody td:nth-child(2)").all_inner_texts()]
    assert len(areas) == 2
    assert abs(sum(areas) - float(page.locator("#cut-total").inner_text().replace(",", ""))) < 0.001
    page.fill("#cut-form input[name=reason]", "协议分割")
    page.click("#cut-save")
    page.click("#confirm button[value=yes]")
    page.wait_for_url("**tab=history**")
    assert page.locator(".timeline .chip:has-text('分割')").count() == 2
    office.shoot(page, "after-split")
    page.goto(f"{office.url}/c/{code}")
    assert page.locator("text=注销").count() >= 1
