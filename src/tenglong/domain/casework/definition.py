"""A case as data: states, guarded transitions, tasks with a role and a deadline, the fields it carries.

The text is a policy of kind `cases`; see docs/developer/casework.md. A case keeps the definition that it began with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from tenglong.domain.casework.network import ring_of

MAX_TERM: Final = 3_650
Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
#: a role (`county_admin`) or a verb (`case.work`)
Power = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$")]


def _listed(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


Powers = Annotated[tuple[Power, ...], BeforeValidator(_listed)]
Ids = Annotated[tuple[Id, ...], BeforeValidator(_listed)]
FieldType = Literal["text", "long_text", "date", "integer", "number", "choice", "boolean"]
TaskKind = Literal["min_wait", "max_deadline", "pledge"]

_powers: set[str] = set()


def know_powers(words: Iterable[str]) -> None:
    """Roles and verbs that exist, handed in once by the app; until then a definition may name any."""
    _powers.update(words)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Term(_Part):
    """So many working days, or so many calendar days."""

    working_days: int | None = Field(default=None, ge=0, le=MAX_TERM)
    days: int | None = Field(default=None, ge=0, le=MAX_TERM)

    @model_validator(mode="after")
    def _one(self) -> Term:
        if (self.working_days is None) == (self.days is None):
            raise ValueError("期限写 working_days（工作日）或 days（自然日）之一")
        return self


class TaskTerm(Term):
    """`start`: counted from the day the state was entered, or from the date in a field (`from: <field>`)."""

    start: Id = Field(default="entry", alias="from")


class Wait(Term):
    """The move is blocked until so many days after the transition `after` have passed in full."""

    after: Id


class Check(_Part):
    """A guard that an app registered, with what the definition tells it."""

    name: Id
    params: dict[str, Any] = Field(default_factory=dict)


class Guards(_Part):
    """What must hold before a move. Everything named here must."""

    documents: Ids = ()
    fields: Ids = ()
    second_person: Ids = ()
    tasks_done: Ids = ()
    not_before: Wait | None = None
    reason: bool = False
    checks: tuple[Check, ...] = ()


class Choice(_Part):
    id: str = Field(min_length=1)
    label: str = Field(min_length=1)


class CaseField(_Part):
    """A value that the case carries."""

    id: Id
    label: str = Field(min_length=1)
    type: FieldType = "text"
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    hint: str = ""
    told_to_subject: bool = False

    @model_validator(mode="after")
    def _choices(self) -> CaseField:
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("choice 类型要写 choices，其他类型不写")
        return self

    def read(self, value: Any) -> Any:
        """The value as it is kept (JSON). Raises ValueError with a sentence; empty gives None."""
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        try:
            return _READERS[self.type](value.strip() if isinstance(value, str) else value, self)
        except (ValueError, TypeError, ArithmeticError) as error:
            raise ValueError(f"“{self.label}”填的“{str(value)[:40]}”不对，应是{_SHOULD[self.type]}") from error


class State(_Part):
    id: Id
    label: str = Field(min_length=1)
    final: bool = False
    note: str = ""


class TaskSpec(_Part):
    """Work that opens with a state. `kind`: min_wait cannot end early; max_deadline and pledge only warn (office-rule 16).

    `after`: tasks that end before it begins, for the forecast; tasks of later states always wait for those of earlier ones.
    `duration`: days that the forecast counts instead of the deadline's. `stops`: a pause moves it (unless min_wait).
    """

    id: Id
    label: str = Field(min_length=1)
    state: Id
    role: Powers = Field(min_length=1)
    kind: TaskKind = "max_deadline"
    deadline: TaskTerm | None = None
    documents: Ids = ()
    after: Ids = ()
    duration: Term | None = None
    stops: bool | None = None
    delegable: bool = True
    amber: int | None = Field(default=None, ge=0, le=60)
    source: str = ""
    verified: Literal["verified", "to-verify"] = "to-verify"
    note: str = ""

    @model_validator(mode="after")
    def _wait_has_a_term(self) -> TaskSpec:
        if self.kind == "min_wait" and self.deadline is None:
            raise ValueError("min_wait 任务要写 deadline：等多少天")
        return self

    @property
    def roles(self) -> str:
        return f"|{'|'.join(self.role)}|"

    @property
    def held_by_pause(self) -> bool:
        return self.kind != "min_wait" if self.stops is None else self.stops


class Transition(_Part):
    """A move between states. `way`: onward, back for correction, or an early end.

    `told`: its reason may be read by the enterprise that the case is about.
    """

    id: Id
    label: str = Field(min_length=1)
    sources: Ids = Field(alias="from", min_length=1)
    to: Id
    role: Powers = Field(min_length=1)
    way: Literal["forward", "back", "end"] = "forward"
    guards: Guards = Guards()
    consequences: tuple[str, ...] = ()
    told: bool = False
    source: str = ""
    verified: Literal["verified", "to-verify"] = "to-verify"


class CaseDefinition(BaseModel):
    """`cases/<id>.yaml` without its header.

    `subject`: what the case is about (a model word such as enterprise). `shared`: offices of towns inside the division of
    the case see it too. `single`: one open case per subject. `openers`: who may open one. `amber`: working days left at
    which a task turns amber. `pausers`: who may stop the clock. `escalate`: working days overdue after which a task is put
    before the leader.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    label: str = Field(min_length=1)
    subject: Id
    openers: Powers = Field(min_length=1)
    initial: Id
    calendar: str = "cn"
    amber: int = Field(default=2, ge=0, le=60)
    pausers: Powers = ("case.assign",)
    escalate: int | None = Field(default=None, ge=0, le=400)
    visible_to_subject: bool = False
    shared: bool = False
    single: bool = True
    required: Ids = ()
    fields: tuple[CaseField, ...] = ()
    documents: dict[Id, str] = Field(default_factory=dict)
    states: tuple[State, ...] = Field(min_length=2)
    transitions: tuple[Transition, ...] = Field(min_length=1)
    tasks: tuple[TaskSpec, ...] = ()

    @model_validator(mode="after")
    def _hangs_together(self) -> CaseDefinition:
        if faults := [*_names(self), *_references(self), *_flow(self)]:
            details: list[InitErrorDetails] = [
                {"type": "value_error", "loc": loc, "input": None, "ctx": {"error": ValueError(text)}} for loc, text in faults
            ]
            raise ValidationError.from_exception_data(type(self).__name__, details)
        return self

    @cached_property
    def state_by_id(self) -> dict[str, State]:
        return {state.id: state for state in self.states}

    @cached_property
    def transition_by_id(self) -> dict[str, Transition]:
        return {move.id: move for move in self.transitions}

    @cached_property
    def task_by_id(self) -> dict[str, TaskSpec]:
        return {task.id: task for task in self.tasks}

    @cached_property
    def field_by_id(self) -> dict[str, CaseField]:
        return {field.id: field for field in self.fields}

    @cached_property
    def main_line(self) -> frozenset[str]:
        """States on the way onward from the first one; the others are entered only by sending back or ending early."""
        onward = {state.id: {move.to for move in self.leaving(state.id) if move.way == "forward"} for state in self.states}
        return frozenset(_closure({self.initial}, onward))

    def leaving(self, state: str) -> list[Transition]:
        """Moves that begin in `state`, in the order of the text."""
        return [move for move in self.transitions if state in move.sources]

    def tasks_of(self, state: str) -> list[TaskSpec]:
        return [task for task in self.tasks if task.state == state]

    def document_label(self, kind: str) -> str:
        return self.documents.get(kind, kind)

    def read_fields(self, given: dict[str, Any]) -> dict[str, Any]:
        """Values as they are kept. Raises ValueError with a sentence for an unknown field or a value that does not fit."""
        if strangers := sorted(set(given) - set(self.field_by_id)):
            raise ValueError(f"“{self.label}”没有字段 {'、'.join(strangers)}")
        return {name: self.field_by_id[name].read(value) for name, value in given.items()}


