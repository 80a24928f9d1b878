"""What a case may do next, and what it is afterwards. Pure: day, calendar and the guards of apps come in `Context`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Final

from tenglong.domain.casework.calendar import DAY, WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition, TaskSpec, Term, Transition
from tenglong.domain.casework.wording import Block, TaskBlocked

OPENED: Final = "open"  # the first step of every history
DONE, LAPSED = "done", "lapsed"
#: (state, params, actor) → "" or a sentence
NamedCheck = Callable[["CaseState", Mapping[str, Any], "Actor"], str]


@dataclass(frozen=True)
class Actor:
    """Who acts: an id, and the roles and verbs held for this case."""

    id: str
    powers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """One move of the history."""

    transition: str
    actor: str
    on: date
    to: str
    reason: str = ""


@dataclass(frozen=True)
class TaskState:
    """One opening of a task. `due` None: no deadline, or it waits for a field; `unpublished`: years computed, not announced."""

    id: str
    opened_on: date
    due: date | None = None
    unpublished: tuple[int, ...] = ()
    done_on: date | None = None
    done_by: str = ""
    outcome: str = ""
    key: int | None = None  # the row that holds it
    paused: int = 0  # working days by which pauses moved its deadline
    held_due: date | None = None  # the deadline as it stood when the running pause began

    @property
    def open(self) -> bool:
        return self.done_on is None


@dataclass(frozen=True)
class CaseState:
    """Where a case stands. `documents`: kinds of the material on file."""

    state: str
    entered_on: date
    fields: Mapping[str, Any] = field(default_factory=dict)
    documents: frozenset[str] = frozenset()
    tasks: tuple[TaskState, ...] = ()
    history: tuple[Step, ...] = ()
    paused: bool = False

    def last(self, transition: str) -> Step | None:
        """The latest step of that transition."""
        return next((step for step in reversed(self.history) if step.transition == transition), None)

    def latest(self, task: str) -> TaskState | None:
        """The latest opening of a task."""
        return next((one for one in reversed(self.tasks) if one.id == task), None)


@dataclass(frozen=True)
class Context:
    """`names` turns roles and verbs into words; `checks` are the guards of apps."""

    today: date
    calendar: WorkCalendar
    names: Mapping[str, str] = field(default_factory=dict)
    checks: Mapping[str, NamedCheck] = field(default_factory=dict)

    def name(self, power: str) -> str:
        return self.names.get(power, power)


@dataclass(frozen=True)
class Move:
    """A transition with every reason that stands in its way now. `fillable`: the form of the move can answer all of them."""

    transition: Transition
    blocks: tuple[Block, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.blocks

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(block.text for block in self.blocks)

    @property
    def fillable(self) -> bool:
        return all(block.kind in ("field", "document", "reason") for block in self.blocks)


@dataclass(frozen=True)
class Applied:
    """The case after a step; `opened` and `closed` are tasks that the step opened or closed."""

    state: CaseState
    step: Step
    opened: tuple[TaskState, ...] = ()
    closed: tuple[TaskState, ...] = ()


class MoveRefused(ValueError):
    """The move is not possible; the message holds every reason."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = tuple(blocks)
        super().__init__("；".join(block.text for block in self.blocks))


def start(
    case: CaseDefinition, actor: Actor, context: Context, *, fields: Mapping[str, Any], documents: Iterable[str] = (),
    on: date | None = None,
) -> Applied:
    """A new case in its first state. `fields` as `CaseDefinition.read_fields` gives them. Raises MoveRefused."""
    day = on or context.today
    blocks = [Block.make("field", name=case.field_by_id[name].label) for name in case.required if _empty(fields.get(name))]
    if not set(case.openers) & actor.powers:
        blocks.insert(0, Block.make("opener", who=_who(case.openers, context), name=case.label))
    if day > context.today:
        blocks.append(Block.make("future", day=day.isoformat()))
    if blocks:
        raise MoveRefused(blocks)
    step = Step(OPENED, actor.id, day, case.initial)
    state = CaseState(case.initial, day, dict(fields), frozenset(documents), (), (step,))
    opened = _opened(case, state, context)
    return Applied(replace(state, tasks=opened), step, opened)


