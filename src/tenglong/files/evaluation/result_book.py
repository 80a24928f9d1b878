"""The result table as counties keep it internally: a sheet per group, two rows of headings, a summary with denominators."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter

from tenglong.domain.evaluation.figures import share_text, total_text, unit_text
from tenglong.domain.evaluation.scheme import Indicator
from tenglong.files.export import sheet_title
from tenglong.files.safe import safe_text

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

_FIRST: Final = ("序号", "企业名称", "统一社会信用代码", "镇街")
_LAST: Final = ("加分", "扣分", "总分", "位次", "参与位次企业数", "按位次或得分的等级", "最终等级", "说明")
_STANDINGS: Final[dict[str, str]] = {
    "graded": "已定等级", "ungraded": "不定等级", "excluded": "不参加评价", "outside": "不在范围", "refused": "缺数未计分",
    "merged": "合并评价", "follows": "随出租方",
}
_INTERNAL: Final = "内部材料，不得公开：公示文件只含企业名称、统一社会信用代码和等级。"


def result_table(
    results: Sequence[Mapping[str, Any]], compiled: Compiled, names: Mapping[str, Mapping[str, str]] | None = None
) -> bytes:
    """Rows of a result table (with trace) as .xlsx: 汇总, one sheet per group in the order of ranks, and 未列入各组.

    names: key → {"name", "uscc", "town"}; without it the key stands for all. Every row appears in exactly one sheet.
    """
    out, known = io.BytesIO(), names or {}
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True})
        _summary(book.add_worksheet("汇总"), head, results, compiled)
        for name, group in compiled.scheme.groups.items():
            held = sorted((row for row in results if row["group"] == name), key=_by_rank)
            if held:
                _Group(book.add_worksheet(sheet_title(group.label)), head, compiled, group.indicators, known).write(held)
        if outside := [row for row in results if row["group"] not in compiled.scheme.groups]:
            _Group(book.add_worksheet("未列入各组"), head, compiled, {}, known).write(outside)
    return out.getvalue()


def _by_rank(row: Mapping[str, Any]) -> tuple[int, str]:
    return (row["rank"] if row["rank"] is not None else 10**9, str(row["key"]))


class _Group:
    """One sheet: two rows of headings, then a row per enterprise."""

    def __init__(
        self, page: Any, head: Any, compiled: Compiled, indicators: Mapping[str, Indicator],
        names: Mapping[str, Mapping[str, str]],
    ) -> None:
        self.page, self.head, self.compiled, self.indicators, self.names = page, head, compiled, indicators, names

    def write(self, rows: Sequence[Mapping[str, Any]]) -> None:
        self._headings()
        for place, row in enumerate(rows, 1):
            for column, value in enumerate(self._cells(place, row)):
                self._put(place + 1, column, value)
        self.page.freeze_panes(2, 2)

    def _headings(self) -> None:
        column = 0
        for text in _FIRST:
            self.page.merge_range(0, column, 1, column, text, self.head)
            column += 1
        for rule in self.indicators.values():
            weight = f"，{rule.weight.normalize():f} 分" if rule.weight is not None else ""
            unit = unit_text(rule.unit)
            self.page.merge_range(0, column, 0, column + 2, safe_text(f"{rule.label}{weight}"), self.head)
            for place, text in enumerate((f"数值（{unit}）" if unit else "数值", "基准值", "得分")):
                self.page.write_string(1, column + place, text, self.head)
            column += 3
        for text in _LAST:
            self.page.merge_range(0, column, 1, column, text, self.head)
            column += 1
        self.page.set_column(1, 2, 24)
        self.page.set_column(3, column, 12)

    def _cells(self, place: int, row: Mapping[str, Any]) -> list[Any]:
        who = self.names.get(str(row["key"]), {})
        cells: list[Any] = [place, who.get("name", str(row["key"])), who.get("uscc", str(row["key"])), who.get("town", "")]
        for name in self.indicators:
            cells += [row.get(f"x_{name}"), row.get(f"b_{name}"), row.get(f"s_{name}")]
        rule = self.compiled.scheme.total
        total = float(total_text(row["total"], rule.decimals)) if row["total"] is not None and rule else None
        last = [row.get("bonus"), row.get("deduction"), total, row["rank"], row["n"], row.get("rank_grade"), row["grade"]]
        return [*cells, *last, self._note(row)]

    def _note(self, row: Mapping[str, Any]) -> str:
        scheme = self.compiled.scheme
        acted = [name for name in str(row.get("reasons") or "").split(";") if name]
        rules = {**scheme.held("vetoes"), **scheme.held("protections")}
        told = [rules[name].label if name in rules else name for name in acted]
        standing = "" if row["standing"] == "graded" else _STANDINGS[str(row["standing"])]
        return "；".join(part for part in (standing, *told) if part)

    def _put(self, row: int, column: int, value: Any) -> None:
        if isinstance(value, int | float):
            self.page.write_number(row, column, value)
        elif value is not None:
            self.page.write_string(row, column, safe_text(str(value)))


def _summary(page: Any, head: Any, results: Sequence[Mapping[str, Any]], compiled: Compiled) -> None:
    """Grades per group with their denominators, then how many stand outside them and why."""
    page.set_column(0, 0, 28)
    page.set_column(1, 12, 18)
    page.write_string(0, 0, safe_text(f"{compiled.scheme.name}（{compiled.id}@{compiled.version}）评价结果汇总"), head)
    page.write_string(1, 0, _INTERNAL)
    line = 3
    for name, group in compiled.scheme.groups.items():
        held = [row for row in results if row["group"] == name]
        graded = [row["grade"] for row in held if row["grade"] is not None]
        order = list(group.grades.order) if group.grades else sorted(set(graded))
        for column, text in enumerate(["评价组", "企业数", "已定等级数（分母）", *(f"{grade} 等" for grade in order)]):
            page.write_string(line, column, safe_text(text), head)
        page.write_string(line + 1, 0, safe_text(group.label))
        page.write_number(line + 1, 1, len(held))
        page.write_number(line + 1, 2, len(graded))
        for column, grade in enumerate(order, 3):
            page.write_string(line + 1, column, share_text(graded.count(grade), len(graded)))
        line += 3
    page.write_string(line, 0, "各种情形", head)
    page.write_string(line, 1, "企业数", head)
    for place, (standing, label) in enumerate(_STANDINGS.items(), 1):
        page.write_string(line + place, 0, label)
        page.write_string(line + place, 1, share_text(sum(row["standing"] == standing for row in results), len(results)))
