"""Must-show 10: an officer brings a raw file into the record in a real browser, and no request leaves the host."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUM = Path(os.environ.get("TENGLONG_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PASSWORD = "Bamboo-cage-9!"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
PICTURES = os.environ.get("TENGLONG_PICTURES", "")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"需要 Chromium：{CHROMIUM} 不存在"),
]

MAKE_HOME = """
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.apps import apps
from tenglong.apps.accounts import service
for name, code in (("百官街道", "330604001"), ("曹娥街道", "330604002")):
    apps.get_model("registry", "Division").objects.create(
        code=code, name=name, level="town", parent_code="330604", valid_from="2014-01-01")
office = apps.get_model("accounts", "Department").objects.create(name="百官街道办事处", divisions=["330604001"])
import sys
for username, name in (("officer", "镇街经办"), ("second", "二号经办")):
    user, _ = service.create_user(
        service.SYSTEM, username=username, name=name, department=office, password=sys.argv[1], must_change=False)
    service.grant_role(service.SYSTEM, user, "town_officer")
"""


@dataclass
class Site:
    url: str
    trouble: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The program as an office runs it: web and workers in processes of their own, in a home of its own."""
    home = tmp_path_factory.mktemp("home")
    settings = {"TENGLONG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenglong.settings.base"}
    kept = {name: value for name, value in os.environ.items() if name != "TENGLONG_DATABASE_URL"}
    environment = {**kept, **settings}
    subprocess.run([sys.executable, "-c", MAKE_HOME, PASSWORD], env=environment, check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("tenglong")), "serve", "--bind", f"127.0.0.1:{port}", "--web-workers", "1"]
    log = (home / "serve.log").open("wb")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield Site(_answering(f"http://127.0.0.1:{port}", home / "serve.log"))
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _answering(url: str, log: Path) -> str:
    for _attempt in range(120):
        try:
            with urllib.request.urlopen(f"{url}/login/", timeout=2):
                return url
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="需要 playwright")
    with playwright.sync_playwright() as tool:
        running = tool.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


def entered(browser: Any, site: Site, username: str, size: dict[str, int] = DESK) -> Any:
    """A signed-in page that notes what goes wrong and what leaves the host."""
    page = browser.new_page(viewport=size, locale="zh-CN")
    page.set_default_timeout(60_000)
    page.on("request", lambda request: _foreign(site, request.url) and site.trouble.append(f"站外请求 {request.url}"))
    page.on("pageerror", lambda error: site.trouble.append(f"{page.url} {error}"))
    page.goto(f"{site.url}/login/")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def _foreign(site: Site, url: str) -> bool:
    return url.startswith("http") and urlsplit(url).netloc != urlsplit(site.url).netloc


def shoot(page: Any, name: str) -> None:
    """A picture at both sizes when TENGLONG_PICTURES names a folder."""
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        for label, size in (("desk", DESK), ("phone", PHONE)):
            page.set_viewport_size(size)
            page.screenshot(path=Path(PICTURES) / f"{label}-{name}.png", full_page=True)
        page.set_viewport_size(DESK)


def ring(number: int) -> str:
    x, y = 120.86 + number * 0.002, 30.02
    points = [(x, y), (x + 0.001, y), (x + 0.001, y + 0.001), (x, y + 0.001), (x, y)]
    return "POLYGON((" + ", ".join(f"{a:.6f} {b:.6f}" for a, b in points) + "))"


