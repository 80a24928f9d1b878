"""Workbooks of an evaluation, opened again: formulas give the engine's figures; publication holds nothing else."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.tests import trace_county as county
from tenglong.domain.evaluation.trace import trace
from tenglong.engine import evaluate
from tenglong.files.evaluation import Published, publication_table, result_table, trace_workbook
from tenglong.files.evaluation.formulas import formula
from tenglong.files.evaluation.publication import HEADINGS, PublicationError
from tenglong.files.evaluation.tests.mini_excel import Book, Reader

VARIANTS = {
    "as_written": [],
    "ties_down_from_below": [("ties: all_up", "ties: all_down"), ("counted_from: top", "counted_from: bottom"),
                             ("rounding: floor", "rounding: ceil"), ("decimals: 2", "decimals: 0"), ("of_sums", "of_ratios")],
    "ties_by": [("ties: all_up", "ties: by\n      tie_by: tax_per_mu\n      then: all_up"), ("decimals: 2", "decimals: 0")],
    "left_out_and_fixed": [("missing: group_mean", "missing: exclude"), ("missing: zero", "missing: {points: -3}")],
    "half_up_capped": [("rounding: floor", "rounding: half_up"), ("cap: none}\nbonuses", "cap: 90}\nbonuses")],
}


def run(changes=(), n=40):
    text = county.SCHEME
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    compiled, rows = county.compiled(text), county.data(n, seed=5)
    results, inputs = evaluate(compiled, rows).to_pylist(), {row["key"]: row for row in rows.to_pylist()}
    return compiled, rows, results, [trace(compiled, row, inputs[row["key"]]) for row in results]


def places(book, sheet):
    """Heading → column letter, key → row."""
    page = book.book[sheet]
    columns = {cell.value: cell.column_letter for cell in page[1]}
    return columns, {book.value(sheet, f"A{row}"): row for row in range(2, page.max_row + 1)}


def check(book, results, group, suffix):
    """Every total, rank and grade by the formulas is the engine's."""
    columns, rows = places(book, f"得分{suffix}")
    seen = 0
    for row in results:
        if row["group"] != group or row["standing"] not in ("graded", "refused"):
            continue
        line, sheet = rows[row["key"]], f"得分{suffix}"
        total = book.value(sheet, f"{columns['总分']}{line}")
        scale = 10 ** int(book.value(f"基准{suffix}", decimals(book, suffix)))
        assert (total if total == "" else round(total * scale)) == ("" if row["total"] is None else row["total"]), row["key"]
        if row["total"] is not None:
            assert book.book[sheet][f"{columns['按位次或得分的等级']}{line}"].data_type == "f"
            assert book.value(sheet, f"{columns['位次']}{line}") == row["rank"]
            assert book.value(sheet, f"{columns['按位次或得分的等级']}{line}") == row["rank_grade"]
            assert book.value(sheet, f"{columns['最终等级']}{line}") == row["grade"]
        seen += 1
    return seen


def decimals(book, suffix):
    page = book.book[f"基准{suffix}"]
    return next(f"B{row}" for row in range(1, page.max_row + 1) if page[f"A{row}"].value == "小数位数")


@pytest.mark.parametrize("name", VARIANTS)
def test_the_formulas_give_what_the_engine_gave(name):
    compiled, _, results, traces = run(VARIANTS[name])
    book = Book(trace_workbook(traces, compiled))
    assert check(book, results, "above", "（规上工业企业）") >= 25
    assert check(book, results, "below", "（规下工业企业）") >= 8


def test_a_changed_input_is_worked_through_to_every_rank_as_the_engine_would():
    compiled, rows, results, traces = run([("missing: group_mean", "missing: zero")])
    book = Book(trace_workbook(traces, compiled))
    suffix = "（规上工业企业）"
    columns, lines = places(book, f"数据{suffix}")
    row = next(row for row in results if row["group"] == "above" and row["grade"] == "C" and not row["reasons"])
    changed = [{**one, "tax_paid": 9_000_000_000} if one["key"] == row["key"] else one for one in rows.to_pylist()]
    book.set(f"数据{suffix}", f"{columns['税收（万元）']}{lines[row['key']]}", 9000)
    again = evaluate(compiled, county.table(changed)).to_pylist()
    after = next(one for one in again if one["key"] == row["key"])
    assert after["total"] != row["total"]
    # what a mean of points stands in for stays frozen; totals and ranks of all others follow
    score, where = places(book, f"得分{suffix}")
    for one in again:
        if one["group"] == "above" and one["total"] is not None and one["f_tax_per_tce"] != 4:
            line = where[one["key"]]
            assert round(book.value(f"得分{suffix}", f"{score['总分']}{line}") * 100) == one["total"]
            assert book.value(f"得分{suffix}", f"{score['位次']}{line}") == one["rank"]
            assert book.value(f"得分{suffix}", f"{score['按位次或得分的等级']}{line}") == one["rank_grade"]


def test_one_enterprise_alone_keeps_its_frozen_rank_and_live_points():
    compiled, _, results, traces = run()
    found = next(one for one in traces if one["grade"] == "C" and one["group"]["id"] == "above" and not one["vetoes"])
    book = Book(trace_workbook([found], compiled))
    columns, _ = places(book, "得分")
    assert book.value("得分", f"{columns['总分']}2") == float(found["total"])
    assert book.value("得分", f"{columns['位次（冻结）']}2") == found["rank"]
    assert book.value("得分", f"{columns['最终等级']}2") == found["grade"]


