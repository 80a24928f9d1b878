"""Running cases from one version of their procedure to the next: what moves, what cannot and why; nothing is lost.

A preview touches nothing. `migrated` gives the state of one case under the new definition; what the new one has no place for
(values of fields, kinds of documents) stays with the case and is listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from tenglong.domain.casework.definition import CaseDefinition, TaskSpec
from tenglong.domain.casework.engine import DONE, LAPSED, CaseState, Context, Step, TaskState, redated
from tenglong.domain.casework.kinds import ATTACHMENT

#: a step that says a case changed its procedure; no transition of a definition can have this id
MIGRATED = "migrate"


class MigrationError(ValueError):
    """The mapping names something that neither version has; a Chinese sentence."""


@dataclass(frozen=True)
class Renames:
    """Old id → new id where they differ; ids that are the same need no entry."""

    states: Mapping[str, str] = field(default_factory=dict)
    transitions: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Running:
    """A case as it stands under the old definition."""

    key: str
    state: CaseState
    title: str = ""


@dataclass(frozen=True)
class Due:
    """An open task whose deadline the new version changes."""

    task: str
    before: date | None
    after: date | None


@dataclass(frozen=True)
class Move:
    """One case. It can move when `blocks` is empty. `kept`: fields the new version has no place for, kept with the case;
    `opened`, `closed`: tasks that the new state opens, and open ones that lapse; `notes`: what else changes."""

    key: str
    title: str
    source: str
    target: str
    blocks: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    dues: tuple[Due, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.blocks


@dataclass(frozen=True)
class Preview:
    """Every case given stands in `moves` exactly once. `flow`: (old state, new state) → cases that move."""

    moves: tuple[Move, ...]
    unmapped: tuple[str, ...]

    @property
    def ready(self) -> list[Move]:
        return [one for one in self.moves if one.ok]

    @property
    def stuck(self) -> list[Move]:
        return [one for one in self.moves if not one.ok]

    @property
    def flow(self) -> dict[tuple[str, str], int]:
        return dict(sorted(Counter((one.source, one.target) for one in self.ready).items()))

    @property
    def reasons(self) -> dict[str, int]:
        """Reason → cases that it holds back, most first."""
        return dict(Counter(block for one in self.stuck for block in one.blocks).most_common())


def preview(
    old: CaseDefinition, new: CaseDefinition, cases: Iterable[Running], context: Context, mapping: Renames | None = None
) -> Preview:
    """What would happen to each case. `context.today` is the day of the change. Raises MigrationError for a wrong mapping."""
    plan = _Plan(old, new, mapping or Renames(), context)
    unmapped = tuple(state.label for state in old.states if not state.final and plan.target(state.id) is None)
    return Preview(tuple(plan.move(one) for one in cases), unmapped)


def migrated(
    old: CaseDefinition, new: CaseDefinition, case: Running, context: Context, actor: str, mapping: Renames | None = None
) -> CaseState:
    """The case under the new definition, its whole history kept and one step added. Raises MigrationError with every block."""
    plan = _Plan(old, new, mapping or Renames(), context)
    move = plan.move(case)
    if not move.ok:
        raise MigrationError(f"案件 {case.key} 不能迁移：{'；'.join(move.blocks)}")
    return plan.state(case, actor)


class _Plan:
    def __init__(self, old: CaseDefinition, new: CaseDefinition, mapping: Renames, context: Context) -> None:
        self.old, self.new, self.mapping, self.context = old, new, mapping, context
        for what, pairs, before, after in (
            ("状态", mapping.states, old.state_by_id, new.state_by_id),
            ("流转", mapping.transitions, old.transition_by_id, new.transition_by_id),
            ("任务", mapping.tasks, old.task_by_id, new.task_by_id),
            ("字段", mapping.fields, old.field_by_id, new.field_by_id),
        ):
            for source, target in pairs.items():
                if source not in before or target not in after:
                    which = "旧" if source not in before else "新"
                    raise MigrationError(f"对照表里的{what} {source} → {target}：{which}版没有")
            if what in ("任务", "字段"):
                _refuse_two_into_one(what, before, pairs, after)

    # ---- ids

    def target(self, state: str) -> str | None:
        return _to(state, self.mapping.states, self.new.state_by_id)

    def task(self, id_: str) -> TaskSpec | None:
        name = _to(id_, self.mapping.tasks, self.new.task_by_id)
        return self.new.task_by_id[name] if name else None

    # ---- one case

    def move(self, case: Running) -> Move:
        state = case.state
        target = self.target(state.state)
        blocks = list(self._blocks(case, target))
        source = self.old.state_by_id[state.state].label if state.state in self.old.state_by_id else state.state
        label = self.new.state_by_id[target].label if target else ""
        if blocks or target is None:
            return Move(case.key, case.title, source, label, tuple(blocks))
        after = self.state(case, "")
        fresh = [task for task in after.tasks if task.open and not self._before(state, task.id)]
        lapsed = [task for task in state.tasks if task.open and not self._goes_on(task, target)]
        kept = tuple(self._field_label(name) for name in state.fields if not self._field(name))
        return Move(
            case.key, case.title, source, label, (), kept, tuple(self.new.task_by_id[task.id].label for task in fresh),
            tuple(self._old_task(task.id) for task in lapsed), tuple(self._dues(state, after)), tuple(self._notes(state)))

    def _blocks(self, case: Running, target: str | None) -> Iterable[str]:
        state = case.state
        if state.state not in self.old.state_by_id:
            yield f"案件的状态“{state.state}”在旧版里没有"
            return
        before = self.old.state_by_id[state.state]
        if before.final:
            yield f"已办结（{before.label}），按原流程归档，不迁移"
            return
        if target is None:
            yield f"新版没有与“{before.label}”对应的状态，请在对照表里写明"
            return
        if self.new.state_by_id[target].final:
            yield f"“{before.label}”对应到终结状态“{self.new.state_by_id[target].label}”：迁移不能代替办结"
        yield from self._values(state)
        yield from self._guards(state, target)

    def _values(self, state: CaseState) -> Iterable[str]:
        """Values that the new fields cannot hold, and fields that a case must have."""
        values = self._fields(state.fields)
        for name, value in values.items():
            held = self.new.field_by_id[name]
            try:
                held.read(value)
            except ValueError as error:
                yield f"字段{error}"
        for name in self.new.required:
            if values.get(name) in (None, ""):
                yield f"新版必填“{self.new.field_by_id[name].label}”，案件没有填"

    def _guards(self, state: CaseState, target: str) -> Iterable[str]:
        """Guards ahead that look back at what this case can no longer do: it would wait for ever, or a second person would
        silently not be asked for."""
        ahead = _ahead(self.new, target)
        done = {spec.id for task in state.tasks if task.outcome == DONE and (spec := self.task(task.id)) is not None}
        known = {self._transition(name) for name in self.old.transition_by_id}
        moves = [move for move in self.new.transitions if set(move.sources) & ahead]
        for move in moves:
            looks = [*move.guards.second_person, *([move.guards.not_before.after] if move.guards.not_before else [])]
            fresh = [name for name in looks if name not in known]
            steps = [name for name in fresh if not set(self.new.transition_by_id[name].sources) & ahead]
            left = [name for name in move.guards.tasks_done if name not in done]
            tasks = [name for name in left if self.new.task_by_id[name].state not in ahead]
            for name in dict.fromkeys(steps):
                label = self.new.transition_by_id[name].label
                yield f"新版“{move.label}”要看“{label}”由谁、何时办理，案件已过这一步而旧版没有对照，请在对照表里写明"
            for name in tasks:
                yield f"新版“{move.label}”要求先完成任务“{self.new.task_by_id[name].label}”，案件已过这一步而没有完成"

    # ---- the new state

    def state(self, case: Running, actor: str) -> CaseState:
        target = self.target(case.state.state)
        assert target is not None
        today = self.context.today
        history = (*(self._step(step) for step in case.state.history), Step(MIGRATED, actor, today, target))
        fields = {**{name: value for name, value in case.state.fields.items() if not self._field(name)},
                  **{name: self.new.field_by_id[name].read(value) for name, value in self._fields(case.state.fields).items()}}
        moved = replace(case.state, state=target, fields=fields, history=history)
        return replace(moved, tasks=tuple(self._tasks(case.state, target, moved)))

    def _step(self, step: Step) -> Step:
        """A step under its new name; one without a new name keeps the old."""
        state = self.target(step.to) or step.to
        return replace(step, transition=self._transition(step.transition) or step.transition, to=state)

    def _tasks(self, state: CaseState, target: str, moved: CaseState) -> Iterable[TaskState]:
        held = set[str]()
        for task in state.tasks:
            spec = self.task(task.id)
            if not task.open:
                yield replace(task, id=spec.id) if spec else task
                if spec and spec.state == target and task.opened_on >= state.entered_on and task.outcome == DONE:
                    held.add(spec.id)
            elif spec is not None and spec.state == target:
                held.add(spec.id)
                yield redated(self.new, replace(task, id=spec.id), moved.fields, self.context)
            else:
                yield replace(task, done_on=self.context.today, outcome=LAPSED)
        for spec in self.new.tasks_of(target):
            if spec.id not in held:
                yield redated(self.new, TaskState(spec.id, self.context.today), moved.fields, self.context)

    # ---- helpers

    def _goes_on(self, task: TaskState, target: str) -> bool:
        spec = self.task(task.id)
        return spec is not None and spec.state == target

    def _before(self, state: CaseState, id_: str) -> bool:
        return any(task.open and (spec := self.task(task.id)) is not None and spec.id == id_ for task in state.tasks)

    def _dues(self, state: CaseState, after: CaseState) -> Iterable[Due]:
        for task in state.tasks:
            spec = self.task(task.id) if task.open else None
            now = after.latest(spec.id) if spec else None
            if spec is not None and now is not None and now.open and now.due != task.due:
                yield Due(spec.label, task.due, now.due)

    def _notes(self, state: CaseState) -> Iterable[str]:
        strange = sorted(kind for kind in state.documents if kind not in (*self.new.documents, ATTACHMENT))
        if strange:
            yield f"新版不用的材料 {'、'.join(self.old.document_label(kind) for kind in strange)} 保留在案卷里"

    def _fields(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        return {new: value for name, value in fields.items() if (new := self._field(name))}

    def _field(self, name: str) -> str | None:
        return _to(name, self.mapping.fields, self.new.field_by_id)

    def _field_label(self, name: str) -> str:
        return self.old.field_by_id[name].label if name in self.old.field_by_id else name

    def _transition(self, name: str) -> str | None:
        return name if name not in self.old.transition_by_id else _to(name, self.mapping.transitions, self.new.transition_by_id)

    def _old_task(self, name: str) -> str:
        return self.old.task_by_id[name].label if name in self.old.task_by_id else name


def _to(name: str, pairs: Mapping[str, str], known: Mapping[str, Any]) -> str | None:
    return pairs.get(name) or (name if name in known else None)


def _refuse_two_into_one(what: str, before: Iterable[str], pairs: Mapping[str, str], after: Mapping[str, Any]) -> None:
    """Two old ids on one new one would lose the value of one of them."""
    taken: dict[str, str] = {}
    for name in before:
        target = _to(name, pairs, after)
        if target is not None and taken.setdefault(target, name) != name:
            raise MigrationError(f"旧版的{what} {taken[target]} 和 {name} 都对照到新版的 {target}，其中一个会丢失，请改对照表")


def _ahead(case: CaseDefinition, state: str) -> set[str]:
    """`state` and every state that can be reached from it onward."""
    found, level = {state}, {state}
    while level:
        level = {move.to for one in level for move in case.leaving(one) if move.way == "forward"} - found
        found |= level
    return found

