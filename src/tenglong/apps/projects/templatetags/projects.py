"""Filters of the pages of projects: `{% load projects %}`."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template

register = template.Library()
FEN_OF_YI = 10_000_000_000


@register.filter
def yi(fen: Any) -> str:
    """分 → 亿元 with two decimals."""
    return "—" if fen is None else f"{int(fen) / FEN_OF_YI:,.2f}"


@register.filter
def month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else "—"


@register.filter
def whole(number: Any) -> str:
    """A fraction of days with at most one decimal."""
    return "—" if number is None else f"{float(number):.1f}".removesuffix(".0")


@register.filter
def split_words(text: str) -> list[str]:
    return text.split()


@register.filter
def longest_open(rows: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    """(blocker, standing) of the one that has been open longest."""
    return max(rows, key=lambda one: one[1].open)
