"""The figures that the press tells of projects: land, investment, producing, and output as an expectation with its band."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from tenglong.apps.projects.models import Project
from tenglong.apps.projects.queries import parks
from tenglong.apps.projects.queries import projects as queries
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division
from tenglong.demo import story_projects as story
from tenglong.demo.county import COUNTY_CODE
from tenglong.domain.landing.projects.days import after
from tenglong.domain.units import from_cm2

pytestmark = pytest.mark.slow
YI = story.YI


@pytest.fixture
def stage(cast: Any) -> Any:
    for code, name, level in ((COUNTY_CODE, "上虞区", "county"), (story.TOWN, "曹娥街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    for at in range(6):
        registry.create_plot(cast.county, {"name": f"地块{at}", "surveyed_cm2": 10**9}, on=date(2020, 1, 1), town=story.TOWN)
    firm = registry.create_enterprise(cast.county, {"name": "甲公司"}, on=date(2020, 1, 1), town=story.TOWN)
    star = SimpleNamespace(scale="above_scale", uscc="X")
    return SimpleNamespace(officer=cast.county, approver=cast.leader, county=SimpleNamespace(enterprises=[star]),
                           firm_ids={"X": firm.enterprise_id})


def test_a_park_of_26_projects_is_told_as_the_press_tells_it(stage: Any) -> None:
    today = timezone.localdate()
    story._park(stage, today)
    found = parks.figures(stage.officer, Project.objects.exclude(park_key="")[0].park_key, today)
    assert found is not None
    assert (found.whole.projects, found.whole.total_fen) == (26, 150 * YI)
    cluster, centre = (next(one for one in found.clusters if one.name == name) for name in ("智造组团", "创新中心"))
    assert (cluster.projects, cluster.producing, cluster.soon, cluster.rest) == (17, 8, 9, 0)
    assert cluster.invested_fen == 85 * YI
    assert (centre.projects, centre.invested_fen) == (9, None)
    now, full = found.output.rows[0][1], found.output.at(after(today.replace(day=1), 36))
    assert now.mid == 100 * YI and full.mid == found.output.full.mid == 400 * YI
    assert now.low < now.mid < now.high and full.low < full.mid < full.high
    assert (found.output.counted, found.output.silent) == (26, 0)


def test_a_project_of_781_mu_goes_from_its_lead_to_full_output(stage: Any) -> None:
    today = timezone.localdate()
    story._large(stage, today)
    row = Project.objects.get()
    lands = [phase.land_cm2 or 0 for phase in row.phases.order_by("ordinal")]
    assert sum(lands) == row.land_cm2 and from_cm2(sum(lands), "mu", 2) == 781
    assert from_cm2(lands[0] + lands[1], "mu", 2) == 554 and from_cm2(lands[2], "mu", 2) == 227
    assert row.total_investment_fen == 100 * YI
    told = {one.pair.id: one for one in queries.pairs(row, today)}
    assert (told["service_19"].days, told["service_19"].state) == (19, "kept")
    assert (told["landing_100"].days, told["landing_100"].state) == (95, "kept")
    assert told["landing_100"].lawful <= told["landing_100"].days
    first = row.phases.get(ordinal=1)
    done = {one.kind for one in queries.milestones(row) if one.done_on and one.phase_id in (None, first.pk)}
    assert {"lead", "signed", "approved", "land", "permits", "started", "topped_out", "completed", "producing", "above_scale",
            "full_output"} <= done
    assert row.stage == "above_scale"  # full output waits for the last phase
