"""Must-show 8: a visit with a picture becomes a blocker, goes up, is solved, and the forecast moves; at the desk, by phone."""

from __future__ import annotations

import struct
import zlib
from datetime import date, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.browser
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
NAME, STUCK = "精密装备项目", "施工图审查没有通过"
FAR = date.today() + timedelta(days=500)


def picture() -> dict[str, Any]:
    """A small PNG, as a phone gives it."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    body = zlib.compress(b"".join(b"\0" + b"\x60\x80\xa0" * 8 for _row in range(8)))
    head = struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    return {"name": "现场.png", "mimeType": "image/png", "buffer": png}


def test_a_visit_becomes_a_blocker_and_moves_the_forecast(office: Any, chromium: Any) -> None:
    page = office.enter(chromium, "first")
    project = registered(office, page)
    before = forecast(office, page, project)
    for size, number in ((PHONE, 1), (DESK, 2)):
        page.set_viewport_size(size)
        blocker = visited(office, page, project, number)
        held(page, f"{office.url}{blocker}")
        assert forecast(office, page, project) >= FAR > before
        raised(page, f"{office.url}{blocker}")
        solved(page, f"{office.url}{blocker}")
        assert forecast(office, page, project) == before
    office.shoot(page, "project-after")
    assert office.trouble == []


def press(page: Any, button: str) -> None:
    """A form is sent, nothing is refused."""
    with page.expect_navigation():
        page.click(button)
    assert page.locator(".toast.error, .note.late[role=alert], .field .error").all_inner_texts() == []


def fits(page: Any) -> None:
    """Nothing stands beyond the edge of the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def registered(office: Any, page: Any) -> str:
    """A signed project with a network of permits; its address."""
    page.goto(f"{office.url}/projects/board/")
    assert "还没有项目" in page.inner_text("main")
    press(page, "main .empty a.btn.primary")
    page.fill("input[name=name]", NAME)
    page.fill("input[name=total_investment_fen]", "1000000")
    page.fill("input[name=land_cm2]", "781")
    office.shoot(page, "project-new")
    press(page, "button:text-is('保存')")
    address = page.url
    page.click("summary:text-is('登记节点')")
    page.select_option("select[name=kind]", label="签约")
    page.fill("input[name=done_on]", date.today().isoformat())
    press(page, "button:text-is('登记')")
    assert page.locator("[data-pair=landing_100]").inner_text().count("还剩 100 天") == 1
    page.goto(f"{address}?tab=permits")
    press(page, "a:text-is('建立审批网络')")
    page.select_option("select[name=policy]", "zj-90")
    press(page, "button:text-is('建立')")
    return str(address.removeprefix(office.url))


def forecast(office: Any, page: Any, project: str) -> date:
    """Day of the next goal on the page of the project, with its critical path."""
    page.goto(f"{office.url}{project}")
    assert page.locator(".pj-path li").count() > 3
    fits(page)
    return date.fromisoformat(page.locator("[data-forecast]").inner_text())


def visited(office: Any, page: Any, project: str, number: int) -> str:
    """A visit with a question and a picture; what could not be settled on the spot is a blocker. Its address."""
    page.goto(f"{office.url}{project}visits/new/")
    fits(page)
    page.fill("input[name=met]", "张工 项目经理")
    page.fill("textarea[name=told]", f"第 {number} 次走访：图审退回，开工要等。")
    page.set_input_files("input[name=photos]", picture())
    page.fill("input[name=question]", "图审退回后多久能再报")
    page.fill("input[name=blocker]", f"{STUCK}（{number}）")
    page.select_option("select[name=field]", label="审批")
    press(page, "form button:text-is('记下')")
    fits(page)
    address = str(page.url.removeprefix(office.url))
    press(page, "main a:has-text('走访')")
    assert page.locator(".pj-photos img").evaluate("it => it.complete && it.naturalWidth") == 8
    return address


def held(page: Any, address: str) -> None:
    """The blocker holds the step of the construction permit until a day far ahead."""
    page.goto(address)
    page.click("summary:text-is('改责任人、步骤、预计日期')")
    page.select_option("select[name=step]", "construction_permit")
    page.fill("input[name=expected_on]", FAR.isoformat())
    press(page, "form[action$='/change/'] button")


def raised(page: Any, address: str) -> None:
    page.goto(address)
    page.fill("form[action$='/up/'] input[name=reason]", "请园区协调图审机构")
    press(page, "button:text-is('上报一级')")
    assert page.locator("[data-level=park]").count() == 1
    fits(page)


def solved(page: Any, address: str) -> None:
    page.goto(address)
    page.fill("textarea[name=how]", "图审机构驻场，修改后通过")
    press(page, "button:text-is('已解决')")
    assert "已解决" in page.inner_text(".head, h1 + .chip, main")
