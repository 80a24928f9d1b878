"""The worker's look: nodes that are near are told once a step; the first lacking node of every covenant is settled."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from tenglong.apps.audit.service import record
from tenglong.apps.supply.models import Covenant, NodeReminder
from tenglong.apps.supply.service.covenants_picture import pictures
from tenglong.domain.delta import Delta
from tenglong.domain.landing.covenant.nodes import reminders

#: seconds between two looks; a day that begins is noticed within the hour
OFTEN: Final = 3600
CHUNK: Final = 200


def by_itself(today: date | None = None) -> int:
    """For every covenant under supervision. Returns how many reminders were made."""
    return look("system", Covenant.objects.filter(ended_on=None), today or timezone.localdate())


def look(actor: Any, rows: QuerySet[Covenant], day: date) -> int:
    """The look at some covenants; a reminder that was given is not given again."""
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    return sum(_some(actor, keys[at : at + CHUNK], day) for at in range(0, len(keys), CHUNK))


@transaction.atomic
def _some(actor: Any, keys: list[int], day: date) -> int:
    made = 0
    for held in pictures(Covenant.objects.filter(pk__in=keys), day):
        settle_from(held.covenant, held.progress.lacking)
        for one in reminders(held.policy, held.progress, day):
            _row, new = NodeReminder.objects.get_or_create(
                covenant=held.covenant, kind=one.node, agreed_on=one.agreed, ahead=one.ahead, defaults={"made_on": day})
            if new:
                made += 1
                record(actor, "covenant.remind", "covenant", held.covenant.ulid, deltas=[Delta(one.node, None, one.agreed)])
    return made


def settle_from(covenant: Covenant, lacking: Any) -> None:
    """As `settle`, from a picture in hand."""
    values = {"lacking": lacking.id if lacking else "", "due_on": lacking.agreed if lacking else None}
    if any(getattr(covenant, name) != value for name, value in values.items()):
        Covenant.objects.filter(pk=covenant.pk).update(**values)
