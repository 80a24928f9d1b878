"""Must-show 6: a year of 亩均评价 in a real browser, by the people whose job it is, from the empty cycle to the archive."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import evaluation_after
import evaluation_before
import pytest
from evaluation_office import HERE, County

pytestmark = pytest.mark.browser
PLOTS = "60"
STEPS = (*evaluation_before.STEPS, *evaluation_after.STEPS)


@pytest.fixture(scope="module")
def county(
    tmp_path_factory: pytest.TempPathFactory, open_office: Callable[[Path, dict[str, str]], Any], chromium: Any
) -> County:
    """A demo county of 60 plots in a home of its own; its calendar can be moved ahead."""
    home = tmp_path_factory.mktemp("county")
    kept = {name: value for name, value in os.environ.items() if name != "TENGLONG_DATABASE_URL"}
    environment = {
        **kept, "TENGLONG_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenglong.settings.base",
        "PYTHONPATH": str(HERE / "clock"),
    }
    made = County(None, chromium, home, environment)
    passwords = json.loads(made.prepare("load", PLOTS))
    made.office = open_office(home, environment)
    made.office.passwords = passwords
    return made


def test_a_whole_evaluation_year_runs_in_a_browser(county: County) -> None:
    for step in STEPS:
        step(county)
    assert county.office.trouble == []
