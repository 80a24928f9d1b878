"""一次提交，多处使用: which papers a step asks for, and which of them are there already."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.permits.network import Situation
from tenglong.domain.landing.permits.policy import Material, Permits

State = Literal["have", "missing", "expired", "made", "awaited", "later"]
#: what is written down of a step: its early review, that it is taken in hand, that it is done
Act = Literal["review", "start", "done"]
ACTS: Final[dict[str, str]] = {"review": "预审", "start": "受理", "done": "办结"}


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
    `later`: 容缺, may come before what follows. `given`: the newest paper of the kind."""

    material: str
    label: str
    state: State
    given: Given | None = None
    giver: str = ""

    @property
    def there(self) -> bool:
        return self.state in ("have", "made")


def checklist(
    policy: Permits, step: str, given: Sequence[Given], now: Situation, on: date, *, act: Act = "done"
) -> list[Line]:
    """The papers of a step on a day, as `act` asks for them: an early review and taking in hand may lack some."""
    newest, lack = latest(given, on), may_lack(policy, step, act)
    return [_line(policy, name, newest.get(name), now, on, name in lack) for name in policy.steps[step].materials]


def may_lack(policy: Permits, step: str, act: Act) -> tuple[str, ...]:
    """容缺: the papers that the policy lets come later; none once the step is to be done."""
    told = policy.steps[step]
    early = told.early.may_lack if told.early else ()
    return {"review": (*early, *told.may_lack), "start": told.may_lack, "done": ()}[act]


def lacking(lines: Sequence[Line], act: Act, promised: Collection[str] = ()) -> list[Line]:
    """The papers for which the act has to wait. `promised`: kinds whose later delivery somebody promised by a day. A review
    goes before papers that a step of the network has yet to make: nobody can hand those in; the formal act asks for them."""
    return [one for one in lines if not one.there and not (one.state == "later" and one.material in promised)
            and not (one.state == "awaited" and act == "review")]


def refused(
    policy: Permits, step: str, given: Sequence[Given], now: Situation, on: date, act: Act, *, promised: Collection[str] = (),
    reference: str = "",
) -> list[str]:
    """Why papers keep an act from being written down; empty when all are there. Each paper is named with what asks for it.
    `reference`: id@version of the policy."""
    told = policy.steps[step]
    waits = lacking(checklist(policy, step, given, now, on, act=act), act, promised)
    if not waits:
        return []
    asked = "；".join(one for one in (told.materials_clause, f"{reference} 步骤“{told.label}”的材料清单".strip()) if one)
    found = [f"“{told.label}”材料不齐，不能登记{ACTS[act]}：{'、'.join(_told(policy, one) for one in waits)}（依据：{asked}）"]
    if any(one.state in ("missing", "expired") for one in waits):
        found.append("先在“材料和回执”收齐")
    if any(one.state == "later" for one in waits):
        found.append("可以容缺的，先登记容缺承诺：谁、哪天之前补齐")
    return found


def _told(policy: Permits, one: Line) -> str:
    if one.state == "expired" and one.given is not None and one.given.until is not None:
        return f"“{one.label}”已于 {one.given.until} 过期"
    if one.state == "awaited":
        return f"“{one.label}”待“{policy.steps[one.giver].label}”形成"
    return f"缺“{one.label}”" + ("（可容缺）" if one.state == "later" else "")


def brought(policy: Permits, now: Situation) -> list[str]:
    """Kinds that somebody has to hand in: no step of this network makes them, or the one that would is left out."""
    return [name for name in policy.materials if not _maker(policy, name, now)]


def _maker(policy: Permits, name: str, now: Situation) -> str:
    giver = policy.giver(name)
    return "" if giver and now.fact(giver).omitted else giver


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
    giver = _maker(policy, name, now)
    if giver:
        done = now.fact(giver).done_on
        state: State = "made" if done is not None and done <= on else "awaited"
        return Line(name, label, state, given, giver)
    if lack:
        return Line(name, label, "later", given)
    return Line(name, label, "missing" if given is None else "expired", given)
