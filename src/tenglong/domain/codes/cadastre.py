"""Parcel (19) and unit (28) codes of GB/T 37346-2019; printed in groups 6-6-7-9, blanks accepted on input. No check digit."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from tenglong.domain.codes.books import Books
from tenglong.domain.codes.division import authority_segment
from tenglong.domain.codes.model import CodeExplanation, Kind, Segment, code_issue
from tenglong.domain.quality.issue import Issue, Severity

SYSTEM = "GB/T 37346-2019"
PARCEL_LENGTH, UNIT_LENGTH = 19, 28
_PARTS = (
    ("division", "县级行政区划", 0, 6),
    ("district", "地籍区", 6, 9),
    ("subdistrict", "地籍子区", 9, 12),
    ("ownership", "所有权特征码", 12, 13),
    ("right", "宗地（宗海）特征码", 13, 14),
    ("serial", "宗地（宗海）顺序号", 14, 19),
)
_FIXTURE_PARTS = (("fixture", "定着物特征码", 19, 20), ("fixture_number", "定着物编号", 20, 28))


def compact(code: str) -> str:
    """The code without its printed blanks."""
    return re.sub(r"\s+", "", code)


def grouped(code: str) -> str:
    """As printed on a certificate: 6-6-7-9."""
    plain = compact(code)
    return " ".join(part for part in (plain[:6], plain[6:12], plain[12:19], plain[19:]) if part)


def explain_cadastre(kind: Kind, code: str, on: date | None, books: Books) -> CodeExplanation:
    """`kind` parcel or unit. Old county codes are explained as of `on` and warned about, not refused."""
    plain = compact(code)
    length = PARCEL_LENGTH if kind is Kind.PARCEL else UNIT_LENGTH
    if len(plain) != length:
        message = f"应为 {length} 位（6-6-7{'-9' if kind is Kind.UNIT else ''} 分组，空格不计），实为 {len(plain)} 位"
        wrong = _error(kind, code, f"{kind}-code-length", message, "按不动产权证书补全或更正")
        return CodeExplanation(kind, code, False, (), (wrong,))
    county, county_issues = authority_segment(plain[:6], on, books, "division", "县级行政区划")
    segments = [county, *_segments(kind, plain, books)]
    issues = _form(kind, plain, books) or _meaning(kind, plain, books)
    placed = [replace(issue, key=code, field=f"{kind}_code") for issue in county_issues]
    return CodeExplanation(kind, code, not issues, tuple(segments), (*issues, *placed))


def _error(kind: Kind, code: str, rule: str, message: str, fix: str) -> Issue:
    return code_issue(f"{kind}_code", code, rule, Severity.ERROR, message, fix)


def _segments(kind: Kind, plain: str, books: Books) -> list[Segment]:
    parts = _PARTS[1:] + (_FIXTURE_PARTS if kind is Kind.UNIT else ())
    return [Segment(name, label, plain[a:b], _words(name, plain, plain[a:b], books)) for name, label, a, b in parts]


def _words(name: str, plain: str, value: str, books: Books) -> str:
    letter = books.letter(SYSTEM, name, value)
    if letter:
        return letter.label
    if name == "fixture_number" and plain[19] == "F":
        return f"第 {value[:4]} 幢，第 {value[4:]} 户（单元）"
    return {
        "district": "县级区划内的地籍区",
        "subdistrict": "地籍区内的地籍子区",
        "serial": "同一特征码内的顺序号",
        "fixture_number": "无定着物" if value == "00000000" else "定着物顺序编号",
    }.get(name, "未知代码")


def _form(kind: Kind, plain: str, books: Books) -> list[Issue]:
    """Errors of shape, each named with its part."""
    out = []
    parts = _PARTS + (_FIXTURE_PARTS if kind is Kind.UNIT else ())
    for name, label, a, b in parts:
        value = plain[a:b]
        known = books.letter(SYSTEM, name, value) is not None if b - a == 1 else re.fullmatch("[0-9]+", value) is not None
        if not known:
            place = f"第 {a + 1} 位" if b - a == 1 else f"第 {a + 1}–{b} 位"
            wanted = "取值不在标准所列字母内（须大写）" if b - a == 1 else "应全为数字"
            out.append(_error(kind, plain, f"{kind}-code-character", f"{place}{label}“{value}”{wanted}", "按不动产权证书更正"))
    return out


def _meaning(kind: Kind, plain: str, books: Books) -> list[Issue]:
    """Combinations that the standard excludes although every letter is known."""
    out = []
    ownership, right = plain[12], plain[13]
    letter = books.letter(SYSTEM, "right", right)
    if letter and letter.requires and ownership not in letter.requires:
        message = f"第 14 位 {right}（{letter.label}）只能与第 13 位 {'、'.join(letter.requires)} 搭配，实为 {ownership}"
        out.append(_error(kind, plain, "cadastre-letters-conflict", message, "核对权属类型与宗地特征码"))
    if plain[14:19] == "00000":
        out.append(_error(kind, plain, "cadastre-serial-zero", "宗地顺序号从 00001 起，没有 00000", "按不动产权证书更正"))
    if kind is Kind.UNIT and (plain[19] == "W") != (plain[20:] == "00000000"):
        message = "无定着物（W）时编号须为 00000000" if plain[19] == "W" else f"定着物 {plain[19]} 的编号不能为 00000000"
        out.append(_error(kind, plain, "unit-fixture-number", message, "核对定着物特征码与编号"))
    return out
