"""Every advised change, evaluated again by the engine, gives the promised grade; one step less does not."""

from __future__ import annotations

import pytest

from tenglong.domain.evaluation.lift import STEPS, lift
from tenglong.domain.evaluation.tests import trace_county as county
from tenglong.domain.measures import packaged
from tenglong.engine import evaluate

#: minutes in all: once in `make test`, not in `make check`
pytestmark = pytest.mark.slow

TWO_STAGE = """method: two_stage
      order: [A, B, C]
      half: 50
      half_rounding: half_up
      top: {by: tax_per_mu + rd_intensity, grade: A, share: 15, rounding: floor}
      bottom: {by: tax_per_tce, grade: C, share: 10, rounding: ceil}
      rest: B
      ties: all_down
      counts_in_n: {ungraded: false, vetoed: true}
    # """
VARIANTS = {
    "as_written": [],
    "from_the_bottom_ties_down": [("counted_from: top", "counted_from: bottom"), ("rounding: floor", "rounding: ceil"),
                                  ("ties: all_up", "ties: all_down"), ("decimals: 2", "decimals: 0")],
    "ties_by_tax": [("ties: all_up", "ties: by\n      tie_by: tax_per_mu\n      then: all_up"), ("decimals: 2", "decimals: 0")],
    "by_score": [("method: rank_share", "method: score"), ("{A: 20, B: 60, C: 95}", "{A: 80, B: 50, C: 25}"),
                 *((line, "# ") for line in ("counted_from: top", "rounding: floor", "ties: all_up", "small_group: {min"))],
    "left_out": [("missing: group_mean", "missing: exclude"), ("missing: zero", "missing: {points: -3}")],
    "mean_of_ratios": [("mean: of_sums", "mean: of_ratios")],
    "percentile": [("{kind: group, factor: 1.2, mean: of_sums}", "{kind: percentile, percentile: 80}")],
}


def scheme(changes):
    text = county.SCHEME
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return county.compiled(text)


def regraded(compiled, rows, key, measure, value):
    changed = [{**row, measure: int(value * 10**6)} if row["key"] == key else row for row in rows.to_pylist()]
    found = evaluate(compiled, county.table(changed), trace=True)
    return next(row for row in found.to_pylist() if row["key"] == key)


def hold(compiled, rows, keys):
    """Checks every advised change of `keys`; how many there were."""
    results, checked = evaluate(compiled, rows), 0
    order = compiled.scheme.groups["above"].grades.order
    for key in keys(results.to_pylist()):
        advice = lift(compiled, key, rows, results)
        for one in advice.lifts[:2]:
            kept = regraded(compiled, rows, key, one.measure, one.after)
            assert (kept["rank_grade"], kept["rank"], kept["n"]) == (one.grade, one.rank, one.n), (key, one)
            assert order.index(kept["rank_grade"]) <= order.index(advice.target)
            step = STEPS[packaged()[one.measure].unit] * (1 if one.change > 0 else -1)
            less = regraded(compiled, rows, key, one.measure, one.after - step)
            assert order.index(less["rank_grade"]) > order.index(advice.target), (key, one)
            checked += 1
    return checked


def some_of_above(found, most=2):
    picked = [row["key"] for row in found if row["group"] == "above" and row["grade"] in ("B", "C", "D") and not row["reasons"]]
    return picked[:: max(1, len(picked) // most)][:most]


@pytest.mark.parametrize("name", VARIANTS)
def test_an_advised_change_lifts_and_one_step_less_does_not(name):
    assert hold(scheme(VARIANTS[name]), county.data(40, seed=len(name)), some_of_above) >= 2


def test_a_two_stage_rule_is_advised_by_its_own_orders():
    text = county.SCHEME.replace("grades: &cut\n      method: rank_share", "grades: &cut\n      " + TWO_STAGE)
    head, _, tail = text.partition("    # \n")
    text = head + tail[tail.index("  below:"):]
    text = text.replace("grades: *cut", "grades: {method: score, order: [A, B, C], cuts: {A: 80, B: 40}, "
                        "counts_in_n: {ungraded: false, vetoed: true}}")
    text = text.replace("effect: {grade: D}", "effect: {grade: C}")
    text = text.replace("C: \"0.1", "B: \"0.1").replace("D: \"0.3", "C: \"0.3")
    text = text.replace("last_grade: {if_absent: D}", "last_grade: {if_absent: C}")
    assert hold(county.compiled(text), county.data(40, seed=3), some_of_above) >= 2


def test_the_best_the_vetoed_and_the_ungraded_are_told_why_there_is_no_advice():
    compiled, rows = county.compiled(), county.data()
    results = evaluate(compiled, rows)
    by_key = {row["key"]: row for row in results.to_pylist()}
    reasons = {row["key"]: lift(compiled, row["key"], rows, results).reason for row in by_key.values()
               if row["grade"] == "A" or "accident" in (row["reasons"] or "") or row["standing"] != "graded"}
    best = [reasons[key] for key, row in by_key.items() if row["grade"] == "A"]
    assert best and set(best) == {"已是最高等级"}
    vetoed = [reasons[key] for key, row in by_key.items() if "accident" in (row["reasons"] or "")]
    assert vetoed and all("否决" in reason and "安全事故" in reason for reason in vetoed)
    assert all("没有评定等级" in reasons[key] for key, row in by_key.items() if row["standing"] in ("refused", "excluded"))


def test_a_capped_figure_is_named_as_capped_and_a_missing_one_as_missing():
    compiled, rows = county.compiled(), county.data(30)
    results = evaluate(compiled, rows)
    told = [other for row in results.to_pylist() if row["grade"] in ("C", "D") and row["group"] == "above"
            for other in lift(compiled, row["key"], rows, results).others]
    assert any("已到封顶" in other.reason for other in told)
    assert any("补报" in other.reason for other in told)


def test_less_land_than_the_scope_asks_is_never_advised():
    compiled, rows = county.compiled(), county.data(24)
    results = evaluate(compiled, rows)
    advised = [one for row in results.to_pylist() for one in lift(compiled, row["key"], rows, results, most=9).lifts]
    land = [one.after for one in advised if one.measure == "land_mu"]
    assert land and min(land) >= 3


def test_results_that_do_not_follow_from_the_data_are_not_advised_on():
    compiled, rows = county.compiled(), county.data()
    results = evaluate(compiled, rows)
    key = next(row["key"] for row in results.to_pylist() if row["grade"] == "C" and row["group"] == "above")
    moved = {name: results.column(name).to_pylist() for name in results.column_names}
    moved["total"][moved["key"].index(key)] += 1
    advice = lift(compiled, key, rows, moved)
    assert not advice.lifts and "不一致" in advice.reason
