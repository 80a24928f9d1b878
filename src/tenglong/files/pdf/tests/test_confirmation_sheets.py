"""One firm, one sheet: every page names itself by a code, and data is text whatever it contains."""

from __future__ import annotations

from decimal import Decimal

import pypdfium2
import pytest
import typst
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from tenglong.files.pdf import (
    LAND_FOOTNOTE,
    AreaKind,
    AreaRow,
    MeasureRow,
    Payload,
    RenderCancelled,
    Sheet,
    confirmation_sheets,
    render,
)

COMMON = {
    "title": "企业数据确认单（一企一单）",
    "year": 2026,
    "office": "示范县亩均办",
    "note": "逾期未交回的，按实施办法处理。",
}


def pages(data: bytes) -> list[tuple[str, list[str]]]:
    """Text and codes of each page."""
    out = []
    with pypdfium2.PdfDocument(data) as document:
        for page in document:
            codes = [code.text for code in zxingcpp.read_barcodes(page.render(scale=2.1, grayscale=True).to_numpy())]
            out.append((page.get_textpage().get_text_bounded().replace("\r\n", "\n"), codes))
    return out


def test_each_firm_has_one_page_with_its_name_its_numbers_and_its_code(sheet):
    made = [sheet(number) for number in (1, 2, 3)]
    read = pages(confirmation_sheets(made, **COMMON))
    assert [codes for _, codes in read] == [[str(one.payload(1, 1))] for one in made]
    for one, (text, _) in zip(made, read, strict=True):
        for word in (one.enterprise, one.uscc, "1,234.50", "1,000", "+23.5%", "2026年12月1日", "盖章", "异议", LAND_FOOTNOTE):
            assert word in text
        assert one.payload(1, 1).version_hash in text


def test_a_long_sheet_runs_on_and_every_page_says_which_of_how_many(sheet):
    made = [sheet(1), sheet(2, measures=60, areas=20), sheet(3)]
    read = pages(confirmation_sheets(made, **COMMON))
    told = [codes[0] for _, codes in read]
    assert told[0].endswith("|1/1") and told[-1].endswith("|1/1")
    assert told[1:-1] == [str(made[1].payload(page, len(told) - 2)) for page in range(1, len(told) - 1)]
    assert len(told) == 5
    assert all("示范县第2精密" in text and "指标" in text for text, _ in read[1:3])


def test_the_code_is_at_least_22_mm_wide_and_stands_in_the_top_right(sheet):
    with pypdfium2.PdfDocument(confirmation_sheets([sheet()], **COMMON)) as document:
        scale = 200 / 72
        code = zxingcpp.read_barcodes(document[0].render(scale=scale, grayscale=True).to_numpy())[0]
    corners = code.position
    width_mm = (corners.top_right.x - corners.top_left.x) / 200 * 25.4
    assert 22 <= width_mm <= 26
    assert corners.top_left.x > 0.7 * 210 / 25.4 * 200 and corners.bottom_left.y < 50 / 25.4 * 200
    assert code.ec_level in {"M", "Q", "H"}


def test_the_area_builds_up_to_the_assessed_area(sheet):
    areas = [
        AreaRow(AreaKind.DEDUCTION, "甲", Decimal("0.5"), "河道控制线"),
        AreaRow(AreaKind.OWN_TITLED, "甲", Decimal("30")),
        AreaRow(AreaKind.OWN_UNTITLED, "乙", Decimal("2.25")),
        AreaRow(AreaKind.LEASED_IN, "丙", Decimal("4")),
        AreaRow(AreaKind.LEASED_OUT, "甲", Decimal("10")),
    ]
    one = sheet(area_rows=areas, assessed=Decimal("25.75"))
    assert one.assessed_area == Decimal("25.75")
    text = pages(confirmation_sheets([one], **COMMON))[0][0].replace("\n", "")
    assert "自有证载 30 ＋ 无证占用 2.25 ＋ 承租 4 － 出租 10 － 扣除 0.5 ＝ 核定面积 25.75 亩" in text
    with pytest.raises(ValueError, match="不符"):
        sheet(area_rows=areas, assessed=Decimal("26"))


