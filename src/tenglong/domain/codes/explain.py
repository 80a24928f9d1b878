"""One door for “what is this code?”."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from tenglong.domain.codes.books import Books
from tenglong.domain.codes.cadastre import compact, explain_cadastre
from tenglong.domain.codes.division import explain_division
from tenglong.domain.codes.industry import explain_industry
from tenglong.domain.codes.model import CodeExplanation, Kind
from tenglong.domain.codes.plot import explain_own
from tenglong.domain.codes.resolve import resolve_division
from tenglong.domain.codes.uscc import explain_uscc

_SHAPES = {
    Kind.PLOT: re.compile(r"T[0-9A-Za-z]{16}"),
    Kind.ENTERPRISE: re.compile(r"E[0-9A-Za-z]{16}"),
    Kind.PARCEL: re.compile(r"[0-9]{12}[0-9A-Za-z]{7}"),
    Kind.UNIT: re.compile(r"[0-9]{12}[0-9A-Za-z]{16}"),
    Kind.USCC: re.compile(r"[0-9A-Za-z]{18}|[0-9]+(\.[0-9]*)?[eE]\+?[0-9]+|[0-9]{15,}\.0+"),
    Kind.INDUSTRY: re.compile(r"[A-T]|[0-9]{2,4}"),
    Kind.DIVISION: re.compile(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}"),
}
_EXPLAIN: dict[Kind, Callable[[Kind, str, date | None, Books], CodeExplanation]] = {
    Kind.PLOT: explain_own,
    Kind.ENTERPRISE: explain_own,
    Kind.PARCEL: explain_cadastre,
    Kind.UNIT: explain_cadastre,
    Kind.USCC: explain_uscc,
    Kind.INDUSTRY: explain_industry,
}


def matching_kinds(code: str) -> list[Kind]:
    """Kinds whose outward shape the text has; it may still be wrong in detail."""
    plain = compact(code)
    return [kind for kind, shape in _SHAPES.items() if shape.fullmatch(plain)]


def explain(kind: Kind, code: str, on: date | None, books: Books) -> CodeExplanation:
    """Blanks around and inside are dropped, nothing else is repaired. `on` None: the newest lists."""
    plain = compact(code)
    if kind is Kind.DIVISION:
        return _division(plain, on, books)
    return _EXPLAIN[kind](kind, plain, on, books)


def _division(plain: str, on: date | None, books: Books) -> CodeExplanation:
    """A code as it stands; a name through its resolution, whose issues come first."""
    if _SHAPES[Kind.DIVISION].fullmatch(plain):
        return explain_division(Kind.DIVISION, plain, on, books)
    found = resolve_division(books, plain, on=on)
    if not found.code:
        return CodeExplanation(Kind.DIVISION, plain, False, (), found.issues)
    inner = explain_division(Kind.DIVISION, found.code, on, books)
    valid = inner.valid and not any(issue.rule == "division-name-abolished" for issue in found.issues)
    return CodeExplanation(Kind.DIVISION, plain, valid, inner.segments, (*found.issues, *inner.issues))
