"""An open map shows its own user's save at once, without its timer, and nothing leaves the host."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

pytestmark = pytest.mark.browser
CHROMIUM = "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not Path(CHROMIUM).exists(), reason="Chromium is not installed (make system-deps)")
def test_own_save_reaches_an_open_map_without_waiting_for_its_timer(cast, live_server, client):
    import shapely
    from playwright.sync_api import sync_playwright

    from tenglong.apps.registry import service

    shape = shapely.box(120.80, 30.00, 120.803, 30.002)
    values = {"name": "风机厂", "status": "in_use"}
    version = service.create_plot(cast.county, values, on=date(2024, 1, 1), town="330604001", geometry=shape, reason="试验")
    ulid = version.plot.ulid
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    client.force_login(cast.county, backend="tenglong.apps.accounts.backend.AccountBackend")
    foreign: list[str] = []
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        context = browser.new_context(locale="zh-CN")
        cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}
        context.add_cookies([cookie])
        context.on(
            "request",
            lambda request: foreign.extend([request.url] * (not request.url.startswith((live_server.url, "blob:", "data:")))),
        )
        chart = context.new_page()
        chart.add_init_script("window.setInterval = () => 0")  # the page asks every ten seconds by itself: here it cannot
        chart.goto(f"{live_server.url}/map/")
        chart.wait_for_selector("body[data-map-ready='1']", timeout=60_000)
        service.change_plot(cast.county, ulid, {"status": "vacated"}, on=date(2025, 1, 1), lock_version=None, reason="腾空")
        saved = context.new_page()
        saved.goto(f"{live_server.url}/plots/{ulid}/?saved=1", wait_until="domcontentloaded")
        chart.bring_to_front()
        chart.wait_for_selector("body[data-revision]", timeout=60_000)
        legend = chart.inner_text("#map-legend")
        browser.close()
    assert "已腾空" in legend
    assert not foreign
