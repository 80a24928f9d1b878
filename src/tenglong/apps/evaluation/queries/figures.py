"""Yearly figures of firms as the evaluation takes them: the department that answers wins, else only agreement counts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tenglong.apps.evaluation.models import Cycle
from tenglong.apps.evaluation.queries.cycles import seen
from tenglong.apps.evaluation.rows import facts
from tenglong.apps.evaluation.rows.assemble import responsible


def yearly_figures(user: Any, year: int, measures: Iterable[str], firms: Iterable[int] | None = None) -> facts.Picked:
    """Facts of the year that the user may see, picked as for that year's cycle (without one: nobody answers for a measure);
    `firms`: of these alone.

    `values`: (enterprise, measure) → value × 10⁶ with its facts; `conflicts`: departments that disagree.
    """
    cycle = seen(user, Cycle.objects.filter(year=year)).order_by("-pk").first()
    return facts.pick(facts.read(user, year, measures, firms), responsible(cycle) if cycle is not None else {})