def allowed(case: CaseDefinition, state: CaseState, actor: Actor, context: Context) -> list[Move]:
    """Every move out of the present state, each with the reasons against it (a missing reason text is asked by the form)."""
    return [Move(move, tuple(blocks_of(case, state, move, actor, context))) for move in case.leaving(state.state)]


def apply(
    case: CaseDefinition, state: CaseState, transition: str, actor: Actor, context: Context, *, reason: str = "",
    fields: Mapping[str, Any] | None = None, documents: Iterable[str] = (),
) -> Applied:
    """Do the move with what the form brought. Raises MoveRefused with every reason; nothing is changed then."""
    move = case.transition_by_id.get(transition)
    if move is None or state.state not in move.sources:
        label = move.label if move else transition
        raise MoveRefused([Block.make("state", state=case.state_by_id[state.state].label, name=label)])
    brought = brings(case, state, context, fields or {}, documents)
    blocks = list(blocks_of(case, brought, move, actor, context))
    if move.guards.reason and len(reason.strip()) < 2:
        blocks.append(Block.make("reason"))
    if blocks:
        raise MoveRefused(blocks)
    return _moved(case, brought, move, actor, context, reason.strip())


def brings(
    case: CaseDefinition, state: CaseState, context: Context, fields: Mapping[str, Any], documents: Iterable[str]
) -> CaseState:
    """The case with new fields and material; deadlines that hang on a changed date are counted again."""
    merged = {**state.fields, **fields}
    found = replace(state, fields=merged, documents=state.documents | frozenset(documents))
    return replace(found, tasks=tuple(_redated(case, task, merged, context) for task in state.tasks)) if fields else found


def blocks_of(
    case: CaseDefinition, state: CaseState, move: Transition, actor: Actor, context: Context
) -> Iterable[Block]:
    """Each reason why `move` is not possible now."""
    if state.paused:
        yield Block.make("paused")
    if not set(move.role) & actor.powers:
        yield Block.make("role", who=_who(move.role, context))
    yield from _lacking(case, state, move, actor)
    yield from _waits(case, state, move, context)
    for check in move.guards.checks:
        yield from _checked(state, check.name, check.params, actor, context)


def _lacking(case: CaseDefinition, state: CaseState, move: Transition, actor: Actor) -> Iterable[Block]:
    guards = move.guards
    for name in guards.fields:
        if _empty(state.fields.get(name)):
            yield Block.make("field", name=case.field_by_id[name].label)
    for kind in guards.documents:
        if kind not in state.documents:
            yield Block.make("document", name=case.document_label(kind))
    for name in guards.tasks_done:
        done = state.latest(name)
        if done is None or done.outcome != DONE:
            yield Block.make("task", name=case.task_by_id[name].label)
    for earlier in guards.second_person:
        step = state.last(earlier)
        if step is not None and step.actor == actor.id:
            yield Block.make("second", name=case.transition_by_id[earlier].label)


def _waits(case: CaseDefinition, state: CaseState, move: Transition, context: Context) -> Iterable[Block]:
    wait = move.guards.not_before
    if wait is None:
        return
    step, earlier = state.last(wait.after), case.transition_by_id[wait.after].label
    if step is None:
        yield Block.make("never", name=earlier)
        return
    ends = _term(context, step.on, wait)
    if context.today <= ends.due:
        yield Block.make("early", name=earlier, on=step.on.isoformat(), term=_said(wait), day=(ends.due + DAY).isoformat())


def _checked(state: CaseState, name: str, params: Mapping[str, Any], actor: Actor, context: Context) -> Iterable[Block]:
    check = context.checks.get(name)
    if check is None:
        yield Block.make("unknown", name=name)
    elif sentence := check(state, params, actor):
        yield Block.said(sentence)


