"""From plots and routes to the options of a plan: who may enter, what it costs, with which chance of the group.

What is left out says why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tenglong.domain.renewal.economics.checks import Economics
from tenglong.domain.renewal.economics.groups import GroupChance, Holding, group_chances
from tenglong.domain.renewal.economics.work import PlotEconomics, economics
from tenglong.domain.renewal.portfolio.parts import Option
from tenglong.domain.renewal.routes import RouteBook, entry


@dataclass(frozen=True)
class LeftOut:
    """A route that a plot does not get, and why: a condition not met, or figures that are missing."""

    plot: str
    route: str
    why: str


@dataclass(frozen=True)
class Offer:
    """`options` in the order of plots and routes; every other pair of them stands in `left_out`. `groups` by route. `also`: the
    further rows asked for, per (plot, route) of an option."""

    options: tuple[Option, ...]
    left_out: tuple[LeftOut, ...]
    groups: Mapping[str, tuple[GroupChance, ...]]
    also: Mapping[tuple[str, str], tuple[Fraction | None, ...]] = field(default_factory=dict)


def offer(
    model: Economics, book: RouteBook, holdings: Sequence[Holding], routes: Iterable[str] | None = None, *,
    years: tuple[int, ...] = (), also: Sequence[str] = (),
) -> Offer:
    """Options of every plot of `holdings` (one entry per plot and holder; inputs of the first count for the plot).

    `routes`: ids, labels or codes; default all of the catalogue. A route that a plot may not enter, or whose cost cannot be
    worked for want of a figure, is left out and says so: no plan rests on a guess. `also`: ids of rows to hand back beside.
    Raises LookupError for an unknown route.
    """
    wanted = [book.named(route) for route in routes] if routes is not None else list(book.ids)
    plots = {one.plot: one for one in reversed(holdings)}
    groups = {route: tuple(group_chances(model, holdings, route)) for route in wanted}
    by_plot = {route: {plot: one for one in held for plot in one.plots} for route, held in groups.items()}
    options: list[Option] = []
    left: list[LeftOut] = []
    rows: dict[tuple[str, str], tuple[Fraction | None, ...]] = {}
    for plot in dict.fromkeys(one.plot for one in holdings):
        for route in wanted:
            made, table = _option(model, book, plots[plot], route, by_plot[route][plot], years)
            if isinstance(made, Option) and table is not None:
                options.append(made)
                rows[plot, route] = tuple(table.value(name) for name in also)
            elif isinstance(made, LeftOut):
                left.append(made)
    return Offer(tuple(options), tuple(left), groups, rows)


def _option(
    model: Economics, book: RouteBook, one: Holding, route: str, group: GroupChance, years: tuple[int, ...]
) -> tuple[Option | LeftOut, PlotEconomics | None]:
    blocked = [condition.reason for condition in entry(book, route, one.inputs) if condition.holds is not True]
    if blocked:
        return LeftOut(one.plot, route, "；".join(blocked)), None
    table = economics(model, one.plot, one.inputs, route)
    figures = table.option()
    if figures is None:
        return LeftOut(one.plot, route, f"测算缺 {'、'.join(table.missing)}"), None
    option = Option(candidate=one.plot, route=route, years=years, group=group.label, chance_bp=group.counted, **figures)
    return option, table
