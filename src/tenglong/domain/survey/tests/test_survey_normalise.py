"""Tables → batches: no row lost, every failure on its cell, fast enough."""

from __future__ import annotations

import time
from datetime import date

import numpy as np
import pytest
import shapely

from tenglong.domain.quality.issue import Severity
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.mapping import ColumnMap, Mapping, MappingError, propose
from tenglong.domain.survey.normalise import to_batch
from tenglong.domain.survey.reading import areas_of_rows, choose_table, totals
from tenglong.domain.survey.table import Fault, Table

PLOTS = ("摸排编号", "所属镇街", "占地面积（亩）", "权证状态", "调查日期")


def sheet(columns, *rows, geometry=None, crs=None, faults=()):
    return Table(
        "表",
        "表.xlsx",
        "xlsx",
        tuple(columns),
        [tuple(row) for row in rows],
        range(5, len(rows) + 5),
        geometry,
        crs,
        4,
        (),
        faults,
    )


def taken(kind, table, **options):
    return to_batch(kind, table, propose(kind, table), **options)


def test_values_given_text_units_and_row_numbers_are_kept():
    batch, issues = taken("plots", sheet(PLOTS, ("CE-001", "曹娥街道", "15", "无证", "2024年1月1日")), profile="330604")
    assert issues == []
    assert (batch.rows, batch.keys) == ([5], ["曹娥街道|CE-001"])
    assert batch.fields["surveyed_area"] == [100_000_000]
    assert batch.fields["title_status"] == ["untitled"]
    assert batch.fields["valid_from"] == [date(2024, 1, 1)]
    assert batch.given["surveyed_area"] == ["15"]
    assert batch.units["surveyed_area"] == "mu"
    assert batch.fields["town_code"] == ["330604002"]


def test_no_row_is_lost_whatever_it_holds():
    rows = [("CE-1", "曹娥街道", "abc", "?", "昨天"), (None, None, None, None, "x"), ("CE-3", "曹娥街道", 1, "有证", None)]
    batch, issues = taken("plots", sheet(PLOTS, *rows))
    assert len(batch) == 3
    told = {(issue.row, issue.field, issue.rule) for issue in issues}
    assert {
        (5, "surveyed_area", "bad-number"),
        (5, "title_status", "unknown-choice"),
        (5, "valid_from", "bad-date"),
        (6, "plot_code", "missing-required"),
        (6, "town", "missing-required"),
    } <= told
    assert {issue.dataset for issue in issues} == {"plots"}
    assert batch.keys[1] == "第6行"


def test_a_refused_cell_is_told_once_and_not_also_as_missing():
    columns = ("企业名称", "摸排编号", "用地方式")
    _, issues = taken("occupancies", sheet(columns, ("甲公司", "CE-1", "借用")))
    assert [issue.rule for issue in issues] == ["unknown-choice"]


def test_wkt_columns_become_shapes_and_bad_ones_are_told():
    wkt = "POLYGON((120.87 30.02,120.874 30.02,120.874 30.023,120.87 30.023,120.87 30.02))"
    columns = ("摸排编号", "所属镇街", "WKT")
    rows = [
        ("A", "曹娥街道", wkt),
        ("B", "曹娥街道", "不是图形"),
        ("C", "曹娥街道", None),
        ("D", "曹娥街道", "POLYGON((0 0,1 0,1 inf,0 0))"),
    ]
    batch, issues = taken("plots", sheet(columns, *rows), crs="EPSG:4490")
    assert batch.crs == "EPSG:4490"
    assert shapely.is_missing(batch.geometry).tolist() == [False, True, True, True]
    assert [(issue.row, issue.rule) for issue in issues][0] == (6, "geometry-unreadable")
    assert issues[-1].row == 8


def test_what_the_reader_refused_becomes_an_error_of_its_row():
    fault = Fault(6, -1, "geometry-too-many-vertices", "", "图形有 200,001 个顶点", "请抽稀")
    shapes = np.array([shapely.box(0, 0, 1, 1), None], dtype=object)
    columns = ("摸排编号", "所属镇街")
    _, issues = taken("plots", sheet(columns, ("A", "曹娥街道"), ("B", "曹娥街道"), geometry=shapes, faults=(fault,)))
    assert [(issue.row, issue.rule, issue.severity) for issue in issues] == [(6, "geometry-too-many-vertices", Severity.ERROR)]


def test_towns_without_county_context_are_left_as_written():
    batch, issues = taken("plots", sheet(PLOTS[:2], ("A", "曹娥街道")))
    assert "town_code" not in batch.fields
    assert issues == []


def test_former_names_of_counties_are_resolved_beside_the_name_given():
    columns = ("地区", "行政区", "土地坐落", "面积(公顷)", "合同签订日期", "土地使用权人")
    row = ("浙江省,绍兴市", "上虞市", "曹娥街道", "1.5", "2017年01月03日", "甲公司")
    batch, issues = taken("deals", sheet(columns, row))
    assert batch.fields["division"] == ["上虞市"]
    assert batch.fields["division_code"] == ["330604"]
    assert [(issue.row, issue.field, issue.rule) for issue in issues] == [(5, "division", "division-name-abolished")]


def test_totals_and_rows_carry_exact_hectares_and_mu():
    columns = ("面积(公顷)", "合同签订日期", "土地使用权人")
    batch, _ = taken("deals", sheet(columns, ("11.223200", "2017/1/3", "甲"), ("0.0001", "2017/1/3", "乙")))
    assert totals(spec_of("deals"), batch)["area"] == {"rows": "2", "m2": "112233", "ha": "11.2233", "mu": "168.3495"}
    assert areas_of_rows(spec_of("deals"), batch)[0]["area"] == {"ha": "11.2232", "mu": "168.348"}


def test_measures_of_facts_come_in_their_own_unit():
    columns = ("统一社会信用代码", "年度", "税收（元）", "用电量（万千瓦时）", "年平均职工人数")
    batch, issues = taken("facts", sheet(columns, ("91330604MA0000015G", 2023, "1234567", "2.5", 30)))
    assert issues == []
    assert [str(batch.fields[name][0]) for name in ("tax_paid", "electricity_kwh", "employees")] == ["123.4567", "25000", "30"]


def test_the_sheet_that_fits_the_kind_is_chosen():
    notes = sheet(("说明", "内容"), ("一", "二"))
    table, others = choose_table([notes, sheet(PLOTS, ("A", "曹娥街道", 1, "有证", None))], spec_of("plots"))
    assert table.columns == PLOTS
    assert len(others) == 1


def test_a_mapping_that_does_not_fit_is_refused():
    with pytest.raises(MappingError, match="只有 5 列"):
        to_batch("plots", sheet(PLOTS, ("A", "B", 1, "", "")), Mapping("plots", (ColumnMap("name", 9, "x"),)))


def test_a_hundred_thousand_rows_take_seconds():
    rows = [(f"CE-{number}", "曹娥街道", f"{number % 977 + 0.25}", "有证", "2024-01-01") for number in range(100_000)]
    table = sheet(PLOTS, *rows)
    start = time.process_time()
    batch, issues = taken("plots", table, profile="330604")
    assert len(batch) == 100_000 and issues == []
    assert time.process_time() - start < 20
