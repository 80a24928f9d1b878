"""What may be written down about a step, and what is only told.

Refused: an act before the law's waits have run, or before what the law puts first; a review that the policy does not let begin
early. Told: legal deadlines and pledges that are past. Office-rules 16 and 17.
"""

from __future__ import annotations

from datetime import date

from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.clocks import Verdict, verdict
from tenglong.domain.landing.permits.network import Situation, takes_early
from tenglong.domain.landing.permits.policy import Permits


def refused_done(policy: Permits, name: str, on: date, now: Situation, calendar: WorkCalendar) -> list[str]:
    """Why the step cannot have been done `on` that day; empty when it can. Sentences with the clause."""
    found = [one.says for one in waits_of(policy, name, on, now, calendar) if one.refused]
    if policy.steps[name].wait is None or not found:  # a wait that has not begun says so itself
        found += _behind(policy, name, on, now)
    return found


def refused_start(policy: Permits, name: str, on: date, now: Situation) -> list[str]:
    """Why the formal act of the step cannot have begun `on` that day. A wait begins when what comes before it is done."""
    found = _behind(policy, name, on, now)
    if found and policy.steps[name].early is not None:
        return [f"{'；'.join(found)}。要提前，请登记为预审或容缺受理"]
    return found


def refused_review(policy: Permits, name: str, on: date, now: Situation) -> list[str]:
    """Why the step cannot be reviewed early on that day."""
    step = policy.steps[name]
    if step.wait is not None:
        return [f"“{step.label}”是法定最短时限，不能提前（{step.wait.clause}）"]
    if step.early is None:
        return [f"“{step.label}”不得提前：{step.never_early or '政策没有写可以提前'}"]
    reviewed = {one for one, other in policy.steps.items() if takes_early(other, one, (), now)}
    late = [policy.steps[one].label for one in step.early.after if not _over(policy, one, on, now, reviewed)]
    return [f"“{step.label}”要在{'、'.join(f'“{one}”' for one in late)}之后才能预审"] if late else []


def waits_of(policy: Permits, name: str, on: date, now: Situation, calendar: WorkCalendar) -> list[Verdict]:
    """The verdict of every lawful wait that the step is, or that stands right before it. The wait itself is over on its last
    day, whatever day the step after it opens on."""
    if (own := policy.steps[name].wait) is not None:
        return [verdict(own.model_copy(update={"opens": "last_day"}), begun(policy, name, now), on, calendar)]
    waits = [(one, policy.steps[one].wait) for one in policy.steps[name].after]
    return [verdict(wait, begun(policy, one, now), on, calendar) for one, wait in waits
            if wait is not None and not now.fact(one).omitted]


def warnings(policy: Permits, now: Situation, on: date, calendar: WorkCalendar) -> list[tuple[str, Verdict]]:
    """(step, verdict) of every legal deadline and pledge that was not kept, or is past on the day."""
    found = []
    for name, step in policy.steps.items():
        fact = now.fact(name)
        start = fact.started_on or (begun(policy, name, now) if fact.done_on else None)
        for clock in (step.legal, step.pledge):
            if clock is not None and start is not None and not fact.omitted:
                told = verdict(clock, start, fact.done_on or on, calendar)
                found += [(name, told)] if told.warned else []
    return found


def breaches(policy: Permits, now: Situation, calendar: WorkCalendar) -> list[tuple[str, str]]:
    """(step, sentence) of everything written down that the rules refuse: for records that come from elsewhere."""
    return [(name, sentence) for name in policy.steps if (done := now.fact(name).done_on) is not None
            for sentence in refused_done(policy, name, done, now, calendar)]


def begun(policy: Permits, name: str, now: Situation) -> date | None:
    """The day a step's clock began: when it was started, else when the last step before it was done; None while one is not."""
    fact = now.fact(name)
    before = [now.fact(one) for one in policy.steps[name].after if not now.fact(one).omitted]
    if any(one.done_on is None for one in before):
        return None if policy.steps[name].wait else fact.started_on
    last = max([now.start, *(one.done_on for one in before if one.done_on)])
    return max(last, fact.started_on) if fact.started_on else last


def before_deal(policy: Permits, now: Situation) -> bool:
    """Whether the land has no buyer yet: then there is an intended user of land, and no holder."""
    return policy.deal is not None and now.fact(policy.deal).done_on is None


def _behind(policy: Permits, name: str, on: date, now: Situation) -> list[str]:
    late = [policy.steps[one].label for one in policy.steps[name].after if not _over(policy, one, on, now, frozenset())]
    return [f"“{policy.steps[name].label}”依法要在{'、'.join(f'“{one}”' for one in late)}之后"] if late else []


def _over(policy: Permits, name: str, on: date, now: Situation, reviewed: set[str] | frozenset[str]) -> bool:
    fact = now.fact(name)
    if fact.omitted:  # what stands before a step that is left out still holds
        return all(_over(policy, one, on, now, reviewed) for one in policy.steps[name].after)
    ends = [day for day in (fact.done_on, fact.pre_done_on if name in reviewed else None) if day is not None]
    return bool(ends) and min(ends) <= on
