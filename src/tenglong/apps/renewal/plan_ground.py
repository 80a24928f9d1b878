"""From the register to candidates and options: plots of a year with what economics and routes ask of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Any, Final, cast

import numpy as np
import shapely
from django.utils.translation import gettext as _

from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_names
from tenglong.apps.renewal.plan_asked import FILLS, Asked
from tenglong.apps.renewal.plan_policies import Rules
from tenglong.apps.renewal.rows.assemble import Rows, assemble
from tenglong.domain.evaluation.expression import Value
from tenglong.domain.geo.crs_names import LONLAT
from tenglong.domain.geo.working import working
from tenglong.domain.renewal.adjacency import adjacency
from tenglong.domain.renewal.criteria.checks import Criteria
from tenglong.domain.renewal.economics.groups import GroupChance, Holding
from tenglong.domain.renewal.economics.options import Offer, offer
from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.parts import Candidate, Option, Problem
from tenglong.store.spatial import read

#: who would have to go, beside the jobs of an option: rows of the table of figures
DISPLACED: Final = ("tenants_displaced", "households_displaced")
#: done, total, what is being done
Tell = Callable[[int, int, str], None]
STEPS: Final = 100
READ, WORKED, DRAWN = 15, 75, 90  # of the steps: the record, costs, neighbours


@dataclass(frozen=True)
class _Used:
    """The part of a set of criteria that `assemble` reads."""

    used: tuple[str, ...]


@dataclass
class Ground:
    """Every plot of the day with its inputs; `filled`: how many plots of which input were taken for granted."""

    rows: Rows
    inputs: dict[int, dict[str, Value]]
    filled: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Made:
    """A problem with what stands beside it on the page."""

    problem: Problem
    left_out: list[dict[str, str]]
    groups: dict[str, list[dict[str, Any]]]
    displaced: dict[str, dict[str, list[int | None]]]
    inputs: dict[str, dict[str, Any]]  # plot code → figures that costs rest on, as `kept_value` writes them
    filled: dict[str, int]
    no_shape: list[str]


def ground_of(actor: Any, year: int, rules: Rules, asked: Asked, on: date | None = None) -> Ground:
    """Inputs of every plot, as of the end of the year or `on`: the record, then the premises of the plan, then what it takes
    for granted."""
    wanted = tuple(dict.fromkeys((*rules.model.used, *rules.book.used)))
    rows = assemble(actor, year, cast(Criteria, _Used(wanted)), on=on)
    found = Ground(rows, {})
    for plot, ground in zip(rows.sheet.plots, rows.grounds, strict=True):
        owner = rows.sheet.owners.get(plot.owner)
        values: dict[str, Value] = {**(owner.values if owner else {}), **plot.values}
        values |= {name: ground.attributes[name] for name in rules.book.inputs
                   if isinstance(ground.attributes.get(name), bool)}
        values |= {name: True for name in asked.premises if name not in values and name in rules.book.inputs}
        for name in asked.fills:
            if values.get(name) is None and name in FILLS:
                values[name] = FILLS[name]
                found.filled[name] += 1
        found.inputs[ground.id] = values
    return found


def problem_of(
    actor: Any, ground: Ground, plots: Collection[int], rules: Rules, asked: Asked, name: str,
    tell: Tell = lambda done, total, text: None,
) -> Made:
    """A problem over these plots; a plot without any option is locked out and says why. Raises UnusableShapes never: plots
    without a usable boundary stand alone and are named."""
    towns, zones = town_names(actor), dict(registry.zones(actor).values_list("code", "name"))
    chosen = [one for one in ground.rows.grounds if one.id in plots and one.cm2 > 0]
    holdings = [Holding(one.code, str(ground.rows.owners[one.id] or one.code),
                        towns.get(one.division_code, one.division_code), ground.inputs[one.id]) for one in chosen]
    tell(READ, STEPS, _("逐块逐路径测算：%(n)s 块") % {"n": len(holdings)})
    found = offer(rules.model, rules.book, holdings, asked.routes, also=DISPLACED)
    tell(WORKED, STEPS, _("找相邻的地块"))
    label = {route: rules.book.route(route).label for route in rules.book.ids}
    options = tuple(replace(one, route=label[one.route]) for one in found.options)
    graph, no_shape = graph_of(actor, ground, [one.id for one in chosen], asked)
    tell(DRAWN, STEPS, _("写入方案"))
    able = {one.candidate for one in options}
    candidates = [Candidate(one.code, one.cm2, towns.get(one.division_code, one.division_code),
                            zones.get(one.zone_code, one.zone_code)) for one in chosen]
    kept = [at for at, one in enumerate(candidates) if one.key in able]
    problem = Problem(candidates=tuple(candidates[at] for at in kept), options=_offered(options, able), name=name,
                      graph=graph.subgraph(np.array(kept, dtype=np.int64)), **asked.parts())
    return Made(problem, [{"plot": one.plot, "route": label[one.route], "why": one.why} for one in found.left_out],
                {label[route]: [_group(one) for one in groups] for route, groups in found.groups.items()},
                displaced(found), {one.code: _inputs(ground.inputs[one.id], rules) for one in chosen if one.code in able},
                dict(ground.filled), no_shape)


def _offered(options: Sequence[Option], able: Collection[str]) -> tuple[Option, ...]:
    return tuple(one for one in options if one.candidate in able)


def _inputs(values: dict[str, Value], rules: Rules) -> dict[str, Any]:
    return {name: kept_value(values[name]) for name in rules.model.used if values.get(name) is not None}


def kept_value(value: Value) -> Any:
    """As JSON: a number as a list of its exact text, so that it is told from a word."""
    return [str(value)] if isinstance(value, Fraction) else value


def read_value(kept: Any) -> Value:
    return Fraction(kept[0]) if isinstance(kept, list) else cast(Value, kept)


def displaced(found: Offer) -> dict[str, dict[str, list[int | None]]]:
    """Plot code → route id → `DISPLACED` as whole numbers, None where something is not recorded."""
    out: dict[str, dict[str, list[int | None]]] = {}
    for (plot, route), values in found.also.items():
        out.setdefault(plot, {})[route] = [None if value is None else math.ceil(value) for value in values]
    return out


def _group(one: GroupChance) -> dict[str, Any]:
    """Never a person: a group of holders, its size, its chance or why it is hidden."""
    return {"label": one.label, "holders": one.holders, "plots": len(one.plots), "chance_bp": one.basis_points,
            "percent": None if one.basis_points is None else one.basis_points / 100, "note": one.note}


def graph_of(actor: Any, ground: Ground, plots: Sequence[int], asked: Asked) -> tuple[Graph, list[str]]:
    """Neighbours among `plots` in their order, seen among all plots of the day (one that lies between hides); codes of
    those without a usable boundary."""
    shapes = shapes_of(actor, [one.id for one in ground.rows.grounds])
    every = [one.id for one in ground.rows.grounds if one.id in shapes]
    codes = {one.id: one.code for one in ground.rows.grounds}
    missing = [codes[plot] for plot in plots if plot not in shapes]
    whole = neighbours([shapes[plot] for plot in every], asked.road_m, asked.shared_m)
    place = {plot: at for at, plot in enumerate(plots)}
    ends = [(place.get(every[a]), place.get(every[b])) for a, b in whole.edges.tolist()]
    kept = [at for at, (a, b) in enumerate(ends) if a is not None and b is not None]
    return Graph.of(len(plots), [ends[at] for at in kept], [float(whole.lengths[at]) for at in kept]), missing


def neighbours(shapes: Sequence[Any], road_m: float, shared_m: float) -> Graph:
    """Of boundaries in degrees."""
    if not shapes:
        return Graph.of(0, [], [])
    flat = working(np.array(shapes, dtype=object), LONLAT)
    return adjacency(flat.shapes, min_shared_m=shared_m, road_m=road_m)


def shapes_of(actor: Any, plots: Collection[int], on: Any = None) -> dict[int, Any]:
    """Plot → boundary in degrees, of those that have a valid one."""
    wanted = set(plots)
    rows = registry.plots(actor, on).exclude(shape_id=None).order_by().values_list("plot_id", "shape_id")
    held = {plot: shape for plot, shape in rows if plot in wanted and shape is not None}
    wkb = read(held.values())
    found = {plot: shapely.from_wkb(wkb[shape]) for plot, shape in held.items() if shape in wkb}
    return {plot: one for plot, one in found.items()
            if one.geom_type in ("Polygon", "MultiPolygon") and not one.is_empty and one.is_valid}


def no_option(made: Made) -> str:
    """Why nothing can be planned, by the commonest reasons."""
    reasons = Counter(one["why"] for one in made.left_out).most_common(3)
    told = "；".join(f"{why}（{count} 处）" for why, count in reasons)
    return _("没有一块候选地块能按所选路径测算：%(why)s。") % {"why": told}
