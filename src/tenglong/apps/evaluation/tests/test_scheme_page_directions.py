"""The page of a rule says which way the total moves with each figure, and nothing where it cannot be scored."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tenglong.apps.evaluation import scheme_tables
from tenglong.domain.evaluation.catalogue import load
from tenglong.domain.evaluation.checks import compile_scheme


@pytest.mark.django_db
def test_page_of_a_rule_tells_what_is_proved_of_each_figure(world, entered):
    address = reverse("evaluation:scheme", args=["demo", "1"])
    page = entered(world.actor).get(address).content.decode()
    assert "↑ 税收增加、其余数据不变，总分不会下降" in page
    assert "↓ 用地面积增加、其余数据不变，总分不会上升" in page
    assert "（前提：" in page


def test_a_rule_too_partial_to_score_claims_nothing():
    assert scheme_tables.directions(compile_scheme(load("zj-wenling@2022"))) == []
