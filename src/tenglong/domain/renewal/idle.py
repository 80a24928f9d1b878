"""Idle land: what the record makes of a plot, what may follow, the steps and their clock, and who may see an amount.

闲置土地处置办法（2012）through `policies/idle_land`. Before 认定 the land is called 疑似闲置; a fee, and taking back without
compensation, exist only for land that was not started and that no government cause delayed; stalled land is agreed upon.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

from tenglong.domain.casework.calendar import Deadline, WorkCalendar
from tenglong.domain.policy.shelf import packaged
from tenglong.domain.renewal.idle_policy import KIND, IdleLand, State

Verdict = Literal["idle", "not_idle", "unclear"]
Form = Literal["", "not_started", "stalled"]
Consequence = Literal["none", "fee", "take_back", "negotiate", "unclear"]
FORMS: Final[dict[Form, str]] = {"": "", "not_started": "未动工开发", "stalled": "中止开发建设"}
CONSEQUENCES: Final[dict[Consequence, str]] = {
    "none": "不需处置", "fee": "征缴土地闲置费", "take_back": "无偿收回", "negotiate": "协商处置", "unclear": "无法判断",
}


@lru_cache(maxsize=8)
def load(name: str = "cn@2012") -> IdleLand:
    """The rule by `ID@VERSION`. Raises LookupError with a sentence."""
    return IdleLand.model_validate(packaged(KIND, name).data)


@dataclass(frozen=True)
class Cause:
    """A delay that the holder is not to blame for: id of the policy, days it lasted, the document that proves it."""

    id: str
    start: date
    end: date | None = None
    document: str = ""


@dataclass(frozen=True)
class LandRecord:
    """What is on file of one plot; None is not known. Shares are of 1.

    `agreed_start`: day by which work had to begin (contract, decision, or a signed extension). `started`: whether it did.
    `stopped_on`: first day without work when it came to a halt; `stopped` False: work goes on or is finished.
    """

    agreed_start: date | None = None
    started: bool | None = None
    built_share: Fraction | None = None
    invested_share: Fraction | None = None
    stopped: bool | None = None
    stopped_on: date | None = None
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True)
class Idleness:
    """What the record makes of the land on a day. `days` past the agreed start, or without work. `caused` names causes with a
    document: one of them is enough that neither fee nor taking back follows; `unproven` ones lack the document."""

    verdict: Verdict
    form: Form
    days: int | None
    consequence: Consequence
    options: tuple[str, ...]
    reason: str
    missing: tuple[str, ...] = ()
    caused: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()


def assess(policy: IdleLand, record: LandRecord, on: date) -> Idleness:
    """Truth table of the rule for the day `on`. What is missing gives 无法判断 with its name. Raises LookupError for a cause
    that the policy does not know."""
    unknown = sorted({cause.id for cause in record.causes} - set(policy.causes))
    if unknown:
        raise LookupError(f"没有闲置原因“{unknown[0]}”，可用：{'、'.join(policy.causes)}")
    if record.started is None:
        return _unclear(("started",), "不知是否已动工开发")
    return _stalled(policy, record, on) if record.started else _not_started(policy, record, on)


def fee_fen(policy: IdleLand, idle: Idleness, price_fen: int) -> int | None:
    """土地闲置费 in 分 (half-even); None where the rule allows none. `price_fen`: price of the land right, 分 ≥ 0."""
    if price_fen < 0:
        raise ValueError("出让（划拨）价款不能是负数")
    return round(policy.parameters.fee_share.value * price_fen) if idle.consequence == "fee" else None


# ---- not started


def _not_started(policy: IdleLand, record: LandRecord, on: date) -> Idleness:
    if record.agreed_start is None:
        return _unclear(("agreed_start",), "不知约定的动工开发日期")
    proven, unproven = _causes(record, record.agreed_start, on)
    elapsed = (on - record.agreed_start).days
    if elapsed < _days(policy, policy.parameters.idle_years.value):
        said = f"未动工，距约定动工日 {elapsed} 日，未满一年" if elapsed >= 0 else f"约定动工日未到，还有 {-elapsed} 日"
        return Idleness("not_idle", "", max(elapsed, 0), "none", (), said, unproven=unproven)
    said = f"超过约定动工日 {elapsed} 日未动工"
    if proven:
        names = "、".join(dict.fromkeys(policy.causes[id_].label for id_ in proven))
        reason = f"{said}；属政府原因（{names}），不征缴闲置费、不无偿收回"
        return Idleness("idle", "not_started", elapsed, "negotiate", tuple(policy.options), reason, (), proven, unproven)
    taken = elapsed >= _days(policy, policy.parameters.take_back_years.value)
    charged = elapsed >= _days(policy, policy.parameters.fee_years.value)
    consequence: Consequence = "take_back" if taken else "fee" if charged else "negotiate"
    return Idleness("idle", "not_started", elapsed, consequence, (), f"{said}，{CONSEQUENCES[consequence]}", unproven=unproven)


# ---- stalled


def _stalled(policy: IdleLand, record: LandRecord, on: date) -> Idleness:
    if record.stopped is False:
        return Idleness("not_idle", "", 0, "none", (), "已动工，没有中止开发")
    little, gaps = _little(policy, record)
    if record.stopped is None:
        gaps = (*gaps, "stopped")
    elif record.stopped_on is None:
        gaps = (*gaps, "stopped_on")
    days = (on - record.stopped_on).days if record.stopped and record.stopped_on else None
    long = None if days is None else days >= _days(policy, policy.parameters.idle_years.value)
    if little is False:
        return Idleness("not_idle", "", days, "none", (), f"已动工，{_shares(record)}，已达到比例线")
    if long is False:
        return Idleness("not_idle", "", days, "none", (), f"已动工，中止 {days} 日，未满一年")
    if little is None or long is None:
        return _unclear(gaps, "缺" + "、".join(_LABELS[gap] for gap in gaps))
    proven, unproven = _causes(record, record.stopped_on, on)
    reason = f"已动工但{_shares(record)}，中止 {days} 日；不征缴闲置费、不无偿收回，协商处置"
    return Idleness("idle", "stalled", days, "negotiate", tuple(policy.options), reason, (), proven, unproven)


def _little(policy: IdleLand, record: LandRecord) -> tuple[bool | None, tuple[str, ...]]:
    """Whether less than a third is built or less than a quarter invested; open while a missing share could decide."""
    lines = {"built_share": policy.parameters.built_line.value, "invested_share": policy.parameters.invested_line.value}
    found = {name: getattr(record, name) for name in lines}
    gaps = tuple(name for name, value in found.items() if value is None)
    if any(value is not None and value < lines[name] for name, value in found.items()):
        return True, ()
    return (None, gaps) if gaps else (False, ())


def _shares(record: LandRecord) -> str:
    parts = [("开发面积", record.built_share), ("投资额", record.invested_share)]
    return "、".join(f"{label}占 {_percent(value)}" for label, value in parts if value is not None)


def _percent(value: Fraction) -> str:
    return f"{float(value * 100):.6g}%"


_LABELS: Final[Mapping[str, str]] = {
    "started": "是否动工", "agreed_start": "约定动工日期", "built_share": "已动工开发面积占比",
    "invested_share": "已投资额占比", "stopped": "是否中止", "stopped_on": "中止日期",
}


def _unclear(gaps: tuple[str, ...], why: str) -> Idleness:
    return Idleness("unclear", "", None, "unclear", (), f"无法判断：{why}", gaps)


def _causes(record: LandRecord, since: date | None, on: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Causes that fell into the time without work: proven by a document, and not."""
    begun = [cause for cause in record.causes if cause.start <= on]
    inside = [cause for cause in begun if cause.end is None or since is None or cause.end >= since]
    proven = tuple(cause.id for cause in inside if cause.document)
    return proven, tuple(cause.id for cause in inside if not cause.document)


