"""From the page of a case one reaches its plot, its finding, its plan where one is named for it; others are not even told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tenglong.apps.casework import hooks
from tenglong.apps.casework import service as casework
from tenglong.apps.registry import service as registry
from tenglong.apps.renewal.models import Finding, FindingRun, IdleLand, Plan, PlanItem, SecretReader, Treated
from tenglong.domain.units import to_cm2

pytestmark = pytest.mark.django_db
TOWN, DAY = "330604001", date(2018, 1, 1)


@pytest.fixture
def case(cast: Any) -> Any:
    """A renewal case of one plot: found in a run, planned by the analyst, counted."""
    plot = registry.create_plot(cast.county, {"name": "老厂", "surveyed_cm2": to_cm2("12", "mu")}, on=DAY, town=TOWN)
    made = casework.open_case(cast.county, "renewal", "plot", plot.plot_id, "整治老厂", division_code=TOWN,
                              fields={"route": "close", "year": 2026})
    same = {"plot": plot.plot, "plot_code": plot.code, "division_code": TOWN, "land_cm2": 1}
    run = FindingRun.objects.create(year=2025, division_code="330604")
    Finding.objects.create(run=run, verdict="hit", **same)
    plan = Plan.objects.create(title="三年整治", finding_run=run, division_code="330604")
    SecretReader.objects.create(plan=plan, user=cast.analyst)
    PlanItem.objects.create(plan=plan, route="close", year=2026, cost_fen=0, uplift_fen=0, case=made, **same)
    counted = {"counter": "land_treated", "done_on": date(2026, 3, 1)}
    Treated.objects.create(plot_id=plot.plot_id, division_code=TOWN, case=made, **counted)
    return made


def told(case: Any, user: Any) -> dict[str, str]:
    return {str(one.label): one.text for one in hooks.about_case(case, user)}


def test_a_renewal_case_names_its_plot_finding_and_counter_and_the_plan_only_to_its_readers(cast: Any, case: Any) -> None:
    code = PlanItem.objects.get().plot_code
    mine = {"地块": f"{code} 老厂", "低效识别": "2025 疑似低效", "计入成效": "2026-03-01"}
    assert told(case, cast.officer) == mine
    assert told(case, cast.analyst) == {**mine, "整治方案": "三年整治 v1"}
    assert told(case, cast.stranger) == {}
    assert all(one.url for one in hooks.about_case(case, cast.analyst))


def test_a_case_of_idle_land_leads_to_it(cast: Any, case: Any) -> None:
    IdleLand.objects.create(plot_id=case.subject_id, plot_code="P-1", division_code=TOWN, land_cm2=1, case=case)
    assert told(case, cast.officer)["闲置土地"] == "P-1"
