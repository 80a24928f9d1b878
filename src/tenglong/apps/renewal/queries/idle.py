"""Idle land in sight; amounts leave only for members of the case."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal.models import IdleLand, IdleMember
from tenglong.apps.renewal.service import idle as service
from tenglong.apps.renewal.words import FACTS as LABELS
from tenglong.domain.renewal import idle as rule


def idle_lands(user: Any) -> QuerySet[IdleLand]:
    """Without amounts."""
    rows = IdleLand.objects.defer("price_fen")
    return scoped(user, rows) if can(user, "renewal.view") else rows.none()


def idle_land(user: Any, ulid: str) -> IdleLand:
    """Raises IdleLand.DoesNotExist."""
    return idle_lands(user).select_related("case", "plot").get(ulid=ulid)


def is_member(user: Any, held: IdleLand) -> bool:
    return IdleMember.objects.filter(idle=held, user_id=user.pk).exists()


def shown(user: Any, held: IdleLand) -> dict[str, Any]:
    """Page and twin alike: what it may be called, the clock, the record, what follows, what may come next."""
    book, found, stands = rule.load(), service.idleness(held), service.standing(held)
    amounts = _amounts(user, held, found)
    known = {one.ulid: one.name for one in registry.documents(user).filter(ulid__in=_papers(held))}
    options = [{"id": name, "label": book.options[name].label, "note": book.options[name].note} for name in found.options]
    return {
        "ulid": held.ulid, "plot": held.plot_code, "state": held.state, "state_label": stands.state.label,
        "says": rule.says(book, held.state) or "", "since": stands.since.isoformat(),
        "clock": {"due": stands.clock.due.isoformat(), "for": stands.clock_for} if stands.clock else None,
        "form": rule.FORMS[found.form], "days": found.days, "reason": found.reason,
        "consequence": rule.CONSEQUENCES[found.consequence] if _told(held) else "", "options": options,
        "missing": list(found.missing), "caused": [book.causes[name].label for name in found.caused],
        "unproven": [book.causes[name].label for name in found.unproven],
        "facts": [_fact(name, held, known) for name in (*service.FLAGS, *service.DATES, *service.SHARES) if name in held.facts],
        "causes": [{**row, "label": book.causes[row["id"]].label, "document": known.get(row["document"], "")}
                   for row in held.facts.get("causes", ())],
        "steps": [{"label": book.state(row["state"]).label, "on": row["on"],
                   "document": known.get(row["document"].split(",")[0], "")} for row in held.steps],
        "next": [{"state": name, "label": book.state(name).label, "document": book.state(name).document, "blocks": list(blocks)}
                 for name, blocks in stands.next.items()],
        **amounts,
    }


def _told(held: IdleLand) -> bool:
    """Before 认定 nothing is said of consequences."""
    return held.state not in ("clue", "inquiry", "dismissed")


def _papers(held: IdleLand) -> set[str]:
    rows = [row["document"] for row in (*held.steps, *held.facts.get("causes", ()))]
    rows += [one["document"] for one in held.facts.values() if isinstance(one, dict)]
    return {part for row in rows for part in row.split(",") if part}


def _fact(name: str, held: IdleLand, known: dict[str, str]) -> dict[str, Any]:
    one = held.facts[name]
    value = one["value"]
    if isinstance(value, bool):
        value = _("是") if value else _("否")
    elif name in service.SHARES:
        value = f"{float(Fraction(value) * 100):.6g}%"
    return {"name": name, "label": str(LABELS[name]), "value": value, "document": known.get(one["document"], "")}


def _amounts(user: Any, held: IdleLand, found: rule.Idleness) -> dict[str, Any]:
    """Price and fee for the team; others are told so. The amounts are read here only."""
    team = {str(pk) for pk in IdleMember.objects.filter(idle=held).values_list("user_id", flat=True)}
    price = IdleLand.objects.filter(pk=held.pk).values_list("price_fen", flat=True).get()
    fee = None if price is None or not _told(held) else rule.fee_fen(rule.load(), found, price)
    viewer = str(user.pk or "")
    seen_price, told = rule.shown_amount(price, viewer, team)
    seen_fee, _none = rule.shown_amount(fee, viewer, team)
    hidden = "" if rule.may_see_amount(viewer, team) else _("金额仅案件组成员可见")
    return {"price_fen": seen_price, "fee_fen": seen_fee, "amount_note": hidden or (told if price is None else "")}