def _days(policy: IdleLand, years: Fraction) -> Fraction:
    return years * policy.parameters.full_year.value


# ---- steps


@dataclass(frozen=True)
class Step:
    """A state that was entered, on a day, with the document on file."""

    state: str
    on: date
    document: str = ""


@dataclass(frozen=True)
class Standing:
    """Where the matter stands: the latest state, its clock, and what may come next with what is in the way."""

    state: State
    since: date
    clock: Deadline | None
    clock_for: str
    next: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def stands(policy: IdleLand, history: tuple[Step, ...], idle: Idleness, calendar: WorkCalendar, on: date) -> Standing:
    """State and clock after `history` (oldest first; empty: a lead since `on`), and every next state with its blocks.

    Raises ValueError with a sentence for a history that skips a step, goes back in time or lacks a document.
    """
    steps = history or (Step(policy.first.id, on),)
    _check(policy, steps)
    at = policy.state(steps[-1].state)
    clock = calendar.deadline(steps[-1].on, working_days=at.term.working_days, days=at.term.days) if at.term else None
    after = {state.id: blocks(policy, state, idle, steps[-1], clock, on) for state in policy.states if at.id in state.sources}
    return Standing(at, steps[-1].on, clock, at.term.what if at.term else "", after)


def blocks(policy: IdleLand, state: State, idle: Idleness, last: Step, clock: Deadline | None, on: date) -> tuple[str, ...]:
    """Why `state` may not be entered now; empty when it may (its document is asked for when it is entered)."""
    found = []
    if state.only and not _fits(state.only, idle):
        found.append(f"“{state.label}”须{_ONLY[state.only]}；现在是：{idle.reason}")
    if idle.unproven and state.only in ("fee", "take_back", "fee_or_take_back"):
        names = "、".join(policy.causes[id_].label for id_ in idle.unproven)
        found.append(f"权利人主张政府原因（{names}）尚无证明材料，须先查明")
    if clock is not None and policy.state(last.state).only == "fee_or_take_back" and on <= clock.due:
        found.append(f"听证申请期到 {clock.due.isoformat()}，期满前不能作出决定")
    return tuple(found)


