"""Cases through the door: guards, scope, pins, conflicts, hooks, audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from tenglong.apps.accounts.scope import Refused, scope_of
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import queries, scope_rules, service
from tenglong.apps.casework.models import Case, CaseEvent, Task
from tenglong.apps.policy import presets
from tenglong.apps.policy import service as policy

pytestmark = pytest.mark.django_db
TOWN, OTHER_TOWN, COUNTY = "330604001", "330604002", "330604"


def task_of(case: Case, name: str) -> Task:
    return case.tasks.filter(task=name).order_by("-pk")[0]


def to_reply(cast: Any, case: Case, paper: Callable[..., str]) -> Case:
    for step in ("accept", "verify"):
        service.move(cast.county, case.ulid, step)
    service.complete_task(cast.county, task_of(case, "verify"), documents=[("verification", paper())])
    return service.move(cast.county, case.ulid, "report", fields={"finding": "多算 2 亩属实"})


@pytest.mark.database
def test_opening_a_case_pins_the_text_opens_the_task_and_is_audited(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    preset = presets.load("cases", "evaluation-appeal")
    assert (case.version, case.sha256, case.pinned.text) == (preset.version, preset.sha256, preset.text)
    assert [task.task for task in case.tasks.all()] == ["accept"]
    entry = AuditEntry.objects.get(action="case.open")
    assert entry.subject_id == case.ulid
    assert {"field": "state", "old": None, "new": "filed"} in entry.deltas


def test_an_enterprise_opens_its_own_appeal_and_nobody_elses(cast: Any, open_appeal: Any) -> None:
    assert open_appeal(cast.firm).state == "filed"
    with pytest.raises(service.CaseError, match="您没有这个角色"):
        open_appeal(cast.firm, subject_id=2)


def test_an_officer_opens_no_case_in_another_town(cast: Any, open_appeal: Any) -> None:
    with pytest.raises(service.CaseError, match="您没有这个角色"):
        open_appeal(cast.officer, town=OTHER_TOWN)
    assert Case.objects.count() == 0


def test_an_auditor_has_no_cases_at_all(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    with pytest.raises(Refused):
        service.move(cast.auditor, case.ulid, "accept")
    assert not queries.cases(cast.auditor).exists()


def test_one_open_case_per_subject(cast: Any, open_appeal: Any) -> None:
    first = open_appeal()
    with pytest.raises(service.CaseError, match="已有一个未办结的案件"):
        open_appeal()
    service.move(cast.county, first.ulid, "withdraw", reason="企业撤回")
    with pytest.raises(service.CaseError):
        open_appeal()
    service.move(cast.county, first.ulid, "close_withdrawn")
    assert open_appeal().pk != first.pk


def test_the_wrong_subject_and_a_wrong_value_are_told(cast: Any, open_appeal: Any) -> None:
    with pytest.raises(service.CaseError, match="对象应是 enterprise"):
        service.open_case(cast.county, "evaluation-appeal", "plot", 1, "x", division_code=TOWN)
    with pytest.raises(service.CaseError, match="“申诉事项”填的“天气”不对"):
        open_appeal(fields={"ground": "天气"})
    with pytest.raises(service.CaseError, match="没有“nothing”这个办事流程"):
        service.open_case(cast.county, "nothing", "plot", 1, "x", division_code=TOWN)


@pytest.mark.database
def test_each_role_sees_the_cases_of_its_scope(cast: Any, open_appeal: Any) -> None:
    here, there = open_appeal(), open_appeal(subject_id=2, town=OTHER_TOWN)
    seen = {name: set(queries.cases(user)) for name, user in cast.people().items()}
    both = {here, there}
    assert seen["county"] == seen["analyst"] == seen["leader"] == both
    assert seen["officer"] == seen["task_force"] == {here}
    assert seen["stranger"] == {there}
    assert seen["firm"] == {here}
    assert seen["auditor"] == seen["system_admin"] == seen["nobody"] == set()
    for user in cast.people().values():
        for case in both:
            assert scope_rules.reaches(scope_of(user), case) == (case in set(queries.cases(user)))


def test_an_enterprise_sees_its_case_only_when_the_definition_says_so(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    Case.objects.filter(pk=case.pk).update(visible_to_subject=False)
    assert not queries.cases(cast.firm).exists()


def test_a_shared_county_case_is_seen_by_the_towns_but_by_no_enterprise(cast: Any) -> None:
    case = service.open_case(
        cast.county, "evaluation-cycle", "cycle", 1, "2025 年评价", division_code=COUNTY, fields={"year": 2025}
    )
    people = (cast.officer, cast.stranger, cast.task_force, cast.firm)
    assert [queries.cases(user).filter(pk=case.pk).exists() for user in people] == [True, True, True, False]
    for user in cast.people().values():
        assert scope_rules.reaches(scope_of(user), case) == queries.cases(user).exists()
    with pytest.raises(service.CaseError, match="由县级管理员、分析人员办理"):
        service.move(cast.officer, case.ulid, "begin")


def test_guards_refuse_with_every_reason_and_leave_nothing(cast: Any, open_appeal: Any, paper: Any) -> None:
    case = to_reply(cast, open_appeal(), paper)
    before = (Case.objects.values().get(), CaseEvent.objects.count(), AuditEntry.objects.count())
    with pytest.raises(service.CaseError) as refused:
        service.move(cast.county, case.ulid, "adjust", reason="属实")
    assert len(refused.value.blocks) == 5
    assert "是您本人办的，这一步须由另一人办理" in str(refused.value)
    assert (Case.objects.values().get()["state"], CaseEvent.objects.count(), AuditEntry.objects.count()) == (
        before[0]["state"], *before[1:])


@pytest.mark.database
def test_an_appeal_that_is_upheld_by_a_document_goes_all_the_way(cast: Any, open_appeal: Any, paper: Any) -> None:
    case = to_reply(cast, open_appeal(), paper)
    filled = {"reply": "同意", "new_grade": "B", "decision_number": "亩均办〔2025〕3号"}
    decision = paper(name="决定.pdf")
    service.move(cast.leader, case.ulid, "adjust", reason="集体研究", fields=filled, documents=[("decision", decision)])
    letter = paper(name="答复.pdf")
    done = service.move(cast.county, case.ulid, "close", documents=[("reply_letter", letter)])
    assert done.closed_at is not None
    assert done.fields["new_grade"] == "B"
    assert not done.tasks.filter(done_on=None).exists()
    entry = AuditEntry.objects.filter(action="case.move").order_by("seq")[3]
    assert {"field": "new_grade", "old": None, "new": "B"} in entry.deltas


def test_a_document_that_the_actor_cannot_see_is_not_filed(cast: Any, open_appeal: Any, paper: Any) -> None:
    case, secret = open_appeal(), paper(cast.stranger, town=OTHER_TOWN)
    with pytest.raises(service.CaseError, match="没有这份材料"):
        service.add_evidence(cast.officer, case.ulid, "evidence", secret)
    with pytest.raises(service.CaseError, match="不收“minutes”这类材料"):
        service.add_evidence(cast.officer, case.ulid, "minutes", paper())
    service.add_file(cast.officer, case.ulid, "evidence", "土地证.pdf", b"%PDF-1.4 x")
    assert [row.kind for row in case.evidence.all()] == ["evidence"]


@pytest.mark.database
def test_two_officers_at_once_are_one_move_and_one_conflict(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    seen = case.lock_version
    service.move(cast.county, case.ulid, "accept", lock_version=seen)
    with pytest.raises(service.CaseConflict, match="县级管理员 在 .* 刚办理了“受理”，案件现在是“已受理”"):
        service.move(cast.analyst, case.ulid, "return", lock_version=seen, reason="缺材料")
    assert CaseEvent.objects.filter(kind="move").count() == 1


def approved_text(cast: Any, old: str, new: str, version: str) -> None:
    text = presets.load("cases", "evaluation-appeal").text
    assert old in text
    changed = text.replace(old, new).replace('version: "1"', f'version: "{version}"')
    draft = policy.load_text(cast.analyst, "cases", "evaluation-appeal", changed)
    policy.approve(cast.leader, policy.submit(cast.analyst, draft))


def test_a_case_keeps_its_definition_after_the_policy_is_replaced(cast: Any, open_appeal: Any) -> None:
    old = open_appeal()
    approved_text(cast, "id: accept, label: 受理, from: filed", "id: admit, label: 立案, from: filed", "2")
    new = open_appeal(subject_id=2)
    assert (old.version, new.version) == ("1", "2")
    assert [move.transition.id for move in service.allowed(cast.county, new)][0] == "admit"
    assert service.move(cast.county, old.ulid, "accept").state == "accepted"
    with pytest.raises(service.CaseError):
        service.move(cast.county, new.ulid, "accept")


def test_deadlines_skip_national_day_and_count_made_up_weekends(cast: Any, open_appeal: Any, on_day: Any) -> None:
    with on_day(date(2025, 9, 28)):
        case = open_appeal()
        assert task_of(case, "accept").due_on == date(2025, 10, 9)
        service.move(cast.county, case.ulid, "accept")
        assert task_of(case, "assign_verifier").due_on == date(2025, 9, 30)


def test_a_move_is_dated_between_the_last_step_and_today(cast: Any, open_appeal: Any) -> None:
    case, today = open_appeal(), timezone.localdate()
    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(service.CaseError, match="办理日期"):
            service.move(cast.county, case.ulid, "accept", on=day)


def test_hooks_share_the_transaction_and_can_undo_the_move(cast: Any, open_appeal: Any) -> None:
    told: list[service.Moved] = []

    def follow(moved: service.Moved) -> None:
        told.append(moved)
        if moved.transition == "accept":
            raise service.CaseError("评价批次已冻结")

    service.on_move("evaluation-appeal", follow)
    try:
        case = open_appeal()
        with pytest.raises(service.CaseError, match="已冻结"):
            service.move(cast.county, case.ulid, "accept")
    finally:
        service.forget("evaluation-appeal", follow)
    seen = [(moved.transition, moved.before, moved.after) for moved in told]
    assert seen == [("open", "", "filed"), ("accept", "filed", "accepted")]
    assert Case.objects.get().state == "filed"
    assert not AuditEntry.objects.filter(action="case.move").exists()


def test_a_guard_of_another_app_is_asked_with_case_and_params(cast: Any, open_appeal: Any) -> None:
    approved_text(cast, "from: filed, to: accepted, role: [county_admin, analyst]",
                  "from: filed, to: accepted, role: county_admin, guards: {checks: [{name: in_time, params: {days: 7}}]}", "3")
    case = open_appeal()

    def in_time(case: Any, params: Any, user: Any) -> str:
        return f"{case.title}已过 {params['days']} 日" if user == cast.county else ""

    service.guard("in_time", in_time)
    try:
        with pytest.raises(service.CaseError, match="企业 1 的申诉已过 7 日"):
            service.move(cast.county, case.ulid, "accept")
        with pytest.raises(ValueError, match="已经登记过"):
            service.guard("in_time", lambda *_: "")
    finally:
        service.forget("in_time", in_time)
    with pytest.raises(service.CaseError, match="没有安装"):
        service.move(cast.county, case.ulid, "accept")


def test_tasks_are_taken_once_handed_over_by_whoever_may_and_closed_by_their_holder(cast: Any, open_appeal: Any) -> None:
    case = open_appeal()
    task = task_of(case, "accept")
    with pytest.raises(service.CaseError, match="不由您的角色承办"):
        service.take(cast.officer, task)
    service.take(cast.analyst, task)
    with pytest.raises(service.CaseConflict, match="已由 分析人员 领取"):
        service.take(cast.county, task)
    with pytest.raises(Refused):
        service.assign(cast.analyst, task, cast.county)
    with pytest.raises(service.CaseError, match="没有承办“决定是否受理”的角色"):
        service.assign(cast.county, task, cast.stranger)
    assert service.assign(cast.county, task, cast.county).assignee == cast.county
    with pytest.raises(service.CaseError, match="由 县级管理员 承办"):
        service.complete_task(cast.analyst, task)
    assert service.complete_task(cast.county, task, note="材料齐全").outcome == "done"
    with pytest.raises(service.CaseError, match="已经办结"):
        service.complete_task(cast.county, task)
    actions = list(AuditEntry.objects.filter(subject_type="case").order_by("seq").values_list("action", flat=True))
    assert actions == ["case.open", "case.take", "case.assign", "case.task"]


def test_a_closed_case_takes_no_material_and_no_move(cast: Any, open_appeal: Any, paper: Any) -> None:
    case = open_appeal()
    service.move(cast.county, case.ulid, "withdraw", reason="撤回")
    service.move(cast.county, case.ulid, "close_withdrawn")
    with pytest.raises(service.CaseError, match="已办结"):
        service.add_evidence(cast.county, case.ulid, "evidence", paper())
    assert service.allowed(cast.county, Case.objects.get()) == []


def test_open_tasks_are_dated_anew_when_a_year_is_published(cast: Any, open_appeal: Any, on_day: Any) -> None:
    with on_day(date(2027, 1, 4)):
        case = open_appeal()
        assert task_of(case, "accept").unpublished == [2027]
        cn = presets.load("calendar", "cn").text.replace('version: "2026"', 'version: "2027"')
        cn += "  2027:\n    published: true\n    holidays: [2027-01-05]\n"
        policy.approve(cast.leader, policy.submit(cast.analyst, policy.load_text(cast.analyst, "calendar", "cn", cn)))
        assert task_of(case, "accept").due_on == date(2027, 1, 7)
        assert service.redate_open_tasks(cast.county) == 1
    fresh = task_of(case, "accept")
    assert (fresh.due_on, fresh.unpublished) == (date(2027, 1, 8), [])


def test_the_inbox_counts_what_the_roles_may_work(cast: Any, open_appeal: Any, on_day: Any) -> None:
    with on_day(date(2025, 11, 3)):  # Monday
        first, second = open_appeal(), open_appeal(subject_id=2, town=OTHER_TOWN)
        service.move(cast.county, second.ulid, "return", reason="缺材料")
    for day, today, overdue, week in ((date(2025, 11, 3), 0, 0, 1), (date(2025, 11, 6), 1, 0, 1), (date(2025, 11, 7), 0, 1, 0)):
        counts = service.inbox(cast.analyst, day).counts
        assert (counts["today"], counts["overdue"], counts["week"], counts["all"]) == (today, overdue, week, 1)
    assert [row.task.case for row in service.inbox(cast.stranger).rows] == [second]
    assert service.inbox(cast.officer).rows == []
    assert service.inbox(cast.county).counts["all"] == 2
    assert service.inbox(cast.nobody).counts["all"] == 0
    service.take(cast.county, task_of(first, "accept"))
    assert service.inbox(cast.analyst).counts["all"] == 0
    lights = [row.light.word for row in service.inbox(cast.county, date(2025, 11, 7)).rows]
    assert lights == ["已逾期", "即将到期"]