def test_text_that_looks_like_a_formula_stays_text():
    compiled, _, _, traces = run(n=12)
    found = {**next(one for one in traces if one["total"] is not None), "key": '=HYPERLINK("http://x","y")'}
    book = openpyxl.load_workbook(io.BytesIO(trace_workbook([found], compiled)))
    assert book["数据"]["A2"].data_type == "s" and book["数据"]["A2"].value.startswith("'=")


def test_only_functions_that_wps_knows_are_used():
    compiled, _, _, traces = run(VARIANTS["left_out_and_fixed"])
    book = openpyxl.load_workbook(io.BytesIO(trace_workbook(traces, compiled)))
    import re

    used = {name for page in book for line in page.iter_rows() for cell in line if cell.data_type == "f"
            for name in re.findall(r"([A-Z]+)\(", cell.value)}
    assert used <= {"IF", "MIN", "MAX", "ROUND", "SUM", "SUMPRODUCT", "COUNTIFS", "INT", "OR", "AND", "NOT", "ABS", "ROUNDDOWN"}
    assert len(used) >= 6


@pytest.mark.parametrize("text", ["a / b", "(a + b) / (a - b)", "or_zero(a) + 1", "if(known(a) and b > 0, a / b, 7)",
                                  "max(a, b) - abs(a)", "if(f, a, b)", "round_down(a / 2) + floor(b / 2)",
                                  "a in [1, 2] and f", "not f or b >= 3"])
def test_an_expression_means_the_same_in_a_cell(text):
    from tenglong.domain.evaluation.value import evaluate as exact

    expr = parse(text)
    for a in (None, 0, 2, 5.0):
        for b in (None, 0, 3, -4):
            for f in (True, False):
                values = {"a": a, "b": b, "f": f}
                made = formula(expr, lambda name: f"'x'!{name.upper()}1").guarded()

                class Cells:
                    def cells(self, ref, values=values):
                        held = values[ref[4].lower()]
                        return ["是" if held is True else "否" if held is False else held]

                wanted = exact(expr, {name: int(v) if isinstance(v, float) else v for name, v in values.items()})
                found = Reader(Cells(), made).whole()
                assert (found if found == "" else float(found)) == ("" if wanted is None else float(wanted)), (values, made)


def test_the_result_table_has_every_row_once_and_prints_denominators():
    compiled, _, results, _ = run()
    names = {row["key"]: {"name": f"=某厂{row['key']}", "uscc": row["key"], "town": "东镇"} for row in results}
    book = openpyxl.load_workbook(io.BytesIO(result_table(results, compiled, names)))
    assert book.sheetnames[:3] == ["汇总", "规上工业企业", "规下工业企业"]
    keys = [line[2].value for page in book.worksheets[1:] for line in page.iter_rows(min_row=3)]
    assert sorted(keys) == sorted(row["key"] for row in results)
    page = book["规上工业企业"]
    assert "E1:G1" in {str(merged) for merged in page.merged_cells.ranges} and page["E1"].value == "亩均税收，45 分"
    assert [page[f"{column}2"].value for column in "EFG"] == ["数值（万元/亩）", "基准值", "得分"]
    assert page["B3"].value.startswith("'=") and page["B3"].data_type == "s"
    graded = sum(row["grade"] is not None and row["group"] == "above" for row in results)
    told = [cell.value for line in book["汇总"].iter_rows() for cell in line if isinstance(cell.value, str)]
    assert sum(f"/{graded}（" in text for text in told) >= 4


ROWS = [Published("浙江某某机械有限公司", "91330600MA28AAAA1X", "A"), Published("=张三五金厂", "92330600MA28BBBB2Y", "C"),
        Published("李四", "", "D"), Published("某某化工有限公司", "91330600MA28CCCC3Z", "D")]


def test_the_published_file_holds_name_code_and_grade_and_nothing_else():
    content = publication_table(ROWS)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert [page.title for page in book] == ["公示名单"] and book["公示名单"].sheet_state == "visible"
    lines = [[cell.value or "" for cell in line] for line in book["公示名单"].iter_rows()]
    assert tuple(lines[0]) == HEADINGS and all(len(line) == 3 for line in lines)
    assert sorted(lines[1:]) == sorted([
        ["浙江某某机械有限公司", "91330600MA28AAAA1X", "A"], ["'=*", "923306********BB2Y", "C"], ["李*", "", "D"],
        ["某某化工有限公司", "91330600MA28CCCC3Z", "D"]])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = set(archive.namelist())
        assert parts == {"[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
                         "xl/theme/theme1.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"}
        whole = b"".join(archive.read(part) for part in parts)
        assert b"docProps" not in whole and b"<dc:creator" not in whole and b"definedName" not in whole
        assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) and not entry.comment for entry in archive.infolist())
    assert publication_table(list(reversed(ROWS))) == content


def test_publication_orders_by_town_without_printing_it_and_refuses_what_may_not_be_published():
    towns = {"91330600MA28AAAA1X": "330604002", "91330600MA28CCCC3Z": "330604001", "92330600MA28BBBB2Y": "330604001"}
    content = publication_table([ROWS[0], ROWS[1], ROWS[3]], order="town", towns=towns)
    page = openpyxl.load_workbook(io.BytesIO(content))["公示名单"]
    assert [cell.value for cell in page["A"]][1:] == ["某某化工有限公司", "'=*", "浙江某某机械有限公司"]
    assert b"330604001" not in content
    with pytest.raises(PublicationError, match="缺少所属镇街"):
        publication_table(ROWS, order="town", towns={})
    with pytest.raises(PublicationError, match="身份证号码"):
        publication_table([Published("张三", "11010519491231002X", "C")])
    with pytest.raises(PublicationError, match="只接受"):
        publication_table([{"name": "x", "uscc": "y", "grade": "A", "tax": 1}])