def _moved(case: CaseDefinition, state: CaseState, move: Transition, actor: Actor, context: Context, reason: str) -> Applied:
    today = context.today
    closed = tuple(replace(task, done_on=today, outcome=LAPSED) for task in state.tasks if task.open)
    kept = tuple(task for task in state.tasks if not task.open)
    step = Step(move.id, actor.id, today, move.to, reason)
    entered = replace(state, state=move.to, entered_on=today, tasks=(*kept, *closed), history=(*state.history, step))
    opened = _opened(case, entered, context)
    return Applied(replace(entered, tasks=(*entered.tasks, *opened)), step, opened, closed)


def complete(
    case: CaseDefinition, state: CaseState, task: TaskState, actor: Actor, context: Context
) -> TaskState:
    """The task done today. Raises TaskBlocked: closed already, not this role's, wait not over, material missing."""
    spec = case.task_by_id[task.id]
    blocks = []
    if not task.open:
        blocks.append(Block.make("closed", name=spec.label))
    if state.paused:
        blocks.append(Block.make("paused"))
    if not set(spec.role) & actor.powers:
        blocks.append(Block.make("role", who=_who(spec.role, context)))
    if spec.kind == "min_wait" and task.due and context.today <= task.due:
        blocks.append(Block.make("wait", name=spec.label, day=(task.due + DAY).isoformat()))
    blocks += [
        Block.make("document", name=case.document_label(kind)) for kind in spec.documents if kind not in state.documents
    ]
    if blocks:
        raise TaskBlocked(blocks)
    return replace(task, done_on=context.today, done_by=actor.id, outcome=DONE)


def _opened(case: CaseDefinition, state: CaseState, context: Context) -> tuple[TaskState, ...]:
    made = (TaskState(spec.id, state.entered_on) for spec in case.tasks_of(state.state))
    return tuple(_dated(case.task_by_id[task.id], task, state.fields, context) for task in made)


def _redated(case: CaseDefinition, task: TaskState, fields: Mapping[str, Any], context: Context) -> TaskState:
    spec = case.task_by_id.get(task.id) if task.open else None  # a closed task may be one of an earlier version
    hangs = spec is not None and spec.deadline is not None and spec.deadline.start != "entry"
    return _dated(spec, task, fields, context) if spec is not None and hangs else task


def redated(case: CaseDefinition, task: TaskState, fields: Mapping[str, Any], context: Context) -> TaskState:
    """The task with its deadline counted anew, as after a year's days off were published."""
    return _dated(case.task_by_id[task.id], task, fields, context) if task.open else task


def _dated(spec: TaskSpec, task: TaskState, fields: Mapping[str, Any], context: Context) -> TaskState:
    if spec.deadline is None:
        return replace(task, due=None, unpublished=())
    begins: date | None = task.opened_on
    if spec.deadline.start != "entry":
        text = fields.get(spec.deadline.start)
        begins = date.fromisoformat(text) if text else None
    if begins is None:
        return replace(task, due=None, unpublished=())
    ends = _term(context, begins, spec.deadline)
    if not task.paused:
        return replace(task, due=ends.due, unpublished=ends.unpublished)
    due = context.calendar.add_working_days(ends.due, task.paused)
    return replace(task, due=due, unpublished=context.calendar.unpublished(begins, due))


def _term(context: Context, begins: date, term: Term) -> Any:
    return context.calendar.deadline(begins, working_days=term.working_days, days=term.days)


def _said(term: Term) -> str:
    return f"{term.days} 日" if term.days is not None else f"{term.working_days} 个工作日"


def _who(powers: Iterable[str], context: Context) -> str:
    return "、".join(dict.fromkeys(context.name(power) for power in powers))


def _empty(value: Any) -> bool:
    return value is None or value == ""
