"""Odd figures are asked about before the freeze; departments answer with receipts and versions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.check_figures import Limits, odd, stayed, stops
from tenglong.apps.registry.models import AccountLink, Fact
from tenglong.apps.survey.models import StagedRow

LIMITS = Limits(5, 8, 3, (10_000, 1_000, 10), 1.5)


def rules(values, last=None):
    industry = dict.fromkeys(values, "3462")
    return {one.firm: (one.rule, one.against) for one in odd(values, last or {}, industry, LIMITS)}


def test_yuan_given_as_wan_yuan_is_told_as_a_slip_of_unit():
    assert rules({1: 5_000_000}, {1: 500}) == {1: ("unit-slip", "last_year")}
    assert rules({1: 50}, {1: 510}) == {1: ("unit-slip", "last_year")}
    assert rules({1: 2_000}, {1: 500}) == {1: ("jump", "last_year")}
    assert rules({1: 900}, {1: 500}) == {}


def test_a_slip_of_thousands_or_of_one_measure_alone_has_to_be_answered_and_a_firm_that_shrank_is_only_told():
    limits = Limits(5, 8, 3, (10_000, 1_000, 10), 1.5, stop=1_000, alone=3)
    (thousands,) = odd({1: 5_000_000}, {1: 500}, {}, limits)
    (ten,) = odd({1: 50}, {1: 510}, {}, limits)
    assert stops(thousands, steady=0, moved=4, limits=limits)
    assert stops(ten, steady=3, moved=1, limits=limits)
    assert not stops(ten, steady=3, moved=2, limits=limits)
    assert not stops(ten, steady=2, moved=1, limits=limits)
    assert not stops(thousands, steady=9, moved=1, limits=LIMITS), "a cycle whose terms say nothing stops nobody"
    assert stayed({1: 200, 2: 200, 3: 0, 4: 5}, {1: 500, 2: 50, 3: 7}, limits) == {1}


def test_without_a_last_year_the_industry_tells_only_great_slips():
    firms = {number: 1_000 + number for number in range(20)}
    assert rules({**firms, 99: 10_100_000}) == {99: ("unit-slip", "industry")}
    assert rules({**firms, 99: 10_100})[99][0] == "outlier"
    assert rules({1: 5, 2: 500_000}) == {}


def test_findings_name_the_firm_the_rule_and_how_to_mend_and_a_waiver_holds_while_nothing_changed(world):
    world.fact(4, "tax_paid", 0.007, period="2023")
    Fact.objects.filter(subject_id=5, measure="revenue").delete()
    told = service.checks_now(world.actor, world.fresh())
    found = {(one.rule, one.enterprise_id): one for one in queries.findings(world.actor, world.cycle)}
    slip, missing = found[("unit-slip", 4)], found[("missing", 5)]
    assert "疑似单位错" in slip.message and slip.shown_value == "70" and slip.fix and slip.source["department"] == "税务局"
    assert missing.severity == "warning" and slip.severity == "error" and told["error"] == 1
    service.waive_check(world.actor, slip, "企业上年停产，本年复产")
    service.checks_now(world.actor, world.fresh())
    assert queries.findings(world.actor, world.cycle).get(rule="unit-slip").waived_at
    Fact.objects.filter(subject_id=4, measure="tax_paid", period="2024").update(value_e6=71_000_000)
    service.checks_now(world.actor, world.fresh())
    assert queries.findings(world.actor, world.cycle).get(rule="unit-slip").waived_at is None


def test_an_account_over_the_whole_or_without_a_place_stops_its_firms_alone(world):
    day = world.cycle.measure_day.replace(year=2020)
    for firm in (1, 2):
        AccountLink.objects.create(kind="power", number="3300998877", enterprise_id=firm, plot=world.plots[firm],
                                   share_bp=6_000, valid_from=day)
    AccountLink.objects.create(kind="water", number="S1", enterprise_id=3, valid_from=day)
    service.checks_now(world.actor, world.fresh())
    assert service.take_snapshot(world.actor, world.fresh()).rows == 7
    finding = queries.findings(world.actor, world.cycle).get(rule="account-unmapped")
    service.waive_check(world.actor, finding, "临时用水，不计入评价")
    assert service.take_snapshot(world.actor, world.fresh()).rows == 8


def test_a_delivery_gets_a_receipt_is_returned_and_its_versions_are_compared_row_by_row(world):
    due = timezone.localdate() + timedelta(days=5)
    (delivery,) = service.ask_departments(world.actor, world.fresh(), [service.Ask("税务局", ("tax_paid",), due, "王科")])
    (cell,) = queries.board(world.actor, world.cycle)
    assert (cell.measure, cell.expected, cell.lack) == ("tax_paid", 10, 0)
    made = []
    for name, value in (("第一版", "10"), ("第二版", "12.5")):
        batch = world.batch(name)
        for number in (1, 2):
            key = world.firms[number].key
            values = {"uscc": key, "enterprise_name": f"企业{number:02d}", "tax_paid": value if number == 1 else "7"}
            StagedRow.objects.create(
                batch=batch, position=number, row=number + 1, key=key, action="new", verdict="new", values=values
            )
        made.append(service.receive_delivery(world.actor, delivery, batch))
    assert made[0].receipt_no != made[1].receipt_no and made[1].number == 2
    (difference,) = queries.version_diff(world.actor, *made)
    assert (difference.name, difference.measure, difference.old, difference.new) == ("企业01", "tax_paid", "10", "12.5")
    assert queries.version_diff(world.cast.officer, *made) == []
    returned = service.return_delivery(world.actor, delivery, reason="缺两户")
    assert returned.state == "returned"
    with pytest.raises(service.EvaluationError, match="只有已报送"):
        service.accept_delivery(world.actor, delivery)
    with pytest.raises(service.EvaluationError, match="已经登记过"):
        service.receive_delivery(world.actor, delivery, made[0].batch)


def test_the_board_counts_what_is_missing_and_a_reminder_keeps_it(world):
    Fact.objects.filter(subject_id__in=(1, 2, 3), measure="tax_paid").delete()
    (delivery,) = service.ask_departments(
        world.actor, world.fresh(), [service.Ask("税务局", ("tax_paid",), timezone.localdate())])
    (cell,) = queries.board(world.actor, world.cycle)
    assert (cell.have, cell.lack) == (7, 3)
    lacking = queries.lacking(world.actor, world.cycle, delivery, "tax_paid")
    assert [firm.name for firm in lacking] == ["企业01", "企业02", "企业03"]
    assert service.remind(world.actor, delivery).missing == {"tax_paid": 3}


def test_a_unit_takes_a_firm_once_and_for_the_whole_year(world):
    year = world.cycle.year
    more = {"valid_from": date(year, 1, 1), "valid_to": date(year + 1, 1, 1), "document": world.paper}
    service.make_joint_unit(world.actor, world.fresh(), name="甲集团", enterprise_ids=[1, 2], **more)
    with pytest.raises(service.EvaluationError, match="只能合并一次"):
        service.make_joint_unit(world.actor, world.fresh(), name="乙集团", enterprise_ids=[2, 3], **more)
    with pytest.raises(service.EvaluationError, match="整个数据年度"):
        service.make_joint_unit(world.actor, world.fresh(), name="丙集团", enterprise_ids=[4, 5],
                                **{**more, "valid_from": date(year, 3, 1)})


def test_an_attribute_has_one_value_on_a_day(world):
    service.record_attribute(world.actor, 1, "newly_above", "true", valid_from=date(2024, 1, 1))
    service.record_attribute(world.actor, 1, "newly_above", "false", valid_from=date(2025, 1, 1))
    first, second = queries.attributes(world.actor).order_by("valid_from")
    assert first.valid_to == second.valid_from
    with pytest.raises(service.EvaluationError, match="不能重叠"):
        service.record_attribute(world.actor, 1, "newly_above", "true", valid_from=date(2024, 6, 1))
