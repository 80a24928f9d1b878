"""开工 竣工 投产 上规 达产: agreed and reached dates, the first one that is lacking (五未), and when to remind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from tenglong.domain.landing.covenant.policy import CovenantPolicy

State = Literal["done", "done_late", "late", "coming", "no_date"]


@dataclass(frozen=True)
class NodeState:
    """`days_late`: after the agreed day, to the day it was reached or to today; 0 in time; None without an agreed day."""

    id: str
    label: str
    lacks: str
    agreed: date | None
    done: date | None
    days_late: int | None
    state: State

    @property
    def open(self) -> bool:
        return self.done is None


@dataclass(frozen=True)
class Progress:
    """`lacking`: the first node that is not reached, None when all are. `gaps`: sentences on dates that do not fit."""

    nodes: tuple[NodeState, ...]
    lacking: NodeState | None
    gaps: tuple[str, ...] = ()

    def node(self, id_: str) -> NodeState:
        """Raises StopIteration for a node that the policy does not know."""
        return next(one for one in self.nodes if one.id == id_)


@dataclass(frozen=True)
class Reminder:
    """Tell about a node: `ahead` is the step of the policy that was reached, `left` the days left."""

    node: str
    agreed: date
    ahead: int
    left: int


def progress(
    policy: CovenantPolicy, agreed: Mapping[str, date | None], done: Mapping[str, date], on: date
) -> Progress:
    """Nodes in the order of the policy as known on `on`; what happened later is not known yet."""
    nodes = tuple(_node(policy, id_, agreed.get(id_), _known(done.get(id_), on), on) for id_ in policy.nodes)
    lacking = next((one for one in nodes if one.open), None)
    return Progress(nodes, lacking, tuple(_gaps(nodes)))


def _known(day: date | None, on: date) -> date | None:
    return day if day is not None and day <= on else None


def _node(policy: CovenantPolicy, id_: str, agreed: date | None, done: date | None, on: date) -> NodeState:
    rule = policy.nodes[id_]
    late = None if agreed is None else max(0, ((done or on) - agreed).days)
    if done is not None:
        state: State = "done_late" if late else "done"
    elif agreed is None:
        state = "no_date"
    else:
        state = "late" if late else "coming"
    return NodeState(id_, rule.label, rule.lacks, agreed, done, late, state)


def _gaps(nodes: tuple[NodeState, ...]) -> Iterator[str]:
    for before, after in zip(nodes, nodes[1:], strict=False):
        if after.done and before.done and after.done < before.done:
            yield f"{after.label}日期 {after.done} 早于{before.label}日期 {before.done}，请核对"
        if after.done and before.open:
            yield f"已登记{after.label}，但没有登记{before.label}日期，请补登"


def reminders(policy: CovenantPolicy, found: Progress, on: date) -> list[Reminder]:
    """One for each node that is near, at the tightest step reached. A date that has passed is late, not near."""
    due = []
    for one in found.nodes:
        if not one.open or one.agreed is None or one.agreed < on:
            continue
        left = (one.agreed - on).days
        steps = [ahead for ahead in policy.nodes[one.id].remind if ahead >= left]
        if steps:
            due.append(Reminder(one.id, one.agreed, min(steps), left))
    return due
