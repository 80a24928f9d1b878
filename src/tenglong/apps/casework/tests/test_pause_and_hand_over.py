"""Pause and resume, comments, hand-over, escalation; the forecast on the page of a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework import escalation, queries, service
from tenglong.apps.casework.models import Case, CaseEvent, Task
from tenglong.apps.jobs.periodic import Round
from tenglong.apps.jobs.worker import Worker

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY, FRIDAY, NEXT_MONDAY = date(2025, 11, 3), date(2025, 11, 4), date(2025, 11, 7), date(2025, 11, 10)
DUE = date(2025, 11, 6)  # three working days after MONDAY


@pytest.fixture
def entered() -> Any:
    def enter(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
        return client

    return enter


@pytest.fixture
def filed(cast: Any, open_appeal: Any, on_day: Any) -> Case:
    with on_day(MONDAY):
        return open_appeal()


def the_task(case: Case) -> Task:
    return Task.objects.get(case=case, done_on=None)


def test_a_pause_stops_the_clock_and_resuming_adds_the_lost_working_days(cast: Any, filed: Any, on_day: Any) -> None:
    assert the_task(filed).due_on == DUE
    with on_day(TUESDAY):
        service.pause(cast.county, filed.ulid, "等待法院裁定")
        task = the_task(filed)
        assert (task.due_on, task.held_due) == (None, DUE)
        assert queries.lit([task], TUESDAY)[0].light.id == "paused"
        assert Case.objects.get(pk=filed.pk).next_due is None
    with on_day(NEXT_MONDAY):  # Wednesday, Thursday, Friday and Monday were lost
        assert queries.inbox(cast.county).counts["overdue"] == 0
        service.resume(cast.county, filed.ulid, "裁定已到")
    task = the_task(filed)
    assert (task.due_on, task.held_due, task.paused_days) == (date(2025, 11, 12), None, 4)
    assert Case.objects.get(pk=filed.pk).next_due == date(2025, 11, 12)
    assert list(filed.events.values_list("kind", flat=True)) == ["open", "pause", "resume"]
    assert AuditEntry.objects.filter(action__in=("case.pause", "case.resume")).count() == 2


def test_a_paused_case_neither_moves_nor_closes_tasks_and_says_so(cast: Any, filed: Any) -> None:
    service.pause(cast.county, filed.ulid, "等待法院裁定")
    with pytest.raises(service.CaseError, match="案件已暂停"):
        service.move(cast.county, filed.ulid, "accept")
    with pytest.raises(service.CaseError, match="案件已暂停"):
        service.complete_task(cast.county, the_task(filed))
    with pytest.raises(service.CaseError, match="案件已暂停"):
        service.pause(cast.county, filed.ulid, "再停一次")
    service.resume(cast.county, filed.ulid)
    with pytest.raises(service.CaseError, match="没有暂停"):
        service.resume(cast.county, filed.ulid)
    assert service.move(cast.county, filed.ulid, "accept").state == "accepted"


def test_a_pause_needs_a_reason_and_the_power_where_the_case_lies(cast: Any, filed: Any) -> None:
    with pytest.raises(service.CaseError, match="理由"):
        service.pause(cast.county, filed.ulid, " ")
    with pytest.raises(service.CaseError, match="没有这个案件"):
        service.pause(cast.stranger, filed.ulid, "抢办")
    with pytest.raises(service.CaseError, match="暂停和恢复由县级管理员、镇街经办办理"):
        service.pause(cast.task_force, filed.ulid, "等一等")


def test_a_comment_is_kept_and_never_told_to_the_enterprise(cast: Any, filed: Any, entered: Any) -> None:
    service.comment(cast.officer, filed.ulid, "企业负责人下周才回来")
    assert "企业负责人下周才回来" in entered(cast.county).get(f"/cases/{filed.ulid}/").content.decode()
    assert "企业负责人下周才回来" not in entered(cast.firm).get(f"/cases/{filed.ulid}/").content.decode()
    with pytest.raises(service.CaseError, match="1000"):
        service.comment(cast.officer, filed.ulid, "长" * 1_001)


def test_a_comment_may_bring_a_file_that_stays_inside_the_offices(cast: Any, filed: Any, entered: Any) -> None:
    upload = SimpleUploadedFile("会议纪要.pdf", b"%PDF-1.4 x")
    entered(cast.county).post(f"/cases/{filed.ulid}/comment/", {"text": "见附件", "file": upload})
    told = entered(cast.county).get(f"/cases/{filed.ulid}.json").json()["documents"]
    assert told == [{"kind": "其他附件", "name": "会议纪要.pdf"}]
    assert entered(cast.firm).get(f"/cases/{filed.ulid}.json").json()["documents"] == []
    assert filed.events.get(kind="comment").documents == [filed.evidence.get().document.ulid]


def test_a_hand_over_moves_every_open_task_in_one_audited_step_and_names_what_stays(cast: Any, open_appeal: Any) -> None:
    cases = [open_appeal(subject_id=number) for number in range(1, 4)]
    for case in cases:
        service.take(cast.analyst, the_task(case))
    done = service.hand_over(cast.county, cast.analyst, cast.county, "分析人员调离")
    assert (len(done.moves), done.stays) == (3, [])
    assert set(Task.objects.values_list("assignee", flat=True)) == {cast.county.pk}
    entry = AuditEntry.objects.get(action="case.handover")
    assert (entry.count, entry.reason) == (3, "分析人员调离")
    assert CaseEvent.objects.filter(kind="assign", reason="分析人员调离").count() == 3
    with pytest.raises(service.CaseError, match="没有能移交给"):
        service.hand_over(cast.county, cast.county, cast.leader, "领导不承办")
    assert set(Task.objects.values_list("assignee", flat=True)) == {cast.county.pk}


def test_the_hand_over_page_shows_first_and_then_does(cast: Any, filed: Any, entered: Any) -> None:
    service.take(cast.analyst, the_task(filed))
    client, asked = entered(cast.county), {"person": cast.analyst.ulid, "to": cast.county.ulid}
    assert "移交 1 项，0 项不能移交" in client.get("/cases/hand-over/", asked).content.decode()
    assert client.post("/cases/hand-over/", asked).status_code == 400
    assert client.post("/cases/hand-over/", {**asked, "reason": "调离"}).status_code == 302
    assert the_task(filed).assignee == cast.county


def test_a_task_too_long_overdue_comes_before_the_leader(cast: Any, filed: Any, on_day: Any, entered: Any) -> None:
    limit = the_task(filed).escalates_after
    assert limit == date(2025, 11, 13)  # five working days after the deadline
    assert list(service.escalated(cast.leader, limit)) == []
    assert [row.case_id for row in service.escalated(cast.leader, date(2025, 11, 14))] == [filed.pk]
    assert list(service.escalated(cast.stranger, date(2025, 11, 14))) == []
    with on_day(date(2025, 11, 14)):
        assert service.note_overdue(cast.county) == 1
        assert service.note_overdue(cast.county) == 0
        assert entered(cast.leader).get("/cases/escalations.json").json()["total"] == 1
    assert filed.events.get(kind="escalate").reason == "逾期超过流程规定的 5 个工作日，自动提请领导"


def test_the_worker_puts_it_there_by_itself_and_once(cast: Any, filed: Any, on_day: Any, entered: Any) -> None:
    worker = Worker(("short",))
    for day, there in ((date(2025, 11, 13), 0), (date(2025, 11, 14), 1), (date(2025, 11, 20), 1)):
        with on_day(day):
            worker._chores = Round()
            worker.step()
        assert filed.events.filter(kind="escalate").count() == there
    assert the_task(filed).escalated_on == date(2025, 11, 14)
    entry = AuditEntry.objects.get(action="case.escalate")
    assert (entry.user_name, entry.subject_id) == ("system", filed.ulid)
    assert "系统" in entered(cast.county).get(f"/cases/{filed.ulid}/").content.decode()
    assert escalation.by_itself(date(2025, 11, 20)) == 0


def test_a_wait_that_has_passed_is_no_delay(cast: Any, filed: Any) -> None:
    Task.objects.filter(case=filed).update(kind="min_wait")
    assert escalation.by_itself(date(2026, 1, 5)) == 0
    assert list(service.escalated(cast.leader, date(2026, 1, 5))) == []


def test_the_calendar_in_force_today_decides_and_unpublished_years_are_told(cast: Any, filed: Any, entered: Any) -> None:
    """Five working days after the last day of 2026 run into a year whose days off are not published."""
    Task.objects.filter(case=filed).update(due_on=date(2026, 12, 31), escalates_after=date(2027, 1, 4))
    assert escalation.by_itself(date(2027, 1, 7)) == 0  # counted anew: 2027-01-07 is the last day let pass
    assert the_task(filed).escalates_after == date(2027, 1, 7)
    assert escalation.by_itself(date(2027, 1, 8)) == 1
    assert filed.events.get(kind="escalate").reason.endswith("（2027 年放假安排未公布，按周一至周五推算）")
    assert "未公布" in entered(cast.leader).get("/cases/escalations/").content.decode()
    assert entered(cast.leader).get("/cases/escalations.json").json()["rows"][0]["escalates_unpublished"] == [2027]


def test_an_officer_puts_a_task_before_the_leader_with_a_reason(cast: Any, filed: Any, entered: Any) -> None:
    with pytest.raises(service.CaseError, match="理由"):
        service.escalate(cast.officer, the_task(filed), "")
    service.escalate(cast.officer, the_task(filed), "需要法院配合")
    with pytest.raises(service.CaseError, match="已于"):
        service.escalate(cast.officer, the_task(filed), "再来一次")
    assert filed.title in entered(cast.leader).get("/cases/escalations/").content.decode()


def test_the_page_of_a_case_tells_its_end_and_what_drives_it(cast: Any, filed: Any, on_day: Any, entered: Any) -> None:
    with on_day(TUESDAY):
        page = entered(cast.county).get(f"/cases/{filed.ulid}/").content.decode()
        told = entered(cast.county).get(f"/cases/{filed.ulid}.json").json()["forecast"]
        outside = entered(cast.firm).get(f"/cases/{filed.ulid}.json").json()["forecast"]
    assert "预计完成" in page
    assert told["end"] > "2025-11-06"
    assert told["drives"][0] == "决定是否受理"
    assert {row["slack"] for row in told["tasks"] if row["drives"]} == {0}
    assert outside is None
