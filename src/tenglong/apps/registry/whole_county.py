"""All firms of the county for counting over the whole register. Not scoped: callers name only what their reader may see."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from tenglong.apps.registry.models import EnterpriseVersion, Fact
from tenglong.apps.registry.queries import current


class CountedFirm(NamedTuple):
    enterprise_id: int
    name: str
    industry: str
    registered_on: date | None
    scale: str
    division_code: str


def firms() -> Iterator[CountedFirm]:
    """Firms as they stand today."""
    rows = EnterpriseVersion.objects.filter(current()).values_list(*CountedFirm._fields)
    return (CountedFirm(*row) for row in rows)


def latest_figures(measures: Iterable[str]) -> dict[tuple[int, str], Decimal]:
    """(enterprise, measure) → its latest yearly figure; figures of statistics are left out (统计法: single respondents)."""
    wanted = list(measures)
    if not wanted:
        return {}
    rows = Fact.objects.filter(subject_type="enterprise", measure__in=wanted, superseded_by__isnull=True).exclude(
        legal_basis="statistics").order_by("period").values_list("subject_id", "measure", "period", "value_e6")
    return {(pk, measure): Decimal(value) / 1_000_000 for pk, measure, period, value in rows if len(period) == 4}
