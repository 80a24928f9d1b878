"""From a file to the record, through the service."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tenglong.apps.registry.models import PlotVersion
from tenglong.apps.survey import queries, service
from tenglong.apps.survey.models import Action, ImportBatch, MappingTemplate, StagedIssue, StagedRow, State


def actions(batch: ImportBatch) -> dict[str, int]:
    return {name: number for name, number in batch.counts.items() if number and name != "rows"}


def test_a_file_is_read_mapped_and_waits_for_a_person(cast: Any, to_mapping: Any, csv_file: Any, line: Any) -> None:
    batch = to_mapping(cast.officer, csv_file(line(1), line(2)))
    assert batch.state == State.MAPPING, batch.problem
    fields = {column["field"]: column for column in batch.mapping["columns"]}
    assert {"survey_number", "town", "surveyed_area", "geometry"} <= set(fields)
    assert fields["surveyed_area"]["unit"] == "mu"
    assert batch.tables[0]["rows"] == 2
    assert not PlotVersion.objects.exists()


def test_rows_wait_in_the_preview_and_enter_at_once(cast: Any, to_preview: Any, csv_file: Any, enter: Any, line: Any) -> None:
    batch = to_preview(cast.officer, csv_file(line(1), line(2)))
    assert batch.state == State.PREVIEW, batch.problem
    assert actions(batch) == {"new": 2}, list(StagedIssue.objects.values_list("rule", "message"))
    assert not PlotVersion.objects.exists()
    service.confirm(cast.officer, batch, "change", date(2024, 1, 1))
    enter(batch)
    assert batch.state == State.DONE, batch.job.message
    plot = PlotVersion.objects.get(survey_number="BG-001")
    assert plot.surveyed_cm2 == round(16 * 2000 / 3 * 10_000)
    assert (plot.division_code, plot.status, plot.batch_id) == ("330604001", "in_use", batch.pk)
    assert plot.shape_id and plot.code.startswith("T330604001")


def test_the_same_file_again_changes_nothing(
    cast: Any, to_done: Any, to_preview: Any, csv_file: Any, enter: Any, line: Any
) -> None:
    first = to_done(cast.officer, csv_file(line(1, stated="15.5"), line(2)))
    before = list(PlotVersion.objects.order_by("pk").values())
    again = to_preview(cast.officer, csv_file(line(1, stated="15.5"), line(2)))
    assert actions(again) == {"unchanged": 2}, list(StagedRow.objects.filter(batch=again).values_list("delta"))
    assert list(queries.same_file(cast.officer, again)) == [first]
    service.confirm(cast.officer, again, "change", date(2024, 6, 1))
    enter(again)
    assert again.state == State.DONE
    assert list(PlotVersion.objects.order_by("pk").values()) == before


def test_a_difference_is_told_field_by_field(cast: Any, to_done: Any, to_preview: Any, csv_file: Any, line: Any) -> None:
    to_done(cast.officer, csv_file(line(1), line(2)))
    batch = to_preview(cast.officer, csv_file(line(1, name="新名", status="疑似闲置"), line(2)))
    assert actions(batch) == {"changed": 1, "unchanged": 1}
    row = StagedRow.objects.get(batch=batch, action=Action.CHANGED)
    assert row.delta == [
        {"field": "name", "old": "1 号厂区", "new": "新名"},
        {"field": "status", "old": "in_use", "new": "idle_suspected"},
    ]


def test_a_change_adds_a_version_and_a_correction_mends_the_one_there_is(
    cast: Any, to_done: Any, csv_file: Any, line: Any
) -> None:
    to_done(cast.officer, csv_file(line(1)))
    to_done(cast.officer, csv_file(line(1, status="疑似闲置")), on=date(2024, 7, 1))
    versions = list(PlotVersion.objects.order_by("valid_from").values_list("valid_from", "valid_to", "status"))
    assert versions == [(date(2024, 1, 1), date(2024, 7, 1), "in_use"), (date(2024, 7, 1), None, "idle_suspected")]
    to_done(cast.officer, csv_file(line(1, status="在建")), mode="correction", on=date(2024, 7, 1))
    assert PlotVersion.objects.count() == 2
    assert PlotVersion.objects.get(valid_to=None).status == "building"


def test_an_empty_cell_erases_nothing(cast: Any, to_done: Any, to_preview: Any, csv_file: Any, line: Any) -> None:
    to_done(cast.officer, csv_file(line(1, stated="15.5")))
    batch = to_preview(cast.officer, csv_file(line(1, stated="")))
    assert actions(batch) == {"unchanged": 1}


def test_rows_of_another_town_are_refused_with_a_sentence(cast: Any, to_done: Any, csv_file: Any, line: Any) -> None:
    batch = to_done(cast.officer, csv_file(line(1), line(2, town="曹娥街道")))
    assert actions(batch) == {"new": 1, "rejected": 1}
    issue = StagedIssue.objects.get(batch=batch, rule="outside-scope")
    assert "不在您的管辖范围" in issue.message and issue.row == 3 and issue.final
    assert list(PlotVersion.objects.values_list("survey_number", flat=True)) == ["BG-001"]


def test_an_officer_of_another_town_sees_neither_batch_nor_rows(cast: Any, to_done: Any, csv_file: Any, line: Any) -> None:
    batch = to_done(cast.officer, csv_file(line(1)))
    for user in (cast.stranger, cast.firm, cast.auditor, cast.system_admin, cast.nobody):
        assert not queries.batches(user).exists()
        assert not queries.rows(user, batch).exists()
    assert queries.batches(cast.county).count() == 1


def test_a_plot_of_another_town_cannot_be_taken_over(
    cast: Any, to_done: Any, to_preview: Any, csv_file: Any, line: Any
) -> None:
    to_done(cast.stranger, csv_file(line(1, town="曹娥街道")))
    code = PlotVersion.objects.get().code
    head = "地块码,所属镇街,地块名称"
    batch = to_preview(cast.officer, csv_file(f"{code},百官街道,抢来的", head=head))
    assert actions(batch) == {"rejected": 1}
    assert StagedIssue.objects.filter(batch=batch, rule="outside-scope", final=True).exists()


def test_staging_goes_on_after_the_last_full_chunk(
    cast: Any, to_mapping: Any, csv_file: Any, enter: Any, monkeypatch: pytest.MonkeyPatch, line: Any
) -> None:
    from tenglong.apps.survey import staging

    monkeypatch.setattr(staging, "CHUNK_ROWS", 4)
    batch = to_mapping(cast.officer, csv_file(*(line(number) for number in range(1, 11))))
    batch.crs = "EPSG:4490"
    batch.save()
    whole = staging._stage_chunk

    def dies_in_the_second(plan: Any, chunk: int, *rest: Any, **more: Any) -> None:
        if chunk == 1:
            raise RuntimeError("power cut")
        whole(plan, chunk, *rest, **more)

    monkeypatch.setattr(staging, "_stage_chunk", dies_in_the_second)
    service.stage(cast.officer, batch)
    enter(batch)
    assert StagedRow.objects.filter(batch=batch).count() == 4
    monkeypatch.setattr(staging, "_stage_chunk", whole)
    service.recover()
    batch.refresh_from_db()
    assert batch.state == State.INTERRUPTED and "没有写入" in batch.problem
    first = set(StagedRow.objects.filter(batch=batch).values_list("pk", flat=True))
    service.stage(cast.officer, batch)
    enter(batch)
    assert batch.state == State.PREVIEW
    rows = StagedRow.objects.filter(batch=batch)
    assert first <= set(rows.values_list("pk", flat=True)) and actions(batch) == {"new": 10}


def test_a_record_that_moved_after_staging_is_compared_again(
    cast: Any, to_done: Any, to_preview: Any, csv_file: Any, enter: Any, line: Any
) -> None:
    waiting = to_preview(cast.officer, csv_file(line(1), line(2)))
    to_done(cast.officer, csv_file(line(1)))
    service.confirm(cast.officer, waiting, "change", date(2024, 1, 1))
    enter(waiting)
    assert waiting.state == State.DONE, waiting.problem
    assert actions(waiting) == {"new": 1, "unchanged": 1}
    assert PlotVersion.objects.filter(survey_number="BG-001").count() == 1


def test_two_people_confirming_at_once_enter_it_once(cast: Any, to_preview: Any, csv_file: Any, enter: Any, line: Any) -> None:
    batch = to_preview(cast.officer, csv_file(line(1)))
    other = ImportBatch.objects.get(pk=batch.pk)
    service.confirm(cast.officer, batch, "change", date(2024, 1, 1))
    with pytest.raises(service.SurveyError, match="正在入库"):
        service.confirm(cast.county, other, "change", date(2024, 1, 1))
    enter(batch)
    assert PlotVersion.objects.count() == 1


def test_a_change_not_later_than_what_is_held_writes_nothing(cast: Any, to_done: Any, csv_file: Any, line: Any) -> None:
    to_done(cast.officer, csv_file(line(1), line(3)))
    batch = to_done(cast.officer, csv_file(line(1, status="在建"), line(2)), on=date(2024, 1, 1))
    assert batch.state == State.PREVIEW and "更正" in batch.problem
    assert PlotVersion.objects.count() == 2


def test_an_error_waived_with_a_reason_lets_the_row_in(
    cast: Any, to_preview: Any, csv_file: Any, enter: Any, line: Any
) -> None:
    batch = to_preview(cast.officer, csv_file(line(1), line(2, area="不详")))
    assert actions(batch) == {"new": 1, "rejected": 1}
    issue = StagedIssue.objects.get(batch=batch, severity="error")
    with pytest.raises(service.SurveyError, match="理由"):
        service.waive(cast.officer, issue, " ")
    service.waive(cast.officer, issue, "现场核实，面积另行测绘")
    batch.refresh_from_db()
    assert actions(batch) == {"new": 2}
    service.take_back(cast.officer, issue)
    batch.refresh_from_db()
    assert actions(batch) == {"new": 1, "rejected": 1}
    service.waive(cast.officer, issue, "现场核实，面积另行测绘")
    batch.refresh_from_db()
    service.confirm(cast.officer, batch, "change", date(2024, 1, 1))
    enter(batch)
    assert PlotVersion.objects.get(survey_number="BG-002").surveyed_cm2 is None
    assert queries.report(cast.officer, batch).issues[0].waived == "现场核实，面积另行测绘"


def test_what_lies_outside_the_scope_cannot_be_waived(cast: Any, to_preview: Any, csv_file: Any, line: Any) -> None:
    to_preview(cast.officer, csv_file(line(1, town="曹娥街道")))
    with pytest.raises(service.SurveyError, match="不能豁免"):
        service.waive(cast.officer, StagedIssue.objects.get(rule="outside-scope"), "我说可以就可以")


def test_a_saved_mapping_is_offered_again_for_the_same_headings(cast: Any, to_mapping: Any, csv_file: Any) -> None:
    head = "编号甲,镇,厂名,用地"
    batch = to_mapping(cast.officer, csv_file("1,百官街道,一厂,20", head=head))
    service.set_mapping(
        cast.officer, batch, {0: ("survey_number", ""), 1: ("town", ""), 2: ("name", ""), 3: ("surveyed_area", "mu")}
    )
    service.save_template(cast.officer, batch, "百官旧表")
    again = to_mapping(cast.officer, csv_file("2,百官街道,二厂,30", head=head))
    assert again.template == MappingTemplate.objects.get() and "百官旧表" in again.mapping_reason
    assert {c["field"]: c["unit"] for c in again.mapping["columns"]}["surveyed_area"] == "mu"
    assert to_mapping(cast.stranger, csv_file("2,曹娥街道,二厂,30", head=head)).template is None


def test_a_mapping_with_a_field_twice_or_a_field_missing_is_refused(
    cast: Any, to_mapping: Any, csv_file: Any, line: Any
) -> None:
    batch = to_mapping(cast.officer, csv_file(line(1)))
    with pytest.raises(service.SurveyError, match="不止一列"):
        service.set_mapping(cast.officer, batch, {0: ("survey_number", ""), 1: ("town", ""), 2: ("town", "")})
    with pytest.raises(service.SurveyError, match="还没有指定：.*所属镇街"):
        service.set_mapping(cast.officer, batch, {0: ("survey_number", "")})


def test_a_broken_file_is_refused_and_leaves_nothing(cast: Any, divisions: None, enter: Any, settings: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    batch = enter(service.upload(cast.officer, "plots", SimpleUploadedFile("坏.xlsx", b"PK\x03\x04 this is no workbook")))
    assert batch.state == State.REJECTED and batch.problem
    assert [path for path in (settings.TENGLONG_HOME / "files").rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("空.xlsx", b"", "0 字节"),
        ("病毒.exe", b"MZ", "不认识"),
        ("图.shp", b"123", ".zip"),
    ],
)
def test_a_file_that_cannot_be_a_survey_is_refused_at_once(
    cast: Any, settings: Any, name: str, content: bytes, words: str
) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    with pytest.raises(service.SurveyError, match=words):
        service.upload(cast.officer, "plots", SimpleUploadedFile(name, content))
    assert not ImportBatch.objects.exists()
    assert [path for path in (settings.TENGLONG_HOME / "files").rglob("*") if path.is_file()] == []


def test_path_names_in_a_file_name_lead_nowhere() -> None:
    from tenglong.apps.survey.intake import clean_name

    assert clean_name("../../etc/passwd.xlsx") == "passwd.xlsx"
    assert clean_name("C:\\用户\\摸排.xlsx") == "摸排.xlsx"
    assert len(clean_name("长" * 300 + ".xlsx")) <= 120


def test_a_confirmed_batch_can_be_taken_back_while_nothing_hangs_on_it(
    cast: Any, to_done: Any, csv_file: Any, line: Any
) -> None:
    batch = to_done(cast.officer, csv_file(line(1)))
    service.withdraw(cast.officer, batch, "传错了文件")
    assert batch.state == State.WITHDRAWN and not PlotVersion.objects.exists()


def test_the_audit_keeps_one_entry_for_the_whole_batch(cast: Any, to_done: Any, csv_file: Any, line: Any) -> None:
    from tenglong.apps.audit.models import AuditEntry
    from tenglong.apps.audit.service import verify

    batch = to_done(cast.officer, csv_file(line(1), line(2), line(3)))
    entry = AuditEntry.objects.get(action="survey.confirm")
    assert (entry.count, entry.batch_id, entry.digest) == (3, batch.pk, batch.applied["digest"])
    assert verify().ok
