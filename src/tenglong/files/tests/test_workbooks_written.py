"""Annotated copies, workbooks of faulty rows, templates and exports are opened again and looked at."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from tenglong import files
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.kinds import KINDS, spec_of
from tenglong.domain.survey.mapping import guess_kind, missing, propose
from tenglong.domain.survey.normalise import to_batch
from tenglong.files.export import Column, write_csv, write_gpkg, write_table
from tenglong.files.templates import headings, write_template
from tenglong.files.workbook import COLOURS, annotate

HEADINGS = ["摸排编号", "所属镇街", "占地面积（亩）", "调查日期"]
ROWS = [
    ["某县工业用地摸排表"],
    HEADINGS,
    ["CE-001", "曹娥街道", "三亩", "2024-01-01"],
    ["CE-002", "曹娥街道", 2.5, "2024-01-01"],
    [None, None, 1, None],
]


def read_and_check(path, kind="plots"):
    table = files.read(path)[0]
    mapping = propose(kind, table)
    batch, issues = to_batch(kind, table, mapping)
    return table, mapping, batch, issues


def test_the_users_own_sheet_comes_back_coloured_and_commented(excel, tmp_path):
    source = excel(ROWS, merges=["A1:D1"])
    book = openpyxl.load_workbook(source)
    book.active["B4"].number_format = "@"
    book.active.column_dimensions["B"].width = 33
    book.create_sheet("别的表")["A1"] = "=1+1"
    book.save(source)
    table, mapping, _, issues = read_and_check(source)
    assert annotate(source, table, mapping, issues, tmp_path / "标注.xlsx") == "copy"
    copy = openpyxl.load_workbook(tmp_path / "标注.xlsx")
    sheet = copy["摸排"]
    assert sheet["C3"].fill.start_color.rgb.endswith(COLOURS[Severity.ERROR])
    assert "不是数" in sheet["C3"].comment.text and "请填写阿拉伯数字" in sheet["C3"].comment.text
    assert "没有填" in sheet["C5"].comment.text or "没有填" in sheet["A5"].comment.text
    assert sheet["C4"].comment is None and sheet["C4"].fill.fill_type is None
    assert sheet["A1"].value == "某县工业用地摸排表" and "A1:D1" in [str(merge) for merge in sheet.merged_cells.ranges]
    assert sheet["B4"].number_format == "@" and sheet.column_dimensions["B"].width == 33
    assert copy["别的表"]["A1"].value == "=1+1"
    assert copy["问题清单"].max_row == len(issues) + 1


def test_severity_and_waiver_show_in_the_colour(excel, tmp_path):
    source = excel(
        [HEADINGS, ["A", "曹娥街道", 1, "2024-01-01"], ["B", "曹娥街道", 1, "2024-01-01"], ["C", "曹娥街道", 1, "2024-01-01"]]
    )
    table, mapping, _, _ = read_and_check(source)

    def issue(row, severity, **more):
        return Issue("plots", row, "k", "surveyed_area", "rule", "1", severity, "消息", "改法", **more)

    issues = [issue(2, Severity.WARNING), issue(3, Severity.INFO), issue(4, Severity.ERROR, waived="已核对")]
    annotate(source, table, mapping, issues, tmp_path / "o.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["摸排"]
    assert sheet["C2"].fill.start_color.rgb.endswith(COLOURS[Severity.WARNING])
    assert sheet["C3"].fill.start_color.rgb.endswith(COLOURS[Severity.INFO])
    assert sheet["C4"].fill.fill_type is None and "已豁免：已核对" in sheet["C4"].comment.text


def test_an_annotated_copy_can_be_imported_again(excel, tmp_path):
    source = excel(ROWS, merges=["A1:D1"])
    table, mapping, _, issues = read_and_check(source)
    annotate(source, table, mapping, issues, tmp_path / "o.xlsx")
    again = files.read(tmp_path / "o.xlsx")
    assert len(again) == 1
    assert (again[0].columns, list(again[0].rows)) == (table.columns, list(table.rows))


def test_above_the_limit_only_the_faulty_rows_are_written_with_their_numbers(excel, tmp_path):
    source = excel(ROWS, merges=["A1:D1"])
    table, mapping, _, issues = read_and_check(source)
    assert annotate(source, table, mapping, issues, tmp_path / "o.xlsx", limit=2) == "rows"
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["问题行"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["原行号", "级别", "问题与改法", *HEADINGS]
    assert [row[0] for row in rows[1:]] == [3, 5]
    assert "不是数" in rows[1][2] and rows[1][5] == "三亩"
    assert sheet["F2"].fill.start_color.rgb.endswith(COLOURS[Severity.ERROR])


def test_faults_of_a_shapefile_come_as_a_workbook_without_geometry(vector, tmp_path):
    table, mapping, _, _ = read_and_check(vector("地块.shp", "ESRI Shapefile", "GB18030"))
    issues = [
        Issue(
            "plots", 2, "CE-1", "geometry", "overlap", "", Severity.WARNING, "与 CE-0 重叠", "改图", other="CE-0", other_row=1
        )
    ]
    assert annotate(tmp_path / "地块.shp", table, mapping, issues, tmp_path / "o.xlsx") == "rows"
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["问题行"]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == [1, 2]
    assert "曹娥街道" in [cell.value for cell in sheet[2]]


def test_no_formula_is_alive_in_anything_written(tmp_path):
    nasty = ["=1+1", "+1", "-1+2", "@SUM(A1)", '=HYPERLINK("http://x")']
    write_table(tmp_path / "a.xlsx", "表", [Column("=标题"), Column("b")], [(text, text) for text in nasty])
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["表"]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None and cell.value != "b"]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.value.startswith("'") for cell in cells)
    write_csv(tmp_path / "a.csv", [Column("a")], [(text,) for text in nasty])
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()[1:]
    assert all(line.lstrip('"').startswith("'") for line in lines)


def test_tables_are_written_with_their_types_and_read_back(tmp_path):
    columns = [Column("编号"), Column("面积（亩）", number_format="0.0000"), Column("日期"), Column("代码"), Column("有证")]
    rows = [("A", Decimal("168.348"), date(2017, 1, 3), "0012", True), ("B", None, None, 91330604146100000123, False)]
    assert write_table(tmp_path / "a.xlsx", "清单[1]", columns, rows, ["报数编号 000001"]) == 2
    table = files.read(tmp_path / "a.xlsx")[0]
    assert table.columns == tuple(column.heading for column in columns)
    assert (
        table.rows[0][:2] == ("A", 168.348)
        and str(table.rows[0][2]).startswith("2017-01-03")
        and table.rows[0][3:] == ("0012", "是")
    )
    assert table.rows[1][3] == "91330604146100000123"


def test_geopackages_are_written_in_the_old_version_and_read_back(tmp_path):
    shapes = np.array([shapely.box(120, 30, 120.1, 30.1), None], dtype=object)
    columns = {"编号": ["A", "B"], "面积_亩": [Decimal("1.5"), None], "层数": [3, None], "日期": [date(2017, 1, 3), None]}
    assert write_gpkg(tmp_path / "a.gpkg", "地块", columns, shapes, "EPSG:4490") == 2
    table = files.read(tmp_path / "a.gpkg")[0]
    assert table.crs == "EPSG:4490"
    assert table.rows[0] == ("A", 1.5, 3, "2017-01-03") and table.rows[1] == ("B", None, None, None)
    assert (
        shapely.equals_exact(shapely.normalize(table.geometry[0].geoms[0]), shapely.normalize(shapes[0]), 1e-9)
        and table.geometry[1] is None
    )
    assert pyogrio.read_info(tmp_path / "a.gpkg")["geometry_type"] == "MultiPolygon"
    assert (tmp_path / "a.gpkg").read_bytes()[60:64] == (10200).to_bytes(4, "big")


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_filled_in_is_understood_without_help(kind, tmp_path):
    spec = spec_of(kind)
    path = tmp_path / "模板.xlsx"
    write_template(kind, path)
    book = openpyxl.load_workbook(path)
    sheet = book[spec.label]
    assert [cell.value for cell in sheet[1]] == headings(spec)
    choices = [field for field in spec.fields if field.type == "choice"]
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert len(lists) == len(choices)
    assert {"填写说明", "可选值"} <= set(book.sheetnames)
    for column, field in enumerate(spec.fields, 1):
        sheet.cell(3, column, field.example or None)
    book.save(path)
    tables = files.read(path)
    assert len(tables) == 1 and list(tables[0].row_numbers) == [3]
    mapping = propose(kind, tables[0])
    assert [column.field for column in mapping.columns] == [field.id for field in spec.fields] or missing(mapping) == []
    assert guess_kind(tables[0]) == kind
    _, issues = to_batch(kind, tables[0], mapping)
    assert [issue for issue in issues if issue.severity is Severity.ERROR] == []
