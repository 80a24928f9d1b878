"""The cycle and its case are one: a step that the case refuses is not recorded, and a move of the case moves the stage."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tenglong.apps.casework import queries as casework
from tenglong.apps.casework import service as cases
from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import AssessedArea, Publication


@pytest.fixture
def governed(world):
    world.cycle = service.open_cycle(
        world.actor, year=2024, title="按流程的评价", division_code="330604", scheme="test-county@1"
    )
    return world


def publish(world):
    today = timezone.localdate()
    return service.publish_areas(
        world.actor, world.fresh(), starts_on=today, ends_on=today + timedelta(days=10), notice=world.document("面积公示稿.pdf")
    )


def test_opening_a_cycle_opens_its_case_and_begins_with_the_land(governed):
    case = casework.case(governed.actor, governed.cycle.case_ulid)
    assert (case.state, governed.cycle.stage, case.fields["year"]) == ("land_review", "land_review", 2024)
    assert casework.cases(governed.cast.officer).filter(pk=case.pk).exists()


def test_what_the_case_refuses_is_not_recorded(governed):
    service.assess_now(governed.actor, governed.fresh())
    with pytest.raises(service.EvaluationError, match="流程还不能往下走"):
        publish(governed)
    assert not Publication.objects.exists()
    assert set(AssessedArea.objects.values_list("state", flat=True)) == {"draft"}


def test_once_its_work_is_done_the_case_and_the_record_go_together(governed):
    service.assess_now(governed.actor, governed.fresh())
    case = casework.case(governed.actor, governed.cycle.case_ulid)
    for task in casework.tasks(governed.actor, case).filter(done_on=None):
        cases.complete_task(governed.actor, task)
    publish(governed)
    assert governed.fresh().stage == "land_publicity"
    cases.move(governed.actor, case.ulid, "reopen_land", reason="面积有误，重新核定")
    assert queries.cycle(governed.actor, governed.cycle.ulid).stage == "land_review"


def test_an_appeal_of_a_governed_cycle_has_a_case_that_its_firm_sees(governed):
    run, _made = _published(governed)
    paper = [("图.pdf", b"%PDF-1")]
    filed = service.file_appeal(governed.cast.firm, run, 1, text="用地面积多算", ground="land", evidence=paper)
    case = casework.case(governed.cast.firm, filed.case_ulid)
    assert (case.subject_id, case.state, case.fields["old_grade"]) == (1, "filed", "A")
    service.withdraw_appeal(governed.cast.firm, filed, reason="已弄清楚")
    assert queries.appeal(governed.cast.firm, filed.ulid).outcome == "withdrawn"


def _published(world):
    """Results as published; the case itself is left where it is (its terms need weeks)."""
    from tenglong.apps.evaluation.models import Cycle

    ulid, cycle = world.cycle.case_ulid, world.cycle
    Cycle.objects.filter(pk=cycle.pk).update(case_ulid="")
    made = world.published()
    Cycle.objects.filter(pk=cycle.pk).update(case_ulid=ulid)
    return made
