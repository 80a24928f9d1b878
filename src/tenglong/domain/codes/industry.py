"""Industry classes, always with the year of the edition: GB/T 4754-2017, and names of older editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenglong.domain.codes.books import Books, Industry, IndustryBook
from tenglong.domain.codes.model import CodeExplanation, Kind, Segment, code_issue
from tenglong.domain.codes.names import clean, normal_industry
from tenglong.domain.quality.issue import Issue, Severity

IN_FORCE = date(2017, 10, 1)
"""Day on which GB/T 4754-2017 took effect (its own foreword)."""
_LEVELS = {1: ("section", "门类"), 2: ("division", "大类"), 3: ("group", "中类"), 4: ("class", "小类")}


@dataclass(frozen=True)
class IndustryMatch:
    """`code` is empty when the name says nothing definite; `year` is the edition of the code."""

    code: str
    name: str
    year: int
    issues: tuple[Issue, ...] = ()


def industry_by_code(books: Books, code: str) -> Industry | None:
    """Exact code of GB/T 4754-2017 (letter, 2, 3 or 4 digits)."""
    return books.industry.by_code.get(clean(code).upper())


def industry_by_name(books: Books, name: str) -> IndustryMatch:
    """Name at any level. Equal names of parent and only child give the coarser class with digits.

    Issues: industry-name-old-edition (warning), industry-name-near (info), industry-ambiguous and
    industry-name-unknown (warnings).
    """
    book, text = books.industry, clean(name)
    if found := book.by_name.get(text):
        return _one_of(book, text, found, ())
    if old := book.old.get(text):
        return _from_old(book, text, old.edition, old.codes)
    found = book.by_normal.get(normal_industry(text)) or [one for one in book.cut_off if text.startswith(clean(one.name))]
    if found:
        note = _issue(text, "industry-name-near", Severity.INFO, f"“{text}”按“{found[0].name}”识别", "资料更新时写标准名称")
        return _one_of(book, text, found, (note,))
    issue = _issue(
        text, "industry-name-unknown", Severity.WARNING, f"“{text}”不是 GB/T 4754 的行业名称", "填写 4754-2017 的名称或代码"
    )
    return IndustryMatch("", text, book.year, (issue,))


def _issue(value: str, rule: str, severity: Severity, message: str, fix: str) -> Issue:
    return code_issue("industry", value, rule, severity, message, fix)


def _one_of(book: IndustryBook, text: str, found: list[Industry], issues: tuple[Issue, ...]) -> IndustryMatch:
    """A chain of equal names is one class told at several levels; anything else is ambiguous."""
    finest = max(found, key=lambda one: len(one.code))
    chain = {one.code for one in book.chain(finest.code)}
    if any(one.code not in chain for one in found):
        return _ambiguous(book, text, [one.code for one in found], issues)
    digits = [one for one in found if one.code.isdecimal()] or found
    best = min(digits, key=lambda one: len(one.code))
    return IndustryMatch(best.code, best.name, book.year, issues)


def _from_old(book: IndustryBook, text: str, edition: str, codes: tuple[str, ...]) -> IndustryMatch:
    names = "、".join(f"{code} {book.by_code[code].name}" for code in codes)
    message = f"“{text}”是 GB/T 4754-{edition} 的名称，2017 年版对应 {names}（对照待核）"
    note = _issue(text, "industry-name-old-edition", Severity.WARNING, message, "确认后改用 2017 年版代码")
    if len(codes) > 1:
        return _ambiguous(book, text, list(codes), (note,))
    return IndustryMatch(codes[0], book.by_code[codes[0]].name, book.year, (note,))


def _ambiguous(book: IndustryBook, text: str, codes: list[str], issues: tuple[Issue, ...]) -> IndustryMatch:
    """The deepest class that holds all candidates, when there is one."""
    chains = [[one.code for one in book.chain(code)] for code in codes]
    shared = [level[0] for level in zip(*chains, strict=False) if len(set(level)) == 1]
    code = shared[-1] if shared else ""
    message = f"“{text}”对应多个类别：{'、'.join(codes)}" + (f"；只能定到 {code} {book.by_code[code].name}" if code else "")
    issue = _issue(text, "industry-ambiguous", Severity.WARNING, message, "填写 4754-2017 代码")
    return IndustryMatch(code, book.by_code[code].name if code else text, book.year, (*issues, issue))


def explain_industry(kind: Kind, code: str, on: date | None, books: Books) -> CodeExplanation:
    """The class with its parents; a day before the edition took effect is warned about."""
    book = books.industry
    chain = book.chain(code)
    if not chain:
        wrong = _issue(
            code,
            "industry-code-unknown",
            Severity.ERROR,
            f"GB/T 4754-{book.year} 没有代码 {code}",
            "核对代码及其版本年份（2002、2011、2017）",
        )
        return CodeExplanation(kind, code, False, (), (wrong,))
    segments = tuple(Segment(*_LEVELS[len(one.code)], one.code, f"{one.name}（GB/T 4754-{book.year}）") for one in chain)
    issues = []
    if chain[-1].note:
        issues.append(
            _issue(
                code,
                "industry-name-incomplete",
                Severity.WARNING,
                f"{code} 的名称来源不完整：{chain[-1].note}",
                "以标准原文为准",
            )
        )
    if on and on < IN_FORCE:
        message = f"{on} 时 GB/T 4754-{book.year} 尚未施行（{IN_FORCE} 起），同一代码在旧版中含义可能不同"
        issues.append(_issue(code, "industry-edition", Severity.WARNING, message, "按当时版本核对"))
    return CodeExplanation(kind, code, True, segments, tuple(issues))
