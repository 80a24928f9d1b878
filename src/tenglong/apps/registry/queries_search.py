"""Search over plots, enterprises and titles, and the way from any code ever held to its record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.registry import queries
from tenglong.apps.registry.models import EnterpriseCode, Lineage, PlotCode
from tenglong.apps.registry.places import town_names

LIMIT = 20
LAST = "\U0010ffff"  # after every letter


@dataclass(frozen=True)
class Hit:
    """One line of the search result; `kind` is plot, enterprise or parcel, `town` the name of where it belongs."""

    kind: str
    ulid: str
    code: str
    title: str
    place: str
    town: str = ""


@dataclass(frozen=True)
class Sought:
    """Where a kind is looked for: columns whose beginning an index answers, and those read through when that is too little."""

    kind: str
    rows: QuerySet[Any]
    begins: tuple[str, ...]
    holds: tuple[str, ...]
    shown: tuple[str, ...]  # ulid, code, title, place, division


def search(user: Any, text: str, limit: int = LIMIT) -> list[Hit]:
    """Current plots, enterprises and titles whose code begins with, or whose name or address holds, `text`."""
    wanted = text.strip()
    if not wanted:
        return []
    kinds = (
        Sought("plot", queries.plots(user), ("code", "survey_number"), ("name", "address"),
               ("plot__ulid", "code", "name", "address", "division_code")),
        Sought("enterprise", queries.enterprises(user), ("enterprise__key", "uscc"), ("name",),
               ("enterprise__ulid", "enterprise__key", "name", "address", "division_code")),
        Sought("parcel", queries.parcels(user), ("parcel__code",), ("right_holder", "title_number"),
               ("parcel__ulid", "parcel__code", "parcel__code", "right_holder", "division_code")),
    )
    towns = town_names(user)
    return [
        Hit(sought.kind, ulid, code, title or code, place, towns.get(town, town))
        for sought in kinds
        for ulid, code, title, place, town in _found(sought, wanted, limit)
    ]


def _found(sought: Sought, text: str, limit: int) -> list[tuple[str, ...]]:
    """Beginnings first; names and addresses are read through only while there is room."""
    hits: dict[str, tuple[str, ...]] = {}
    for rule in (*(begins(name, text) for name in sought.begins), _holds(sought.holds, text)):
        if len(hits) < limit:
            rows = sought.rows.filter(rule).order_by(sought.begins[0])[: limit + len(hits)]
            hits.update({row[0]: row for row in _listed(rows, sought.shown) if row[0] not in hits})
    return list(hits.values())[:limit]


def _listed(rows: QuerySet[Any], names: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Values in the order asked; a column may be asked twice."""
    distinct = tuple(dict.fromkeys(names))
    return [tuple(dict(zip(distinct, row, strict=True))[name] for name in names) for row in rows.values_list(*distinct)]


def begins(column: str, text: str) -> Q:
    """Codes are upper case. SQLite answers a range from an index but never its own LIKE; PostgreSQL has an index for LIKE."""
    wanted = text if column == "survey_number" else text.upper()
    if connection.vendor == "sqlite":
        return Q(**{f"{column}__gte": wanted, f"{column}__lt": wanted + LAST})
    return Q(**{f"{column}__startswith": wanted})


def _holds(columns: tuple[str, ...], text: str) -> Q:
    rule = Q()
    for name in columns:
        rule |= Q(**{f"{name}__contains": text})
    return rule


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
