"""统一社会信用代码, GB 32100-2015, with the embedded organisation code of GB 11714.

Some issued codes break the check rule, so a wrong check digit is a warning to be confirmed against the licence.
The six digits in the middle name the registering authority of that day: old, and never the place of the enterprise.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from stdnum.cn import uscc as standard

from tenglong.domain.codes.books import Books
from tenglong.domain.codes.division import authority_segment
from tenglong.domain.codes.model import CodeExplanation, Kind, Segment, code_issue, wrong_characters
from tenglong.domain.quality.issue import Issue, Severity

SYSTEM = "GB 32100-2015"
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18
_ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d*)?[eE]\+?\d+")
_FLOAT = re.compile(r"\d{15,}\.0+")


def check_character(body: str) -> str:
    """The 18th character for the first 17 (all in ALPHABET)."""
    return str(standard.calc_check_digit(body))


def org_check_character(body: str) -> str:
    """GB 11714: ninth character for eight of 0-9A-Z (A = 10 … Z = 35); 10 → X, 11 → 0."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, _ORG_WEIGHTS, strict=True))
    return "0X987654321"[total % 11]


def is_damaged(text: str) -> bool:
    """Scientific notation or a float tail: a spreadsheet has thrown digits away."""
    return bool(_SCIENTIFIC.fullmatch(text) or _FLOAT.fullmatch(text))


def check_uscc(code: str) -> list[Issue]:
    """Issues of one credit code, cheapest first; a damaged or misshapen code gets no further checks."""
    if is_damaged(code):
        message = f"“{code}”是表格软件的科学计数法，末尾数字已经丢失，无法还原"
        return [_issue(code, "uscc-scientific-notation", Severity.ERROR, message, "把该列设为文本格式，按营业执照重新填写")]
    issues = wrong_characters("uscc", code, ALPHABET, "uscc-character")
    if len(code) != LENGTH:
        message = f"应为 {LENGTH} 位，实为 {len(code)} 位"
        issues.insert(0, _issue(code, "uscc-length", Severity.ERROR, message, "按营业执照补全或更正"))
    return issues or _check_digits(code)


def _issue(code: str, rule: str, severity: Severity, message: str, fix: str) -> Issue:
    return code_issue("uscc", code, rule, severity, message, fix)


def _check_digits(code: str) -> list[Issue]:
    issues = []
    if not code[2:8].isdecimal():
        message = f"第 3–8 位登记机关行政区划“{code[2:8]}”应为数字"
        return [_issue(code, "uscc-authority", Severity.ERROR, message, "按营业执照更正")]
    if (expected := check_character(code[:17])) != code[17]:
        message = f"第 18 位校验码应为 {expected}，实为 {code[17]}；确有个别已发代码不合校验"
        issues.append(_issue(code, "uscc-check-digit", Severity.WARNING, message, "核对营业执照；一致则人工确认"))
    if (expected := org_check_character(code[8:16])) != code[16]:
        message = f"第 17 位主体标识码（组织机构代码）校验位应为 {expected}，实为 {code[16]}"
        issues.append(_issue(code, "uscc-org-check-digit", Severity.WARNING, message, "核对营业执照；一致则人工确认"))
    return issues


def explain_uscc(kind: Kind, code: str, on: date | None, books: Books) -> CodeExplanation:
    """Segments only for 18 characters; the authority's division is explained as of `on` and never used as a location."""
    issues = check_uscc(code)
    if len(code) != LENGTH or is_damaged(code):
        return CodeExplanation(kind, code, False, (), tuple(issues))
    authority, more = authority_segment(code[2:8], on, books, "authority", "登记机关行政区划")
    authority = replace(authority, meaning=f"{authority.meaning}（登记机关，不代表企业所在地）")
    department, category = _letters(code, books)
    segments = (
        department,
        category,
        authority,
        Segment("organisation", "主体标识码（组织机构代码）", code[8:17], f"GB 11714，本体 {code[8:16]}，校验位 {code[16]}"),
        Segment("check", "校验码", code[17], "GB 32100-2015 附录：模 31 加权校验"),
    )
    valid = not issues and "未知" not in (department.meaning, category.meaning)
    return CodeExplanation(
        kind,
        code,
        valid,
        segments,
        (
            *issues,
            *_unknown_letters(code, department, category),
            *(_of_authority(code, issue) for issue in more),
        ),
    )


def _of_authority(code: str, issue: Issue) -> Issue:
    """An authority that has since been renamed is normal (info); one never listed is worth a look (warning)."""
    if issue.rule == "division-name-abolished":
        return replace(issue, key=code, field="uscc", rule="uscc-authority-historic", severity=Severity.INFO, fix="无须处理")
    return replace(issue, key=code, field="uscc", rule="uscc-authority-not-listed")


def _letters(code: str, books: Books) -> tuple[Segment, Segment]:
    first = books.letter(SYSTEM, "department", code[0])
    second = books.letter(SYSTEM, f"category-{code[0]}", code[1])
    return (
        Segment("department", "登记管理部门", code[0], first.label if first else "未知"),
        Segment("category", "机构类别", code[1], second.label if second else "未知"),
    )


def _unknown_letters(code: str, *segments: Segment) -> list[Issue]:
    return [
        _issue(
            code,
            "uscc-category",
            Severity.WARNING,
            f"{part.label}代码“{part.value}”不在已知代码表内",
            "核对营业执照；一致则人工确认",
        )
        for part in segments
        if part.meaning == "未知"
    ]
