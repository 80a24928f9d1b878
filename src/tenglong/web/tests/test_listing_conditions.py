"""The query string of a list says what it selects, and says so when it cannot be read."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db.models import Q

from tenglong.web.listing import Filter
from tenglong.web.listing.conditions import read
from tenglong.web.listing.export import rows_digest

AREA = Filter("area", "面积", kind="range", source="surveyed_cm2", unit="mu")
STATUS = Filter("status", "现状", kind="choice", choices=[("in_use", "在用")])
TEXT = Filter("q", "名称", source=("code", "name"))


def test_mu_become_exact_square_centimetres():
    found = read([AREA], {"area_min": "1,500", "area_max": "3000"}, None)
    assert found.where == Q() & Q(surveyed_cm2__gte=10**10) & Q(surveyed_cm2__lte=2 * 10**10)
    assert found.text == "面积 ≥ 1,500 亩 ≤ 3000 亩"


@pytest.mark.parametrize("text", ["很大", "NaN", "Infinity", "1e400", "--"])
def test_a_figure_that_is_none_selects_nothing_and_says_so(text):
    found = read([AREA], {"area_min": text}, None)
    assert "不是数" in found.errors["area_min"]
    assert ("pk__in", []) in found.where.children


def test_an_unknown_choice_selects_nothing():
    found = read([STATUS], {"status": "burnt"}, None)
    assert found.errors == {"status": "没有“burnt”这一项"}


def test_a_dash_means_not_filled_in():
    assert read([STATUS], {"status": "-"}, None).where == Q() & Q(status="")


def test_text_is_looked_for_in_every_named_column():
    found = read([TEXT], {"q": " 电机 "}, None)
    assert found.where == Q() & (Q() | Q(code__icontains="电机") | Q(name__icontains="电机"))


def test_a_wrong_date_is_told_with_the_form_it_should_have():
    found = read([Filter("day", "日期", kind="date")], {"day_min": "22/11/2026"}, None)
    assert "2026-11-22" in found.errors["day_min"]


def test_the_same_rows_have_the_same_hash_whatever_the_order_of_their_keys():
    assert rows_digest([{"a": 1, "b": Decimal("2.5")}]) == rows_digest([{"b": Decimal("2.5"), "a": 1}])
    assert rows_digest([{"a": 1}, {"a": 2}]) != rows_digest([{"a": 2}, {"a": 1}])
