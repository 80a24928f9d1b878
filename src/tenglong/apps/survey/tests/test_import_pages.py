"""The same steps through the pages, by the people of the cast."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from tenglong.apps.registry.models import PlotVersion
from tenglong.apps.survey import service
from tenglong.apps.survey.models import ImportBatch, StagedIssue, State


def address(name: str, batch: ImportBatch) -> str:
    return reverse(f"survey:{name}", args=[batch.ulid])


def mapping_form(batch: ImportBatch) -> dict[str, str]:
    form = {"crs": batch.crs or "EPSG:4490", "then": "stage"}
    for column in batch.mapping["columns"]:
        form[f"field-{column['index']}"] = column["field"]
        form[f"unit-{column['index']}"] = column["unit"]
    return form


def test_an_officer_brings_a_file_from_upload_to_record(
    cast: Any, sign_in: Any, divisions: None, csv_file: Any, enter: Any, line: Any
) -> None:
    client = sign_in(cast.officer)
    page = client.post(
        reverse("survey:upload"), {"kind": "plots", "file": csv_file(line(1), line(2)), "survey_date": "2024-03-01"}
    )
    batch = ImportBatch.objects.get()
    assert page.headers["Location"] == address("progress", batch)
    assert "survey-wait" in client.get(address("progress", batch)).content.decode()
    enter(batch)
    assert client.get(address("progress", batch)).headers["Location"] == address("mapping", batch)
    shown = client.get(address("mapping", batch)).content.decode()
    assert "摸排编号" in shown and "1 号厂区" in shown and "坐标系" in shown
    assert client.post(address("mapping", batch), mapping_form(batch)).headers["Location"] == address("progress", batch)
    batch.refresh_from_db()
    enter(batch)
    assert batch.state == State.PREVIEW, batch.problem
    assert "BG-001" in client.get(address("batch", batch)).content.decode()
    question = client.get(address("confirm", batch)).content.decode()
    assert "变更" in question and "2024-03-01" in question and "不作为确权" in question
    answer = {"mode": "change", "valid_from": "2024-03-01", "lock_version": batch.lock_version}
    assert client.post(address("confirm", batch), answer).headers["Location"] == address("progress", batch)
    batch.refresh_from_db()
    enter(batch)
    done = client.get(address("done", batch)).content.decode()
    assert "已入库" in done and PlotVersion.objects.filter(valid_from=date(2024, 3, 1)).count() == 2


@pytest.mark.parametrize(
    "name",
    [
        "batch",
        "mapping",
        "progress",
        "batch-issues",
        "batch-issues-json",
        "rows-json",
        "annotated",
        "done",
        "confirm",
        "batch-json",
    ],
)
def test_an_officer_of_another_town_finds_no_such_batch(
    cast: Any, sign_in: Any, to_preview: Any, csv_file: Any, line: Any, name: str
) -> None:
    batch = to_preview(cast.officer, csv_file(line(1)))
    assert sign_in(cast.stranger).get(address(name, batch)).status_code == 404
    assert sign_in(cast.firm).get(address(name, batch)).status_code == 403
    assert sign_in(cast.auditor).get(address(name, batch)).status_code == 403


def test_lists_hold_only_ones_own_batches_and_issues(
    cast: Any, sign_in: Any, to_preview: Any, csv_file: Any, line: Any
) -> None:
    to_preview(cast.officer, csv_file(line(1, area="不详"), name="baiguan.csv"))
    for name in ("batches", "issues", "batches-json", "issues-json"):
        assert "baiguan.csv" in sign_in(cast.officer).get(reverse(f"survey:{name}")).content.decode(), name
        assert "baiguan.csv" not in sign_in(cast.stranger).get(reverse(f"survey:{name}")).content.decode(), name


def test_a_task_force_member_prepares_but_does_not_confirm(
    cast: Any, sign_in: Any, to_preview: Any, csv_file: Any, line: Any
) -> None:
    batch = to_preview(cast.task_force, csv_file(line(1)))
    client = sign_in(cast.task_force)
    assert "须由镇街经办或县级管理员" in client.get(address("batch", batch)).content.decode()
    assert client.get(address("confirm", batch)).status_code == 403


def test_the_annotated_workbook_is_the_users_own_with_marked_cells(
    cast: Any, sign_in: Any, to_preview: Any, xlsx_file: Any
) -> None:
    head = ["摸排编号", "所属镇街", "地块名称", "实测面积（亩）"]
    batch = to_preview(cast.officer, xlsx_file(head, ["A-1", "百官街道", "一厂", 12], ["A-2", "百官街道", "二厂", "不详"]))
    answer = sign_in(cast.officer).get(address("annotated", batch))
    assert answer.status_code == 200 and "%E9%97%AE%E9%A2%98" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Sheet1"]
    assert sheet["D3"].comment is not None and sheet["D3"].fill.fgColor.rgb.endswith("FFC7CE")
    assert sheet["D2"].comment is None


def test_a_waiver_through_the_page_needs_a_reason_and_lets_the_row_in(
    cast: Any, sign_in: Any, to_preview: Any, csv_file: Any, line: Any
) -> None:
    batch = to_preview(cast.officer, csv_file(line(1, area="不详")))
    client, issue = sign_in(cast.officer), StagedIssue.objects.get(severity="error")
    client.post(reverse("survey:waive", args=[issue.ulid]), {"reason": ""})
    batch.refresh_from_db()
    assert batch.counts["rejected"] == 1
    client.post(reverse("survey:waive", args=[issue.ulid]), {"reason": "测绘队已核实，面积后补"})
    batch.refresh_from_db()
    assert batch.counts == {"rows": 1, "new": 1, "changed": 0, "unchanged": 0, "rejected": 0}
    assert "测绘队已核实" in client.get(address("batch-issues", batch)).content.decode()
    assert sign_in(cast.stranger).post(reverse("survey:waive", args=[issue.ulid]), {"reason": "我也要豁免"}).status_code == 404


def test_the_json_twin_is_the_report_that_check_prints(
    cast: Any, sign_in: Any, to_preview: Any, csv_file: Any, line: Any
) -> None:
    batch = to_preview(cast.officer, csv_file(line(1, area="不详"), line(2)))
    data = sign_in(cast.officer).get(address("batch-issues-json", batch)).json()
    assert (data["rows"], data["rejected"], data["accepted"]) == (2, 1, 1)
    issue = data["issues"][0]
    assert {"dataset", "row", "key", "field", "rule", "value", "severity", "message", "fix"} <= set(issue)
    assert issue["row"] == 2 and issue["value"] == "不详"


def test_a_second_confirmation_from_an_old_page_is_told(
    cast: Any, sign_in: Any, to_preview: Any, csv_file: Any, line: Any
) -> None:
    batch = to_preview(cast.officer, csv_file(line(1)))
    answer = {"mode": "change", "valid_from": "2024-03-01", "lock_version": batch.lock_version - 1}
    page = sign_in(cast.officer).post(address("confirm", batch), answer)
    assert page.status_code == 400 and "已有人处理过这一批" in page.content.decode()


def test_a_date_in_the_future_is_refused_beside_its_field(
    cast: Any, sign_in: Any, to_preview: Any, csv_file: Any, line: Any
) -> None:
    batch = to_preview(cast.officer, csv_file(line(1)))
    answer = {"mode": "change", "valid_from": "2999-01-01", "lock_version": batch.lock_version}
    page = sign_in(cast.officer).post(address("confirm", batch), answer)
    assert page.status_code == 400 and "不能晚于今天" in page.content.decode()


def test_the_same_file_is_told_on_the_mapping_page(
    cast: Any, sign_in: Any, to_done: Any, to_mapping: Any, csv_file: Any, line: Any
) -> None:
    to_done(cast.officer, csv_file(line(1)))
    again = to_mapping(cast.officer, csv_file(line(1)))
    assert "完全相同" in sign_in(cast.officer).get(address("mapping", again)).content.decode()


def test_a_file_that_cannot_be_read_shows_why(cast: Any, sign_in: Any, divisions: None, enter: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    batch = enter(service.upload(cast.officer, "plots", SimpleUploadedFile("坏.xlsx", b"PK\x03\x04 no")))
    page = sign_in(cast.officer).get(address("batch", batch)).content.decode()
    assert "读不出来" in page and batch.problem[:10] in page


def test_templates_of_every_kind_can_be_downloaded(cast: Any, sign_in: Any) -> None:
    from tenglong.apps.survey.appliers import kinds

    client = sign_in(cast.officer)
    for kind in kinds():
        assert client.get(reverse("survey:template", args=[kind])).content[:2] == b"PK", kind


def test_phones_wait_encrypted_and_are_never_shown(cast: Any, sign_in: Any, to_preview: Any, csv_file: Any) -> None:
    from tenglong.apps.survey.models import StagedRow

    head = "统一社会信用代码,企业名称,所属镇街,联系人,联系电话"
    batch = to_preview(
        cast.officer, csv_file("91330604MA2888888X,绍兴一厂有限公司,百官街道,王小明,13800001111", head=head), kind="enterprises"
    )
    row = StagedRow.objects.get(batch=batch)
    assert "13800001111" not in str(row.values) + str(row.given)
    client = sign_in(cast.officer)
    for name in ("batch", "rows-json", "batch-issues-json"):
        assert "13800001111" not in client.get(address(name, batch)).content.decode()
