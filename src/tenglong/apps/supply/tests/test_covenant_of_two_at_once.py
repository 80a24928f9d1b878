"""A covenant on the databases: two people at the same moment; a shortfall comes back from the store as exact as it went."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.utils import timezone

from tenglong.apps.accounts import service as accounts
from tenglong.apps.accounts.models import Department
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.models import Division
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.models import CovenantCheck, CovenantFirm, CovenantPaper, NodeDone
from tenglong.apps.supply.service import covenants, covenants_checks
from tenglong.apps.supply.service.covenants import NodeDay, Promise
from tenglong.domain.units import to_cm2, to_fen

TOWN, TODAY = "330604001", timezone.localdate()


def clerk(name: str, office: Any) -> Any:
    user, _password = accounts.create_user(
        accounts.SYSTEM, username=name, name=name, department=office, password="Bamboo-cage-9!", must_change=False)
    accounts.grant_role(accounts.SYSTEM, user, "county_admin")
    return user


@pytest.fixture
def promised(tmp_path: Any, settings: Any) -> dict[str, Any]:
    """7 mu and a bit for a price that no per-mille divides: agreed 400 万元/亩, the work 31 days late."""
    settings.TENGLONG_HOME = tmp_path
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from="2014-01-01")
    office = Department.objects.create(name="经信局", divisions=["330604"])
    one, two = clerk("first", office), clerk("second", office)
    plot = registry.create_plot(one, {"name": "甲厂", "status": "in_use"}, on=date(2021, 1, 1), town=TOWN)
    firm = registry.create_enterprise(one, {"name": "甲公司"}, on=date(2021, 1, 1), town=TOWN, uscc="91330604MA0000015G")
    held = covenants.create(one, project_name="甲项目", uscc="91330604MA0000015G", plot_codes=[plot.code],
                            land_cm2=to_cm2(7, "mu") + 12_345, price_fen=to_fen("1000.01", "wan_yuan") + 7)
    paper = registry.add_document(one, "证明.pdf", b"%PDF-1 proof", kind="approval", subject_type="enterprise",
                                  subject_id=firm.enterprise_id)
    covenants.add_paper(
        one, held, "supervision", number="监管1号", signed_on=date(2021, 5, 1), effective_on=date(2021, 5, 1),
        promises=[Promise("investment_intensity", "400", after="complete", plus=1)],
        nodes=[NodeDay("start", date(2022, 1, 1), "0.7"), NodeDay("complete", date(2022, 12, 31))])
    return {"one": one, "two": two, "held": held, "paper": paper, "code": "91330604MA0000015G"}


@pytest.mark.database
@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_lose_nothing_and_the_shortfall_is_exact_through_the_store(
    promised: dict[str, Any], together: Any
) -> None:
    one, two, held, paper = (promised[name] for name in ("one", "two", "held", "paper"))
    days = (date(2022, 2, 1), date(2022, 2, 2))
    assert together(
        lambda: covenants.reach_node(one, held, "start", done_on=days[0], document=paper),
        lambda: covenants.reach_node(two, held, "start", done_on=days[1], document=paper),
        refused=CovenantError) == ["done", "done"]
    kept = NodeDone.objects.get(covenant=held, kind="start").done_on
    told = [entry.deltas[0] for entry in AuditEntry.objects.filter(action="covenant.node").order_by("seq")]
    assert [told[0]["old"], told[1]["old"], told[1]["new"]] == [None, told[0]["new"], kept.isoformat()]
    sheet = CovenantPaper.objects.get()
    third = clerk("third", one.department)
    outcome = together(lambda: covenants.void_paper(two, sheet, reason="录错"),
                       lambda: covenants.void_paper(third, sheet, reason="录错了"), refused=CovenantError, tell=str)
    assert outcome[0] == "done" and "已经作废" in outcome[1]
    assert AuditEntry.objects.filter(action="covenant.void").count() == 1
    exact_through_the_store(promised, kept)


def exact_through_the_store(promised: dict[str, Any], kept: date) -> None:
    """Formula and sum are those of fractions worked by hand, before and after the database."""
    one, held, paper = (promised[name] for name in ("one", "held", "paper"))
    covenants.add_paper(one, held, "supervision", number="监管2号", signed_on=date(2021, 5, 1), effective_on=date(2021, 5, 1),
                        promises=[Promise("investment_intensity", "400", after="complete", plus=1)],
                        nodes=[NodeDay("start", date(2022, 1, 1), "0.7"), NodeDay("complete", date(2022, 12, 31))])
    covenants.reach_node(one, held, "complete", done_on=date(2022, 12, 1), document=paper)
    covenants.put_firm(one, held, promised["code"], registered=True, producing=True)
    covenants.prove(one, held, "fixed_investment", 2023, Decimal(1000), document=paper, so_far=True)
    assert CovenantFirm.objects.get().share_bp == 10_000
    made = covenants_checks.check(one, held)
    row = CovenantCheck.objects.get(pk=made.pk)
    late = (kept - date(2022, 1, 1)).days
    owed = Fraction(held.price_fen) * Fraction(7, 10_000) * late
    found = [amount for amount in row.amounts if str(late) in str(amount)]
    assert row.amounts == made.amounts and any(Fraction(str(one["exact"])) == owed for one in found), (owed, row.amounts)
