"""An office's own template: filled as text, refused when it could act."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest
from docx import Document
from docx.oxml import OxmlElement
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.files import FileError
from tenglong.files.docx import DocxTable, Letter, fill, letter, placeholders


def template(*texts: str, rows: list[list[str]] | None = None, footer: str = "") -> bytes:
    document = Document()
    for text in texts:
        paragraph = document.add_paragraph()
        for part in text.split("|"):
            paragraph.add_run(part)
    if rows:
        table = document.add_table(len(rows), len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    if footer:
        document.sections[0].footer.paragraphs[0].text = footer
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def texts(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]


def cells(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(io.BytesIO(data)).tables[0].rows]


def changed(data: bytes, change) -> bytes:
    """The zip with `change(name, body) -> body | None` applied to each part; a dict of new parts may be returned for ''."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, body in (change("", b"") or {}).items():
            new.writestr(name, body)
    return out.getvalue()


def test_placeholders_are_replaced_also_where_word_cut_them_into_runs():
    data = template("致{|{t|o}}：您好", "{{ date }}", footer="{{office}}")
    out = fill(data, {"to": "税务局", "date": "2026年3月5日", "office": "亩均办", "unused": "x"})
    assert texts(out) == ["致税务局：您好", "2026年3月5日"]
    assert Document(io.BytesIO(out)).sections[0].footer.paragraphs[0].text == "亩均办"
    assert placeholders(data) == ["to", "date", "office"]


def test_rows_repeat_for_each_entry_and_vanish_for_none():
    data = template(
        "甲", rows=[["序号", "企业", "单位"], ["{{list.no}}", "企业：{{list.name}}", "{{to}}"], ["合计", "", "{{to}}"]]
    )
    entries = [{"no": "1", "name": "甲公司"}, {"no": "2", "name": "乙公司"}]
    head, foot = ["序号", "企业", "单位"], ["合计", "", "税务局"]
    out = cells(fill(data, {"list": entries, "to": "税务局"}))
    assert out == [head, ["1", "企业：甲公司", "税务局"], ["2", "企业：乙公司", "税务局"], foot]
    assert cells(fill(data, {"list": [], "to": "税务局"})) == [head, foot]
    assert b"tenglong" not in zipfile.ZipFile(io.BytesIO(fill(data, {"list": entries, "to": "x"}))).read("word/document.xml")


def test_line_breaks_make_paragraphs_alone_and_lines_among_other_words():
    out = texts(fill(template("{{body}}", "见：{{body}}。"), {"body": "一\n二"}))
    assert out == ["一", "二", "见：一\n二。"]


def test_names_without_a_value_are_told_and_nothing_is_left_blank():
    with pytest.raises(FileError, match="{{甲}}、{{list.x}}"):
        fill(template("{{甲}} {{to}} {{list.x}}"), {"to": "乙", "list": [{"y": "1"}]})
    with pytest.raises(FileError, match="没有对应的数据"):
        fill(template("{{to}}"), {"to": [{"x": "1"}]})
    with pytest.raises(FileError, match="混用了几个列表"):
        fill(template(rows=[["{{a.x}}", "{{b.x}}"]]), {"a": [{"x": "1"}], "b": [{"x": "1"}]})


@settings(max_examples=15, deadline=None)
@given(st.text(alphabet=st.sampled_from("{}tox. <&>甲|"), max_size=30))
def test_values_are_never_read_as_template(value):
    out = fill(template("{{to}}和{{x}}", rows=[["{{list.to}}", "{{x}}"]]), {"to": value, "x": "乙", "list": [{"to": value}]})
    assert texts(out)[0] == f"{value}和乙"
    assert cells(out) == [[value, "乙"]]


def test_control_characters_of_values_do_not_reach_the_file():
    assert texts(fill(template("{{to}}"), {"to": "甲\x00\x0b\ud800乙<w:p/>"})) == ["甲乙<w:p/>"]


