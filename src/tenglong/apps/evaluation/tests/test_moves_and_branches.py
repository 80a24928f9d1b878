"""Land by months of a firm that moved, the share of a branch in its head office's tax, and the rows that both lead to."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from tenglong.apps.evaluation import queries, service
from tenglong.apps.evaluation.models import Cycle
from tenglong.apps.evaluation.rows import assemble
from tenglong.apps.evaluation.rows.branches import Branch, divide
from tenglong.apps.evaluation.rows.facts import Chosen, Picked
from tenglong.apps.evaluation.rows.months import Piece, Split
from tenglong.apps.evaluation.service.cycle import rule_of
from tenglong.apps.evaluation.source_rows import source_rows
from tenglong.apps.registry import models as register
from tenglong.apps.registry import service as registry

MU = 6_666_667  # cm²


def by_months(world):
    terms = world.fresh().terms
    terms["moves"] = {"land": {"value": "months", "month_day": 15}}
    Cycle.objects.filter(pk=world.cycle.pk).update(terms=terms)


def rows(world):
    return assemble(world.actor, world.fresh(), rule_of(world.fresh()).compiled, date(2025, 3, 1))


def found(world):
    service.checks_now(world.actor, world.fresh())
    return {(one.rule, one.enterprise_id): one for one in queries.findings(world.actor, world.cycle)}


def test_land_is_worked_in_twelfths_and_rounded_once():
    pieces = [Piece("item", 1, "titled", 41, 7), Piece("occupancy", 2, "leased_in", 7, 5), Piece("item", 3, "leased_out", 2, 1)]
    split = Split(pieces)
    assert split.mu_e6(0) == int(Fraction(41 * 7 + 7 * 5 - 2, 12) * Fraction(3, 20) + Fraction(1, 2)) == 4
    whole = Split([Piece("item", 1, "titled", 10 * MU, 7), Piece("item", 2, "titled", 10 * MU, 5)])
    assert whole.mu_e6(0) == (10 * MU * 3 + 10) // 20


def moved(world, day=date(2024, 7, 1)):
    """Firm 1 used half of plot 2 as the tenant of firm 2 until that day."""
    (landlord,) = register.Occupancy.objects.filter(enterprise_id=2)
    return registry.create_occupancy(world.actor, {
        "plot_id": world.plots[2].pk, "enterprise_id": 1, "role": "lessee", "area_cm2": 6 * MU, "landlord_link_id": landlord.pk,
        "contract": "Z-1"}, on=date(2024, 3, 1)), day


def test_a_tenant_that_left_in_june_has_four_twelfths_and_its_landlord_the_rest(world):
    by_months(world)
    lease, day = moved(world)
    register.Occupancy.objects.filter(pk=lease.pk).update(valid_to=day)
    world.land()
    made = rows(world)
    land = dict(zip(made.table["firm_id"].to_pylist(), made.table["land_mu"].to_pylist(), strict=True))
    whole = land[3]
    assert abs(whole - 10_000_000) < 10 and max(abs(land[1] - whole - 2_000_000), abs(whole - land[2] - 2_000_000)) <= 1
    lines = [line for line in made.sources.to_pylist() if line["column"] == "land_mu" and ":" in line["kind"]]
    assert {(line["kind"], line["period"]) for line in lines} == {
        ("item:titled", "12/12"), ("occupancy:leased_in", "4/12"), ("occupancy:leased_out", "4/12")}


def test_without_the_rule_in_its_terms_a_cycle_takes_land_as_of_its_day(world):
    lease, day = moved(world)
    register.Occupancy.objects.filter(pk=lease.pk).update(valid_to=day)
    world.land()
    assert len(set(rows(world).table["land_mu"].to_pylist())) == 1


def test_a_use_that_begins_on_the_day_of_the_survey_is_asked_about_and_counts_for_the_year(world):
    by_months(world)
    day = date(2024, 5, 20)
    town = world.plots[1].versions.get().division_code
    plot = registry.create_plot(world.actor, {"name": "新", "surveyed_cm2": MU}, on=day, town=town)
    use = {"plot_id": plot.plot_id, "enterprise_id": 1, "role": "owner", "area_cm2": MU}
    registry.create_occupancy(world.actor, use, on=day)
    world.land()
    told = found(world)[("moved-no-date", 1)]
    assert "按整年计" in told.message and told.value == "2024-05-20" and told.fix


def branch(world, number, percent, *, head=1, document=True):
    paper = world.document("分摊.pdf") if document else None
    code = register.EnterpriseVersion.objects.get(enterprise_id=head).uscc
    day = date(2024, 1, 1)
    service.record_attribute(world.actor, number, "head_office", code, valid_from=day)
    service.record_attribute(world.actor, number, "tax_share", percent, valid_from=day, document=paper, note="三因素法")


def test_a_branch_has_its_share_and_the_head_office_the_exact_rest():
    picked = Picked({(1, "tax_paid"): Chosen(100_000_001, ())})
    divide([Branch(2, 1, Fraction(100, 3), 7), Branch(3, 1, Fraction(1, 2), 8)], picked, [])
    values = {firm: chosen.value_e6 for (firm, _name), chosen in picked.values.items()}
    assert values == {1: 66_166_667, 2: 33_333_334, 3: 500_000} and sum(values.values()) == 100_000_001


@pytest.mark.parametrize(("percent", "document", "rule"), [
    ("30", False, "branch-no-basis"), ("many", True, "branch-record"), ("120", True, "branch-record")])
def test_a_share_that_rests_on_nothing_divides_nothing_and_stops_the_branch(world, percent, document, rule):
    branch(world, 10, percent, document=document)
    assert found(world)[(rule, 10)].severity == "error"
    made = rows(world)
    assert 10 in made.blocked and made.picked.values[(1, "tax_paid")].value_e6 == 100_000_000


def test_pages_show_the_months_and_the_share_behind_a_figure(world):
    by_months(world)
    lease, day = moved(world)
    register.Occupancy.objects.filter(pk=lease.pk).update(valid_to=day)
    register.Fact.objects.filter(subject_id=10, measure="tax_paid").delete()
    branch(world, 10, "30")
    run = world.ran()
    keys = dict(queries.results(world.actor, run).values_list("enterprise_id", "key"))
    mine = queries.full_row(world.actor, run, keys[1])
    assert mine.inputs["tax_paid"] == 70_000_000
    land = source_rows(world.actor, run, mine, "land_mu")
    assert [line.cells[3] for line in land.lines] == ["12/12", "4/12"] and all(line.cells[1] for line in land.lines)
    shared = source_rows(world.actor, run, queries.full_row(world.actor, run, keys[10]), "tax_paid")
    assert shared.value == "30" and any("30% 归分公司" in cell and "三因素法" in cell for cell in shared.lines[-1].cells)


def test_a_unit_of_which_a_member_is_left_out_is_not_evaluated_in_part(world):
    service.make_joint_unit(world.actor, world.fresh(), name="甲集团", enterprise_ids=[4, 5], valid_from=date(2024, 1, 1),
                            valid_to=date(2025, 1, 1), document=world.paper)
    world.fact(5, "tax_paid", 1, department="经信局")
    made = rows(world)
    assert sorted(made.blocked) == [4, 5] and "全体成员" in made.blocked[4][0]


def test_a_firm_registered_elsewhere_that_produces_here_is_asked_about(world):
    day = date(2024, 1, 1)
    for kind, code in (("location", "310115"), ("tax", "310115")):
        register.Attribution.objects.create(enterprise_id=6, kind=kind, division_code=code, valid_from=day)
    told = found(world)
    one = told[("registered-outside-producing-inside", 6)]
    assert "注册在外、生产在内" in one.message and "310115" in one.message and "分公司" in one.fix
    assert [pk for rule, pk in told if rule == one.rule] == [6]
