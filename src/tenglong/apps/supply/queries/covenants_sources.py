"""Rows of the record that the figures of a check come from, through the masked door, each with the way to its page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_sensitive as masked
from tenglong.apps.registry.places import enterprise_names
from tenglong.apps.supply.models import CovenantCheck, ProvenFigure
from tenglong.apps.supply.queries import covenants as queries
from tenglong.apps.supply.service.covenants_facts import BUILDING, FACT, PROOF
from tenglong.domain.measures import packaged

M2 = 10_000


@dataclass(frozen=True)
class Source:
    """`url` names a page and `ulid` what it shows; "" where the reader may not open it."""

    what: str
    value: str
    origin: str
    url: str = ""
    ulid: str = ""
    tab: str = ""


def sources(user: Any, row: CovenantCheck, told: dict[str, Any]) -> list[Source]:
    """`told`: what `shown_check` gave this reader; a source it does not tell is not here either."""
    return [*_facts(user, row, set(queries.sources(told["rows"], FACT))),
            *_houses(user, row, queries.sources(told["rows"], BUILDING)),
            *_proofs(user, row, queries.sources(told["rows"], PROOF))]


def _facts(user: Any, row: CovenantCheck, keys: set[int]) -> Iterator[Source]:
    firms = row.result["firms"]["counted"] if keys else []
    names = enterprise_names(user, firms)
    for one in masked.fact_rows(user, subject_type="enterprise", subject_ids=firms, current=False):
        if one.id in keys and one.subject_id in names:
            ulid, name = names[one.subject_id]
            yield Source(f"{name} {one.period} {_(packaged()[one.measure].label)}", one.shown,
                         f"{one.department} {one.legal_document}".strip(), "registry:enterprise", ulid, "?tab=facts#tabs")


def _houses(user: Any, row: CovenantCheck, keys: list[int]) -> Iterator[Source]:
    for one in registry.buildings(user, row.on).filter(building_id__in=keys).select_related("building"):
        area = f"{(one.floor_cm2 or 0) / M2:,.2f} m²"
        yield Source(one.name or one.building.code, area, _("厂房登记"), "registry:building", one.building.ulid)


def _proofs(user: Any, row: CovenantCheck, keys: list[int]) -> Iterator[Source]:
    rows = list(ProvenFigure.objects.filter(pk__in=keys, covenant=row.covenant).select_related("document"))
    seen = set(registry.documents(user).filter(pk__in=[one.document_id for one in rows]).values_list("pk", flat=True))
    for one in rows:
        label = _(packaged()[one.measure].label) if one.measure in packaged() else _("建筑面积")
        if one.document and one.document_id in seen:
            yield Source(f"{one.year or ''} {label}".strip(), "", one.document.name, "registry:document", one.document.ulid)
        else:
            yield Source(f"{one.year or ''} {label}".strip(), "", _("证明材料"))
