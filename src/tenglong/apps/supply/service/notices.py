"""What a listing's notices say to bidders: the closing day they name, and what a supplementary notice changes from its day."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.audit.service import record
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Listing, SupplementNotice, SupplementState
from tenglong.apps.supply.service import floors, land_steps
from tenglong.domain.delta import Delta
from tenglong.domain.landing.supply.steps import soonest

#: what a notice tells → its label
FACTS: Final = {
    "area_cm2": gettext_lazy("面积"), "land_use": gettext_lazy("用途"), "term_years": gettext_lazy("出让年限"),
    "start_price_fen": gettext_lazy("起始价"), "deposit_fen": gettext_lazy("竞买保证金"),
    "closes_on": gettext_lazy("报价截止日期"), "conditions": gettext_lazy("竞买条件")}


def held(row: Listing, fact: str) -> Any:
    """The fact as JSON keeps it."""
    value = getattr(row, fact)
    return value.isoformat() if isinstance(value, date) else value


def told(fact: str, value: Any) -> Any:
    """What JSON kept, as the column takes it."""
    return date.fromisoformat(value) if fact == "closes_on" and value else value


def closing_is_lawful(row: Listing, closes_on: date | None, on: date) -> None:
    """A notice of that day may not name a closing before the waits have run. Raises SupplyError."""
    if closes_on is None:
        return
    procedure = land_steps.procedure_of(row)
    opening = next((step.id for step in procedure.steps if step.effect == "open"), None)
    if opening is None:
        return
    first = soonest(procedure, opening, land_steps.done_days(row), on, calendar())
    if closes_on < first:
        raise SupplyError(_("公告的报价截止日期 %(day)s 早于法定最早日期 %(first)s，先改截止日期。") % {
            "day": closes_on, "first": first})


def of_step(row: Listing, step: str) -> SupplementNotice:
    return row.supplements.get(ordinal=int(step.rpartition("_")[2]))


def moved_to(row: Listing, step: str, on: date) -> None:
    """The day of a supplementary notice was written down wrongly."""
    SupplementNotice.objects.filter(pk=of_step(row, step).pk).update(published_on=on)


def price_is_lawful(row: Listing, values: Mapping[str, Any], on: date) -> None:
    """The starting price of the listing with what changes, held against the floor of the day. Raises SupplyError."""
    changed = copy(row)
    for fact, value in values.items():
        setattr(changed, fact, value)
    floors.must_be_lawful(changed, changed.start_price_fen, on, _("起始价"))


def published(actor: Any, row: Listing, step: str, on: date) -> dict[str, Any]:
    """Values of the listing from the day of the supplementary notice. Raises SupplyError."""
    notice = of_step(row, step)
    values = {one["fact"]: told(one["fact"], one["after"]) for one in notice.changes}
    closing_is_lawful(row, values.get("closes_on", row.closes_on), on)
    price_is_lawful(row, values, on)
    SupplementNotice.objects.filter(pk=notice.pk).update(state=SupplementState.PUBLISHED, published_on=on)
    record(actor, "listing.amend", "listing", row.ulid, reason=notice.reason,
           deltas=[Delta(one["fact"], one["before"], one["after"]) for one in notice.changes])
    if "conditions" in values:
        values |= {"findings": notice.findings, "answer": notice.reason}
    return values
