"""Options of `tenglong plan` as parts of a problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from tenglong.domain.renewal.portfolio.codec import from_json
from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Assembly,
    Budget,
    Capacity,
    Compactness,
    MinContiguous,
    Objective,
    Problem,
    Share,
    Target,
    Where,
)
from tenglong.domain.units import UnitError, to_cm2, to_fen

if TYPE_CHECKING:
    from tenglong.domain.renewal.portfolio.sheet import Sheet

AIMS = {"least-shortfall": Aim.LEAST_SHORTFALL, "most-uplift": Aim.MOST_UPLIFT, "cheapest": Aim.CHEAPEST}


@dataclass(frozen=True)
class Asked:
    """What the command line asks, figures as typed."""

    budgets: Sequence[str]
    targets: Sequence[str]
    shares: Sequence[str]
    capacities: Sequence[str]
    aim: Aim
    years: tuple[int, ...]
    until: int | None
    expected: bool
    members: int
    min_mu: str | None
    premium: str | None
    above_mu: str
    per_holder: str
    compactness: str | None


def years_of(text: str | None) -> tuple[int, ...]:
    """2026-2028 or 2026,2027; none: this year. Raises click.UsageError."""
    if not text:
        return (date.today().year,)
    first, dash, last = text.partition("-")
    try:
        found = tuple(range(int(first), int(last) + 1)) if dash else tuple(int(part) for part in text.split(","))
    except ValueError as error:
        raise click.UsageError(f"--years 写的是“{text}”，请写成 2026-2028 或 2026,2027") from error
    if not found or not all(1990 <= year <= 2100 for year in found) or len(found) > 30:
        raise click.UsageError(f"--years 写的是“{text}”，请写 1990 至 2100 之间、由小到大的年份")
    return found


def problem_of(asked: Asked, sheet: Sheet, name: str) -> Problem:
    """Raises click.UsageError for a figure that cannot be read."""
    assembly = None
    if asked.premium or Decimal(_figure(asked.per_holder, "--per-holder")):
        assembly = Assembly(
            fen(asked.premium or "0", "--premium"), _cm2(asked.above_mu, "--above-mu"), fen(asked.per_holder, "--per-holder")
        )
    return Problem(
        asked.years,
        tuple(sheet.candidates),
        tuple(sheet.options),
        Objective(asked.aim, asked.until, asked.expected),
        tuple(_budget(text, asked.years) for text in asked.budgets),
        tuple(_target(text, asked.years, sheet) for text in asked.targets),
        tuple(_share(text) for text in asked.shares),
        tuple(_capacity(text, asked.years) for text in asked.capacities),
        MinContiguous(_cm2(asked.min_mu, "--min-mu")) if asked.min_mu else None,
        assembly,
        Compactness(fen(asked.compactness, "--compactness")) if asked.compactness else None,
        sheet.graph,
        asked.members,
        name=name,
    )


def problem_file(path: Path) -> Problem:
    """A problem kept as JSON. Raises click.ClickException for text that is no JSON, ProblemError for a wrong part."""
    try:
        data = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise click.ClickException(f"“{path.name}”不是 JSON：{error}") from error
    if not isinstance(data, dict):
        raise click.ClickException(f"“{path.name}”应是一个方案问题（键值对）")
    return from_json(data)


def _named(text: str, years: tuple[int, ...]) -> tuple[str, int | None, str]:
    """曹娥街道=30 → (曹娥街道, None, 30); 2026=300 → ("", 2026, 300); 300 → ("", None, 300)."""
    name, equals, amount = text.rpartition("=")
    if not equals:
        return "", None, text
    if name.isdigit():
        if int(name) not in years:
            raise click.UsageError(f"“{text}”：{name} 年不在计划年份 {'、'.join(map(str, years))} 内，请检查 --years")
        return "", int(name), amount
    return name, None, amount


def _budget(text: str, years: tuple[int, ...]) -> Budget:
    name, year, amount = _named(text, years)
    if name:
        raise click.UsageError(f"--budget 写的是“{text}”，请写成 8000 或 2026=8000（万元）")
    return Budget(fen(amount, "--budget"), year)


def _target(text: str, years: tuple[int, ...], sheet: Sheet) -> Target:
    name, year, amount = _named(text, years)
    chains = {one.chain for one in sheet.candidates if one.chain}
    where = Where.ALL if not name else Where.CHAIN if name in chains else Where.TOWN
    return Target(_cm2(amount, "--target-mu"), where=where, name=name, year=year)


def _share(text: str) -> Share:
    name, equals, amount = text.rpartition("=")
    if not equals:
        raise click.UsageError(f"--chain-share 写的是“{text}”，请写成 高端装备=30（百分数）")
    return Share(name, round(Decimal(_figure(amount, "--chain-share")) * 100))


def _capacity(text: str, years: tuple[int, ...]) -> Capacity:
    name, year, amount = _named(text, years)
    where = Where.TOWN if name else Where.ALL
    return Capacity(round(Decimal(_figure(amount, "--relocation"))), where=where, name=name, year=year)


def fen(text: str, option: str) -> int:
    return to_fen(_figure(text, option), "wan_yuan")


def _cm2(text: str, option: str) -> int:
    return to_cm2(_figure(text, option), "mu")


def _figure(text: str, option: str) -> str:
    plain = text.replace(",", "").replace("，", "").strip()
    try:
        if not Decimal(plain).is_finite() or abs(Decimal(plain)) >= 10**10:
            raise UnitError(plain)
    except (InvalidOperation, UnitError) as error:
        raise click.UsageError(f"{option} 写的是“{text}”，请写阿拉伯数字") from error
    return plain
