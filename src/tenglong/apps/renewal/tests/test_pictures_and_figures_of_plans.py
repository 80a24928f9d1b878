"""Bars of scale, figures of two versions, and who would have to go: without a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tenglong.apps.renewal import plan_view, site_view
from tenglong.apps.renewal.plan_map import scale_bar
from tenglong.domain.renewal.portfolio.words import about_text, fen_text


@pytest.mark.parametrize(("metres", "text"), [(0.4, "50 m"), (1.9, "200 m"), (14.0, "2 km"), (90.0, "10 km")])
def test_bar_of_scale_is_the_longest_round_length_that_fits(metres: float, text: str) -> None:
    bar = scale_bar(metres, 190)
    assert bar["text"] == text
    assert bar["points"] <= 190


def test_a_displaced_sum_is_unknown_while_one_plot_is() -> None:
    plan = cast(Any, SimpleNamespace(problem={"displaced": {"A": {"reserve": [2, 0]}, "B": {"reserve": [3, None]}}}))
    rows = [cast(Any, SimpleNamespace(plot_code=code, route="reserve")) for code in "AB"]
    assert plan_view.displaced(plan, rows) == {"tenants_displaced": 5, "households_displaced": None}
    assert plan_view.displaced(plan, rows[:1]) == {"tenants_displaced": 2, "households_displaced": 0}


def test_two_versions_tell_what_changed_with_its_sign() -> None:
    old = {"plots": 3, "land_cm2": 0, "cost_fen": 500_000_000, "uplift_fen": 0, "jobs_gained": 5, "jobs_lost": 7}
    found = plan_view.figures(old, {**old, "plots": 4, "jobs_lost": 5})
    assert [one["more"] for one in found] == ["+1", "=", "=", "=", "=", "-2"]


def test_a_site_line_shows_a_dash_for_what_nobody_recorded() -> None:
    site = {"land_cm2": 0, "plots": [1], "cost": None, "months": 3, "owners": None, "compactness": 0.5, "span_m": 10.4,
            "joints": [], "gap": 0.0}
    told = {str(line["label"]): line["values"][0] for line in site_view.lines([site])}
    assert (told["成本"], told["腾退时间"], told["减少岗位"]) == ("—", "3", "—")


def test_answers_round_where_people_would_and_inputs_stay_exact() -> None:
    assert (about_text(1_234_567_890), fen_text(1_234_567_890)) == ("1,234.57 万元", "1,234.56789 万元")
    assert about_text(1234) == "0.001234 万元"
