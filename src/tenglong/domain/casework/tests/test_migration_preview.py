"""A procedure gets a second version while a thousand cases run: what moves, what cannot; nothing is lost."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from tenglong.domain.casework import engine
from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.engine import Actor, CaseState, Context, MoveRefused
from tenglong.domain.casework.forecast import forecast, plan, way_ahead
from tenglong.domain.casework.migration import MIGRATED, MigrationError, Renames, Running, migrated, preview
from tenglong.domain.casework.wording import TaskBlocked
from tenglong.domain.policy.shelf import packaged

CHINA = WorkCalendar.of(CalendarSpec.model_validate(packaged("calendar", "cn").data).years)
DATA: dict[str, Any] = dict(packaged("cases", "evaluation-appeal").data)
OLD = CaseDefinition.model_validate(DATA)
ALL = frozenset({"county_admin", "analyst", "leader", "town_officer", "task_force", "enterprise"})
PEOPLE = [Actor("one", ALL), Actor("two", ALL)]
TODAY = date(2025, 9, 1)
NOW = Context(TODAY, CHINA)


def by_id(parts: list[dict[str, Any]], id_: str) -> dict[str, Any]:
    return next(part for part in parts if part["id"] == id_)


@cache
def second_version() -> CaseDefinition:
    """verification is called checking, 退回补正 is gone, a signature stands before the result, grades are a choice."""
    data = copy.deepcopy(DATA)
    by_id(data["states"], "verification")["id"] = "checking"
    data["states"] = [state for state in data["states"] if state["id"] != "returned"] + [{"id": "signed", "label": "已签发"}]
    data["fields"] = [one for one in data["fields"] if one["id"] != "old_grade"]
    by_id(data["fields"], "new_grade").update(type="choice", choices=[{"id": grade, "label": grade} for grade in "ABCD"])
    data["tasks"] = [task for task in data["tasks"] if task["state"] != "returned"]
    by_id(data["tasks"], "verify").update(state="checking", deadline={"working_days": 8})
    photo = {"id": "photo", "label": "现场拍照", "state": "checking", "role": "analyst", "deadline": {"working_days": 2}}
    data["tasks"].append(photo)
    moves = [move for move in data["transitions"] if move["id"] not in ("return", "resubmit")]
    for move in moves:
        for key in ("from", "to"):
            named = move[key] if isinstance(move[key], list) else [move[key]]
            renamed = ["checking" if name == "verification" else name for name in named if name != "returned"]
            move[key] = renamed if isinstance(move[key], list) else renamed[0]
    for name in ("adjust", "uphold"):
        by_id(moves, name)["from"] = "signed"
    by_id(moves, "close")["guards"]["second_person"] = ["sign"]
    moves.append({"id": "sign", "label": "签发", "from": "reply", "to": "signed", "role": "leader"})
    return CaseDefinition.model_validate({**data, "transitions": moves})


NAMED = Renames(states={"verification": "checking"})


@cache
def thousand() -> tuple[Running, ...]:
    draw = random.Random(7)
    return tuple(Running(f"c{place}", walked(draw)) for place in range(1000))


def walked(draw: random.Random) -> CaseState:
    day = date(2025, 6, 3) + timedelta(days=draw.randrange(30))
    fields = {"ground": "land", "statement": "面积有误", "old_grade": "C", "cycle": "2024"}
    state = engine.start(OLD, PEOPLE[0], Context(day, CHINA), fields=fields).state
    for _press in range(draw.randrange(20)):
        day += timedelta(days=draw.randrange(4))
        state = press(state, draw, Context(day, CHINA))
    return state


def press(state: CaseState, draw: random.Random, context: Context) -> CaseState:
    onward = [move for move in OLD.leaving(state.state) if move.way != "end" or draw.random() < 0.1]
    choices = [*onward, *(task for task in state.tasks if task.open)]
    chosen, actor = draw.choice(choices or [None]), draw.choice(PEOPLE)
    try:
        if isinstance(chosen, engine.TaskState):
            ready = replace(state, documents=state.documents | frozenset(OLD.task_by_id[chosen.id].documents))
            done = engine.complete(OLD, ready, chosen, actor, context)
            return replace(ready, tasks=tuple(done if one is chosen else one for one in ready.tasks))
        if chosen is not None:
            fields = dict.fromkeys(chosen.guards.fields, "有")
            papers = chosen.guards.documents
            done_so = engine.apply(OLD, state, chosen.id, actor, context, reason="理由充分", fields=fields, documents=papers)
            return done_so.state
    except (MoveRefused, TaskBlocked):
        pass
    return state


def test_a_thousand_cases_each_stand_in_the_preview_once_with_a_reason() -> None:
    found = preview(OLD, second_version(), thousand(), NOW, NAMED)
    assert [move.key for move in found.moves] == [case.key for case in thousand()]
    assert len(found.ready) + len(found.stuck) == 1000
    states = Counter(case.state.state for case in thousand())
    assert set(states) == set(OLD.state_by_id)  # every state has cases, else this shows little
    labels = {OLD.state_by_id[id_].label: count for id_, count in states.items()}
    assert {source: count for (source, _to), count in found.flow.items()} == {
        OLD.state_by_id[id_].label: states[id_] for id_ in ("filed", "accepted", "verification", "reply", "withdrawn")}
    stuck = Counter(move.source for move in found.stuck)
    assert stuck == {label: labels[label] for label in ("退回补正", "已调整", "维持原结果", "办结")}
    assert found.unmapped == ("退回补正",)
    assert all(move.blocks for move in found.stuck)
    reasons = " ".join(found.reasons)
    for told in ("没有与“退回补正”对应的状态", "已办结（办结）", "要看“签发”由谁", "“调整后等级”填的“有”不对"):
        assert told in reasons


def test_nothing_is_lost_and_the_engine_goes_on_with_the_new_version() -> None:
    new = second_version()
    ready = {move.key for move in preview(OLD, new, thousand(), NOW, NAMED).ready}
    for case in (case for case in thousand() if case.key in ready):
        before, after = case.state, migrated(OLD, new, case, NOW, "lead", NAMED)
        assert after.fields == before.fields
        assert after.documents == before.documents
        assert [(step.actor, step.on, step.reason) for step in after.history[:-1]] == [
            (step.actor, step.on, step.reason) for step in before.history]
        assert (after.history[-1].transition, after.history[-1].to) == (MIGRATED, after.state)
        assert len(after.tasks) >= len(before.tasks)
        assert Counter(task.key for task in before.tasks) <= Counter(task.key for task in after.tasks)
        wanted = {task.id for task in new.tasks_of(after.state)}
        assert {task.id for task in after.tasks if task.open} <= wanted
        assert wanted <= {task.id for task in after.tasks}
        assert engine.allowed(new, after, PEOPLE[0], NOW)


def test_the_preview_tells_new_tasks_changed_deadlines_and_fields_kept_aside() -> None:
    case = next(case for case in thousand() if case.state.state == "verification" and case.state.latest("verify").open)  # type: ignore[union-attr]
    move = preview(OLD, second_version(), [case], NOW, NAMED).moves[0]
    assert (move.source, move.target, move.opened, move.kept) == ("核实中", "核实中", ("现场拍照",), ("原等级",))
    held = case.state.latest("verify")
    assert held is not None
    assert [(due.task, due.before, due.after) for due in move.dues] == [
        ("现场或资料核实", held.due, CHINA.add_working_days(held.opened_on, 8))]


def test_the_same_version_moves_everything_that_runs_and_changes_nothing() -> None:
    found = preview(OLD, OLD, thousand(), NOW)
    running = [case for case in thousand() if not OLD.state_by_id[case.state.state].final]
    assert len(found.ready) == len(running)
    assert all(not (move.opened or move.closed or move.dues or move.kept or move.notes) for move in found.ready)
    for case in running:
        after = migrated(OLD, OLD, case, NOW, "lead")
        assert replace(after, history=after.history[:-1]) == case.state


@pytest.mark.parametrize(("names", "told"), [
    (Renames(states={"nowhere": "filed"}), "旧版没有"),
    (Renames(states={"filed": "nowhere"}), "新版没有"),
    (Renames(fields={"cycle": "reply"}), "其中一个会丢失"),
])
def test_a_wrong_list_of_renames_is_refused(names: Renames, told: str) -> None:
    with pytest.raises(MigrationError, match=told):
        preview(OLD, second_version(), [], NOW, names)


def test_what_cannot_move_is_refused_with_every_reason() -> None:
    case = next(case for case in thousand() if case.state.state == "closed")
    with pytest.raises(MigrationError, match=f"案件 {case.key} 不能迁移：已办结"):
        migrated(OLD, second_version(), case, NOW, "lead", NAMED)


# ---- forecast


def test_a_whole_appeal_takes_its_terms_one_after_the_other() -> None:
    found = plan(OLD, date(2025, 9, 1), CHINA)
    assert found.way == ("filed", "accepted", "verification", "reply", "adjusted", "closed")
    assert found.schedule is not None
    assert found.end == CHINA.add_working_days(date(2025, 9, 1), 3 + 2 + 5 + 5 + 5)
    assert found.schedule.path == ("accept", "assign_verifier", "verify", "answer", "deliver")


def test_a_running_case_cannot_end_before_today_and_another_way_may_be_asked() -> None:
    state = engine.start(OLD, PEOPLE[0], Context(date(2025, 9, 1), CHINA), fields={"ground": "land", "statement": "有误"}).state
    late = forecast(OLD, state, CHINA, date(2025, 9, 22))
    assert late.end == CHINA.add_working_days(date(2025, 9, 22), 2 + 5 + 5 + 5)
    assert way_ahead(OLD, "filed", by={"filed": "withdraw"}) == ("filed", "withdrawn", "closed")
    short = forecast(OLD, state, CHINA, date(2025, 9, 1), by={"filed": "withdraw"})
    assert (short.end, short.way[-1]) == (CHINA.add_working_days(date(2025, 9, 1), 3), "closed")
    with pytest.raises(ValueError, match="不从“已提交”出发"):
        way_ahead(OLD, "filed", by={"filed": "close"})


def test_predecessors_inside_a_state_order_its_tasks() -> None:
    data = copy.deepcopy(DATA)
    data["tasks"].append({"id": "photo", "label": "拍照", "state": "verification", "role": "analyst", "deadline": {"days": 3},
                          "after": ["verify"]})
    found = plan(CaseDefinition.model_validate(data), date(2025, 9, 1), CHINA)
    assert found.schedule is not None
    assert found.schedule.path == ("accept", "assign_verifier", "verify", "photo", "answer", "deliver")


def test_a_task_of_a_later_state_is_not_waited_for() -> None:
    data = copy.deepcopy(DATA)
    by_id(data["tasks"], "accept")["after"] = ["answer"]
    assert plan(CaseDefinition.model_validate(data), date(2025, 9, 1), CHINA).end == plan(OLD, date(2025, 9, 1), CHINA).end


@pytest.mark.parametrize(("after", "told"), [(["nothing"], "没有任务“nothing”"), (["verify"], "绕成了圈")])
def test_predecessors_that_do_not_exist_or_go_round_are_refused(after: list[str], told: str) -> None:
    data = copy.deepcopy(DATA)
    by_id(data["tasks"], "verify")["after"] = after
    make: Callable[[], CaseDefinition] = lambda: CaseDefinition.model_validate(data)  # noqa: E731
    with pytest.raises(ValueError, match=told):
        make()
