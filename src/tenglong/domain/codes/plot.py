"""Our own codes: `T` + township at birth (9) + serial (6) + check; `E` the same for an enterprise without a credit code.

The check character is ISO 7064 MOD 37,36 over everything before it, so it also guards the first letter: it finds every
single wrong character and nearly every swap of neighbours. The code is opaque: a plot that changes township keeps it, and
no rule may read a place out of it (the township is shown as the one *at birth*, nothing more).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from stdnum.iso7064 import mod_37_36

from tenglong.domain.codes.books import Books
from tenglong.domain.codes.model import CodeExplanation, Kind, Segment, code_issue
from tenglong.domain.quality.issue import Issue, Severity

LENGTH = 17
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTERS = {Kind.PLOT: "T", Kind.ENTERPRISE: "E"}
_LABELS = {Kind.PLOT: "地块码", Kind.ENTERPRISE: "企业档案码（暂无统一社会信用代码）"}


def make_plot_code(township: str, serial: int) -> str:
    """`township` 9 digits, `serial` 1…999999 counted per township by the caller. ValueError otherwise."""
    return _make("T", township, serial)


def make_enterprise_code(township: str, serial: int) -> str:
    """Provisional key of an enterprise without a credit code; same make-up and errors."""
    return _make("E", township, serial)


def make_plot_codes(township: str, serials: Sequence[int]) -> list[str]:
    """`make_plot_code` of many serials: the check runs through the common beginning once."""
    return _make_many("T", township, serials)


def make_enterprise_codes(township: str, serials: Sequence[int]) -> list[str]:
    """`make_enterprise_code` of many serials."""
    return _make_many("E", township, serials)


def _make_many(letter: str, township: str, serials: Sequence[int]) -> list[str]:
    for edge in (min(serials), max(serials)) if serials else ():
        _make(letter, township, edge)  # refuses what is out of range
    begin, rest = f"{letter}{township}", np.asarray(serials, dtype=np.int64)
    # ISO 7064 MOD 37,36, digit by digit for all at once; 0 counts as 36 before it is doubled
    check = np.full(len(rest), mod_37_36.checksum(begin))
    for place in range(5, -1, -1):
        check = (np.where(check == 0, 36, check) * 2 % 37 + rest // 10**place % 10) % 36
    last = (1 - np.where(check == 0, 36, check) * 2 % 37) % 36
    return [f"{begin}{serial:06d}{_ALPHABET[sign]}" for serial, sign in zip(rest.tolist(), last.tolist(), strict=True)]


def _make(letter: str, township: str, serial: int) -> str:
    if not re.fullmatch(r"[0-9]{9}", township):
        raise ValueError(f"乡镇代码应为 9 位数字，得到“{township}”")
    if not 1 <= serial <= 999_999:
        raise ValueError(f"顺序号应在 1 至 999999 之间，得到 {serial}")
    body = f"{letter}{township}{serial:06d}"
    return body + str(mod_37_36.calc_check_digit(body))


def is_plot_code(text: str) -> bool:
    """Make-up and check character of a plot code; no look-up."""
    return bool(re.fullmatch(r"T[0-9]{9}(?!000000)[0-9]{6}[0-9A-Z]", text)) and bool(mod_37_36.is_valid(text))


def explain_own(kind: Kind, code: str, on: date | None, books: Books) -> CodeExplanation:
    """Segments and issues of a plot or provisional enterprise code; `on` has no influence (opaque)."""
    issues = _check(kind, code)
    segments: tuple[Segment, ...] = ()
    if len(code) == LENGTH:
        born = books.divisions.last(code[1:10])
        county = books.divisions.last(code[1:7])
        place = (county.name if county else "") + (born.name if born else "")
        segments = (
            Segment("letter", "类别", code[0], _LABELS[kind]),
            Segment("township", "出生时镇街", code[1:10], f"{place or '未列入区划表'}（仅为出生时归属，不作定位依据）"),
            Segment("serial", "顺序号", code[10:16], "镇街内流水号，永不复用"),
            Segment("check", "校验位", code[16], "ISO 7064 MOD 37,36"),
        )
    return CodeExplanation(kind, code, not issues, segments, tuple(issues))


def _check(kind: Kind, code: str) -> list[Issue]:
    def error(rule: str, message: str, fix: str) -> list[Issue]:
        return [code_issue(f"{kind}_code", code, rule, Severity.ERROR, message, fix)]

    if len(code) != LENGTH:
        return error("plot-code-length", f"应为 {LENGTH} 位，实为 {len(code)} 位", "对照档案补全或更正")
    if code[0] != _LETTERS[kind]:
        return error("plot-code-letter", f"首位应为 {_LETTERS[kind]}，实为“{code[0]}”", "确认是地块码还是企业档案码")
    if not re.fullmatch(r"[0-9]{15}", code[1:16]) or code[16] not in _ALPHABET:
        return error("plot-code-character", "首位字母之后应为 15 位数字加 1 位校验字符", "对照档案更正")
    if code[10:16] == "000000":
        return error("plot-code-serial", "顺序号从 000001 起，没有 000000", "对照档案更正")
    expected = mod_37_36.calc_check_digit(code[:-1])
    if code[-1] != expected:
        return error("plot-code-check", f"校验位应为 {expected}，实为 {code[-1]}：至少有一位抄错", "对照档案逐位核对")
    return []
