"""What the schema alone cannot say of a network: names that exist, no ring, no permit before the deal, pledges that fit."""

from __future__ import annotations

from collections.abc import Iterator

from tenglong.domain.casework.network import ring_of
from tenglong.domain.landing.permits.network import counted_days, legal_before
from tenglong.domain.landing.permits.policy import Permits
from tenglong.domain.policy.document import Document, Problem

Found = tuple[tuple[str | int, ...], str]


def problems_of(document: Document) -> list[Problem]:
    """Every defect with its line."""
    policy = Permits.model_validate(document.data)
    found = list(_names(policy)) or list(_rings(policy)) or [*_deals(policy), *_promises(policy)]
    return [Problem(document.file, document.line_of(*path), reason, ".".join(map(str, path))) for path, reason in found]


def _names(policy: Permits) -> Iterator[Found]:
    steps = set(policy.steps)
    for name, step in policy.steps.items():
        early = step.early
        lists = {"after": step.after, "serial_after": step.serial_after, "early": early.after if early else ()}
        for key, named in lists.items():
            yield from ((("steps", name, key), f"没有步骤“{one}”") for one in named if one not in steps)
        if step.department not in policy.departments:
            yield ("steps", name, "department"), f"没有部门“{step.department}”"
        if step.stage not in policy.stages:
            yield ("steps", name, "stage"), f"没有阶段“{step.stage}”"
        papers = (*step.materials, *step.gives)
        yield from ((("steps", name, "materials"), f"没有材料“{one}”") for one in papers if one not in policy.materials)
        lack = (*step.may_lack, *(early.may_lack if early else ()))
        yield from ((("steps", name, "materials"), f"may_lack（容缺）写的“{one}”不在这一步的 materials（材料）里")
                    for one in lack if one not in step.materials)
    yield from _heads(policy, steps)


def _heads(policy: Permits, steps: set[str]) -> Iterator[Found]:
    if policy.route not in policy.routes:
        yield ("route",), f"没有“{policy.route}”这种办法"
    named = {"deal": [policy.deal] if policy.deal else [], "goals": list(policy.goals)}
    if policy.countdown:
        named["countdown"] = [policy.countdown.start, policy.countdown.end]
    for key, ids in named.items():
        yield from (((key,), f"没有步骤“{one}”") for one in ids if one not in steps)
    for name, promise in policy.promises.items():
        if promise.route not in policy.routes:
            yield ("promises", name), f"没有“{promise.route}”这种办法"
        yield from ((("promises", name), f"没有阶段“{one}”") for one in promise.stages if one not in policy.stages)
        ends = [one for one in (promise.start, promise.end) if one is not None]
        yield from ((("promises", name), f"没有步骤“{one}”") for one in ends if one not in steps)


def _rings(policy: Permits) -> Iterator[Found]:
    """With habits, and with early reviews in place of what they may precede."""
    serial = {name: (*step.after, *step.serial_after) for name, step in policy.steps.items()}
    early = {name: step.early.after if step.early else step.after for name, step in policy.steps.items()}
    for after in (serial, early):
        if ring := ring_of(after):
            yield ("steps", ring[0]), f"步骤绕成了圈：{' → '.join(policy.steps[name].label for name in ring)}"
            return


def _deals(policy: Permits) -> Iterator[Found]:
    """No permit carries a holder before the deal (office-rule 17)."""
    if policy.deal is None:
        return
    for name, step in policy.steps.items():
        if step.certificate and policy.deal not in legal_before(policy, name):
            yield ("steps", name, "after"), f"“{step.label}”要写权利人，应在“{policy.steps[policy.deal].label}”之后"


def _promises(policy: Permits) -> Iterator[Found]:
    for name, promise in policy.promises.items():
        if (days := counted_days(policy, promise)) > promise.working_days:
            yield ("promises", name), f"各步承诺合计 {days} 个工作日，超过“{promise.label}”的 {promise.working_days} 个工作日"
