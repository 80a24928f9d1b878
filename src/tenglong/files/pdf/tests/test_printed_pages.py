"""Explanation pages and publication notices."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pypdfium2
import pytest

from tenglong.files.pdf import Explanation, Grid, Notice, NoticeEntry, explanation_page, notice


def text(data: bytes) -> str:
    with pypdfium2.PdfDocument(data) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document).replace("\r\n", "\n")


def test_an_explanation_prints_sentences_tables_and_numbered_footnotes():
    grid = Grid("各指标得分", ["指标", "实绩", "得分"], [["亩均税收", Decimal("12.3456"), Decimal("30.1")], ["能耗", None, 0]])
    page = Explanation(
        "为什么是 C", ["总分 61.2，组内第 88 名。", "#panic() 不是模板"], [grid], ["数据取自税务局第 7 行"], "示范公司", "试算"
    )
    read = text(explanation_page(page))
    for word in (
        "为什么是 C",
        "组内第 88 名",
        "#panic()",
        "各指标得分",
        "12.3456",
        "—",
        "1. 数据取自税务局第 7 行",
        "示范公司",
    ):
        assert word in read
    assert explanation_page(page) == explanation_page(page)


def test_a_ragged_table_is_refused_with_its_row():
    with pytest.raises(ValueError, match="第 2 行"):
        explanation_page(Explanation("甲", tables=[Grid("表", ["a", "b"], [["1", "2"], ["1"]])]))
    with pytest.raises(ValueError, match="没有标题"):
        explanation_page(Explanation(""))


def test_a_notice_holds_name_code_and_grade_and_has_no_place_for_more():
    assert [field.name for field in fields(NoticeEntry)] == ["name", "uscc", "grade"]
    entries = [NoticeEntry(f"第{number}公司", f"9133060400000{number:05d}", "ABCD"[number % 4]) for number in range(120)]
    made = Notice(
        "2026 年度亩均效益综合评价结果公示", entries, "示范县亩均办", date(2026, 11, 22), ["现予公示。"], ["公示期 7 天。"]
    )
    read = text(notice(made))
    assert all(entry.name in read and entry.uscc in read for entry in entries)
    assert read.count("统一社会信用代码") == len(pypdfium2.PdfDocument(notice(made)))
    assert "2026年11月22日" in read and "公示期 7 天" in read
    with pytest.raises(ValueError, match="名单是空的"):
        notice(Notice("甲", [], "乙", date(2026, 1, 1)))
