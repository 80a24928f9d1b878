"""工业用地最低价: a price below it is refused with the clause, unless a case of the policy was declared and approved."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Listing, ListingState, ReserveEntry
from tenglong.apps.supply.queries.prices import floor_day, floor_on, floor_row
from tenglong.apps.supply.queries.reserve import lines_of
from tenglong.apps.supply.service import land_files
from tenglong.apps.supply.service.land_base import WORK, locked, moved, said
from tenglong.domain.delta import diff
from tenglong.domain.landing.prices.lawful import Case, refusal
from tenglong.domain.landing.prices.policy import Reduction
from tenglong.domain.landing.supply.reserve import stock


def below(row: Listing, fen: int | None, on: date | None = None) -> str | None:
    """Why this price may not be on the day (default: the day whose floor binds now); None when it may."""
    day = on or floor_day(row)
    told = row.floor_case
    case = Case(told["key"], told["document"], _cost(row, day)) if told else None
    return refusal(floor_row(row, fen, day), floor_on(row, day), case)


def must_be_lawful(row: Listing, fen: int | None, on: date, what: str) -> None:
    """Raises SupplyError with the clause for a price below the floor of the day."""
    if (says := below(row, fen, on)) is not None:
        raise SupplyError(_("%(what)s不合法：%(why)s。") % {"what": what, "why": says})


def cases(row: Listing, on: date) -> tuple[Reduction, ...]:
    """What the floor of the day knows as a lawful case."""
    floor = floor_on(row, on)
    return floor.reductions if floor else ()


@transaction.atomic
def declare(actor: Any, row: Listing, *, key: str, document: str, reason: str, lock_version: int, file: Any = None) -> Listing:
    """Declare the case of a draft, with its document; who approves the listing approves the case. An empty key takes it back.

    Raises Refused, SupplyError.
    """
    fresh = locked(actor, row, WORK, lock_version)
    if fresh.state != ListingState.DRAFT:
        raise SupplyError(_("只有草拟中的出让可以改；已报审的请先退回。"))
    told = _case(fresh, key, document, reason) if key else None
    paper = land_files.keep(actor, file, fresh, number=document) if key else None
    record(actor, "listing.floor_case", "listing", fresh.ulid, reason=reason.strip(),
           deltas=diff({"case": (fresh.floor_case or {}).get("document")}, {"case": told and told["document"]}))
    return moved(fresh, floor_case=told, floor_paper=paper or (fresh.floor_paper if key else None))


def _case(row: Listing, key: str, document: str, reason: str) -> dict[str, str]:
    day = floor_day(row)
    floor, known = floor_on(row, day), {one.key: one for one in cases(row, day)}
    if floor is None or key not in known:
        raise SupplyError(_("现行最低价标准里没有这种情形。"))
    return {"key": key, "label": known[key].label, "policy": floor.book.pin, "document": said(document, _("依据文号")),
            "reason": said(reason, _("符合的理由"))}


def _cost(row: Listing, on: date) -> Fraction | None:
    """What the land of the listing cost by the reserve account, by its share of the lot; None for land not out of it."""
    if row.lot is None:
        return None
    held = stock(lines_of(ReserveEntry.objects.filter(pk=row.lot.pk) | ReserveEntry.objects.filter(lot=row.lot)), on)
    return held.cost_fen * row.area_cm2 / held.area_cm2 if held.area_cm2 else None
