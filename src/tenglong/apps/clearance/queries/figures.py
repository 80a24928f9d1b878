"""Rates, curve and map of a project on a day, from the same rows that its lists show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.clearance.models import (
    Agreement,
    AgreementState,
    Clearance,
    ClearedHolder,
    ClearedTarget,
    Payment,
    Role,
    What,
)
from tenglong.apps.clearance.queries.rows import holders
from tenglong.apps.clearance.service.holders import dates_of
from tenglong.domain.landing.clearance import curve, rates
from tenglong.domain.landing.clearance.curve import Point, Span
from tenglong.domain.landing.clearance.policy import STAGES, Stage
from tenglong.domain.landing.clearance.rates import Line, Rates, Share

MONEY: Final = "clearance.money"
CURVES: Final[tuple[Stage, ...]] = ("signed", "vacated", "demolished")


@dataclass(frozen=True)
class Held:
    """The lines of a project, read once for everything on its page. `money`: whether the reader sees amounts."""

    lines: tuple[Line, ...]
    money: bool


def may_money(user: Any, row: Clearance) -> bool:
    return scoped(user, Clearance.objects.filter(pk=row.pk), MONEY).exists()


def lines(user: Any, row: Clearance) -> Held:
    """Rights holders with their land; amounts only for those who may see them."""
    found = list(holders(user, row).filter(role=Role.HOLDER))
    keys = [one.pk for one in found]
    land: dict[int, list[Share]] = {}
    targets = ClearedTarget.objects.filter(holder_id__in=keys, what=What.PLOT, plot__isnull=False)
    for holder, plot, area in targets.values_list("holder_id", "plot_id", "area_cm2"):
        land.setdefault(holder, []).append(Share(plot or 0, area))
    clear = may_money(user, row)
    due, funds, paid = _money(keys) if clear else ({}, {}, {})
    return Held(tuple(_line(one, land, due, funds, paid) for one in found), clear)


Parts = Mapping[int, list[tuple[date, int]]]


def _line(one: ClearedHolder, land: Mapping[int, list[Share]], due: Mapping[int, int], funds: Parts, paid: Parts) -> Line:
    return Line(one.pk, dates_of(one), tuple(land.get(one.pk, ())), due.get(one.pk, 0), tuple(funds.get(one.pk, ())),
                tuple(paid.get(one.pk, ())))


def _money(keys: list[int]) -> tuple[dict[int, int], dict[int, list[tuple[date, int]]], dict[int, list[tuple[date, int]]]]:
    """Holder → agreed; (day, amount) of funds; (day, amount) paid. Of agreements that were signed."""
    signed = Agreement.objects.filter(holder_id__in=keys, state=AgreementState.SIGNED)
    due = dict(signed.values_list("holder_id", "amount_fen"))
    funds: dict[int, list[tuple[date, int]]] = {}
    paid: dict[int, list[tuple[date, int]]] = {}
    parts = Payment.objects.filter(agreement__in=signed).values_list(
        "agreement__holder_id", "amount_fen", "funded_on", "paid_on")
    for holder, amount, funded_on, paid_on in parts:
        if funded_on:
            funds.setdefault(holder, []).append((funded_on, amount))
        if paid_on:
            paid.setdefault(holder, []).append((paid_on, amount))
    return due, funds, paid


def rates_of(user: Any, row: Clearance, on: date) -> Rates:
    """Rates of the list of that day, by three bases; money is zero for those who may not see it."""
    return rates.rates(lines(user, row).lines, on)


def spans(row: Clearance) -> dict[Stage, Span]:
    return {stage: Span(*map(date.fromisoformat, row.plan[stage])) for stage in STAGES if stage in row.plan}


def curve_of(row: Clearance, held: Held, today: date, base: rates.Base = "holders") -> list[Point]:
    plan = {stage: span for stage, span in spans(row).items() if stage in CURVES}
    return curve.curve(held.lines, plan, CURVES, base, today)
