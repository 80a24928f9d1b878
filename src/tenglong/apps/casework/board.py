"""The board of a procedure: one column per state, exact counts, the cases that are due first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from tenglong.apps.accounts.scope import in_divisions, scope_of
from tenglong.apps.casework import pinning, queries
from tenglong.apps.casework.models import Case, PinnedDefinition, Task
from tenglong.domain.casework.definition import State
from tenglong.domain.casework.lights import Light

CARDS: Final = 10


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
    counts = _counts(rows, day, whole=scope_of(user).kind == "all" and not town)
    columns = [Column(state) for state in _states(definition, set(counts))]
    for column in columns:
        column.count, column.late = counts.get(column.state.id, (0, 0))
    _deal(rows, [column for column in columns if column.count and not column.state.final], day)
    return columns


def _counts(rows: QuerySet[Case], day: date, *, whole: bool) -> dict[str, tuple[int, int]]:
    """State → (cases, those with a late task), exact. The whole county is grouped along an index; the cases of an office
    are few and are counted here, for grouping in the store would walk through everybody's."""
    if whole:
        late = Count("pk", filter=Q(next_due__lt=day))
        grouped = rows.order_by().values_list("state").annotate(n=Count("pk"), late=late)
        return {state: (n, over) for state, n, over in grouped}
    held = list(rows.order_by().values_list("state", "next_due"))
    all_, over = Counter(state for state, _due in held), Counter(state for state, due in held if due is not None and due < day)
    return {state: (number, over[state]) for state, number in all_.items()}


def _states(definition: str, held: set[str]) -> list[State]:
    """Of the newest text, and of older ones what still holds cases."""
    found: dict[str, State] = {}
    for pinned in PinnedDefinition.objects.filter(definition=definition).order_by("-pk").defer("body", "text"):
        if found and held <= set(found):
            break
        newest = not found
        for state in pinning.read(pinned).states:
            if newest or state.id in held:
                found.setdefault(state.id, state)
    return list(found.values())


def _deal(rows: QuerySet[Case], columns: list[Column], day: date) -> None:
    """The first cards of each column, and the task of each that is due first."""
    held = _first_of_each(rows, columns)
    for column in columns:
        column.cards = [Card(case, None, None) for case in held if case.state == column.state.id]
    cards = {card.case.pk: card for column in columns for card in column.cards}
    tasks = queries.by_deadline(Task.objects.filter(case__in=sorted(cards), done_on=None))
    for task in tasks:
        card = cards[task.case_id]
        task.case = card.case
        if card.task is None or (card.task.kind == "min_wait" and task.kind != "min_wait"):
            card.task = task
    for row in queries.lit([card.task for card in cards.values() if card.task], day):
        cards[row.task.case_id].light = row.light


def _first_of_each(rows: QuerySet[Case], columns: list[Column]) -> list[Case]:
    """Per column, in the order of an index: cases without a deadline come after it."""
    found: list[Case] = []
    for column in columns:
        mine = rows.filter(state=column.state.id, closed_at=None).defer("fields")
        cases = list(mine.filter(next_due__isnull=False).order_by("next_due", "pk")[:CARDS])
        if len(cases) < min(CARDS, column.count):
            cases += mine.filter(next_due=None).order_by("pk")[: CARDS - len(cases)]
        found += cases
    return found
