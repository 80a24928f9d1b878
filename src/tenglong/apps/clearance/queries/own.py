"""What a firm sees of its own holdings in a clearing that a paper has started. A survey is as absent as no project at all.

Of the agreement: from its approval on. Of the project: the papers that start and decide it, when they tell no amounts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.scope import can, scope_of, scoped
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.models import Agreement, Clearance, ClearancePaper, ClearedHolder, ClearedTarget, Role, State
from tenglong.apps.clearance.queries.papers import Kept
from tenglong.apps.clearance.service.clearances import done_of
from tenglong.domain.landing.clearance import own, steps

OWN: Final = "clearance.own"


@dataclass(frozen=True)
class Seen:
    """One holding on a day. `next`: word of `domain.landing.clearance.own`; `gates`: steps that signing waits for."""

    row: ClearedHolder
    agreement: Agreement | None
    next: own.Next
    gates: tuple[str, ...]
    tenants: int


def holdings(user: Any) -> QuerySet[ClearedHolder]:
    rows = ClearedHolder.objects.select_related("clearance").filter(enterprise_id__in=scope_of(user, OWN).enterprise_ids)
    found = scoped(user, rows, OWN) if can(user, OWN) else rows.none()
    return found.filter(clearance__started_on__isnull=False).order_by("-clearance_id", "number")


def holding(user: Any, ulid: str) -> ClearedHolder:
    """Raises ClearedHolder.DoesNotExist."""
    return holdings(user).get(ulid=ulid)


def agreement_of(user: Any, row: ClearedHolder) -> Agreement | None:
    """Approved or signed: a draft is the office's."""
    rows = Agreement.objects.filter(holder=row, state__in=("approved", "signed")).prefetch_related("items", "payments")
    return scoped(user, rows, OWN).first()


def targets(user: Any, row: ClearedHolder) -> QuerySet[ClearedTarget]:
    return scoped(user, ClearedTarget.objects.filter(holder=row), OWN)


def seen(user: Any, row: ClearedHolder) -> Seen:
    today, taking, held = timezone.localdate(), policies.taking_of(row.clearance), agreement_of(user, row)
    gates = tuple(steps.gate(taking, "signed", done_of(row.clearance), False, today))
    left = row.tenants.filter(dropped_on__isnull=True, vacated_on__isnull=True).count()
    unpaid = held.payments.filter(paid_on__isnull=True).count() if held else 0
    standing = own.Standing(
        tenant=row.role == Role.TENANT, dropped=row.dropped_on is not None, stopped=row.clearance.state == State.STOPPED,
        agreement=held.state if held else "", gates=len(gates), tenants=left, vacated=row.vacated_on,
        delivered=row.delivered_on, unpaid=unpaid)
    return Seen(row, held, own.next_step(standing), gates, left)


def notices(row: Clearance) -> list[tuple[Any, Any]]:
    """(step of the policy, step done) of what was made public: the paper that started it and the decision."""
    taking, done = policies.taking_of(row), {one.step: one for one in row.steps.all()}
    return [(step, done[step.id]) for step in taking.steps if (step.starts or step.decides) and step.id in done]


def files(user: Any, row: ClearedHolder | None = None) -> QuerySet[ClearancePaper]:
    """Of one's own holdings, and what is public of their projects; of one holding when it is named."""
    mine = holdings(user) if row is None else holdings(user).filter(pk=row.pk)
    public = Q(pk__in=[])
    for clearance in Clearance.objects.filter(pk__in=mine.values("clearance")):
        steps_of = [step.id for step, _done in notices(clearance) if not step.money]
        public |= Q(clearance=clearance, holder__isnull=True, what__in=steps_of, amounts=False)
    own_papers = Q(holder__in=mine.values("pk"))
    return ClearancePaper.objects.select_related("document", "clearance", "holder").filter(own_papers | public)


def kept(user: Any, row: ClearedHolder) -> Mapping[tuple[str, int], Kept]:
    """(what, part) → the newest version: older ones are the office's."""
    found: dict[tuple[str, int], Kept] = {}
    for one in files(user, row).order_by("version"):
        found[(one.what, one.part)] = Kept((one,))
    return found


def asked(row: Clearance) -> tuple[str, str]:
    """(whom to ask, number): what the office has named, else the office of the person who set the project up."""
    if row.asks:
        return row.asks, row.asks_phone
    maker = get_user_model().objects.filter(pk=row.created_by_id or 0).select_related("department").first()
    return (maker.department.name if maker and maker.department else ""), row.asks_phone
