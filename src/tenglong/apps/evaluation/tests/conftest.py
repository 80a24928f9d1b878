"""A small county with everything a cycle needs, and a walk through the cycle stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Cycle
from tenglong.apps.policy.models import PolicyVersion
from tenglong.apps.registry import models as register
from tenglong.apps.registry import service as registry
from tenglong.apps.survey.models import ImportBatch

COUNTY, TOWN, OTHER = "330604", "330604001", "330604002"
YEAR = 2024
DAY = date(2020, 1, 1)
MU = 20_000_000 // 3 + 1  # a mu in cm², rounded up
SCHEME = """
policy_kind: evaluation
policy_id: test-county
version: "1"
valid_from: 2024-01-01
authority: 测试
document: 测试〔2024〕1号
source: 测试
verified: to-verify
name: 测试办法
jurisdiction: "330604"
attributes:
  accident: {label: 安全事故, type: flag, if_absent: false}
  exempt_applied: {if_absent: false}
  unit: {if_absent: null}
scope: {include: all, exclude: {applied: {label: 已申请不参评, when: exempt_applied, needs_application: true}}}
groups:
  all:
    label: 全部
    when: "true"
    indicators:
      tax_per_mu:
        label: 亩均税收
        value: tax_paid / land_mu
        unit: wan_yuan/mu
        weight: 60
        score: {family: ratio, benchmark: {kind: fixed, value: 10}, cap: 1.5, floor: none}
        missing: zero
      revenue_per_mu:
        label: 亩均营收
        value: revenue / land_mu
        unit: wan_yuan/mu
        weight: 40
        score: {family: ratio, benchmark: {kind: fixed, value: 100}, cap: 1.5, floor: none}
        missing: zero
    grades:
      method: rank_share
      order: [A, B, C, D]
      cuts: {A: 20, B: 60, C: 90}
      counted_from: top
      rounding: half_up
      ties: all_up
      counts_in_n: {ungraded: false, vetoed: true, protected: true}
      small_group: {min: 1, below: as_usual}
total: {full_marks: 100, decimals: 4, cap: none}
bonuses: {total_cap: none}
deductions: none
vetoes:
  accident: {label: 安全事故, when: accident, effect: {bars: [A, B]}}
