"""Supplementary notices as steps of their listing: each is taken like any other step, and the sale waits for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tenglong.domain.landing.supply.policy import Procedure, Step, StepClock, Supplement


@dataclass(frozen=True)
class Added:
    """The n-th supplementary notice of a listing; `weighty`: its facts make the wait run anew."""

    ordinal: int
    weighty: bool

    @property
    def step(self) -> str:
        return f"supplement_{self.ordinal}"


def weighty(rule: Supplement, facts: Iterable[str]) -> bool:
    """Whether a change of these facts makes the wait run anew."""
    return not set(rule.weighty).isdisjoint(facts)


def with_supplements(procedure: Procedure, added: Sequence[Added]) -> Procedure:
    """The procedure with a step for each supplementary notice behind the notice; the guarded step waits for all of them."""
    rule = procedure.supplement
    if rule is None or not added:
        return procedure
    steps: list[Step] = []
    for step in procedure.steps:
        steps.append(_guarded(rule, step, added) if step.id == rule.before else step)
        if step.id == rule.after:
            steps += [_notice(rule, one, added[:at]) for at, one in enumerate(added)]
    return procedure.model_copy(update={"steps": tuple(steps)})


def _notice(rule: Supplement, one: Added, before: Sequence[Added]) -> Step:
    after = (rule.after, *(earlier.step for earlier in before[-1:]))
    return Step(id=one.step, label=f"{rule.label}（第 {one.ordinal} 次）", paper=rule.paper, after=after, effect="amend",
                basis=rule.basis)


def _guarded(rule: Supplement, step: Step, added: Sequence[Added]) -> Step:
    waits = [StepClock.model_validate({**rule.wait.model_dump(), "id": f"{rule.wait.id}_{one.ordinal}", "from": one.step})
             for one in added if one.weighty]
    after = (*step.after, *(one.step for one in added))
    return step.model_copy(update={"after": after, "clocks": (*step.clocks, *waits)})
