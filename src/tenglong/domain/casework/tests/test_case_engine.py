"""The engine alone: guards and their sentences, deadlines, lights, sending back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tenglong.apps.policy import presets
from tenglong.domain.casework import engine
from tenglong.domain.casework.calendar import CalendarSpec, WorkCalendar
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.engine import Actor, Applied, CaseState, Context, MoveRefused
from tenglong.domain.casework.lights import light
from tenglong.domain.casework.wording import TaskBlocked

CHINA = WorkCalendar.of(CalendarSpec.model_validate(presets.load("calendar", "cn").data).years)
APPEAL = CaseDefinition.model_validate(presets.load("cases", "evaluation-appeal").data)
CYCLE = CaseDefinition.model_validate(presets.load("cases", "evaluation-cycle").data)
FIRM = Actor("firm", frozenset({"enterprise"}))
CLERK = Actor("clerk", frozenset({"county_admin", "case.work"}))
SECOND = Actor("second", frozenset({"county_admin", "case.work"}))
FILED = {"ground": "land", "statement": "面积多算了 2 亩"}


def on(day: date, **more: Any) -> Context:
    return Context(day, CHINA, {"county_admin": "县级管理员", "analyst": "分析人员", "leader": "领导"}, **more)


def filed(day: date = date(2025, 9, 26)) -> CaseState:
    return engine.start(APPEAL, FIRM, on(day), fields=FILED).state


def go(state: CaseState, name: str, actor: Actor, day: date, **more: Any) -> Applied:
    return engine.apply(APPEAL, state, name, actor, on(day), **more)


def with_done(case: CaseDefinition, state: CaseState, name: str, actor: Actor, day: date) -> CaseState:
    task = state.latest(name)
    assert task is not None
    done = engine.complete(case, state, task, actor, on(day))
    return replace(state, tasks=tuple(done if one is task else one for one in state.tasks))


def at_reply() -> CaseState:
    state = go(filed(), "accept", CLERK, date(2025, 9, 28)).state
    state = go(state, "verify", CLERK, date(2025, 9, 29)).state
    state = replace(state, documents=frozenset({"verification"}))
    state = with_done(APPEAL, state, "verify", CLERK, date(2025, 10, 9))
    return go(state, "report", CLERK, date(2025, 10, 9), fields={"finding": "多算 2 亩属实"}).state


def test_opening_opens_the_tasks_of_the_first_state_with_their_deadlines() -> None:
    """Three working days from Friday 09-26: Sunday 09-28 is worked, 09-30 is the last day before 国庆."""
    state = filed()
    assert [(task.id, task.due) for task in state.tasks] == [("accept", date(2025, 9, 30))]


def test_opening_without_what_is_required_names_every_missing_field() -> None:
    with pytest.raises(MoveRefused, match="还没有填“申诉事项”；还没有填“申诉内容”"):
        engine.start(APPEAL, FIRM, on(date(2025, 9, 26)), fields={})


def test_who_may_not_open_is_told_who_may() -> None:
    with pytest.raises(MoveRefused, match="由县级管理员、分析人员发起"):
        engine.start(CYCLE, FIRM, on(date(2025, 9, 26)), fields={"year": 2025})


def test_a_move_of_another_role_is_shown_with_the_reason() -> None:
    moves = {move.transition.id: move for move in engine.allowed(APPEAL, filed(), FIRM, on(date(2025, 9, 28)))}
    assert moves["withdraw"].ok
    assert moves["accept"].reasons == ("这一步由县级管理员、分析人员办理，您没有这个角色或权限",)
    assert not moves["accept"].fillable


def test_a_move_from_another_state_is_refused_in_words() -> None:
    with pytest.raises(MoveRefused, match="案件现在是“已提交”，不能办理“维持原结果”"):
        go(filed(), "uphold", CLERK, date(2025, 9, 28))


def test_sending_back_needs_a_reason_and_the_way_round_opens_the_task_again() -> None:
    with pytest.raises(MoveRefused, match="请写明理由"):
        go(filed(), "return", CLERK, date(2025, 9, 28))
    back = go(filed(), "return", CLERK, date(2025, 9, 28), reason="缺土地证")
    assert [task.outcome for task in back.closed] == [engine.LAPSED]
    again = go(back.state, "resubmit", FIRM, date(2025, 9, 29))
    assert [task.id for task in again.opened] == ["accept"]
    assert len([task for task in again.state.tasks if task.id == "accept"]) == 2


def test_adjusting_needs_the_decision_and_a_second_person() -> None:
    state, day = at_reply(), date(2025, 10, 10)
    with pytest.raises(MoveRefused) as refused:
        go(state, "adjust", CLERK, day, reason="属实")
    told = str(refused.value)
    for part in ("还没有填“调整后等级”", "还没有填“集体决定文号”", "还缺材料“集体决定文件”", "“提交核实结论”是您本人办的"):
        assert part in told
    filled = {"reply": "同意", "new_grade": "B", "decision_number": "亩均办〔2025〕3号"}
    done = go(state, "adjust", SECOND, day, reason="属实", fields=filled, documents=["decision"])
    assert done.state.state == "adjusted"
    assert done.state.fields["new_grade"] == "B"


def test_a_form_can_answer_what_is_missing_but_not_who_acts() -> None:
    moves = {move.transition.id: move for move in engine.allowed(APPEAL, at_reply(), SECOND, on(date(2025, 10, 10)))}
    assert not moves["adjust"].ok
    assert moves["adjust"].fillable
    moves = {move.transition.id: move for move in engine.allowed(APPEAL, at_reply(), CLERK, on(date(2025, 10, 10)))}
    assert not moves["adjust"].fillable


def test_a_task_without_its_material_stays_open() -> None:
    state = go(go(filed(), "accept", CLERK, date(2025, 9, 28)).state, "verify", CLERK, date(2025, 9, 29)).state
    with pytest.raises(TaskBlocked, match="还缺材料“核实材料”"):
        with_done(APPEAL, state, "verify", CLERK, date(2025, 9, 30))
    with pytest.raises(MoveRefused, match="任务“现场或资料核实”还没有完成"):
        go(state, "report", CLERK, date(2025, 9, 30), fields={"finding": "x"})


def land_published(day: date) -> CaseState:
    state = engine.start(CYCLE, CLERK, on(day), fields={"year": 2025}).state
    state = engine.apply(CYCLE, state, "begin", CLERK, on(day)).state
    state = with_done(CYCLE, state, "review_land", CLERK, day)
    return engine.apply(CYCLE, state, "publish_land", CLERK, on(day), documents=["land_notice"]).state


def test_publication_runs_seven_full_days_and_not_one_less() -> None:
    """Published on Monday 11-03: days 1–7 are 11-04 to 11-10; the next step opens on 11-11."""
    state = land_published(date(2025, 11, 3))
    with pytest.raises(TaskBlocked, match="期限未满，2025-11-11 起"):
        with_done(CYCLE, state, "land_notice_wait", CLERK, date(2025, 11, 10))
    reasons = {move.transition.id: move.reasons for move in engine.allowed(CYCLE, state, CLERK, on(date(2025, 11, 10)))}
    assert "“公示用地面积”于 2025-11-03 办理，须满 7 日，2025-11-11 起可办" in reasons["collect"]
    state = with_done(CYCLE, state, "land_notice_wait", CLERK, date(2025, 11, 11))
    done = engine.apply(CYCLE, state, "collect", CLERK, on(date(2025, 11, 11)), documents=["land_objections"])
    assert done.state.state == "data"


def test_seven_days_over_national_day_end_after_the_holiday() -> None:
    state = land_published(date(2025, 9, 26))
    task = state.latest("land_notice_wait")
    assert task is not None
    assert task.due == date(2025, 10, 9)


def test_a_deadline_from_a_field_waits_for_the_field_and_moves_with_it() -> None:
    state = engine.start(CYCLE, CLERK, on(date(2025, 3, 3)), fields={"year": 2025}).state
    state = replace(state, state="trial", tasks=(engine.TaskState("publicity_wait", date(2025, 3, 3)),))
    dated = engine.brings(CYCLE, state, on(date(2025, 3, 3)), {"publicity_on": "2025-03-05"}, ())
    assert [task.due for task in dated.tasks] == [date(2025, 3, 12)]


def test_a_guard_of_an_app_speaks_for_itself_and_an_absent_one_blocks() -> None:
    spec = presets.load("cases", "evaluation-appeal").data
    moves = [{**move, "guards": {"checks": [{"name": "sealed", "params": {"sheets": 2}}]}} if move["id"] == "accept" else move
             for move in spec["transitions"]]
    case = CaseDefinition.model_validate({**spec, "transitions": moves})
    day, state = date(2025, 9, 28), filed()
    with pytest.raises(MoveRefused, match="检查项“sealed”没有安装"):
        engine.apply(case, state, "accept", CLERK, on(day))
    checks = {"sealed": lambda _state, params, _actor: f"还有 {params['sheets']} 张没有盖章"}
    with pytest.raises(MoveRefused, match="还有 2 张没有盖章"):
        engine.apply(case, state, "accept", CLERK, on(day, checks=checks))


@pytest.mark.parametrize(("kind", "today", "word", "days", "colour"), [
    ("pledge", date(2025, 9, 26), "正常", 5, "green"),
    ("pledge", date(2025, 9, 29), "即将到期", 3, "amber"),
    ("pledge", date(2025, 10, 10), "今天到期", 0, "amber"),
    ("pledge", date(2025, 10, 13), "已逾期", -2, "red"),
    ("pledge", date(2025, 10, 12), "已逾期", -1, "red"),
    ("min_wait", date(2025, 10, 10), "等待期内", 0, "grey"),
    ("min_wait", date(2025, 10, 11), "等待期满，可办", 0, "green"),
])
def test_lights_count_working_days_and_carry_a_word(kind: str, today: date, word: str, days: int, colour: str) -> None:
    """Due Friday 2025-10-10; Saturday 10-11 is worked."""
    seen = light(kind, date(2025, 10, 10), 3, today, CHINA)
    assert (seen.word, seen.days, seen.colour) == (word, days, colour)
