"""Must-show 6: a year of 亩均评价 in a real browser, by the people whose job it is, from the empty cycle to the archive."""

from __future__ import annotations

import evaluation_after
import evaluation_before
import pytest
from evaluation_office import County

pytestmark = pytest.mark.browser
STEPS = (*evaluation_before.STEPS, *evaluation_after.STEPS)


def test_a_whole_evaluation_year_runs_in_a_browser(county: County) -> None:
    for step in STEPS:
        step(county)
    assert county.office.trouble == []