def test_a_letter_fills_a_template_with_its_parts_and_further_names():
    data = template("{{title}}", "{{to}}：", "{{body}}", "{{office}}", "{{date}}", rows=[["{{missing.item}}"]])
    made = Letter(
        "催办函", "税务局", ["一", "二"], "亩均办", date(2026, 3, 5), extra={"missing": [{"item": "税收"}, {"item": "社保"}]}
    )
    out = letter(made, data)
    assert texts(out) == ["催办函", "税务局：", "一", "二", "亩均办", "2026年3月5日"]
    assert cells(out) == [["税收"], ["社保"]]
    with pytest.raises(ValueError, match="正文里不能再带表格"):
        letter(Letter("a", "b", [DocxTable(["x"], [])], "c", date(2026, 1, 1)), data)
    with pytest.raises(ValueError, match="重复"):
        letter(Letter("a", "b", [], "c", date(2026, 1, 1), extra={"title": "x"}), data)


def test_the_writers_own_letters_serve_as_templates():
    own = letter(Letter("{{title}}", "{{to}}", ["{{body}}"], "{{office}}", date(2026, 1, 1)))
    out = letter(Letter("题", "税务局", ["一"], "办", date(2026, 3, 5)), own)
    assert [text for text in texts(out) if text] == ["题", "税务局：", "一", "办", "2026年1月1日"]


def refused(data: bytes) -> str:
    with pytest.raises(FileError) as caught:
        fill(data, {})
    assert re.search(r"[\u4e00-\u9fff]", caught.value.message) and caught.value.fix
    return caught.value.message


def with_field(code: list[str]) -> bytes:
    document = Document()
    for kind, text in [("begin", ""), *[("", part) for part in code], ("end", "")]:
        run = document.add_paragraph().add_run()
        element = OxmlElement("w:instrText" if text else "w:fldChar")
        if text:
            element.text = text
        else:
            element.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}fldCharType", kind)
        run._r.append(element)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_macros_and_embedded_objects_are_refused():
    plain = template("甲")
    assert "宏" in refused(changed(plain, lambda name, body: body if name else {"word/vbaProject.bin": b"x"}))
    assert "嵌入" in refused(changed(plain, lambda name, body: body if name else {"word/embeddings/a.xlsx": b"x"}))
    plainly, macros = b"openxmlformats-officedocument.wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"
    assert "宏" in refused(changed(plain, lambda name, body: body.replace(plainly, macros) if name else {}))


@pytest.mark.parametrize("kind", ["hyperlink", "attachedTemplate", "image"])
def test_external_relations_are_refused(kind):
    link = (
        f'<Relationship Id="r99" Type="http://x/{kind}" Target="http://198.51.100.7/a" TargetMode="External"/></Relationships>'
    )

    def change(name, body):
        return body.replace(b"</Relationships>", link.encode()) if name == "word/_rels/document.xml.rels" else body

    assert "外部" in refused(changed(template("甲"), change))


@pytest.mark.parametrize("code", [["INCLUDETEXT c:\\a"], ["DD", "EAUTO x y"], ["HYPERLINK http://x"], [" "], ["IF 1=1 a b"]])
def test_fields_that_reach_out_are_refused_also_when_cut_up(code):
    assert "域" in refused(with_field(code))


def test_harmless_fields_stay():
    assert fill(with_field(["PAGE"]), {}) and fill(with_field(['HYPERLINK \\l "_Toc1"']), {})


def test_bombs_and_broken_files_are_refused():
    plain = template("甲")
    assert "不是 .docx" in refused(b"\xd0\xcf\x11\xe0")
    entity = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]>'
    doctype = lambda name, body: entity + body.partition(b"?>")[2] if name == "word/document.xml" else body  # noqa: E731
    assert "XML 炸弹" in refused(changed(plain, doctype))
    assert "压缩炸弹" in refused(
        changed(plain, lambda name, body: body if name else {"word/big.xml": b"<a>" + b" " * (9 << 20) + b"</a>"})
    )
    assert "超过 5.0 MB" in refused(b"PK" + b"\0" * (6 << 20))
    assert "不是 Word" in refused(
        changed(plain, lambda name, body: body if name else {}).replace(b"word/document.xml", b"word/documenx.xml")
    )
    broken = lambda name, body: body[: len(body) // 2] if name == "word/document.xml" else body  # noqa: E731
    assert "损坏" in refused(changed(plain, broken))