def texts_of(case: CaseDefinition) -> Iterable[str]:
    """Every text that a page shows, for translation."""
    yield case.label
    yield from case.documents.values()
    parts: tuple[State | TaskSpec | Transition | CaseField, ...] = (*case.states, *case.tasks, *case.transitions, *case.fields)
    yield from (part.label for part in parts)
    yield from (text for state in case.states for text in (state.note,) if text)
    yield from (text for move in case.transitions for text in move.consequences)
    for field in case.fields:
        yield from (text for text in (field.hint, field.unit, *(choice.label for choice in field.choices)) if text)


#: (place in the text, sentence)
Fault = tuple[tuple[str | int, ...], str]


def _names(case: CaseDefinition) -> Iterable[Fault]:
    """Every id once."""
    lists: tuple[tuple[str, str, Iterable[Any]], ...] = (
        ("states", "状态", case.states), ("transitions", "流转", case.transitions), ("tasks", "任务", case.tasks),
        ("fields", "字段", case.fields),
    )
    for name, word, items in lists:
        seen: set[str] = set()
        for index, item in enumerate(items):
            if item.id in seen:
                yield (name, index, "id"), f"{word}“{item.id}”重复，编号只能用一次"
            seen.add(item.id)


def _references(case: CaseDefinition) -> Iterable[Fault]:
    """Every id that is named exists."""
    states, moves = set(case.state_by_id), set(case.transition_by_id)
    tasks, fields = set(case.task_by_id), set(case.field_by_id)
    yield from _absent(("initial",), "状态", [case.initial], states)
    yield from _absent(("required",), "字段", case.required, fields)
    for name, words in (("openers", case.openers), ("pausers", case.pausers)):
        yield from _absent((name,), "角色或权限", words, _powers or set(words))
    for index, move in enumerate(case.transitions):
        at, guards = ("transitions", index), move.guards
        yield from _absent((*at, "from"), "状态", move.sources, states)
        yield from _absent((*at, "to"), "状态", [move.to], states)
        yield from _absent((*at, "role"), "角色或权限", move.role, _powers or set(move.role))
        yield from _absent((*at, "guards", "documents"), "材料", guards.documents, set(case.documents))
        yield from _absent((*at, "guards", "fields"), "字段", guards.fields, fields)
        yield from _absent((*at, "guards", "second_person"), "流转", guards.second_person, moves)
        yield from _absent((*at, "guards", "tasks_done"), "任务", guards.tasks_done, tasks)
        if guards.not_before:
            yield from _absent((*at, "guards", "not_before", "after"), "流转", [guards.not_before.after], moves)
    yield from _of_tasks(case, states)


