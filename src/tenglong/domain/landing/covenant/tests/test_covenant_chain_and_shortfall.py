"""The chain by date against a day-by-day replay; nodes and 五未; what is reached; exact shortfalls; who sees them."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.landing.covenant.audience import may_see_amount
from tenglong.domain.landing.covenant.chain import Line, Paper, Standing, standing
from tenglong.domain.landing.covenant.counted import Figure, Firm, counted, total
from tenglong.domain.landing.covenant.judge import Outcome, Terms, judge
from tenglong.domain.landing.covenant.nodes import progress, reminders
from tenglong.domain.landing.covenant.policy import KIND, CovenantPolicy
from tenglong.domain.landing.covenant.shortfall import Ground, owed, total_fen
from tenglong.domain.landing.covenant.texts import number
from tenglong.domain.policy.shelf import packaged
from tenglong.domain.units import to_cm2, to_fen

POLICY = CovenantPolicy.model_validate(packaged(KIND, "cn@2008").data)
FIRST, ON = date(2022, 1, 1), date(2026, 6, 30)
LAND = to_cm2(150, "mu")  # a whole number of square metres
THOUSAND_WAN = to_fen(1000, "wan_yuan")


def paper(at: int, kind: str, day: int) -> Paper:
    return Paper(at, kind, FIRST + timedelta(days=day))


def replayed(lines: list[Line[int]], on: date) -> set[int]:
    """Day by day: papers of the chain join, then supplements of the day clear the table and take their place."""
    living: list[Line[int]] = []
    day = FIRST
    while day <= on:
        today = [line for line in lines if line.paper.effective_on == day]
        living += [line for line in today if not POLICY.papers[line.paper.kind].supersedes]
        turns = [line for line in today if POLICY.papers[line.paper.kind].supersedes]
        living = turns or living
        day += timedelta(days=1)
    return {line.paper.id for line in living}


LINES = st.lists(
    st.tuples(st.sampled_from(list(POLICY.papers)), st.integers(0, 25), st.sampled_from([None, 200, 300, 400])), max_size=7,
).map(lambda rows: [Line(paper(at, kind, day), terms) for at, (kind, day, terms) in enumerate(rows)])


@settings(max_examples=150, deadline=None)
@given(lines=LINES, day=st.integers(0, 30))
def test_what_stands_equals_a_day_by_day_replay(lines: list[Line[int]], day: int) -> None:
    on = FIRST + timedelta(days=day)
    found: Standing[int] = standing(lines, on, POLICY.papers)
    assert {line.paper.id for line in found.living} == replayed(lines, on)
    assert found.conflict == (len({line.terms for line in found.living}) > 1)
    if found.line is None:
        assert not found.living
        return
    assert found.line in found.living
    top = max(POLICY.papers[line.paper.kind].rank for line in found.living if
              POLICY.papers[line.paper.kind].supersedes == POLICY.papers[found.line.paper.kind].supersedes)
    assert POLICY.papers[found.line.paper.kind].rank == top


def test_papers_of_the_chain_that_differ_are_told_and_the_contract_is_used() -> None:
    lines = [Line(paper(1, "investment", 0), 300), Line(paper(2, "grant", 5), 400)]
    found = standing(lines, ON, POLICY.papers)
    assert (found.terms, found.conflict, len(found.living)) == (400, True, 2)
    changed = standing([*lines, Line(paper(3, "supplement", 9), 350)], ON, POLICY.papers)
    assert (changed.terms, changed.conflict, len(changed.over)) == (350, False, 2)
    assert standing([*lines, Line(paper(3, "supplement", 9), 350)], FIRST + timedelta(days=8), POLICY.papers).terms == 400


def test_the_first_node_that_lacks_gives_the_word_of_the_list() -> None:
    agreed = {"start": date(2025, 1, 1), "complete": date(2026, 6, 1), "produce": date(2026, 9, 1)}
    found = progress(POLICY, agreed, {"start": date(2025, 1, 11)}, ON)
    assert found.lacking and (found.lacking.lacks, found.lacking.days_late) == ("未竣工", 29)
    assert [(one.state, one.days_late) for one in found.nodes] == [
        ("done_late", 10), ("late", 29), ("coming", 0), ("no_date", None), ("no_date", None)]
    assert [(one.node, one.ahead, one.left) for one in reminders(POLICY, found, ON)] == [("produce", 90, 63)]
    before = progress(POLICY, agreed, {"start": date(2025, 1, 11)}, date(2025, 1, 5))
    assert before.lacking and (before.lacking.lacks, before.lacking.days_late) == ("未开工", 4)


def test_a_later_node_without_the_earlier_one_is_told() -> None:
    found = progress(POLICY, {}, {"produce": date(2026, 1, 1)}, ON)
    assert found.lacking and found.lacking.lacks == "未开工" and found.lacking.days_late is None
    assert found.gaps == ("已登记投产，但没有登记竣工日期，请补登",)


def test_only_firms_registered_and_producing_here_count_and_none_twice() -> None:
    firms = [Firm(1, "甲", True, True), Firm(2, "乙", False, True), Firm(3, "丙", True, True, Fraction(1, 4), Fraction(3, 4))]
    found = counted(firms)
    assert [one.id for one in found.firms] == [1, 3] and list(found.left_out) == [2]
    figures = {1: Figure(Fraction(100)), 2: Figure(Fraction(900)), 3: Figure(Fraction(40))}
    assert total(found, figures, "税收").value == 110
    assert "缺 丙 的税收" in total(found, {1: Figure(Fraction(100))}, "税收").why
    twice = counted([Firm(3, "丙", True, True, Fraction(1, 2), Fraction(3, 4))])
    assert total(twice, figures, "税收").value is None and "125%" in twice.open[3]
    assert total(counted([Firm(4, "丁", None, True)]), figures, "税收").value is None


def judged(indicator: str, terms: Terms, figures: dict[tuple[str, int], Figure]) -> Outcome:
    done = {"complete": date(2022, 5, 1), "produce": date(2022, 8, 1)}
    return judge(POLICY, indicator, terms, figures, land_cm2=LAND, begun=2022, done=done, on=ON)


def tax(**years: int | None) -> dict[tuple[str, int], Figure]:
    found = {int(year[1:]): None if value is None else Fraction(value) for year, value in years.items()}
    return {("tax_paid", year): Figure(value, "缺税收") for year, value in found.items()}


def test_single_mean_and_sum_of_years() -> None:
    held = tax(y2024=2850, y2025=3450)
    after = {"after": "produce", "plus": 2, "years": 2}
    assert judged("tax_per_mu", Terms(Fraction(20), "single", **after), held).verdict == "short"
    mean = judged("tax_per_mu", Terms(Fraction(20), "average", **after), held)
    assert (mean.verdict, mean.reached) == ("met", 21)
    summed = judged("tax_per_mu", Terms(Fraction(45), "cumulative", **after), held)
    assert (summed.verdict, summed.gap) == ("short", 3)
    with pytest.raises(ValueError, match="不能相加"):
        judged("rd_share", Terms(Fraction(2), "cumulative", **after), {})


def test_what_is_missing_is_never_zero() -> None:
    after = {"after": "produce", "plus": 2, "years": 2}
    found = judged("tax_per_mu", Terms(Fraction(20), "average", **after), tax(y2024=0, y2025=None))
    assert (found.verdict, found.reached, found.why) == ("unknown", None, "缺税收")
    early = judged("tax_per_mu", Terms(Fraction(20), "average", after="full_output", plus=1), tax(y2024=0))
    assert early.verdict == "not_due" and "达产" in early.why
    running = judged("tax_per_mu", Terms(Fraction(20), "average", first_year=2025, years=2), tax(y2025=0))
    assert running.verdict == "not_due"
    assert judged("tax_per_mu", Terms(Fraction(20), first_year=2025), tax(y2025=0)).verdict == "short"


def test_investment_adds_up_from_the_first_year_and_floor_is_of_the_day() -> None:
    held = {("fixed_investment", year): Figure(Fraction(15_000), "", (f"f{year}",)) for year in (2022, 2023, 2024)}
    found = judged("investment_intensity", Terms(Fraction(400), after="complete", plus=2), held)
    assert (found.reached, found.gap, found.sources) == (300, 100, ("f2022", "f2023", "f2024"))
    floor = {("floor_m2", 0): Figure(Fraction(120_000))}
    assert judged("plot_ratio", Terms(Fraction("1.2"), after="complete"), floor).verdict == "met"
    assert judged("plot_ratio", Terms(Fraction("1.2"), after="complete"), {}).verdict == "unknown"


def costs(outcome: Outcome, price: int | None = THOUSAND_WAN, **permille: Fraction) -> list[object]:
    agreed = {"start": date(2025, 1, 1)}
    found = progress(POLICY, agreed if permille else {}, {"start": date(2025, 1, 31)}, ON)
    return list(owed(POLICY, {outcome.indicator: outcome}, found, Ground(price, LAND, permille)))


def test_golden_shortfall_of_the_model_contract_is_2_5_million() -> None:
    """G19: price 1000 万, agreed intensity 400, actual 300 → 250 万 exactly, with every step told."""
    outcome = Outcome("investment_intensity", "short", Fraction(400), Fraction(300))
    (found,) = costs(outcome)
    assert found.fen == to_fen(250, "wan_yuan") == 250_000_000
    assert [(step.label, step.value) for step in found.steps] == [
        ("差额", "100 万元/亩"), ("差额占约定的比例", "25%"), ("违约金", "250 万元")]
    assert found.article == "出让合同示范文本第三十三条"
    assert costs(outcome, None)[0].fen is None


def test_late_start_by_the_rate_of_the_contract() -> None:
    outcome = Outcome("tax_per_mu", "met", Fraction(20), Fraction(20))
    (found,) = costs(outcome, start=Fraction(1))
    assert found.fen == to_fen(30, "wan_yuan") and found.steps[0].value == "30 天"  # 30 days × 1 ‰ × 1000 万


def test_without_a_rate_nothing_is_invented() -> None:
    found = progress(POLICY, {"start": date(2025, 1, 1)}, {}, ON)
    (late,) = owed(POLICY, {}, found, Ground(THOUSAND_WAN, LAND, {}))
    assert late.fen is None and "千分率" in late.why and total_fen([late]) is None


@pytest.mark.parametrize(("mode", "at_least", "wan"), [("single", 20, 150), ("average", 22, 300), ("cumulative", 45, 450)])
def test_a_tax_gap_is_made_up_by_year_and_land(mode: str, at_least: int, wan: int) -> None:
    terms = Terms(Fraction(at_least), mode, after="produce", plus=2, years=2)  # type: ignore[arg-type]
    (found,) = costs(judged("tax_per_mu", terms, tax(y2024=2850, y2025=3450)))
    assert found.fen == to_fen(wan, "wan_yuan")


@settings(max_examples=100, deadline=None)
@given(agreed=st.fractions(1, 900, max_denominator=97), reached=st.fractions(0, 900, max_denominator=89),
       price=st.integers(0, 10**14))
def test_a_shortfall_is_exact_until_the_last_step(agreed: Fraction, reached: Fraction, price: int) -> None:
    outcome = Outcome("plot_ratio", "met" if reached >= agreed else "short", agreed, reached)
    found = costs(outcome, price)
    if outcome.verdict == "met":
        assert found == [] and outcome.gap == 0
        return
    assert found[0].exact == Fraction(price) * (agreed - reached) / agreed
    assert abs(found[0].fen - found[0].exact) <= Fraction(1, 2)
    assert 0 <= found[0].fen <= price


def test_numbers_that_are_not_exact_say_so() -> None:
    assert [number(Fraction(*pair)) for pair in ((1, 3), (1234567, 2), (-1, 4))] == ["≈0.333333", "617,283.5", "-0.25"]


@pytest.mark.parametrize(("stage", "team", "firm", "office"), [
    ("checking", True, False, False), ("notified", True, True, False), ("decided", True, True, True),
    ("dismissed", True, False, False), ("unheard_of", False, False, False)])
def test_no_amount_leaves_the_case_before_its_time(stage: str, team: bool, firm: bool, office: bool) -> None:
    assert [may_see_amount(POLICY, stage, [one]) for one in ("team", "firm", "office")] == [team, firm, office]
