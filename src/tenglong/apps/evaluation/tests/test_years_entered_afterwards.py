"""A past year entered from the registers of an office: in bulk, under the same rules as firm by firm."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import AttributeRecord, Cycle

from .conftest import COUNTY, World

pytestmark = pytest.mark.django_db
LONG_AGO = date(2025, 6, 9)
CLAUSE = "评价通知第五条：逾期未反馈的视为无异议"


def told(world: World, **more: Any) -> service.Delivered:
    held = {"on": LONG_AGO, "how": "镇街送达", "proof": world.paper, "sealed_on": date(2025, 6, 18)}
    return service.Delivered(**{**held, **more})


@pytest.fixture
def delivered(world: World) -> World:
    """Sheets made; the day is one on which the year of the cycle is past."""
    world.land()
    world.data()
    world.sheets()
    Cycle.objects.filter(pk=world.cycle.pk).update(year=timezone.localdate().year - 2)
    return world


def test_the_register_of_deliveries_seals_all_but_the_silent(delivered: World) -> None:
    every = list(queries.sheets(delivered.actor, delivered.cycle).order_by("pk"))
    assert service.enter_sheets(delivered.actor, delivered.fresh(), told(delivered, silent=[every[0].pk], clause=CLAUSE)) == 10
    rows = list(queries.sheets(delivered.actor, delivered.cycle).order_by("pk"))
    assert [row.state for row in rows] == ["overdue"] + ["sealed"] * 9
    assert rows[0].overdue_clause == CLAUSE and rows[0].sealed_on is None and rows[1].sealed_on == date(2025, 6, 18)
    assert all(row.due_on > LONG_AGO and row.proof_document_id == delivered.paper.pk for row in rows)


def test_silence_without_a_clause_counts_for_nothing(delivered: World) -> None:
    first = queries.sheets(delivered.actor, delivered.cycle).order_by("pk")[0]
    with pytest.raises(EvaluationError, match="条款"):
        service.enter_sheets(delivered.actor, delivered.fresh(), told(delivered, silent=[first.pk]))
    with pytest.raises(EvaluationError, match="送达凭证"):
        service.enter_sheets(delivered.actor, delivered.fresh(), told(delivered, proof=None))


def test_the_year_under_way_goes_firm_by_firm(delivered: World) -> None:
    Cycle.objects.filter(pk=delivered.cycle.pk).update(year=timezone.localdate().year - 1)
    with pytest.raises(EvaluationError, match="逐户"):
        service.enter_sheets(delivered.actor, delivered.fresh(), told(delivered))


def test_notices_of_a_past_year_lie_over_their_days_and_are_entered_once(world: World) -> None:
    run = world.ran()
    Cycle.objects.filter(pk=world.cycle.pk).update(year=timezone.localdate().year - 2)
    low = queries.results(world.actor, run).filter(grade__in=service.low_grades(run)).count()
    day = timezone.localdate() - timedelta(days=60)
    with pytest.raises(EvaluationError, match="陈述申辩期限"):
        service.enter_notices(world.actor, run, served_on=timezone.localdate(), how="直接送达", proof=world.paper)
    assert service.enter_notices(world.actor, run, served_on=day, how="直接送达", proof=world.paper) == low > 0
    with pytest.raises(EvaluationError, match="已有"):
        service.enter_notices(world.actor, run, served_on=day, how="直接送达", proof=world.paper)


def test_lists_of_attributes_are_entered_whole_or_not_at_all(world: World) -> None:
    lines = [
        service.Listed(1, "scale", "below", date(2021, 1, 1), date(2023, 1, 1)),
        service.Listed(1, "scale", "above", date(2023, 1, 1)), service.Listed(2, "carrier", "true", date(2021, 1, 1)),
    ]
    late = service.Listed(1, "scale", "below", date(2022, 1, 1))
    with pytest.raises(EvaluationError, match="重叠"):
        service.enter_attributes(world.actor, COUNTY, [*lines, late], reason="名单")
    with pytest.raises(EvaluationError, match="管辖范围"):
        service.enter_attributes(world.actor, COUNTY, [service.Listed(99, "carrier", "true", date(2021, 1, 1))], reason="名单")
    assert not AttributeRecord.objects.exists()
    assert service.enter_attributes(world.actor, COUNTY, lines, reason="名单") == 3
    with pytest.raises(EvaluationError, match="已有记录"):
        service.enter_attributes(world.actor, COUNTY, lines[2:], reason="名单")
