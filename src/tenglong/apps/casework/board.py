"""The board of a procedure: one column per state, exact counts, the cases that are due first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Value, Window
from django.db.models.functions import Concat, RowNumber
from django.utils import timezone

from tenglong.apps.accounts.scope import in_divisions, scope_of
from tenglong.apps.casework import pinning, queries
from tenglong.apps.casework.models import Case, PinnedDefinition, Task
from tenglong.domain.casework.definition import State
from tenglong.domain.casework.lights import Light

CARDS: Final = 10
#: so many open cases are ranked in one statement; of more, each column is read along an index
FEW: Final = 20_000


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
    wanted = Q(definition=definition) & (in_divisions("division_code", [town]) if town else Q())
    whole = scope_of(user).kind == "all" and not town
    parts = [(rows, _counts(rows, day, whole=whole)) for rows in (
        part.filter(wanted).order_by() for part in queries.cases_apart(user))]
    counts = _summed(found for _rows, found in parts)
    columns = [Column(state) for state in _states(definition, set(counts))]
    for column in columns:
        column.count, column.late = counts.get(column.state.id, (0, 0))
    open_ = [column for column in columns if column.count and not column.state.final]
    few = sum(column.count for column in open_) <= FEW
    held = [rows for rows, found in parts if found]
    _deal(_first_of_few(held) if few else _first_of_each(queries.cases(user).filter(wanted), open_), open_, day)
    return columns


Counts = dict[str, tuple[int, int]]


def _counts(rows: QuerySet[Case], day: date, *, whole: bool) -> Counts:
    """State → (cases, those with a late task), exact. Everybody's cases are grouped along an index of states; an office's
    by the state as a word of its own, else the store would follow that index too."""
    word = F("state") if whole else Concat("state", Value(""))
    grouped = rows.values(word=word).annotate(n=Count("pk"), late=Count("pk", Q(next_due__lt=day)))
    return {state: (number, late) for state, number, late in grouped.values_list("word", "n", "late")}


def _summed(parts: Iterable[Counts]) -> Counts:
    found: Counts = {}
    for part in parts:
        for state, (number, late) in part.items():
            held = found.get(state, (0, 0))
            found[state] = (held[0] + number, held[1] + late)
    return found


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


def _deal(held: list[Case], columns: list[Column], day: date) -> None:
    """The first cards of each column, and the task of each that is due first."""
    for column in columns:
        column.cards = [Card(case, None, None) for case in held if case.state == column.state.id][:CARDS]
    cards = {card.case.pk: card for column in columns for card in column.cards}
    tasks = queries.by_deadline(Task.objects.filter(case__in=sorted(cards), done_on=None))
    for task in tasks:
        card = cards[task.case_id]
        task.case = card.case
        if card.task is None or (card.task.kind == "min_wait" and task.kind != "min_wait"):
            card.task = task
    for row in queries.lit([card.task for card in cards.values() if card.task], day):
        cards[row.task.case_id].light = row.light


def _first_of_few(parts: list[QuerySet[Case]]) -> list[Case]:
    """Of an office's own cases, the first of every state in one look at each part."""
    order = [F("next_due").asc(nulls_last=True), F("pk").asc()]
    place = Window(RowNumber(), partition_by=F("state"), order_by=order)
    # not `closed_at=None`: an index would answer that by walking through everybody's open cases
    keys = [key for rows in parts for key in rows.exclude(closed_at__isnull=False).annotate(place=place)
            .filter(place__lte=CARDS).values_list("pk", flat=True)]
    return list(Case.objects.filter(pk__in=keys).defer("fields").order_by(*order))


def _first_of_each(rows: QuerySet[Case], columns: list[Column]) -> list[Case]:
    """Of a whole county, per column in the order of an index: cases without a deadline come after it."""
    found: list[Case] = []
    for column in columns:
        mine = rows.filter(state=column.state.id, closed_at=None).defer("fields")
        cases = list(mine.filter(next_due__isnull=False).order_by("next_due", "pk")[:CARDS])
        if len(cases) < min(CARDS, column.count):
            cases += mine.filter(next_due=None).order_by("pk")[: CARDS - len(cases)]
        found += cases
    return found
