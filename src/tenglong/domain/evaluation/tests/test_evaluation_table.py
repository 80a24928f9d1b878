"""Tables as offices keep them: headings by id, name or synonym, units exactly, and every cell that is no figure told by row."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation import catalogue
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.table import EvaluationRows, read_table
from tenglong.domain.quality.issue import Severity
from tenglong.domain.survey.table import Cell, Table

SCHEME = compile_scheme(catalogue.load("demo@1"))


def read(columns: tuple[str, ...], *rows: tuple[Cell, ...]) -> EvaluationRows:
    return read_table(SCHEME, Table("表", "f.xlsx", "xlsx", columns, rows, list(range(2, len(rows) + 2))))


def told(rows: EvaluationRows, *, of_rows: bool = True) -> list[tuple[str, int, str]]:
    return [(issue.rule, issue.row, str(issue.severity)) for issue in rows.issues if bool(issue.row) is of_rows]


@pytest.mark.parametrize(("heading", "cell", "field", "held"), [
    ("tax_paid", 12.5, "tax_paid", 12_500_000), ("税收", "12.5", "tax_paid", 12_500_000),
    ("实缴税金（元）", 125_000, "tax_paid", 12_500_000), ("税收(亿元)", "0.00125", "tax_paid", 12_500_000),
    ("占地面积（平方米）", 2000, "land_mu", 3_000_000), ("land_mu", "1,234.5", "land_mu", 1_234_500_000),
    ("用地面积（公顷）", 1, "land_mu", 15_000_000), ("energy_tce", 7, "energy_tce", 7_000_000),
    ("用电量（万千瓦时）", 3, "electricity_kwh", 30_000_000_000), ("税收", -3, "tax_paid", -3_000_000),
    ("税收", None, "tax_paid", None), ("税收", "—", "tax_paid", None),
    ("规模", "规上", "scale", "above"), ("是否规上", "否", "scale", "below"), ("scale", "above", "scale", "above"),
    ("用地方式", "租赁", "holding", "leased"), ("首次上规", "是", "newly_above", True), ("首次上规", 0, "newly_above", False),
    ("首次上规", True, "newly_above", True), ("注册年限", 3.5, "registered_years", 3_500_000),
    ("小巨人", "false", "little_giant", False),
])
def test_a_heading_and_its_cell_are_understood(heading: str, cell: Cell, field: str, held: Any) -> None:
    rows = read(("统一社会信用代码", heading), ("A", cell))
    assert rows.columns[field] == [held]
    assert told(rows) == []


@pytest.mark.parametrize(("heading", "cell", "rule"), [
    ("税收", "五万", "not-a-number"), ("税收", "12abc", "text-in-number"), ("税收", "约12", "text-in-number"),
    ("税收", "1.2.3", "text-in-number"), ("税收", float("inf"), "not-a-number"), ("税收", "1e15", "not-a-number"),
    ("用地面积", -0.5, "negative-land"), ("用地面积（公顷）", "-1", "negative-land"), ("税收", "12吨", "unit-mismatch"),
    ("规模", "中型", "unknown-choice"), ("首次上规", "大概", "not-a-flag"), ("首次上规", 2, "not-a-flag"),
])
def test_a_cell_that_is_no_value_refuses_its_row(heading: str, cell: Cell, rule: str) -> None:
    rows = read(("key", "企业名称", heading), ("A", "甲", cell), ("B", "乙", None))
    assert told(rows) == [(rule, 2, "error")]
    assert rows.columns["key"] == ["B"]
    assert (rows.rows, rows.names, rows.row_numbers) == (2, ["乙"], [3])
    issue = next(issue for issue in rows.issues if issue.row)
    assert issue.key == "A" and issue.value and issue.message and issue.fix


def test_a_unit_in_the_cell_stands_above_that_of_the_heading_and_is_told() -> None:
    rows = read(("key", "税收（元）"), ("A", "5万"))
    assert rows.columns["tax_paid"] == [5_000_000]
    assert told(rows) == [("unit-mismatch", 2, "warning")]


def test_no_land_is_warned_of_because_the_ratio_is_missing() -> None:
    rows = read(("key", "land_mu", "租入用地面积"), ("A", 0, 0))
    assert told(rows) == [("zero-land", 2, "warning")]
    assert rows.columns["land_mu"] == [0]


def test_unusual_figures_are_warned_of_and_kept() -> None:
    rows = read(("key", "land_mu"), ("A", 100_001))
    assert told(rows) == [("value-out-of-range", 2, "warning")]
    assert rows.columns["land_mu"] == [100_001_000_000]


def test_both_rows_of_a_repeated_key_are_left_out() -> None:
    rows = read(("key", "税收"), ("A", 1), ("B", 2), ("A", 3))
    assert told(rows) == [("duplicate-key", 4, "error")]
    assert rows.issues[-1].other_row == 2
    assert rows.columns["key"] == ["B"]


def test_a_row_without_key_is_refused_and_an_empty_row_is_no_row() -> None:
    rows = read(("key", "税收"), (None, 1), (None, None), ("B", 2))
    assert told(rows) == [("key-missing", 2, "error")]
    assert (rows.rows, rows.columns["key"]) == (2, ["B"])


def test_a_table_without_keys_has_no_accepted_row() -> None:
    rows = read(("税收",), (1,), (2,))
    assert ("missing-column", 0, "error") in told(rows, of_rows=False)
    assert (rows.rows, rows.columns["key"]) == (2, [])


def test_columns_that_are_not_used_are_named() -> None:
    rows = read(("序号", "key", "颜色", "利润", "税收", "实缴税金"), (1, "A", "红", 5, 1, 2))
    found = {(issue.rule, issue.field) for issue in rows.issues if issue.rule != "missing-column"}
    assert found == {("unknown-column", "颜色"), ("unused-column", "利润"), ("duplicate-column", "实缴税金")}
    assert rows.columns["tax_paid"] == [1_000_000]


def test_a_heading_of_another_kind_of_unit_is_refused() -> None:
    rows = read(("key", "税收（亩）"), ("A", 1))
    found = [(issue.rule, issue.severity) for issue in rows.issues if issue.field == "税收（亩）"]
    assert found == [("unit-mismatch", Severity.ERROR)]
    assert "tax_paid" not in rows.columns


def test_missing_columns_say_what_follows() -> None:
    said = {issue.field: (str(issue.severity), issue.message) for issue in read(("key",), ("A",)).issues}
    assert said["land_mu"][0] == "warning" and "按缺数规则处理" in said["land_mu"][1]
    assert said["scale"][0] == "warning" and "不评分" in said["scale"][1]
    assert said["newly_above"][0] == "info"


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_yuan_become_ten_thousand_yuan_without_loss(yuan: Any) -> None:
    held = read(("key", "税收（元）"), ("A", f"{yuan:f}")).columns["tax_paid"][0]
    assert isinstance(held, int)
    assert Fraction(held, 10**6) * 10_000 == Fraction(yuan)
