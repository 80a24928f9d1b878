"""The figures of a plan, added up again from the parts of the problem in whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tenglong.domain.renewal.portfolio.answer import Chosen, Reached
from tenglong.domain.renewal.portfolio.compiled import Compiled, Row, Stage, Whole
from tenglong.domain.renewal.portfolio.parts import Measure, Share
from tenglong.domain.renewal.portfolio.window import Pick


def choices_of(picks: Sequence[Pick]) -> Whole:
    return np.array(sorted(choice for pick in picks for choice in pick.choices), dtype=np.int64)


def shortfalls(problem: Compiled, picks: Sequence[Pick]) -> list[tuple[Row, int]]:
    """Each soft row with the units by which the plan misses it."""
    taken = choices_of(picks)
    return [(row, max(0, int(row.coef[taken].sum()) - row.rhs)) for row in problem.rows if row.weight is not None]


def value_of(problem: Compiled, stage: Stage, picks: Sequence[Pick]) -> int:
    """Value of a plan in a stage."""
    taken = choices_of(picks)
    value = int(stage.value[taken].sum()) + sum(int(stage.bonus[pick.cluster]) for pick in picks)
    if stage.soft and stage.shortfall_cap is None:
        value -= sum(miss * (row.weight or 0) for row, miss in shortfalls(problem, picks))
    return value


def crude_bound(problem: Compiled, stage: Stage) -> int:
    """More than any plan is worth: each plot by its best choice and its best share of a cluster's bonus, rules left aside."""
    best = np.zeros(problem.plots)
    np.maximum.at(best, problem.plot, stage.value)
    share = np.zeros(problem.plots)
    sizes = problem.clusters.sizes
    np.maximum.at(share, problem.clusters.member, np.repeat(np.maximum(0, stage.bonus) / np.maximum(1, sizes), sizes))
    return int(np.ceil(best.sum() + share.sum())) + 1


def allowed(problem: Compiled, stage: Stage, picks: Sequence[Pick]) -> bool:
    """Whether a plan keeps every hard row, pack and lock."""
    taken = choices_of(picks)
    plots = problem.plot[taken]
    if len(np.unique(plots)) != len(plots) or not np.isin(np.flatnonzero(problem.must), plots).all():
        return False
    hard = [row for row in problem.rows if row.weight is None or not stage.soft]
    if any(int(row.coef[taken].sum()) > row.rhs for row in hard):
        return False
    cap = stage.shortfall_cap
    return cap is None or sum(miss * (row.weight or 0) for row, miss in shortfalls(problem, picks)) <= cap


def chosen_of(problem: Compiled, picks: Sequence[Pick]) -> tuple[Chosen, ...]:
    """Plots of the plan by year, project and place."""
    out = []
    given = problem.problem
    ordered = sorted(picks, key=lambda pick: (pick.year, problem.clusters[pick.cluster].tolist()))
    for number, pick in enumerate(ordered, 1):
        for choice in pick.choices:
            option, plot = given.options[problem.option[choice]], given.candidates[problem.plot[choice]]
            out.append(
                Chosen(
                    plot.key,
                    option.route,
                    given.years[pick.year],
                    number,
                    plot.land_cm2,
                    option.cost,
                    option.uplift,
                    option.jobs_gained,
                    option.jobs_lost,
                )
            )
    return tuple(out)


def reached_of(problem: Compiled, picks: Sequence[Pick]) -> tuple[Reached, ...]:
    """What the plan brings to each budget, target, share and capacity."""
    taken = choices_of(picks)
    out = []
    for row in problem.rows:
        used = int(row.coef[taken].sum()) * row.divisor
        asked = getattr(row.part, "amount", 0)
        if isinstance(row.part, Share):
            continue
        at_least = row.rhs < 0
        reached = -used if at_least else used
        out.append(Reached(row.part, reached, asked, max(0, asked - reached) if at_least else 0))
    return tuple(out)


def totals_of(problem: Compiled, picks: Sequence[Pick]) -> dict[str, int]:
    """Sums of the plan: money 分, land cm²."""
    taken = choices_of(picks)
    sums = {name: int(problem.measure(name)[taken].sum()) for name in ("cost", *Measure)}
    bonus = sum(int(problem.bonus[pick.cluster]) for pick in picks)
    return {str(name): value for name, value in sums.items()} | {"projects": len(picks), "bonus": bonus}
