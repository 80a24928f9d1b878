"""Deliveries, the completeness board, and what changed between two versions."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can
from tenglong.apps.evaluation.models import Cycle, Delivery, DeliveryVersion, Reminder
from tenglong.apps.evaluation.queries.cycles import seen
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.queries_sensitive import sensitive_measures
from tenglong.apps.survey import queries as survey
from tenglong.domain.measures import packaged

DESK = ("evaluation.view", "evaluation.deliver")


@dataclass(frozen=True)
class Cell:
    """One measure of one department: how many of the expected firms have it from there."""

    delivery: Delivery
    measure: str
    label: str
    expected: int
    have: int

    @property
    def lack(self) -> int:
        return self.expected - self.have


@dataclass(frozen=True)
class RowDiff:
    """One figure of one row; None: not in that version. Masked without `sensitive.view`."""

    key: str
    name: str
    measure: str
    old: str | None
    new: str | None


def deliveries(user: Any, cycle: Cycle) -> QuerySet[Delivery]:
    return seen(user, Delivery.objects.filter(cycle=cycle), *DESK).select_related("department_key")


def delivery(user: Any, ulid: str) -> Delivery:
    """Raises Delivery.DoesNotExist."""
    return seen(user, Delivery.objects.select_related("cycle"), *DESK).get(ulid=ulid)


def versions(user: Any, delivery: Delivery) -> QuerySet[DeliveryVersion]:
    return seen(user, DeliveryVersion.objects.filter(delivery=delivery), *DESK).select_related("batch")


def reminders(user: Any, delivery: Delivery) -> QuerySet[Reminder]:
    return seen(user, Reminder.objects.filter(delivery=delivery), *DESK)


def board(user: Any, cycle: Cycle) -> list[Cell]:
    """Measure × department over the firms that the user sees."""
    firms = set(registry.enterprises(user, cycle.measure_day).order_by().values_list("enterprise_id", flat=True))
    have = _have(user, cycle)
    book = packaged()
    return [
        Cell(row, name, _(book[name].label), len(firms), len(have.get((row.department, name), set()) & firms))
        for row in deliveries(user, cycle) for name in row.measures
    ]


def _have(user: Any, cycle: Cycle) -> dict[tuple[str, str], set[int]]:
    """Department and measure → firms. Whether a figure is there is no secret: figures themselves are not read."""
    from tenglong.apps.accounts.scope import scoped

    model = registry.facts(user).model
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = scoped(user, model._default_manager.filter(superseded_by__isnull=True, subject_type="enterprise"))
    rows = rows.filter(period__startswith=str(cycle.year))
    for department, measure, firm in rows.order_by().values_list("department", "measure", "subject_id"):
        found[(department, measure)].add(firm)
    return found


def lacking(user: Any, cycle: Cycle, delivery: Delivery, measure: str) -> list[Any]:
    """Firms (versions of the register) without that figure from that department, by name."""
    have = _have(user, cycle).get((delivery.department, measure), set())
    firms = registry.enterprises(user, cycle.measure_day).order_by("name", "pk")
    return [firm for firm in firms if firm.enterprise_id not in have]


def version_diff(user: Any, a: DeliveryVersion, b: DeliveryVersion) -> list[RowDiff]:
    """Row by row what `b` says otherwise than `a`, by key and measure."""
    old, new = _figures(user, a), _figures(user, b)
    hidden = frozenset() if can(user, "sensitive.view") else frozenset(sensitive_measures())
    found = []
    for key in sorted(set(old) | set(new)):
        before, after = old.get(key), new.get(key)
        if (before or ("", None))[1] != (after or ("", None))[1]:
            name = (after or before or ("", ""))[0]
            told = [None if one is None else (HIDDEN if key[1] in hidden else one[1]) for one in (before, after)]
            found.append(RowDiff(key[0], name, key[1], *told))
    return found


def _figures(user: Any, version: DeliveryVersion) -> dict[tuple[str, str], tuple[str, str]]:
    """(firm, measure) → (name, figure) of what was confirmed of a batch."""
    if not seen(user, DeliveryVersion.objects.filter(pk=version.pk), *DESK).exists():
        return {}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    rows = survey.staged(user).filter(batch_id=version.batch_id).exclude(action="rejected").order_by("position")
    for values in rows.values_list("values", flat=True):
        firm, name = values.get("uscc") or values.get("enterprise_name") or "", values.get("enterprise_name") or ""
        for measure in packaged():
            if values.get(measure) not in (None, ""):
                found[(str(firm), measure)] = (str(name), f"{Decimal(str(values[measure])):f}")
    return found
