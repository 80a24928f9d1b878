"""Plots, their owners and every value that a set of criteria reads, in bulk."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

import pyarrow as pa
from django.utils import timezone
from django.utils.translation import gettext_noop

from tenglong.apps.renewal.rows.firms import SUMS, Firms
from tenglong.apps.renewal.rows.held import Held, typed
from tenglong.apps.renewal.rows.land import Ground, Land
from tenglong.apps.renewal.rows.said import say
from tenglong.domain.measures import packaged
from tenglong.domain.renewal.criteria.checks import Criteria
from tenglong.domain.renewal.criteria.rows import Plot, Record, Sheet
from tenglong.domain.renewal.criteria.vocabulary import Input

#: where a sum over the firms on a plot stands
ON_PLOT = gettext_noop("地上 %(n)s 家企业 %(year)s 年合计，按用地面积分摊")
#: what idle-land work says of a plot: plot → (value of `idle`, source, days or None)
IdleWords = Callable[[], Mapping[int, tuple[str, str, int | None]]]


@dataclass
class Rows:
    """`sheet` for the criteria; `grounds` in the same order; `owners`: plot → firm; `shared`: plots that others use too."""

    sheet: Sheet
    grounds: list[Ground]
    owners: dict[int, int | None]
    shared: set[int]
    used: tuple[str, ...] = ()
    inputs: Mapping[str, Input] = field(default_factory=dict, repr=False)

    def table(self) -> pa.Table:
        """One line per plot: its key, its owner, and of every input its value as exact text (null: missing), where it stands
        (`src_`) and why it is missing (`why_`)."""
        plots, nobody = self.sheet.plots, Record("")
        owners = [self.sheet.owners.get(plot.owner, nobody) for plot in plots]
        columns: dict[str, list[str | None]] = {"key": [one.key for one in plots], "owner": [one.owner for one in plots]}
        for name in self.used:
            records = owners if self.inputs[name].of == "owner" else plots
            values = [record.values.get(name) for record in records]
            columns[f"in_{name}"] = [None if value is None else str(value) for value in values]
            columns[f"src_{name}"] = [record.sources.get(name) for record in records]
            columns[f"why_{name}"] = [record.flaws.get(name) for record in records]
        return pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})


def record_of(row: Mapping[str, str | None], inputs: Mapping[str, Input], of: str) -> Record:
    """The plot's or its owner's part of a line of `Rows.table`."""
    held = Held()
    for name in (column.removeprefix("in_") for column in row if column.startswith("in_")):
        if name not in inputs or inputs[name].of != of:
            continue
        value, why = row[f"in_{name}"], row.get(f"why_{name}")
        if value is not None:
            held.put(name, value == "True" if inputs[name].type == "flag" else typed(value, inputs[name].type),
                     row.get(f"src_{name}") or "")
        elif why:
            held.lack(name, why)
    return Record(row["key" if of == "plot" else "owner"] or "", held.values, held.sources, held.flaws)


def day_of(year: int) -> date:
    """The last day of the year, or today while it lasts: land as it was then."""
    return min(date(year, 12, 31), timezone.localdate())


def assemble(actor: Any, year: int, criteria: Criteria, idle: IdleWords = dict, on: date | None = None) -> Rows:
    """Every plot that the actor may see, as of the end of the year or `on`, with what `criteria` reads and nothing else."""
    day, used = on or day_of(year), criteria.used
    asked, sums = frozenset(used), [name for name in SUMS if name in used]
    land = Land(actor, day)
    firms = Firms(actor, year, day, used)
    told, owners = idle(), dict[int, int | None]()
    plots, shared = [], set[int]()
    for ground in land.grounds:
        owner = land.owner(ground.id, firms.by_code)
        owners[ground.id] = owner if owner in firms.rows else None
        held = land.fill(ground, asked)
        if {use.firm for use in land.uses.get(ground.id, ())} - {owner, None}:
            shared.add(ground.id)
        _figures(held, ground, land, firms, sums)
        _stopped(held, ground, land, firms)
        _low_years(held, owner, firms, asked)
        _idle(held, told.get(ground.id))
        plots.append(_plot(ground, held, owners[ground.id], firms))
    records = {str(pk): _owner(pk, land, firms) for pk in sorted({pk for pk in owners.values() if pk is not None})}
    return Rows(Sheet(tuple(plots), records), land.grounds, owners, shared, used, getattr(criteria, "inputs", {}))


def _plot(ground: Ground, held: Held, owner: int | None, firms: Firms) -> Plot:
    label = firms.name(owner) if owner else ""
    return Plot(ground.code, held.values, held.sources, held.flaws, owner=str(owner or ""), label=label)


def _owner(firm: int, land: Land, firms: Firms) -> Record:
    areas = list(land.plots_of.get(firm, {}).values())
    used = None if None in areas else sum(area or 0 for area in areas)
    held = firms.owner(firm, used)
    return Record(str(firm), held.values, held.sources, held.flaws)


def _figures(held: Held, ground: Ground, land: Land, firms: Firms, names: Sequence[str]) -> None:
    """Figures of all firms on the plot, each by the part of its own use that lies here."""
    for name in names:
        if name in held.values:
            continue
        users = sorted({use.firm for use in land.uses.get(ground.id, ()) if use.firm is not None})
        if not users:
            held.lack(name, gettext_noop("没有登记用地企业"))
            continue
        measure, total = SUMS[name], Fraction(0)
        why = ""
        for firm in users:
            share = land.share(firm, ground.id)
            value = firms.figures.get(measure, {}).get(firm)
            if share is None or (value is None and share):
                why = why or _lacking(firms, firm, measure, share is None)
            elif value is not None:
                total += value[0] * share
        if why:
            held.lack(name, why)
        else:
            held.put(name, total, say(ON_PLOT, n=len(users), year=firms.year))


def _lacking(firms: Firms, firm: int, measure: str, area: bool) -> str:
    name = firms.name(firm) or "范围外的企业"
    if area:
        return say(gettext_noop("%(firm)s 有多块用地，占地面积没有登记，分摊不了"), firm=name)
    return firms.flaws.get((measure, firm)) or say(
        gettext_noop("缺 %(firm)s 的%(label)s"), firm=name, label=packaged()[measure].label)


def _stopped(held: Held, ground: Ground, land: Land, firms: Firms) -> None:
    """Without a record: somebody who used power or had revenue in the year has not stood still for the whole of it."""
    if "stopped_months" in held.values or "stopped_months" not in firms.wanted:
        return
    for firm in sorted({use.firm for use in land.uses.get(ground.id, ()) if use.firm is not None and use.role != "idle"}):
        if (found := firms.active(firm)) is not None:
            said = gettext_noop("没有停产记录；%(year)s 年 %(firm)s %(label)s大于 0，按在产计")
            held.put("stopped_months", Fraction(0), say(said, year=firms.year, firm=firms.name(firm), label=found))
            return
    held.lack("stopped_months", gettext_noop("没有停产记录，也没有当年用电量或营业收入可以证明在产"))


def _low_years(held: Held, owner: int | None, firms: Firms, used: Collection[str]) -> None:
    """The owner's grade alone: a tenant's does not fall on the landlord."""
    if "d_years" not in used or "d_years" in held.values:
        return
    if owner is None:
        held.lack("d_years", gettext_noop("没有登记权利人，不知评价结果"))
        return
    value, told = firms.grades.years_low(owner)
    if value is None:
        held.lack("d_years", told)
    else:
        held.put("d_years", value, told)


def _idle(held: Held, told: tuple[str, str, int | None] | None) -> None:
    if told is not None:
        held.put("idle", told[0], told[1])
        held.put("idle_days", None if told[2] is None else Fraction(told[2]), told[1])
    elif held.values.get("idle") == "none":
        held.put("idle_days", Fraction(0), held.sources["idle"])
