"""Must-show 6: a whole year of 亩均评价 in a real browser, by the people whose job it is, from the empty cycle to the archive."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser
HERE = Path(__file__).parent
PLOTS = "60"
YEAR = 2025
TITLE = f"{YEAR} 年度工业企业亩均效益综合评价"
PDF = "application/pdf"
#: one department goes through the pages, the others are prepared: importing has its own test
SHOWN = "税务局"


@dataclass
class County:
    """The office, its browser windows by person, and what was found on the way."""

    office: Any
    browser: Any
    home: Path
    environment: dict[str, str]
    cycle: str = ""
    case: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    pages: dict[str, Any] = field(default_factory=dict)

    def as_(self, person: str) -> Any:
        """The page of somebody who is signed in."""
        if person not in self.pages:
            self.pages[person] = self.office.enter(self.browser, person)
        return self.pages[person]

    def open(self, person: str, path: str) -> Any:
        page = self.as_(person)
        page.goto(f"{self.office.url}{path}")
        return page

    def at(self, person: str, tab: str = "") -> Any:
        """A page of the cycle."""
        return self.open(person, f"/evaluation/{self.cycle}/{tab}")

    def shoot(self, page: Any, name: str) -> None:
        self.office.shoot(page, name)

    def today(self) -> date:
        return date.today() + timedelta(days=self.ahead)

    @property
    def ahead(self) -> int:
        file = self.home / "days-ahead"
        return int(file.read_text()) if file.exists() else 0

    def days_pass(self, days: int) -> None:
        (self.home / "days-ahead").write_text(str(self.ahead + days))

    def prepare(self, what: str, *given: str) -> str:
        """A step of `prepare_county.py`, in a process of its own; what it printed."""
        command = [sys.executable, str(HERE / "prepare_county.py"), what, *given]
        done = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()


@pytest.fixture(scope="module")
def county(
    tmp_path_factory: pytest.TempPathFactory, open_office: Callable[[Path, dict[str, str]], Any], chromium: Any
) -> County:
    """A demo county of 60 plots in a home of its own; its calendar can be moved ahead."""
    home = tmp_path_factory.mktemp("county")
    kept = {name: value for name, value in os.environ.items() if name != "TENGLONG_DATABASE_URL"}
    environment = {
        **kept, "TENGLONG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenglong.settings.base", "PYTHONPATH": str(HERE / "clock"),
    }
    made = County(None, chromium, home, environment)
    passwords = json.loads(made.prepare("load", PLOTS))
    made.office = open_office(home, environment)
    made.office.passwords = passwords
    return made


def paper(name: str) -> dict[str, Any]:
    """A signed paper to upload."""
    return {"name": f"{name}.pdf", "mimeType": PDF, "buffer": f"%PDF-1.4\n% {name}\n%%EOF\n".encode()}


def yes(page: Any, typed: str = "") -> None:
    """Consequences are read and confirmed."""
    page.wait_for_selector("#confirm[open] #confirm-list li")
    if typed:
        page.fill("#confirm-word", typed)
    page.click("#confirm button[value=yes]")
    settled(page)


def settled(page: Any) -> None:
    """The answer is there and it is no refusal."""
    page.wait_for_load_state("networkidle")
    assert page.locator(".toast.error, .note.late[role=alert], .field .error").all_inner_texts() == []


def worked(page: Any) -> None:
    """The job that was started has ended well."""
    page.wait_for_selector("section.job:not([data-state=queued]):not([data-state=running])")
    assert page.locator("section.job").get_attribute("data-state") == "done", page.locator("section.job").inner_text()


def task(county: County, person: str, label: str, note: str) -> None:
    """Close one task of the cycle's case."""
    page = county.open(person, county.case)
    row = page.locator(f".case-tasks > li:not(.past):has(strong:text-is('{label}'))")
    row.locator("summary:text-is('完成')").click()
    row.locator("input[name=note]").fill(note)
    row.locator("button:text-is('确认完成')").click()
    settled(page)


def material(county: County, person: str, kind: str) -> None:
    """A paper put into the cycle's case."""
    page = county.open(person, county.case)
    page.select_option("select[name=kind]", label=kind)
    page.set_input_files("#e-file", paper(kind))
    page.click("button:text-is('归入案件')")
    settled(page)


def move(county: County, person: str, label: str) -> None:
    """A step of the procedure, taken from the home of the cycle."""
    page = county.at(person)
    page.click(f".case-moves a.btn:text-is('{label}')")
    page.click(f"form.case-move button:text-is('{label}')")
    if page.locator("form.case-move").get_attribute("data-confirm"):
        yes(page)
    settled(page)


def stage(page: Any) -> str:
    return str(page.locator(".stages [aria-current=step]").inner_text())


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


STEPS = [open_the_cycle, assess_the_land, publish_the_areas]


def test_a_whole_evaluation_year_runs_in_a_browser(county: County) -> None:
    for step in STEPS:
        step(county)
    assert county.office.trouble == []
