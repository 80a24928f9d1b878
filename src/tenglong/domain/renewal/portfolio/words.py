"""Figures of a plan as people read them."""

from __future__ import annotations

from decimal import Decimal

from tenglong.domain.units import from_cm2, from_fen


def plain(value: Decimal) -> str:
    """1,234.5 without trailing zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def fen_text(fen: int) -> str:
    """万元 to the 分 (0.000001 万元)."""
    return f"{plain(from_fen(fen, 'wan_yuan'))} 万元"


def about_text(fen: int) -> str:
    """万元 with two decimals from 1 万元 up: figures of an answer, which nobody typed."""
    value = from_fen(fen, "wan_yuan")
    return f"{plain(round(value, 2) if abs(value) >= 1 else value)} 万元"


def mu_text(cm2: int) -> str:
    return f"{plain(from_cm2(cm2, 'mu', 2))} 亩"


def year_text(year: int | None) -> str:
    return "各年合计" if year is None else f"{year} 年"


def scope_text(where: str, name: str) -> str:
    return {"all": "全域", "town": f"镇街“{name}”", "zone": f"片区“{name}”", "chain": f"产业链“{name}”"}[where]


def share_text(share: float) -> str:
    """A gap as a percentage, three figures."""
    return f"{share * 100:.3g}%"
