"""Forty invented plots against the criteria of four places: every boundary equal to, just below, and missing; exact.

Why each expected value holds stands beside it (column `why` of low_efficiency_expected.csv), worked by hand from the texts:
湖州 规上 <6、规下 <3、>10 亩仍规下 · 嘉兴 三年平均 规上 <10、规下 <3 · 东阳 <5 或低于行业均值，
优先 ≥3 亩且 <5 或 ≥5 但不到均值一半 · 福州中心城区 地均税收 <25.
Means of 东阳 by hand: 行业 33 = 935.88 ÷ 77.99 = 12, 34 = 160 ÷ 40 = 4, 37 = 270 ÷ 30 = 9
(owners once each). The notation is class or verdict, `?class` left open above it, `:criteria met`, `[figures missing]`.
"""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from tenglong.domain.renewal.criteria.catalogue import load
from tenglong.domain.renewal.criteria.find import find
from tenglong.domain.renewal.criteria.rows import Finding, Findings
from tenglong.domain.renewal.criteria.table import read_sheet
from tenglong.domain.survey.table import Table

HERE = Path(__file__).parent
PLACES = {
    "huzhou": "zj-huzhou@2021", "jiaxing": "zj-jiaxing@2021", "dongyang": "zj-dongyang@1", "fuzhou": "fj-fuzhou-center@2022",
}


def lines(name: str) -> list[list[str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def findings(place: str) -> Findings:
    heads, *rows = lines("low_efficiency_plots.csv")
    numbers = list(range(2, len(rows) + 2))
    table = Table("plots", "low_efficiency_plots.csv", "csv", tuple(heads), [tuple(row) for row in rows], numbers)
    criteria = load(PLACES[place])
    return find(criteria, read_sheet(criteria, table).sheet)


def notation(one: Finding) -> str:
    head = one.class_id if one.verdict == "low" else one.verdict
    open_ = "?first" if one.open_class else ""
    hits = f":{'+'.join(one.hits)}" if one.verdict == "low" else ""
    return f"{head}{open_}{hits}" + (f"[{'+'.join(sorted(gap.id for gap in one.missing))}]" if one.missing else "")


@pytest.mark.parametrize("place", PLACES)
def test_forty_hand_checked_plots_come_out_exactly_as_the_place_says(place: str) -> None:
    heads, *rows = lines("low_efficiency_expected.csv")
    expected = {row[0]: row[heads.index(place)] for row in rows}
    found = {one.key: notation(one) for one in findings(place).findings}
    assert len(found) == 40
    assert found == expected


def test_means_are_worked_over_owners_once_and_print_their_denominators() -> None:
    means = {mean.industry: mean for mean in findings("dongyang").means}
    assert [(means[two].value, means[two].rows, means[two].left_out) for two in ("33", "34", "37")] == [
        (Fraction(12), 10, 0), (Fraction(4), 4, 0), (Fraction(9), 3, 0)]
    assert (means["28"].value, means["28"].rows, means["28"].left_out) == (None, 0, 1)


def test_every_finding_tells_its_figures_and_the_row_they_stand_in() -> None:
    one = findings("huzhou").findings[1]
    assert one.reason == ("规上企业亩均税收低：亩均税收 5.99 万元/亩 < 规上亩均税收线 6 万元/亩"
                          "（亩均税收 = 税收 59.9 万元 ÷ 用地面积 10 亩）")
    evidence = {found.id: (found.text, found.source) for found in one.results[0].evidence}
    assert evidence["tax_paid"] == ("59.9 万元", "low_efficiency_plots.csv 第 3 行")


def test_what_cannot_be_judged_names_the_figure() -> None:
    reasons = {one.key: one.reason for one in findings("dongyang").findings}
    assert reasons["P17"] == "疑似闲置，尚未认定；因此不能判断：闲置土地"
    assert reasons["P20"] == "缺“出租面积占比”；因此不能判断：出租的工业用地"
    assert "权利人各行的“税收”不一致" in reasons["P15"]
    assert "“税收”填的是“六十”，不是一个确切的数" in reasons["P31"]
