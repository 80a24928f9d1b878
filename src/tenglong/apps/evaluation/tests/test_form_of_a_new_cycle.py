"""The form of a new cycle: what a person fills in becomes a cycle of the county of the register."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tenglong.apps.evaluation.models import Cycle
from tenglong.apps.registry.models import Division

from .conftest import COUNTY, DAY, World

pytestmark = pytest.mark.django_db
FILLED = {"title": "2023 年度评价", "year": "2023", "scheme": "test-county@1", "measure_day": "", "attribution": "location"}


def send(client: Any, user: Any, **values: str) -> Any:
    client.force_login(user)
    return client.post(reverse("evaluation:cycle-new"), {**FILLED, **values})


@pytest.fixture
def county(world: World) -> Division:
    return Division.objects.create(code=COUNTY, name="上虞区", level="county", valid_from=DAY)


def test_the_form_creates_a_cycle_of_the_county_and_leads_to_it(world: World, county: Division, client: Any) -> None:
    answer = send(client, world.actor)
    made = Cycle.objects.get(year=2023)
    assert answer.status_code == 302 and answer["Location"] == reverse("evaluation:cycle", args=[made.ulid])
    assert (made.title, made.division_code, made.scheme_id) == ("2023 年度评价", COUNTY, "test-county")
    assert made.measure_day.isoformat() == "2023-12-31"


def test_a_year_still_to_come_is_refused_and_nothing_is_made(world: World, county: Division, client: Any) -> None:
    before = Cycle.objects.count()
    answer = send(client, world.actor, year="2999")
    assert answer.status_code == 400 and "数据年度不能晚于今年" in answer.content.decode()
    assert Cycle.objects.count() == before


def test_a_register_without_its_county_takes_no_cycle_and_says_so(world: World, client: Any) -> None:
    before = Cycle.objects.count()
    answer = send(client, world.actor)
    assert answer.status_code == 400 and "还没有本县" in answer.content.decode()
    assert Cycle.objects.count() == before
