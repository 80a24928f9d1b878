"""People, pages and papers of a county that evaluates its firms: what every step of the walk shares."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
YEAR = 2025
TITLE = f"{YEAR} 年度工业企业亩均效益综合评价"
PDF = "application/pdf"


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

    @property
    def papers(self) -> Path:
        """Where files lie that were downloaded or scanned."""
        folder = self.home.parent / f"{self.home.name}-papers"
        folder.mkdir(exist_ok=True)
        return folder

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
        """Pictures at both sizes, where `TENGLONG_PICTURES` asks for them: they take longer than the pages."""
        if os.environ.get("TENGLONG_PICTURES"):
            self.office.shoot(page, name)

    def today(self) -> date:
        return date.today() + timedelta(days=self.ahead)

    @property
    def ahead(self) -> int:
        file = self.home / "days-ahead"
        return int(file.read_text()) if file.exists() else 0

    def refused(self, status: int) -> None:
        """The last answer was a refusal on purpose; the browser complained of it once."""
        assert f"status of {status}" in self.office.trouble.pop()

    def days_pass(self, days: int) -> None:
        (self.home / "days-ahead").write_text(str(self.ahead + days))

    def prepare(self, what: str, *given: str) -> str:
        """A step of `prepare_county.py`, in a process of its own; what it printed."""
        command = [sys.executable, str(HERE / "prepare_county.py"), what, *given]
        done = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()


def paper(name: str) -> dict[str, Any]:
    """A signed paper to upload."""
    return {"name": f"{name}.pdf", "mimeType": PDF, "buffer": f"%PDF-1.4\n% {name}\n%%EOF\n".encode()}


def yes(page: Any, typed: str = "") -> None:
    """Consequences are read and confirmed."""
    page.wait_for_selector("#confirm[open] #confirm-list li")
    if typed:
        page.fill("#confirm-word", typed)
    press(page, "#confirm button[value=yes]")


def press(page: Any, button: str) -> None:
    """A form is sent; its answer is there and is no refusal."""
    with page.expect_navigation():
        page.click(button)
    settled(page)


def settled(page: Any) -> None:
    """No refusal stands on the page."""
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
    with page.expect_navigation():
        row.locator("button:text-is('确认完成')").click()
    settled(page)


def material(county: County, person: str, kind: str) -> None:
    """A paper put into the cycle's case."""
    page = county.open(person, county.case)
    page.select_option("select[name=kind]", label=kind)
    page.set_input_files("#e-file", paper(kind))
    press(page, "button:text-is('归入案件')")


def move(county: County, person: str, label: str) -> None:
    """A step of the procedure, taken from the home of the cycle."""
    moved(county.at(person), label)


def moved(page: Any, label: str) -> None:
    """A step of the procedure that is offered on this page."""
    press(page, f".case-moves a.btn:text-is('{label}')")
    button = f"form.case-move button:text-is('{label}')"
    if page.locator("form.case-move").get_attribute("data-confirm"):
        page.click(button)
        yes(page)
    else:
        press(page, button)


def stage(page: Any) -> str:
    return str(page.locator(".stages [aria-current=step]").inner_text())