def test_a_missing_number_is_printed_as_missing_and_compared_with_nothing(sheet):
    row = MeasureRow("研发费用", None, "万元", "科技局", Decimal(5))
    assert row.change == "无可比"
    assert MeasureRow("税", Decimal(5), last_year=Decimal(0)).change == "无可比"
    assert MeasureRow("税", Decimal("5.0001"), last_year=Decimal(5)).change == "0.0%"
    assert MeasureRow("利润", Decimal(5), last_year=Decimal(-5)).change == "+200.0%"
    assert "未报送" in pages(confirmation_sheets([sheet(rows=[row])], **COMMON))[0][0]


@pytest.mark.parametrize(
    "name", ["#panic(1)公司", "$x$ *粗* _斜_ @甲 <乙>", '"]}{{x}}', "\\u{41} `raw` = 标题", "// 注释 /* */"]
)
def test_names_are_text_and_never_template(name, sheet):
    assert name in pages(confirmation_sheets([sheet(enterprise=name)], **COMMON))[0][0]


def test_control_and_direction_characters_do_not_reach_the_paper(sheet):
    text = pages(confirmation_sheets([sheet(enterprise="甲\x00乙\u202e丙\x1b有限公司")], **COMMON))[0][0]
    assert "甲乙丙有限公司" in text


def test_a_character_no_font_holds_is_named_instead_of_lost(sheet):
    text = pages(confirmation_sheets([sheet(enterprise="𠮷野镕䶮有限公司")], **COMMON))[0][0]
    assert "〓U+20BB7野镕䶮有限公司" in text


def test_the_same_sheets_give_the_same_bytes_also_when_merged_from_batches(sheet):
    made = [sheet(number) for number in range(1, 5)]
    assert confirmation_sheets(made, **COMMON) == confirmation_sheets(made, **COMMON)
    assert confirmation_sheets(made, **COMMON, batch=2) == confirmation_sheets(made, **COMMON, batch=2)
    read = pages(confirmation_sheets(made, **COMMON, batch=2))
    assert [codes for _, codes in read] == [[str(one.payload(1, 1))] for one in made]


def test_progress_is_told_and_a_stop_is_heeded(sheet):
    made, told = [sheet(number) for number in range(1, 6)], []
    confirmation_sheets(made, **COMMON, batch=2, on_progress=lambda done, total: told.append((done, total)))
    assert told == [(2, 5), (4, 5), (5, 5)]
    with pytest.raises(RenderCancelled):
        confirmation_sheets(made, **COMMON, batch=2, cancelled=lambda: True)


def test_sheets_that_could_not_be_told_apart_are_refused(sheet):
    with pytest.raises(ValueError, match="出现两次"):
        confirmation_sheets([sheet(1), sheet(1)], **COMMON)
    with pytest.raises(ValueError, match="没有可打印"):
        confirmation_sheets([], **COMMON)
    for over in ({"id": "有|竖线"}, {"id": ""}, {"id": "x" * 41}, {"version_hash": "ABC"}):
        with pytest.raises(ValueError, match="不合规"):
            sheet(**over)
    with pytest.raises(ValueError, match="负数"):
        sheet(area_rows=[AreaRow(AreaKind.OWN_TITLED, "甲", Decimal(-1))])


def test_a_fault_of_the_template_itself_is_not_hidden():
    with pytest.raises(typst.TypstError):
        render("confirmation", {"title": "缺了一切"})


@given(
    st.from_regex(r"[0-9A-Za-z_-]{1,40}", fullmatch=True), st.integers(0, 2**64 - 1), st.integers(1, 999), st.integers(0, 99)
)
def test_a_payload_reads_back_as_it_was_written(name, version, page, more):
    payload = Payload(name, f"{version:016x}", page, min(page + more, 999))
    assert Payload.parse(str(payload)) == payload


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://x",
        "TL1|a|0|1/1",
        "TL1|a|0123456789abcdef|2/1",
        "TL1|a|0123456789ABCDEF|1/1",
        "TL1|a|0123456789abcdef|1/1\n",
        "TL2|a|0123456789abcdef|1/1",
        "TL1|a|0123456789abcdef|١/1",
    ],
)
def test_any_other_code_is_no_payload(text):
    assert Payload.parse(text) is None


def test_a_sheet_is_a_value(sheet):
    assert isinstance(sheet(), Sheet) and sheet() == sheet()
