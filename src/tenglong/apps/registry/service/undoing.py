"""What `undo_event` would take back, said before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import Plot, PlotCode, PlotVersion
from tenglong.apps.registry.service.events import event_of


@dataclass(frozen=True)
class LastEvent:
    """The latest split or merge of a plot: codes that come back and codes that are closed."""

    kind: str
    date: date
    back: tuple[str, ...]
    closed: tuple[str, ...]
    relations: int


def last_event(actor: Any, ulid: str) -> LastEvent:
    """Raises RegistryError when the plot is not the actor's to split or has nothing to take back."""
    seen = scoped(actor, PlotVersion.objects.filter(plot__ulid=ulid), "plot.split").values("plot_id")
    plot = Plot.objects.filter(pk__in=seen).first()
    if plot is None:
        raise RegistryError("没有这个地块，或者它不在您的管辖范围内。")
    event = event_of(plot)
    moved = sum(len(event.detail[part].get(name, [])) for part in ("made", "moved") for name in event.detail[part])
    return LastEvent(event.kind, event.date, _codes(event.detail["parents"]), _codes(event.detail["children"]), moved)


def _codes(plots: list[int]) -> tuple[str, ...]:
    rows = PlotCode.objects.filter(plot_id__in=plots, system="tenglong").order_by("code")
    return tuple(rows.values_list("code", flat=True))