def raw_survey(path: Path, status: str = "在用") -> Path:
    """Twelve sound plots, one with a figure that is none, one of another town; one heading nobody knows."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("摸排")
        sheet.write_row(0, 0, ["百官街道工业用地摸排表"])
        sheet.write_row(1, 0, ["摸排编号", "所属镇街", "谁家的厂", "现状", "实测面积（亩）", "WKT"])
        for number in range(12):
            sheet.write_row(number + 2, 0, [f"BG-{number:03d}", "百官街道", f"{number} 号厂", status, 16, ring(number)])
        sheet.write_row(14, 0, ["BG-012", "百官街道", "十二号厂", status, "不详", ring(12)])
        sheet.write_row(15, 0, ["CE-001", "曹娥街道", "邻镇的厂", status, 16, ring(13)])
    return path


def upload(page: Any, site: Site, path: Path) -> None:
    page.goto(f"{site.url}/survey/upload/")
    page.set_input_files("input[type=file]", str(path))
    page.fill("input[name=survey_date]", "2024-03-01")
    shoot(page, "1-upload")
    page.click("text=上传并识别")
    page.wait_for_url("**/mapping/")


def to_preview(page: Any) -> None:
    page.click("text=开始核对")
    page.wait_for_url(lambda url: url.rstrip("/").split("/")[-2] == "survey")


def confirm(page: Any) -> None:
    page.click("a:has-text('去入库')")
    page.wait_for_url("**/confirm/")
    shoot(page, "5-confirm")
    page.click("form.survey-confirm button.primary")
    page.wait_for_url("**/done/")


def test_an_officer_brings_a_raw_file_into_the_record(site: Site, browser: Any, tmp_path: Path) -> None:
    page = entered(browser, site, "officer")
    page.goto(f"{site.url}/survey/")
    assert page.locator("text=还没有导入过").count() == 1
    upload(page, site, raw_survey(tmp_path / "摸排原表.xlsx"))
    row = page.locator("tr:has-text('谁家的厂')")
    assert row.locator("select").first.input_value() == ""
    row.locator("select").first.select_option("name")
    page.fill("#template-name", "百官摸排表")
    shoot(page, "2-mapping")
    to_preview(page)
    assert page.locator(".tabs a:has-text('新增')").inner_text().split() == ["新增", "12"]
    assert page.locator(".tabs a:has-text('退回')").inner_text().split() == ["退回", "2"]
    shoot(page, "3-preview")
    page.click(".tabs a:has-text('问题')")
    assert page.locator("text=不在您的管辖范围").count() >= 1
    shoot(page, "4-issues")
    with page.expect_download() as waiting:
        page.click("a:has-text('标注好的 Excel')")
    marked(Path(waiting.value.path()))
    page.click("text=回到预览")
    confirm(page)
    assert page.locator(".figure.ok .value").inner_text() == "12"
    shoot(page, "6-done")
    assert site.trouble == []


def marked(path: Path) -> None:
    """The user's own workbook, the bad cell coloured and commented."""
    import openpyxl

    sheet = openpyxl.load_workbook(io.BytesIO(path.read_bytes()))["摸排"]
    assert sheet["E15"].value == "不详" and sheet["E15"].comment is not None
    assert sheet["E3"].comment is None


def test_the_plot_is_in_the_list_and_on_the_map(site: Site, browser: Any) -> None:
    page = entered(browser, site, "officer")
    page.goto(f"{site.url}/plots/")
    page.locator("tbody tr[data-href]").first.click()
    page.wait_for_url("**/plots/*/")
    ulid = page.url.rstrip("/").split("/")[-1]
    assert page.locator("text=BG-0").count() >= 1
    page.goto(f"{site.url}/map/?plot={ulid}")
    page.wait_for_load_state("networkidle")
    shoot(page, "7-map")
    assert site.trouble == []


def test_the_same_file_changes_nothing_and_a_difference_is_told(site: Site, browser: Any, tmp_path: Path) -> None:
    page = entered(browser, site, "second")
    upload(page, site, raw_survey(tmp_path / "摸排原表.xlsx"))
    assert page.locator("text=百官摸排表").count() >= 1
    to_preview(page)
    assert page.locator(".tabs a:has-text('未变')").inner_text().split() == ["未变", "12"]
    upload(page, site, raw_survey(tmp_path / "再次摸排.xlsx", status="疑似闲置"))
    to_preview(page)
    page.click(".tabs a:has-text('变更')")
    assert page.locator("del:has-text('在用')").count() == 12
    shoot(page, "8-changed")
    assert site.trouble == []
