"""The floors of a tower as a drawing: one bar a floor, as wide as its area, let from the left, the rest vacant."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from tenglong.domain.landing.towers import Level, Stack

WIDTH, FLOOR, GAP, LEFT = 420, 26, 4, 44
#: tones of tenants, by turns; the stylesheet says the colours
TONES: Final = 6


@dataclass(frozen=True)
class Piece:
    x: float
    width: float
    tone: str
    title: str


@dataclass(frozen=True)
class Bar:
    floor: int
    y: int
    width: float
    pieces: tuple[Piece, ...]
    level: Level


@dataclass(frozen=True)
class Drawing:
    bars: tuple[Bar, ...]
    height: int
    width: int = LEFT + WIDTH + 8
    left: int = LEFT
    thick: int = FLOOR


def drawing(whole: Stack) -> Drawing:
    """Every floor in the same scale: the widest fills the drawing."""
    widest = max((max(one.lettable_cm2, one.let_cm2) for one in whole.levels), default=0) or 1
    turns: dict[str, int] = {}
    bars = []
    for at, level in enumerate(whole.levels):
        y = 4 + at * (FLOOR + GAP)
        bars.append(Bar(level.floor, y, round(WIDTH * level.lettable_cm2 / widest, 1), _pieces(level, widest, turns), level))
    return Drawing(tuple(bars), 8 + len(bars) * (FLOOR + GAP))


def percent(share: Fraction | None) -> str:
    """With one place, half-even; a dash where there is no denominator."""
    if share is None:
        return "—"
    tenths = round(1000 * share)
    return f"{tenths // 10}.{tenths % 10}"


def _pieces(level: Level, widest: int, turns: dict[str, int]) -> tuple[Piece, ...]:
    """A tenant keeps its tone on every floor."""
    x, found = float(LEFT), []
    for tenant in level.tenants:
        width = WIDTH * tenant.area_cm2 / widest
        tone = turns.setdefault(f"{tenant.key}|{tenant.name}", len(turns) % TONES)
        found.append(Piece(round(x, 1), round(width, 1), f"t{tone}", tenant.name))
        x += width
    return tuple(found)
