"""Exact numbers as people read them."""

from __future__ import annotations

from fractions import Fraction

from tenglong.domain.units import MONEY_UNITS

WAN = MONEY_UNITS["wan_yuan"]
PLACES = 6


def number(value: Fraction) -> str:
    """Exact where six decimals hold it, else “≈” and six decimals, trailing zeros dropped."""
    scaled = round(value * 10**PLACES)
    sign, size = ("-" if scaled < 0 else ""), abs(scaled)
    text = f"{sign}{size // 10**PLACES:,}.{size % 10**PLACES:0{PLACES}d}".rstrip("0").rstrip(".")
    return text if Fraction(scaled, 10**PLACES) == value else f"≈{text}"


def percent(value: Fraction) -> str:
    return f"{number(value * 100)}%"


def wan(fen: Fraction | int) -> str:
    """分 as 万元."""
    return f"{number(Fraction(fen) / WAN)} 万元"