_ONLY: Final = {
    "idle": "构成闲置", "not_idle": "不构成闲置", "fee": "符合征缴土地闲置费的条件", "take_back": "符合无偿收回的条件",
    "fee_or_take_back": "符合征缴闲置费或无偿收回的条件", "negotiate": "属于协商处置",
}


def _fits(only: str, idle: Idleness) -> bool:
    if only in ("idle", "not_idle"):
        return idle.verdict == only
    return idle.consequence in ("fee", "take_back") if only == "fee_or_take_back" else idle.consequence == only


def _check(policy: IdleLand, steps: tuple[Step, ...]) -> None:
    if steps[0].state != policy.first.id:
        raise ValueError(f"闲置土地处置从“{policy.first.label}”开始，不能从“{policy.state(steps[0].state).label}”开始")
    for before, after in zip(steps, steps[1:], strict=False):
        state = policy.state(after.state)
        if before.state not in state.sources:
            raise ValueError(f"不能从“{policy.state(before.state).label}”直接到“{state.label}”")
        if after.on < before.on:
            raise ValueError(f"“{state.label}”的日期 {after.on} 早于前一步 {before.on}")
        if state.document and not after.document:
            raise ValueError(f"进入“{state.label}”须有《{state.document}》")


# ---- what may be shown


def says(policy: IdleLand, state: str) -> str:
    """What a screen may call the land in this state: 疑似闲置 before 认定, nothing when it was found not idle."""
    return policy.state(state).says


def as_input(policy: IdleLand, state: str) -> str:
    """The value of the input `idle` of criteria: confirmed only from 认定 on, suspected before, none when it was found not idle
    or is settled."""
    word = says(policy, state)
    if not word:
        return "none"
    return "suspected" if word == policy.first.says else "confirmed"


def may_see_amount(viewer: str, team: Collection[str]) -> bool:
    """Amounts are for the people of the case alone, in every state; rank or office opens nothing (office rules 6)."""
    return bool(viewer) and viewer in team


def shown_amount(fen: int | None, viewer: str, team: Collection[str]) -> tuple[int | None, str]:
    """(amount in 分 or None, what is told instead)."""
    if fen is None:
        return None, "没有金额"
    return (fen, "") if may_see_amount(viewer, team) else (None, "金额仅案件组成员可见")


def extension_ends(policy: IdleLand, agreed_start: date, days: int) -> date:
    """New agreed start after an extension of `days`. Raises ValueError when it is longer than the rule allows."""
    most = _days(policy, policy.parameters.longest_extension.value)
    if not 0 < days <= most:
        raise ValueError(f"延长动工开发期限应在 1 到 {most} 日之间，写的是 {days} 日")
    return agreed_start + timedelta(days=days)
