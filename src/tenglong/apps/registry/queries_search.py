"""Search over plots, enterprises and titles, and the way from any code ever held to its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.registry import queries
from tenglong.apps.registry.models import EnterpriseCode, Lineage, PlotCode

LIMIT = 20


@dataclass(frozen=True)
class Hit:
    """One line of the search result; `kind` is plot, enterprise or parcel."""

    kind: str
    ulid: str
    code: str
    title: str
    place: str


def search(user: Any, text: str, limit: int = LIMIT) -> list[Hit]:
    """Current plots, enterprises and titles whose code begins with, or whose name or address holds, `text`."""
    wanted = text.strip()
    if not wanted:
        return []
    return [*_plots(user, wanted, limit), *_enterprises(user, wanted, limit), *_parcels(user, wanted, limit)][: 3 * limit]


def _plots(user: Any, text: str, limit: int) -> list[Hit]:
    rule = (
        Q(code__startswith=text.upper())
        | Q(survey_number__startswith=text)
        | Q(name__contains=text)
        | Q(address__contains=text)
    )
    rows = queries.plots(user).filter(rule).order_by("code").values_list("plot__ulid", "code", "name", "address")[:limit]
    return [Hit("plot", ulid, code, name or code, address) for ulid, code, name, address in rows]


def _enterprises(user: Any, text: str, limit: int) -> list[Hit]:
    rule = Q(uscc__startswith=text.upper()) | Q(name__contains=text) | Q(enterprise__key__startswith=text.upper())
    rows = (
        queries.enterprises(user)
        .filter(rule)
        .order_by("name")
        .values_list("enterprise__ulid", "enterprise__key", "name", "address")[:limit]
    )
    return [Hit("enterprise", *row) for row in rows]


def _parcels(user: Any, text: str, limit: int) -> list[Hit]:
    rule = Q(parcel__code__startswith=text.upper()) | Q(right_holder__contains=text)
    found = queries.parcels(user).filter(rule).order_by("parcel__code")
    rows = found.values_list("parcel__ulid", "parcel__code", "right_holder")[:limit]
    return [Hit("parcel", ulid, code, code, holder) for ulid, code, holder in rows]


def by_code(user: Any, code: str) -> tuple[str, str] | None:
    """(kind, ulid) of the record that holds or ever held `code`; None when there is none that the user may see.

    A code given by a split that was undone leads to the plot that came back.
    """
    held = scoped(user, PlotCode.objects.filter(code=code), "plot.view").values_list("plot_id", "plot__ulid").first()
    if held:
        return "plot", _restored(held[0]) or held[1]
    undone = Lineage.objects.filter(event="undo", parent__codes__code=code).values_list("child__ulid", flat=True).first()
    if undone and queries.plot_history(user, undone).exists():
        return "plot", undone
    firm = (
        scoped(user, EnterpriseCode.objects.filter(code=code), "enterprise.view")
        .values_list("enterprise__ulid", flat=True)
        .first()
    )
    if firm:
        return "enterprise", firm
    parcel = queries.parcels(user).filter(parcel__code=code).values_list("parcel__ulid", flat=True).first()
    return ("parcel", parcel) if parcel else None


def _restored(plot_id: int) -> str | None:
    found = Lineage.objects.filter(event="undo", parent_id=plot_id).annotate(back=F("child__ulid"))
    return found.values_list("back", flat=True).first()
