"""The schedule of a network as a picture: bars by day on a grid of months, and the same as rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from tenglong.apps.projects.queries.forecast import Outlook
from tenglong.domain.casework.network import Planned
from tenglong.domain.landing.permits.board import State, state_of
from tenglong.domain.landing.permits.network import HOLD, PRE, base

LEFT, WIDE, ROW, TOP, BAR = 190, 720, 20, 24, 12
#: months named at most
NAMED: Final = 14


@dataclass(frozen=True)
class Bar:
    """`kind`: done run plan review wait hold; x and width in the units of the picture."""

    x: float
    width: float
    kind: str
    critical: bool
    title: str


@dataclass(frozen=True)
class Row:
    """A step: its bars, and for the table its dates. `slack`: working days."""

    step: str
    label: str
    stage: str
    state: State
    y: int
    bars: tuple[Bar, ...]
    begins: date
    ends: date
    slack: int | None
    critical: bool
    done: bool

    @property
    def text_y(self) -> int:
        return self.y + 13


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Gantt:
    """`today`: None once every step is behind it."""

    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    today: float | None
    height: int
    width: int = LEFT + WIDE
    left: int = LEFT

    @property
    def bottom(self) -> int:
        return self.height - 4


def gantt(found: Outlook, today: date) -> Gantt:
    plans = {task.id: task for task in found.schedule.tasks}
    first = min([found.now.start, *(task.early_start for task in plans.values())])
    over = all(state_of(found.policy, name, found.now) in ("done", "omitted") for name in found.policy.steps)
    last = max([*([] if over else [today]), *(task.early_finish for task in plans.values())]) + timedelta(days=7)
    scale = WIDE / max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (day - first).days * scale, 1)

    rows = tuple(_row(found, plans, name, at, x) for at, name in enumerate(found.policy.steps))
    return Gantt(rows, tuple(_ticks(first, last, x)), None if over else x(today), TOP + ROW * len(rows) + 8)


def _row(found: Outlook, plans: dict[str, Planned], name: str, at: int, x: Callable[[date], float]) -> Row:
    policy, now = found.policy, found.now
    task, state, step = plans[name], state_of(policy, name, now), policy.steps[name]
    kind = "done" if state == "done" else "wait" if step.wait else "run" if state in ("running", "held") else "plan"
    told = [(plans[f"{name}{PRE}"], "review")] if f"{name}{PRE}" in plans else []
    told += [(task, kind)] + ([(plans[f"{name}{HOLD}"], "hold")] if f"{name}{HOLD}" in plans else [])
    bars = tuple(_bar(one, what, x, base(one.id) == name and one.critical) for one, what in told
                 if what != "hold" or one.early_finish > task.early_finish)
    ends = plans[f"{name}{HOLD}"].early_finish if f"{name}{HOLD}" in plans else task.early_finish
    begins = min(one.early_start for one, _what in told if _what != "hold")
    return Row(name, step.label, policy.stages[step.stage].label, state, TOP + ROW * at, bars, begins, ends, task.slack,
               any(one.critical for one, _what in told) and state != "omitted", state == "done")


def _bar(task: Planned, kind: str, x: Callable[[date], float], critical: bool) -> Bar:
    begin, end = x(task.early_start), x(task.early_finish)
    title = f"{task.label} {task.early_start.isoformat()} – {task.early_finish.isoformat()}"
    return Bar(begin, round(max(end - begin, 3), 1), kind, critical, title)


def _ticks(first: date, last: date, x: Callable[[date], float]) -> Iterator[Tick]:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    every = 1 if months <= NAMED else 3 if months <= 3 * NAMED else 6
    day = first.replace(day=1)
    for at in range(months + 1):
        month = date(day.year + (day.month - 1 + at) // 12, (day.month - 1 + at) % 12 + 1, 1)
        if first <= month <= last and at % every == 0:
            yield Tick(x(month), f"{month.year}-{month.month:02d}")