def _of_tasks(case: CaseDefinition, states: set[str]) -> Iterable[Fault]:
    dates = {field.id for field in case.fields if field.type == "date"} | {"entry"}
    for index, task in enumerate(case.tasks):
        at = ("tasks", index)
        yield from _absent((*at, "state"), "状态", [task.state], states)
        yield from _absent((*at, "role"), "角色或权限", task.role, _powers or set(task.role))
        yield from _absent((*at, "documents"), "材料", task.documents, set(case.documents))
        yield from _absent((*at, "after"), "任务", task.after, set(case.task_by_id))
        if task.deadline:
            yield from _absent((*at, "deadline", "from"), "日期字段", [task.deadline.start], dates)
        if task.state in states and case.state_by_id[task.state].final:
            yield (*at, "state"), f"“{task.state}”是终结状态，不能再有任务"
    if ring := ring_of({task.id: task.after for task in case.tasks}):
        names = " → ".join(case.task_by_id[name].label for name in ring)
        yield ("tasks",), f"任务的 after 绕成了圈：{names}"


def _absent(place: tuple[str | int, ...], word: str, named: Iterable[str], known: set[str]) -> Iterable[Fault]:
    for name in named:
        if name not in known:
            yield place, f"没有{word}“{name}”"


def _flow(case: CaseDefinition) -> Iterable[Fault]:
    """Every state can be reached and leads to an end; rings are fine, they are how things are sent back."""
    onward = {state.id: {move.to for move in case.leaving(state.id)} for state in case.states}
    backward = {state: {source for source, to in onward.items() if state in to} for state in onward}
    finals = {state.id for state in case.states if state.final}
    if not finals:
        yield ("states",), "没有终结状态：至少有一个状态写 final: true"
    reached, ending = _closure({case.initial}, onward), _closure(finals, backward)
    for index, state in enumerate(case.states):
        if state.id not in reached:
            yield ("states", index), f"状态“{state.label}”（{state.id}）从开始走不到"
        elif finals and state.id not in ending:
            yield ("states", index), f"状态“{state.label}”（{state.id}）走不到任何终结状态"
        if state.final and onward[state.id]:
            yield ("states", index), f"“{state.label}”是终结状态，不能再流转到 {'、'.join(sorted(onward[state.id]))}"


def _closure(start: set[str], edges: dict[str, set[str]]) -> set[str]:
    found, level = set(start), set(start)
    while level:
        level = {after for one in level for after in edges.get(one, set())} - found
        found |= level
    return found


def _read_date(value: Any, field: CaseField) -> str:
    return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()


def _read_number(value: Any, field: CaseField) -> str:
    from decimal import Decimal

    number = Decimal(str(value).replace(",", ""))
    if not number.is_finite():
        raise ValueError("not finite")
    return format(number, "f")


def _read_choice(value: Any, field: CaseField) -> str:
    if value not in {choice.id for choice in field.choices}:
        raise ValueError("not a choice")
    return str(value)


def _read_boolean(value: Any, field: CaseField) -> bool:
    if str(value).lower() not in ("true", "false", "1", "0", "on", "是", "否"):
        raise ValueError("not a boolean")
    return str(value).lower() in ("true", "1", "on", "是")


def _read_text(value: Any, field: CaseField) -> str:
    text = str(value)
    if len(text) > (4_000 if field.type == "long_text" else 400):
        raise ValueError("too long")
    return text


_READERS: Final[dict[str, Callable[[Any, CaseField], Any]]] = {
    "text": _read_text, "long_text": _read_text, "date": _read_date, "integer": lambda value, _field: int(value),
    "number": _read_number, "choice": _read_choice, "boolean": _read_boolean,
}
_SHOULD: Final = {
    "text": "文字（400 字以内）", "long_text": "文字（4000 字以内）", "date": "日期，如 2026-11-22", "integer": "整数",
    "number": "数", "choice": "列出的选项之一", "boolean": "是或否",
}
