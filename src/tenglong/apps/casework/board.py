"""The board of a procedure: one column per state, exact counts, the cases that are due first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.scope import in_divisions
from tenglong.apps.casework import queries
from tenglong.apps.casework.models import Case, PinnedDefinition, Task
from tenglong.domain.casework.definition import CaseDefinition, State
from tenglong.domain.casework.lights import Light

CARDS: Final = 15


@dataclass
class Card:
    """`task`: the open one that is due first; None while none is open."""

    case: Case
    task: Task | None
    light: Light | None


@dataclass
class Column:
    state: State
    count: int = 0
    late: int = 0
    cards: list[Card] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.count - len(self.cards)


def board(user: Any, definition: str, town: str = "", today: date | None = None) -> list[Column]:
    """States of the newest version in their order, then states of older versions that still hold cases."""
    day = today or timezone.localdate()
    rows = queries.cases(user).filter(definition=definition)
    if town:
        rows = rows.filter(in_divisions("division_code", [town]))
    counts = {
        row["state"]: row for row in rows.order_by().values("state").annotate(
            n=Count("pk"), late=Count("pk", filter=Q(next_due__lt=day)))
    }
    columns = [Column(state) for state in _states(definition, set(counts))]
    for column in columns:
        if held := counts.get(column.state.id):
            column.count, column.late = held["n"], held["late"]
    _deal(rows, [column for column in columns if column.count and not column.state.final], day)
    return columns


def _states(definition: str, held: set[str]) -> list[State]:
    """Of the newest text, and of older ones what still holds cases."""
    found: dict[str, State] = {}
    for body in PinnedDefinition.objects.filter(definition=definition).order_by("-pk").values_list("body", flat=True):
        if found and held <= set(found):
            break
        newest = not found
        for state in CaseDefinition.model_validate(body).states:
            if newest or state.id in held:
                found.setdefault(state.id, state)
    return list(found.values())


def _deal(rows: QuerySet[Case], columns: list[Column], day: date) -> None:
    """The first cards of each column, and the task of each that is due first, in one more statement."""
    for column in columns:
        mine = rows.filter(state=column.state.id, closed_at=None)
        cases = list(mine.filter(next_due__isnull=False).order_by("next_due", "pk")[:CARDS])
        if len(cases) < min(CARDS, column.count):
            cases += mine.filter(next_due=None).order_by("pk")[: CARDS - len(cases)]
        column.cards = [Card(case, None, None) for case in cases]
    cards = {card.case.pk: card for column in columns for card in column.cards}
    tasks = queries.by_deadline(Task.objects.filter(case__in=sorted(cards), done_on=None))
    pinned = PinnedDefinition.objects.in_bulk({card.case.pinned_id for card in cards.values()})
    for task in tasks:
        card = cards[task.case_id]
        card.case.pinned = pinned[card.case.pinned_id]
        task.case = card.case
        if card.task is None or (card.task.kind == "min_wait" and task.kind != "min_wait"):
            card.task = task
    for row in queries.lit([card.task for card in cards.values() if card.task], day):
        cards[row.task.case_id].light = row.light
