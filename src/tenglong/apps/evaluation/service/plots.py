"""A plot as its occupants make it: their figures by the share of their assessed land that lies here."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

from tenglong.apps.evaluation.models import AreaItem, PlotResult, Run
from tenglong.apps.evaluation.rows.assemble import LAND
from tenglong.apps.registry import queries as registry
from tenglong.domain.evaluation.compiled import Compiled

SIGNS = {"titled": 1, "untitled": 1, "leased_in": 1, "leased_out": -1}
PART = 500


def occupied(cycle_id: int) -> dict[int, dict[int, int]]:
    """Firm → plot → cm² that it occupies there by the assessed areas; what it has let out is not its own."""
    found: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    items = AreaItem.objects.filter(area__cycle_id=cycle_id, counted=True, plot__isnull=False, kind__in=list(SIGNS))
    for firm, plot, kind, cm2 in items.values_list("area__enterprise_id", "plot_id", "kind", "cm2"):
        found[firm][plot] += SIGNS[kind] * cm2
    return {firm: {plot: cm2 for plot, cm2 in plots.items() if cm2 > 0} for firm, plots in found.items()}


def plot_results(actor: Any, run: Run, compiled: Compiled, rows: pa.Table, table: pa.Table) -> int:
    """Write the plots of a run; money and energy of a firm fall on its plots in proportion, land as it lies."""
    names = [name for name in compiled.measures if name not in LAND]
    values = {line["key"]: line for line in rows.select(["key", *names]).to_pylist()}
    grades = dict(zip(table["key"].to_pylist(), table["grade"].to_pylist(), strict=True))
    keys = dict(zip(rows["firm_id"].to_pylist(), rows["key"].to_pylist(), strict=True))
    towns = dict(registry.plots(actor, run.cycle.measure_day).values_list("plot_id", "division_code"))
    sums: dict[int, dict[str, int]] = defaultdict(dict)
    shares: dict[int, list[list[Any]]] = defaultdict(list)
    for firm, plots in occupied(run.cycle_id).items():
        key, whole = keys.get(firm), sum(plots.values())
        if key is None:
            continue
        for plot, cm2 in plots.items():
            shares[plot].append([firm, grades.get(key), cm2])
            _add(sums[plot], values[key], names, cm2, whole)
    made = [_plot(run, plot, towns[plot], sums[plot], held) for plot, held in sorted(shares.items()) if plot in towns]
    PlotResult.objects.bulk_create(made, batch_size=PART)
    return len(made)


def _add(sums: dict[str, int], values: dict[str, int | None], names: list[str], cm2: int, whole: int) -> None:
    for name in names:
        value = values[name]
        if value is not None:
            sums[name] = sums.get(name, 0) + (value * cm2 * 2 + whole) // (2 * whole)


def _plot(run: Run, plot: int, town: str, sums: dict[str, int], held: list[list[Any]]) -> PlotResult:
    return PlotResult(
        run=run, plot_id=plot, division_code=town, occupied_cm2=sum(one[2] for one in held), grades=held, occupants=len(held),
        measures={name: str(value) for name, value in sums.items()},
    )
