"""Pages of casework: inbox, case, move, list, workbench; what an enterprise reads of its own case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tenglong.apps.casework import service
from tenglong.apps.casework.models import Case
from tenglong.apps.registry.models import SourceDocument

pytestmark = pytest.mark.django_db
TOWN, OTHER_TOWN, COUNTY = "330604001", "330604002", "330604"


@pytest.fixture
def entered() -> Any:
    def enter(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
        return client

    return enter


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_empty_inbox_teaches_what_will_come(cast: Any, entered: Any) -> None:
    answer = entered(cast.officer).get("/tasks/")
    assert answer.status_code == 200
    assert "没有等您办的任务" in text_of(answer)
    assert "任务会自动出现在这里" in text_of(answer)


def test_the_inbox_shows_each_light_with_its_word_and_the_days(cast: Any, entered: Any, open_appeal: Any, on_day: Any) -> None:
    with on_day(date(2025, 11, 3)):
        open_appeal()
    for day, word, days in ((date(2025, 11, 4), "即将到期", "剩 2 个工作日"), (date(2025, 11, 6), "今天到期", ""),
                            (date(2025, 11, 10), "已逾期", "超 2 个工作日")):
        with on_day(day):
            page = text_of(entered(cast.county).get("/tasks/"))
        assert word in page
        assert days in page


def test_conditions_of_the_inbox_live_in_the_address_and_the_twin_agrees(cast: Any, entered: Any, open_appeal: Any) -> None:
    open_appeal()
    open_appeal(subject_id=2, town=OTHER_TOWN)
    client = entered(cast.county)
    for query, rows in (("", 2), ("?q=企业 2", 1), ("?definition=evaluation-cycle", 0), ("?holder=mine", 0),
                        ("?holder=free", 2), ("?holder=junk", 0), ("?due=overdue", 0),
                        ("?due=all&definition=evaluation-appeal", 2)):
        twin = client.get("/tasks.json" + query).json()
        assert (twin["total"], twin["counts"]["all"]) == (rows, 2)
        assert text_of(client.get("/tasks/" + query)).count("data-href=") == rows


def test_the_case_page_offers_what_may_be_done_and_says_why_the_rest_may_not(cast: Any, entered: Any, open_appeal: Any) -> None:
    case = open_appeal()
    officer, county = entered(cast.officer).get(f"/cases/{case.ulid}/"), entered(cast.county).get(f"/cases/{case.ulid}/")
    assert f"/cases/{case.ulid}/move/accept/" in text_of(county)
    assert f"/cases/{case.ulid}/move/accept/" not in text_of(officer)
    assert "这一步由县级管理员、分析人员办理" in text_of(officer)
    assert "面积多算了 2 亩" in text_of(county)


def test_a_case_of_another_town_is_as_absent_as_none(cast: Any, entered: Any, open_appeal: Any) -> None:
    case = open_appeal()
    client = entered(cast.stranger)
    for address in (f"/cases/{case.ulid}/", f"/cases/{case.ulid}.json", f"/cases/{case.ulid}/move/withdraw/"):
        assert client.get(address).status_code == 404
    task = case.tasks.get()
    assert client.post(f"/tasks/{task.ulid}/take/").status_code == 404
    assert client.post(f"/cases/{case.ulid}/move/withdraw/", {"reason": "抢"}).status_code == 404
    assert Case.objects.get().state == "filed"


def test_a_move_says_its_consequences_asks_its_reason_and_is_done(cast: Any, entered: Any, open_appeal: Any) -> None:
    case = open_appeal()
    client, address = entered(cast.county), f"/cases/{case.ulid}/move/withdraw/"
    page = text_of(client.get(address))
    assert "申诉不再处理，等级不变" in page
    assert "data-consequences=" in page
    assert client.post(address, {"lock_version": case.lock_version, "reason": ""}).status_code == 400
    answer = client.post(address, {"lock_version": case.lock_version, "reason": "企业来函撤回"})
    assert answer.status_code == 302
    assert "企业来函撤回" in text_of(client.get(f"/cases/{case.ulid}/"))


def test_the_second_of_two_people_reads_what_the_first_did(cast: Any, entered: Any, open_appeal: Any) -> None:
    case = open_appeal()
    address = f"/cases/{case.ulid}/move/accept/"
    assert entered(cast.analyst).post(address, {"lock_version": 1, "reason": ""}).status_code == 302
    late = entered(cast.county).post(address, {"lock_version": 1, "reason": ""})
    assert late.status_code == 409
    assert "分析人员 在" in text_of(late)
    assert "您的这一步没有生效" in text_of(late)


def test_a_form_brings_fields_and_files_and_a_refused_one_leaves_no_file(cast: Any, entered: Any, open_appeal: Any) -> None:
    case = open_appeal()
    for step in ("accept", "verify"):
        service.move(cast.county, case.ulid, step)
    service.add_file(cast.officer, case.ulid, "verification", "核实.pdf", b"%PDF-1.4 v")
    service.complete_task(cast.officer, case.tasks.get(task="verify", done_on=None))
    service.move(cast.officer, case.ulid, "report", fields={"finding": "属实"})
    service.move(cast.analyst, case.ulid, "uphold", fields={"reply": "维持"}, reason="依据充分")
    files, version = SourceDocument.objects.count(), Case.objects.get().lock_version
    address = f"/cases/{case.ulid}/move/close/"

    def letter() -> SimpleUploadedFile:
        return SimpleUploadedFile("答复.pdf", b"%PDF-1.4 a")

    client = entered(cast.county)
    assert client.post(address, {"lock_version": version, "reason": ""}).status_code == 400
    stale = client.post(address, {"lock_version": 1, "reason": "", "file_reply_letter": letter()})
    assert (stale.status_code, SourceDocument.objects.count()) == (409, files)
    assert client.post(address, {"lock_version": version, "reason": "", "file_reply_letter": letter()}).status_code == 302
    assert Case.objects.get().state == "closed"
    assert SourceDocument.objects.count() == files + 1


def test_an_enterprise_reads_its_case_without_inner_notes_and_names(cast: Any, entered: Any, open_appeal: Any) -> None:
    for user, name in ((cast.county, "张某某"), (cast.officer, "李某某")):
        user.name = name
        user.save()
    case = open_appeal(cast.firm)
    service.move(cast.county, case.ulid, "return", reason="请补土地证")
    task = case.tasks.get(task="mend", done_on=None)
    service.assign(cast.county, task, cast.officer)
    page = text_of(entered(cast.firm).get(f"/cases/{case.ulid}/"))
    assert "请补土地证" in page
    assert "补正材料" in page
    for hidden in ("张某某", "李某某", "指派任务"):
        assert hidden not in page
    assert "李某某" in text_of(entered(cast.county).get(f"/cases/{case.ulid}/"))


def test_an_enterprise_withdraws_its_own_appeal(cast: Any, entered: Any, open_appeal: Any) -> None:
    case = open_appeal(cast.firm)
    given = {"lock_version": case.lock_version, "reason": "不申诉了"}
    answer = entered(cast.firm).post(f"/cases/{case.ulid}/move/withdraw/", given)
    assert answer.status_code == 302
    assert Case.objects.get().state == "withdrawn"


def test_buttons_of_a_task_take_assign_and_close_it(cast: Any, entered: Any, open_appeal: Any) -> None:
    task = open_appeal().tasks.get()
    client = entered(cast.county)
    page = text_of(client.get(f"/cases/{task.case.ulid}/"))
    assert cast.analyst.name in page
    assert cast.stranger.name not in page
    client.post(f"/tasks/{task.ulid}/assign/", {"person": cast.stranger.ulid})
    task.refresh_from_db()
    assert task.assignee is None
    client.post(f"/tasks/{task.ulid}/assign/", {"person": cast.analyst.ulid})
    task.refresh_from_db()
    assert task.assignee == cast.analyst
    entered(cast.analyst).post(f"/tasks/{task.ulid}/complete/", {"note": "材料齐全"})
    task.refresh_from_db()
    assert (task.outcome, task.done_by, task.note) == ("done", cast.analyst, "材料齐全")


def test_the_list_of_cases_filters_by_definition_and_lateness(cast: Any, entered: Any, open_appeal: Any, on_day: Any) -> None:
    with on_day(date(2025, 11, 3)):
        open_appeal()
    open_appeal(subject_id=2, town=OTHER_TOWN)
    client = entered(cast.county)
    for query, rows in (("", 2), ("?overdue=1", 1), ("?overdue=0", 1), ("?open=1", 2), ("?definition=evaluation-appeal", 2),
                        ("?q=企业 2", 1), ("?sort=-opened_on", 2)):
        answer = client.get("/cases/" + query)
        assert answer.status_code == 200
        assert text_of(answer).count("data-href=") == rows, query
    row = client.get("/cases.json?overdue=1").json()["rows"][0]
    assert (row["definition"], row["state_label"], row["late"]) == ("评价申诉", "已提交", "有逾期任务")
    assert entered(cast.officer).get("/cases.json").json()["totals"]["rows"] == 1


def test_the_workbench_shows_the_next_tasks_and_their_count(cast: Any, entered: Any, open_appeal: Any) -> None:
    assert "我的任务" in text_of(entered(cast.county).get("/"))  # the menu
    assert "决定是否受理" not in text_of(entered(cast.county).get("/"))
    open_appeal()
    assert "决定是否受理" in text_of(entered(cast.county).get("/"))
    assert "决定是否受理" not in text_of(entered(cast.officer).get("/"))


def test_the_record_of_an_enterprise_lists_its_cases(cast: Any, entered: Any, open_appeal: Any) -> None:
    from tenglong.apps.registry import service as registry

    firm = registry.create_enterprise(cast.county, {"name": "示例公司"}, on=date(2024, 1, 1), town=TOWN)
    case = open_appeal(subject_id=firm.enterprise_id)
    ulid = firm.enterprise.ulid
    assert case.title in text_of(entered(cast.officer).get(f"/enterprises/{ulid}/?tab=cases"))
    assert f"/enterprises/{ulid}/" in text_of(entered(cast.officer).get(f"/cases/{case.ulid}/"))


def test_a_page_asks_a_bounded_number_of_queries(
    cast: Any, entered: Any, open_appeal: Any, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        open_appeal(subject_id=number + 1)
    client = entered(cast.analyst)
    with django_assert_max_num_queries(30):
        assert client.get("/tasks/").status_code == 200
