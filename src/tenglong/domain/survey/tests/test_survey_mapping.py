"""Headings → fields, with units and reasons; kinds guessed; mappings kept and used again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.survey.headings import read_heading
from tenglong.domain.survey.kinds import KINDS, spec_of
from tenglong.domain.survey.mapping import ColumnMap, Mapping, MappingError, guess_kind, missing, propose, settle, validate
from tenglong.domain.survey.table import Table


def table(*columns, rows=(), source="表.xlsx"):
    cells = [tuple(row) for row in rows] or [tuple("" for _ in columns)]
    return Table("表", source, "xlsx", tuple(columns), cells, range(2, len(cells) + 2))


def fields(mapping):
    return {column.field: column.index for column in mapping.columns}


@pytest.mark.parametrize(
    ("text", "words", "unit"),
    [
        ("面积(公顷)", "面积", "ha"),
        ("占 地 面 积（亩）", "占地面积", "mu"),
        ("成交价格（万元）", "成交价格", "wan_yuan"),
        ("用地面积/亩", "用地面积", "mu"),
        ("建筑面积_㎡", "建筑面积", "m2"),
        ("*实测面积（亩）", "实测面积", "mu"),
        ("面积（单位：平方米）", "面积", "m2"),
        ("约定容积率(上限)", "约定容积率上限", ""),
        ("用电量（万千瓦时）", "用电量", "wan_kwh"),
        ("税收【万元】", "税收", "wan_yuan"),
    ],
)
def test_headings_are_read_with_their_units(text, words, unit):
    heading = read_heading(text)
    assert (heading.words, heading.unit) == (words, unit)


def test_the_real_headings_of_land_deals_are_understood():
    columns = [
        "序号", "地区", "行政区", "土地坐落", "总面积", "土地用途", "供应方式",
        "签订日期", "项目名称", "项目位置", "面积(公顷)", "土地来源", "土地用途", "供地方式",
        "土地使用年限", "行业分类", "土地级别", "成交价格", "分期支付", "土地使用权人", "约定容积率(上限)",
        "约定容积率(下限)", "约定交地时间", "约定开工时间", "约定竣工时间", "批准单位", "合同签订日期",
    ]
    mapping = propose("deals", table(*columns))
    assert fields(mapping) == {
        "region": 1,
        "division": 2,
        "location": 3,
        "area": 10,
        "land_use": 5,
        "supply_method": 13,
        "signed_on": 26,
        "project_name": 8,
        "project_location": 9,
        "source_area": 11,
        "term_years": 14,
        "industry": 15,
        "land_grade": 16,
        "price": 17,
        "instalments": 18,
        "holder": 19,
        "far_upper": 20,
        "far_lower": 21,
        "delivery_on": 22,
        "start_on": 23,
        "completion_on": 24,
        "approver": 25,
    }
    area, use, price = mapping.column("area"), mapping.column("land_use"), mapping.column("price")
    assert (area.unit, area.unit_from) == ("ha", "heading")
    assert "第 5 列“总面积”" in area.others[0]
    assert "第 6、13 列重复出现" in use.reason
    assert (price.unit, price.unit_from) == ("wan_yuan", "default") and "请核对" in price.reason
    assert "第 1 列“序号”" in mapping.ignored and len(mapping.ignored) == 5


def test_units_come_from_heading_then_usage_then_cells_then_default():
    rows = [("3.5亩", 1)] * 4
    assert propose("plots", table("编号", "占地面积(㎡)")).column("surveyed_area").unit == "m2"
    assert propose("plots", table("编号", "公顷数")).column("surveyed_area").unit_from == "synonym"
    by_cells = propose("parcels", table("面积", "宗地代码", rows=rows)).column("stated_area")
    assert (by_cells.unit, by_cells.unit_from) == ("mu", "cells")
    assert propose("plots", table("编号", "占地面积")).column("surveyed_area").unit_from == "default"


def test_a_heading_with_the_wrong_dimension_is_not_taken():
    assert propose("plots", table("摸排编号", "面积（万元）")).column("surveyed_area") is None


@pytest.mark.parametrize("kind", KINDS)
def test_every_label_and_template_heading_maps_to_its_own_field(kind):
    spec = spec_of(kind)
    for names in (
        [field.label for field in spec.fields],
        [field.heading for field in spec.fields],
        [field.id for field in spec.fields],
    ):
        assert fields(propose(kind, table(*names))) == {field.id: index for index, field in enumerate(spec.fields)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_guessed_from_its_own_headings(kind):
    assert guess_kind(table(*[field.heading for field in spec_of(kind).fields])) == kind


def test_nothing_is_guessed_from_strange_headings():
    assert guess_kind(table("食谱", "盐", "油")) is None


def test_a_mapping_survives_json_and_fits_a_table_with_moved_columns():
    first = propose("plots", table("摸排编号", "镇街", "占地面积（公顷）"))
    again = Mapping.from_json(first.as_json())
    assert again == first
    moved = settle(again, table("备注", "占地面积（公顷）", "摸排编号", "镇街"))
    assert fields(moved) == {"survey_number": 2, "town": 3, "surveyed_area": 1}
    assert moved.column("surveyed_area").unit == "ha"


def test_a_saved_template_goes_before_synonyms():
    saved = Mapping("plots", (ColumnMap("name", 0, "厂长说的"), ColumnMap("survey_number", 1, "编号")))
    mapping = propose("plots", table("编号", "厂长说的", "镇街"), [saved])
    assert fields(mapping) == {"name": 1, "survey_number": 0}
    assert "模板" in mapping.column("name").reason


def test_wrong_mappings_are_told_in_sentences():
    sheet = table("编号", "面积")
    twice = Mapping("plots", (ColumnMap("name", 0, "编号"), ColumnMap("survey_number", 0, "编号")))
    assert "第 1 列被指定给了不止一个字段" in validate(twice, sheet)
    assert any(
        "不止一列" in text for text in validate(Mapping("plots", (ColumnMap("name", 0, ""), ColumnMap("name", 1, ""))), sheet)
    )
    assert any("没有字段" in text for text in validate(Mapping("plots", (ColumnMap("colour", 0, ""),)), sheet))
    assert any("只有 2 列" in text for text in validate(Mapping("plots", (ColumnMap("name", 7, ""),)), sheet))
    assert any(
        "不是同一类" in text for text in validate(Mapping("plots", (ColumnMap("surveyed_area", 1, "面积", "yuan"),)), sheet)
    )
    with pytest.raises(MappingError, match="找不到"):
        settle(Mapping("plots", (ColumnMap("name", -1, "没有的列"),)), sheet)
    with pytest.raises(MappingError, match="格式不对"):
        Mapping.from_json({"columns": [{"heading": "x"}]})


def test_a_faint_likeness_is_told_but_not_taken():
    mapping = propose("plots", table("摸排编号", "PlanningStatus"))
    assert mapping.column("status") is None
    assert mapping.ignored == ("第 2 列“PlanningStatus”（有些像现状，未取用）",)


def test_missing_required_columns_are_named():
    assert missing(propose("occupancies", table("企业名称"))) == ["用地方式", "地块码或摸排编号或建筑编号"]


def test_an_unknown_kind_lists_the_known_ones():
    with pytest.raises(ValueError, match="plots、parcels"):
        spec_of("dragons")


@settings(deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=12))
def test_any_headings_give_a_valid_mapping(columns):
    sheet = table(*columns)
    for kind in ("plots", "deals", "facts"):
        assert validate(propose(kind, sheet), sheet) == []
