"""Letters and bulletins in the layout of GB/T 9704, as Word reads them back."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml.ns import qn

from tenglong.files.docx import Bulletin, DocxTable, Letter, Section, bulletin, letter
from tenglong.files.docx.bulletin import figure

DAY = date(2026, 3, 5)
TABLE = DocxTable(["单位", "应报", "未报"], [[f"第{n}局", "12", str(n)] for n in range(60)], "报送情况")


def reminder(**over) -> Letter:
    fields = {
        "title": "关于催报亩均评价数据的函",
        "to": "县税务局",
        "body": ["贵单位应于3月1日前报送的数据尚未收到。\n请于3月10日前补报。", TABLE],
        "office": "示范县亩均办",
        "date": DAY,
        "number": "示亩均函〔2026〕3号",
        "closing": "特此函告。",
        "attachments": ["数据模板", "填报说明"],
    }
    return Letter(**{**fields, **over})


def opened(data: bytes):
    return Document(io.BytesIO(data))


def mm(length) -> float:
    return round(length.mm, 1)


def test_page_margins_and_title_follow_the_standard():
    document = opened(letter(reminder()))
    section = document.sections[0]
    assert (mm(section.page_width), mm(section.page_height)) == (210, 297)
    assert [mm(edge) for edge in (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)] == [
        37,
        35,
        28,
        26,
    ]
    title = next(paragraph for paragraph in document.paragraphs if paragraph.text == "关于催报亩均评价数据的函")
    assert title.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert title.runs[0].font.size.pt == 22
    assert title.runs[0]._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "方正小标宋简体"


def test_body_is_16_points_on_28_with_two_characters_in():
    document = opened(letter(reminder()))
    body = next(paragraph for paragraph in document.paragraphs if paragraph.text.startswith("贵单位"))
    assert body.runs[0].font.size.pt == 16
    assert body.runs[0]._r.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "仿宋_GB2312"
    assert body._p.pPr.find(qn("w:ind")).get(qn("w:firstLineChars")) == "200"
    normal = document.styles["Normal"].paragraph_format
    assert (normal.line_spacing_rule, normal.line_spacing.pt) == (WD_LINE_SPACING.EXACTLY, 28)


def test_the_parts_stand_in_the_order_of_a_letter():
    texts = [
        paragraph.text
        for paragraph in opened(letter(reminder(contact="张三，84000000", copies="县府办"))).paragraphs
        if paragraph.text
    ]
    assert texts == [
        "示亩均函〔2026〕3号",
        "关于催报亩均评价数据的函",
        "县税务局：",
        "贵单位应于3月1日前报送的数据尚未收到。",
        "请于3月10日前补报。",
        "报送情况",
        "特此函告。",
        "附件：1. 数据模板",
        "　　　2. 填报说明",
        "示范县亩均办",
        "2026年3月5日",
        "（联系人：张三，84000000）",
        "抄送：县府办",
    ]


def test_page_numbers_stand_outside_on_odd_and_even_pages():
    document = opened(letter(reminder()))
    section = document.sections[0]
    assert document.settings.odd_and_even_pages_header_footer
    for footer, side in ((section.footer, WD_ALIGN_PARAGRAPH.RIGHT), (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT)):
        (paragraph,) = footer.paragraphs
        assert paragraph.text == "—  —" and paragraph.alignment == side
        assert [node.text for node in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]


def test_table_heads_repeat_and_rows_do_not_break():
    (table,) = opened(letter(reminder())).tables
    assert [cell.text for cell in table.rows[0].cells] == ["单位", "应报", "未报"]
    assert len(table.rows) == 61 and table.rows[60].cells[2].text == "59"
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True] + [False] * 60
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    with pytest.raises(ValueError, match="第 1 行"):
        DocxTable(["a", "b"], [["1"]])


def test_data_is_text_whatever_it_contains():
    nasty = "{{to}} <w:br/> & ]]> \x00\x0b\ud800\u202e${x}"
    document = opened(letter(reminder(title=nasty, to=nasty, body=[nasty, DocxTable(["列"], [[nasty]])], office=nasty)))
    kept = "{{to}} <w:br/> & ]]> ${x}"
    assert kept in [paragraph.text for paragraph in document.paragraphs]
    assert document.tables[0].rows[1].cells[0].text == kept


def test_a_bulletin_has_masthead_issue_numbered_sections_and_tables():
    sections = [Section("总体情况", ["全县参评企业 4043 家。"]), Section("各镇街排名", [TABLE])]
    made = Bulletin(
        "亩均评价工作专报", "第 3 期", "示范县亩均办", DAY, "一季度数据报送情况", sections, "现通报如下。", "县领导", "各镇街"
    )
    document = opened(bulletin(made))
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert texts == [
        "亩均评价工作专报",
        "第 3 期",
        "示范县亩均办\t2026年3月5日",
        "一季度数据报送情况",
        "现通报如下。",
        "一、总体情况",
        "全县参评企业 4043 家。",
        "二、各镇街排名",
        "报送情况",
        "报送：县领导",
        "抄送：各镇街",
    ]
    assert len(document.tables) == 1
    assert [figure(number) for number in (1, 10, 12, 20, 99)] == ["一", "十", "十二", "二十", "九十九"]


def test_children_of_paragraph_properties_stand_in_the_order_word_demands():
    """Word refuses a file whose properties are out of sequence (ECMA-376 part 1, 17.3.1.26)."""
    order = ["pStyle", "keepNext", "keepLines", "pBdr", "tabs", "spacing", "ind", "jc", "rPr"]
    made = Bulletin("专报", "第 1 期", "办", DAY, "题", [Section("一", ["文", TABLE])])
    for data in (letter(reminder()), bulletin(made)):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [
                archive.read(name).decode() for name in archive.namelist() if re.search(r"word/(document|footer\d)\.xml", name)
            ]
        for text in parts:
            for properties in re.findall(r"<w:pPr>(.*?)</w:pPr>", text, re.S):
                flat = re.sub(r"<w:(pBdr|tabs|rPr)>.*?</w:\1>", r"<w:\1/>", properties, flags=re.S)
                names = re.findall(r"<w:(\w+)", flat)
                assert names == sorted(names, key=order.index)
