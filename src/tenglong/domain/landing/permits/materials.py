"""一次提交，多处使用: which papers a step asks for, and which of them are there already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.permits.network import Situation
from tenglong.domain.landing.permits.policy import Material, Permits

State = Literal["have", "missing", "expired", "made", "awaited", "later"]


@dataclass(frozen=True)
class Given:
    """A paper of the project. `until`: the last day on which it stands, None for as long as the project."""

    material: str
    on: date
    until: date | None = None
    key: str = ""


@dataclass(frozen=True)
class Line:
    """One paper that a step asks for. `made`: an earlier step made it and it is called up; `awaited`: such a step is not done;
    `later`: 容缺, may come before the formal act. `given`: the newest paper of the kind."""

    material: str
    label: str
    state: State
    given: Given | None = None
    giver: str = ""

    @property
    def there(self) -> bool:
        return self.state in ("have", "made")


def checklist(
    policy: Permits, step: str, given: Sequence[Given], now: Situation, on: date, *, formal: bool = True
) -> list[Line]:
    """The papers of a step on a day. `formal`: of the formal act; else of the early review, which may lack some."""
    newest = latest(given, on)
    early = policy.steps[step].early
    lack = early.may_lack if early and not formal else ()
    return [_line(policy, name, newest.get(name), now, on, name in lack) for name in policy.steps[step].materials]


def latest(given: Sequence[Given], on: date) -> dict[str, Given]:
    """Per kind the paper that stands longest among those given by the day."""
    found: dict[str, Given] = {}
    for one in sorted((one for one in given if one.on <= on), key=lambda one: (one.until or date.max, one.on)):
        found[one.material] = one
    return found


def stands_until(material: Material, on: date, calendar: WorkCalendar) -> date | None:
    """Last day on which a paper given that day stands."""
    if material.valid is None:
        return None
    if material.valid.working_days is not None:
        return calendar.add_working_days(on, material.valid.working_days)
    return on + timedelta(days=material.valid.days or 0)


def uses(policy: Permits, given: Sequence[Given], omitted: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Paper kind given → steps that ask for it: what need not be handed in again."""
    kinds = {one.material for one in given}
    return {kind: [name for name, step in policy.steps.items() if kind in step.materials and name not in omitted]
            for kind in sorted(kinds)}


def saved(policy: Permits, given: Sequence[Given]) -> tuple[int, int]:
    """(papers given, places they are used in)."""
    places: Mapping[str, list[str]] = uses(policy, given)
    return len(places), sum(len(steps) for steps in places.values())


def _line(policy: Permits, name: str, given: Given | None, now: Situation, on: date, lack: bool) -> Line:
    label = policy.materials[name].label
    if given is not None and (given.until is None or on <= given.until):
        return Line(name, label, "have", given)
    giver = policy.giver(name)
    if giver:
        done = now.fact(giver).done_on
        state: State = "made" if done is not None and done <= on else "awaited"
        return Line(name, label, state, given, giver)
    if given is not None:
        return Line(name, label, "expired", given)
    return Line(name, label, "later" if lack else "missing")