protections: none
ungraded: none
tenants: {treatment: separate}
joint: {allowed: true, mixed: none, vetoes: any}
"""


@dataclass
class World:
    """`firms` by number from 1; firm 1 belongs to the user `cast.firm`. Odd ones are in TOWN, even ones in OTHER."""

    cast: Any
    firms: dict[int, Any] = field(default_factory=dict)
    plots: dict[int, Any] = field(default_factory=dict)
    cycle: Any = None
    paper: Any = None

    @property
    def actor(self) -> Any:
        return self.cast.county

    def fresh(self) -> Cycle:
        self.cycle = queries.cycle(self.actor, self.cycle.ulid)
        return self.cycle

    def fact(self, number: int, measure: str, value: float, *, department: str = "税务局", basis: str = "shared",
             period: str = str(YEAR)) -> Any:
        return register.Fact.objects.create(
            subject_type="enterprise", subject_id=self.firms[number].pk, measure=measure, period=period, department=department,
            value_e6=round(value * 10**6), given=str(value), legal_basis=basis,
        )

    def document(self, name: str = "依据.pdf") -> Any:
        return registry.add_document(self.actor, name, b"%PDF-1 " + name.encode(), kind="basis", division_code=COUNTY)

    def land(self) -> None:
        """Assessed, published for long enough, settled."""
        service.assess_now(self.actor, self.fresh())
        today = timezone.localdate()
        notice = service.publish_areas(
            self.actor, self.fresh(), starts_on=today - timedelta(days=30), ends_on=today - timedelta(days=3)
        )
        service.close_publication(self.actor, notice)
        service.settle_areas(self.actor, self.fresh())
        service.step(self.actor, self.fresh(), "collect")

    def data(self) -> None:
        """Two departments asked, received and accepted."""
        due = timezone.localdate() + timedelta(days=10)
        asks = [service.Ask("税务局", ("tax_paid",), due), service.Ask("经信局", ("revenue",), due)]
        for row in service.ask_departments(self.actor, self.fresh(), asks):
            service.receive_delivery(self.actor, row, self.batch(row.department))
            service.accept_delivery(self.actor, row)
        service.step(self.actor, self.fresh(), "check")

    def batch(self, name: str) -> ImportBatch:
        return ImportBatch.objects.create(
            kind="facts", state="done", sha256=(name.encode().hex() * 8)[:64], file_name=f"{name}.xlsx", file_size=1,
            stored_path="x", counts={"rows": len(self.firms)}, created_by_id=self.actor.pk,
        )

    def sheets(self) -> None:
        service.step(self.actor, self.fresh(), "send_sheets")
        service.sheets_now(self.actor, self.fresh())

    def sheet(self, number: int) -> Any:
        """The valid sheet of a firm."""
        return queries.sheets(self.actor, self.fresh()).get(enterprise_id=number, voided_at__isnull=True)

    def frozen(self) -> Any:
        self.land()
        self.data()
        self.sheets()
        return service.freeze(self.actor, self.fresh())

    def ran(self) -> Any:
        snapshot = self.frozen()
        return service.run_now(self.actor, self.fresh(), snapshot, kind="formal")

    def serve(self, run: Any, *, days: int = 40) -> None:
        """Every low grade served long ago."""
        low = service.low_grades(run)
        for row in queries.results(self.actor, run).filter(grade__in=low):
            service.serve_grade(self.actor, run, row.enterprise_id, served_on=timezone.localdate() - timedelta(days=days),
                                how="直接送达", proof=self.paper)

    def published(self) -> tuple[Any, Any]:
        run = self.ran()
        self.serve(run)
        today = timezone.localdate()
        last = today + timedelta(days=20)
        made = service.publish(self.actor, self.fresh(), run, kind="grades", starts_on=today, ends_on=last)
        return run, made


@pytest.fixture
def world(cast) -> World:
    """Ten firms, each on a plot of its own with a title; taxes fall from firm 1 to firm 10."""
    made = World(cast)
    PolicyVersion.objects.create(
        kind="evaluation", policy_id="test-county", version="1", sha256="0" * 64, yaml_text=SCHEME, state="approved",
        valid_from=date(2024, 1, 1), approver=cast.leader,
    )
    for number in range(1, 11):
        _firm(made, number)
    made.cycle = service.open_cycle(
        cast.county, year=YEAR, title="2024 年度评价", division_code=COUNTY, scheme="test-county@1", procedure=False
    )
    made.paper = made.document()
    return made


def _firm(world: World, number: int) -> None:
    code = f"91330604MA{number:08d}"
    town = TOWN if number % 2 else OTHER
    firm = register.Enterprise.objects.create(pk=number, key=code)
    register.EnterpriseVersion.objects.create(
        enterprise=firm, name=f"企业{number:02d}", uscc=code, division_code=town, valid_from=DAY, industry="3462",
        scale="above_scale", registered_on=DAY,
    )
    area = 10 * MU
    plot = registry.create_plot(world.actor, {"name": f"地块{number}", "surveyed_cm2": area}, on=DAY, town=town)
    parcel = registry.create_parcel(
        world.actor, {"holder_uscc": code, "stated_cm2": area, "granted_on": DAY}, on=DAY, town=town, code=f"P{number}"
    )
    register.PlotParcel.objects.create(plot=plot.plot, parcel=parcel.parcel, area_cm2=area, valid_from=DAY)
    registry.create_occupancy(
        world.actor, {"plot_id": plot.plot_id, "enterprise_id": number, "role": "owner", "area_cm2": area}, on=DAY
    )
    world.firms[number], world.plots[number] = firm, plot.plot
    world.fact(number, "tax_paid", 10 * (11 - number))
    world.fact(number, "revenue", 1000, department="经信局", basis="declared")


@pytest.fixture
def out(world: Any) -> Any:
    """The world with its sheets made."""
    world.land()
    world.data()
    world.sheets()
    return world


@pytest.fixture
def entered() -> Any:
    """`entered(user)`: a client of its own for each person."""

    def enter(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
        return client

    return enter
