"""Two result tables side by side: nothing is counted twice, every share prints what it is a share of."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from tenglong.domain.evaluation.borders import borders
from tenglong.domain.evaluation.compare import NONE, Side, compare, summary
from tenglong.domain.evaluation.money import WITHOUT_BASIS, money
from tenglong.domain.evaluation.tests import trace_county as county
from tenglong.engine import evaluate

ORDER = ("A", "B", "C", "D")


@pytest.fixture(scope="module")
def runs():
    rows = county.data(120, seed=4)
    first = county.compiled()
    second = county.compiled(county.SCHEME.replace("weight: 45", "weight: 30").replace("weight: 25", "weight: 40"))
    return first, rows, evaluate(first, rows), evaluate(second, rows)


def grades_of(results):
    return dict(zip(results.column("key").to_pylist(), results.column("grade").to_pylist(), strict=True))


def test_matrix_flows_and_movers_agree_with_counting_by_hand(runs):
    _, _, old, new = runs
    found = compare(Side("甲", old), Side("乙", new), ORDER)
    before, after = grades_of(old), grades_of(new)
    pairs = Counter((before[key] or NONE, after[key] or NONE) for key in before)
    grades = found["matrix"]["grades"]
    counts = {(a, b): found["matrix"]["counts"][i][j] for i, a in enumerate(grades) for j, b in enumerate(grades)}
    assert {pair: n for pair, n in counts.items() if n} == dict(pairs)
    assert {(one["source"][2:], one["target"][2:]): one["value"] for one in found["sankey"]["links"]} == dict(pairs)
    assert sum(node["n"] for node in found["sankey"]["nodes"] if node["side"] == 0) == len(before) == found["n"]["all"]
    assert {one["key"]: (one["from"], one["to"]) for one in found["movers"]} == {
        key: (before[key] or NONE, after[key] or NONE) for key in before if before[key] != after[key]}
    assert found["movers"] and found["moved"].startswith(f"{len(found['movers'])}/120（")


def test_movers_name_the_items_whose_points_changed_most(runs):
    _, _, old, new = runs
    found = compare(Side("甲", old, labels={"tax_per_mu": "亩均税收"}), Side("乙", new), ORDER)
    sides = [{row["key"]: row for row in table.to_pylist()} for table in (old, new)]
    checked = 0
    for one in found["movers"]:
        if one["before"]["group"] != "above" or not one["reasons"]:
            continue
        a, b = (side[one["key"]] for side in sides)
        items = ("tax_per_mu", "revenue_per_mu", "tax_per_tce", "rd_intensity")
        biggest = max(abs((b[f"s_{i}"] or 0) - (a[f"s_{i}"] or 0)) for i in items)
        assert abs(float(one["reasons"][0]["change"])) == pytest.approx(biggest, abs=1e-4)
        checked += 1
    assert checked


def test_enterprises_that_only_one_year_has_are_counted_and_not_lost(runs):
    _, _, old, new = runs
    found = compare(Side("2022", old.slice(0, 100)), Side("2023", new.slice(30)), ORDER)
    assert (found["n"]["all"], found["n"]["both"], found["n"]["only_from"], found["n"]["only_to"]) == (120, 70, 30, 20)
    assert found["matrix"]["n"] == 120


def test_summaries_print_their_denominators_and_add_up(runs):
    _, _, old, _ = runs
    towns = [("东镇", "西镇", None)[index % 3] for index in range(120)]
    found = summary(old, towns, ORDER)
    assert [one["label"] for one in found] == ["东镇", "未登记", "西镇", "合计"]
    assert sum(one["n"] for one in found[:-1]) == found[-1]["n"] == 120
    for one in found:
        assert sum(held["n"] for held in one["grades"].values()) == one["graded"]
        assert all(f"/{one['graded']}" in held["share"] for held in one["grades"].values())
    totals = [value / 100 for value in old.column("total").to_pylist() if value is not None]
    assert float(found[-1]["mean_total"]) == pytest.approx(np.mean(totals), abs=1e-4)


def test_border_lists_hold_three_on_each_side_of_every_cut(runs):
    compiled, _, old, _ = runs
    held = {(one["group"], one["better"]): one for one in borders(compiled, old)}
    assert set(held) == {(group, grade) for group in ("above", "below") for grade in "ABC"}
    cut = held["above", "A"]
    last = cut["n"] * 20 // 100
    ranks = [one["rank"] for one in cut["members"]]
    assert ranks == list(range(last - 2, last + 4))
    gaps = [float(one["gap"]) for one in cut["members"]]
    assert all(gap >= 0 for gap in gaps[:3]) and all(gap <= 0 for gap in gaps[3:])


def test_equal_ranks_at_a_border_are_all_listed():
    compiled = county.compiled()
    ranks, n = [1, 2, 3, 4, 4, 4, 4, 8, 9, 10], 10
    letters = ["A", "A", "B", "B", "B", "B", "B", "C", "C", "D"]
    results = pa.table({"key": [f"k{i}" for i in range(10)], "group": ["above"] * 10, "rank": ranks, "n": [n] * 10,
                        "total": [100 - rank for rank in ranks], "rank_grade": letters, "grade": letters})
    cut = next(one for one in borders(compiled, results) if one["better"] == "A")
    assert [one["rank"] for one in cut["members"]] == [1, 2, 3, 4, 4, 4, 4]


def test_money_without_a_legal_basis_is_marked_and_adds_up(runs):
    compiled, rows, old, new = runs
    keys = rows.column("key").to_pylist()
    before, after = (grades_of(table) for table in (old, new))
    found = money(compiled, rows, [before[key] for key in keys], [after[key] for key in keys], on=date(2024, 6, 1))[0]
    assert (found["basis"], found["active"]) == (WITHOUT_BASIS, False)
    power = dict(zip(keys, rows.column("electricity_kwh").to_pylist(), strict=True))
    rate = {"C": 0.1, "D": 0.3}
    by_hand = sum(rate.get(before[key], 0) * power[key] / 10**10 for key in keys)
    assert float(found["before"]["amount"]) == pytest.approx(by_hand, abs=1e-3)
    assert float(found["change"]) == pytest.approx(float(found["after"]["amount"]) - float(found["before"]["amount"]), abs=1e-6)


def test_money_with_every_part_of_its_basis_in_force_cites_it():
    legal = "    legal: {level: 省级, document: 某发〔2023〕1号, article: 第三条, valid_from: 2023-01-01, fair_review: 已审, " \
            "fair_reviewed_on: 2022-12-01}\n"
    compiled = county.compiled(county.SCHEME + legal)
    rows = county.data(8)
    grades = ["C"] * 8
    assert money(compiled, rows, grades, grades, on=date(2023, 6, 1))[0]["basis"] == "某发〔2023〕1号 第三条"
    assert money(compiled, rows, grades, grades, on=date(2022, 12, 31))[0]["basis"] == WITHOUT_BASIS


def test_five_years_of_four_thousand_enterprises_lose_nobody_from_one_year_to_the_next():
    draw, n = np.random.default_rng(1), 4043
    names = ("tax", "va", "energy", "emission", "labour", "rd")
    years = [pa.table({
        "key": [f"E{i:05d}" for i in range(n)], "group": pa.array(["above"] * n), "rank": pa.array(draw.permutation(n) + 1),
        "total": pa.array(draw.integers(0, 15000, n)), "grade": pa.array(np.array(list(ORDER))[draw.integers(0, 4, n)]),
        "bonus": np.zeros(n), "deduction": np.zeros(n), **{f"s_{name}": draw.uniform(0, 40, n) for name in names},
    }) for _ in range(5)]
    for old, new in zip(years, years[1:], strict=False):
        found = compare(Side("a", old), Side("b", new), ORDER, movers=50)
        before, after = grades_of(old), grades_of(new)
        assert found["n"]["all"] == n == sum(map(sum, found["matrix"]["counts"]))
        assert found["moved"].startswith(f"{sum(before[key] != after[key] for key in before)}/{n}（")
        assert len(found["movers"]) == 50
