"""Freeze, unfreeze, freeze again: only the newest data count, in runs, lists, pages and minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Cycle, Result
from tenglong.apps.registry.models import Fact


@pytest.fixture
def twice(world):
    """Firm 10 was given too little tax; the data were unfrozen, mended and frozen again."""
    world.first_run = world.ran()
    Cycle.objects.filter(pk=world.cycle.pk).update(stage="sheets")
    Fact.objects.filter(subject_id=10, measure="tax_paid").update(value_e6=200 * 10**6, given="200")
    service.sheets_now(world.actor, world.fresh())
    world.second = service.freeze(world.actor, world.fresh())
    return world


def test_the_newest_snapshot_is_the_one_that_runs_use(twice, sign_in):
    first = twice.first_run.snapshot
    assert queries.latest_snapshot(twice.actor, twice.fresh()).pk == twice.second.pk != first.pk
    assert queries.formal_run(twice.actor, twice.cycle) is None
    with pytest.raises(service.EvaluationError, match="被后来的冻结快照代替"):
        service.run_now(twice.actor, twice.fresh(), first, kind="formal")
    made = service.run_now(twice.actor, twice.fresh(), twice.second, kind="formal")
    assert queries.formal_run(twice.actor, twice.fresh()).pk == made.pk
    tax = {run.pk: Result.objects.get(run=run, enterprise_id=10).rank for run in (twice.first_run, made)}
    assert tax[twice.first_run.pk] == 10 and tax[made.pk] == 1
    assert {one.result.run_id for one in queries.grades(twice.actor, twice.cycle)} == {made.pk}
    pages = sign_in(twice.actor)
    shown = pages.get(reverse("evaluation:publications", args=[twice.cycle.ulid])).content.decode()
    assert reverse("evaluation:publication-new", args=[made.ulid]) in shown
    assert twice.first_run.ulid not in shown
    assert twice.second.sha256[:16] in pages.get(reverse("evaluation:freeze", args=[twice.cycle.ulid])).content.decode()


def test_a_run_over_data_that_were_unfrozen_is_not_published(twice):
    Cycle.objects.filter(pk=twice.cycle.pk).update(stage="trial")
    twice.serve(twice.first_run)
    today = timezone.localdate()
    days = {"starts_on": today, "ends_on": today + timedelta(days=20)}
    with pytest.raises(service.EvaluationError, match="只留作备查"):
        service.publish(twice.actor, twice.fresh(), twice.first_run, kind="grades", **days)


def test_after_an_unfreeze_the_page_lets_freeze_again(world, sign_in):
    world.frozen()
    own = reverse("evaluation:freeze", args=[world.cycle.ulid])
    client = sign_in(world.actor)
    assert "冻结数据</button>" not in client.get(own).content.decode()
    Cycle.objects.filter(pk=world.cycle.pk).update(stage="sheets")
    assert "冻结数据</button>" in client.get(own).content.decode()
