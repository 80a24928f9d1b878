"""The program as an office runs it: web and workers in processes of their own, in a home of its own, and a real browser."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

#: modules beside the tests are imported by name
sys.path.append(str(Path(__file__).parent))
CHROMIUM = Path(os.environ.get("TENGLONG_CHROMIUM", "/usr/bin/chromium"))
FLAGS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PASSWORD = "Bamboo-cage-9!"  # noqa: S105
PLOTS = "60"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}

MAKE_OFFICE = """
import sys
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.apps import apps
from tenglong.apps.accounts import service
apps.get_model("registry", "Division").objects.create(
    code="330604106", name="丰惠镇", level="town", parent_code="330604", valid_from="2014-01-01")
office = apps.get_model("accounts", "Department").objects.create(name="丰惠镇人民政府", divisions=["330604106"])
for username, name in (("first", "王一"), ("second", "李二")):
    user, _ = service.create_user(
        service.SYSTEM, username=username, name=name, department=office, password=sys.argv[1], must_change=False)
    service.grant_role(service.SYSTEM, user, "town_officer")
"""


@dataclass
class Office:
    """A running site; `trouble` gathers console errors, script errors and requests that left the host."""

    url: str
    pictures: Path
    trouble: list[str] = field(default_factory=list)
    passwords: dict[str, str] = field(default_factory=dict)

    def foreign(self, url: str) -> bool:
        return url.startswith(("http", "ws")) and urlsplit(url).netloc != urlsplit(self.url).netloc

    def enter(self, browser: Any, username: str) -> Any:
        """A signed-in page in a browser context of its own; the browser speaks English, the pages must not."""
        page = browser.new_context(viewport=DESK, locale="en-US", accept_downloads=True).new_page()
        page.set_default_timeout(60_000)
        page.context.on("request", lambda asked: self.foreign(asked.url) and self.trouble.append(f"站外请求 {asked.url}"))
        page.on("pageerror", lambda error: self.trouble.append(f"{page.url} {error}"))
        page.on("console", lambda said: self._heard(page.url, said))
        page.goto(f"{self.url}/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", self.passwords.get(username, PASSWORD))
        self.shoot(page, f"login-{username}")
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "/login/" not in url)
        return page

    def _heard(self, url: str, said: Any) -> None:
        """A conflict is answered 409 on purpose; everything else that is an error counts."""
        if said.type == "error" and "409" not in said.text:
            self.trouble.append(f"{url} {said.text}")

    def shoot(self, page: Any, name: str) -> None:
        """Pictures of a page at both sizes."""
        for label, size in (("desk", DESK), ("phone", PHONE)):
            page.set_viewport_size(size)
            page.screenshot(path=self.pictures / f"{label}-{name}.png", full_page="/map/" not in page.url)
        page.set_viewport_size(DESK)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """`TENGLONG_PICTURES` names a folder that keeps the pictures."""
    home = tmp_path_factory.mktemp("office")
    environment = surroundings(home)
    subprocess.run([sys.executable, "-c", MAKE_OFFICE, PASSWORD], env=environment, check=True)
    with serving(home, environment, tmp_path_factory.mktemp("pictures")) as running:
        yield running


@pytest.fixture(scope="module")
def open_office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path, dict[str, str]], Office]]:
    """Starts the program in a home that a test has filled itself; it ends with the module."""
    with ExitStack() as running:
        yield lambda home, environment: running.enter_context(
            serving(home, environment, tmp_path_factory.mktemp("pictures"))
        )


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a program that lives in `home`."""
    kept = {name: value for name, value in os.environ.items() if name != "TENGLONG_DATABASE_URL"}
    return {**kept, "TENGLONG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenglong.settings.base"}


@contextmanager
def serving(home: Path, environment: dict[str, str], pictures: Path) -> Iterator[Office]:
    """Web and workers on a free port."""
    pictures = Path(os.environ.get("TENGLONG_PICTURES") or pictures)
    pictures.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("tenglong")), "serve", "--bind", f"127.0.0.1:{port}", "--web-workers", "1"]
    with (home / "serve.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield Office(answering(f"http://127.0.0.1:{port}", home / "serve.log"), pictures)
        finally:
            server.terminate()
            server.wait(30)


def answering(url: str, log: Path) -> str:
    """The address once the server answers. Raises RuntimeError with the end of its log after a minute."""
    for _attempt in range(120):
        try:
            with urllib.request.urlopen(f"{url}/login/", timeout=2):
                return url
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])


@pytest.fixture(scope="module")
def county(
    tmp_path_factory: pytest.TempPathFactory, open_office: Callable[[Path, dict[str, str]], Office], chromium: Any
) -> Any:
    """A demo county of 60 plots without evaluations in a home of its own; its calendar can be moved ahead."""
    from evaluation_office import HERE, County  # beside the tests, found by the path above

    home = tmp_path_factory.mktemp("county")
    environment = {**surroundings(home), "PYTHONPATH": str(HERE / "clock")}
    made = County(None, chromium, home, environment)
    passwords = json.loads(made.prepare("load", PLOTS))
    made.office = open_office(home, environment)
    made.office.passwords = passwords
    return made


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"需要 Chromium：{CHROMIUM} 不存在")
    playwright = pytest.importorskip("playwright.sync_api", reason="需要 playwright")
    with playwright.sync_playwright() as tool:
        running = tool.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()
