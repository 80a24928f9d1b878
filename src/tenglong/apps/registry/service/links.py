"""权证对应: a link that a split or merge carried over is looked at and confirmed."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tenglong.apps.accounts.scope import require, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.registry import counters
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import PlotParcel
from tenglong.domain.delta import Delta


@transaction.atomic
def confirm_link(actor: Any, pk: int, *, reason: str) -> PlotParcel:
    """Take the mark 待复核 from a link of plot and title. Raises RegistryError when there is none to take; Refused."""
    require(actor, "plot.edit")
    row = scoped(actor, PlotParcel.objects.select_for_update().filter(pk=pk), "plot.edit").first()
    if row is None:
        raise RegistryError("没有这条权证对应，或者它不在您的管辖范围内。")
    if not row.needs_review:
        raise RegistryError("这条权证对应已经复核过了。")
    PlotParcel.objects.filter(pk=pk).update(needs_review=False)
    record(actor, "link.confirm", "link", pk, deltas=[Delta("needs_review", True, False)], reason=reason)
    counters.raise_revision("links")
    row.needs_review = False
    return row
