"""A small clearing: two yards, one of two owners and a tenant."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tenglong.apps.clearance.models import Clearance, ClearedHolder
from tenglong.apps.clearance.service import agreements, clearances, gathering
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division

TOWN, LONG, DAY, MU, WAN = "330604001", date(2020, 1, 1), date(2023, 5, 1), 6_666_667, 10_000 * 100


@pytest.fixture
def land(cast: Any) -> dict[str, Any]:
    """Two yards: one of two owners and a tenant, with a building; one of nobody knows whom."""
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    here: dict[str, Any] = {"on": LONG, "town": TOWN}
    plots = [registry.create_plot(cast.officer, {"name": name, "status": "in_use", "surveyed_cm2": area * MU}, **here)
             for name, area in (("老厂区", 30), ("西侧", 12))]
    firms = [registry.create_enterprise(cast.officer, {"name": name}, **here) for name in ("甲染厂", "乙机械", "丙租户")]
    uses = [(firms[0], "owner", 20), (firms[1], "owner", 10), (firms[2], "lessee", 3)]
    for firm, role, area in uses:
        use = {"plot_id": plots[0].plot_id, "enterprise_id": firm.enterprise_id, "role": role, "area_cm2": area * MU}
        registry.create_occupancy(cast.officer, use, on=LONG)
    registry.create_building(cast.officer, {"plot_id": plots[0].plot_id, "floor_cm2": 5000 * 10_000}, code="F1", **here)
    return {"plots": plots, "firms": firms}


@pytest.fixture
def project(cast: Any, land: dict[str, Any]) -> Clearance:
    """A survey with its holders."""
    plan = {"signed": (date(2023, 6, 1), date(2023, 8, 31))}
    row = clearances.create(cast.officer, {"title": "百官老工业区", "kind": "agreed", "division_code": TOWN, "surveyed_on": DAY,
                                           "plan": plan})
    gathering.gather(cast.officer, row, [plot.plot.ulid for plot in land["plots"]])
    return row


@pytest.fixture
def started(cast: Any) -> Any:
    """Starts a survey and walks its steps to the plan of demolition."""

    def start(row: Clearance) -> Clearance:
        clearances.start(cast.county, row, number="上收〔2023〕1号", on=DAY)
        for at, step in enumerate(("valuation", "decision", "demolition_plan"), 1):
            clearances.enter_step(cast.county, row, step, number=f"文{at}", on=DAY + timedelta(days=at))
        row.refresh_from_db()
        return row

    return start


@pytest.fixture
def agreed(cast: Any) -> Any:
    """An agreement that a second person has approved."""

    def agree(holder: ClearedHolder, yuan: int = 300_000, parts: int = 1) -> None:
        agreements.value(cast.county, holder, amount_fen=500 * WAN, appraiser="公正评估", number="P-1", on=DAY)
        whole = yuan * 100 * 20
        payments = [{"amount_fen": whole // parts, "due_on": DAY + timedelta(days=30 * at)} for at in range(parts)]
        agreements.draft(cast.county, holder, number=f"XY-{holder.number}", payments=payments,
                         items=[{"kind": "land", "quantity": Decimal(20), "unit_fen": yuan * 100}])
        agreements.submit(cast.county, holder)
        agreements.approve(cast.leader, holder)

    return agree


@pytest.fixture
def one() -> Any:
    """The holder whose name begins so."""
    return lambda row, name: ClearedHolder.objects.get(clearance=row, name__startswith=name)
