"""Service, publication, appeal, adjustment, minutes: the whole second half of a cycle through the pages."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.evaluation import queries
from tenglong.apps.evaluation.models import Adjustment, Appeal, GradeNotice, Publication, Result


def page(name, *args):
    return reverse(f"evaluation:{name}", args=args)


def paper(name="依据.pdf"):
    return SimpleUploadedFile(name, b"%PDF-1 " + name.encode())


def dates(days=20):
    today = timezone.localdate()
    return {"starts_on": today.isoformat(), "ends_on": (today + timedelta(days=days)).isoformat(), "order": "town"}


def test_low_grades_are_served_with_one_proof_and_then_the_list_goes_out(world, sign_in):
    run = world.ran()
    client = sign_in(world.actor)
    low = list(queries.results(world.actor, run).filter(grade__in=("C", "D")).values_list("key", flat=True))
    served = (timezone.localdate() - timedelta(days=40)).isoformat()
    answer = client.post(page("notice-serve", run.ulid), {
        "firm": low, "served_on": served, "how": "直接送达", "proof": paper("回证.pdf")})
    assert answer.status_code == 302
    assert GradeNotice.objects.count() == len(low) == 4
    assert client.post(page("publication-new", run.ulid), dates()).status_code == 302
    assert Publication.objects.get(kind="grades").state == "open"


def test_the_publication_is_refused_in_a_sentence_before_service(world, sign_in):
    run = world.ran()
    answer = sign_in(world.actor).post(page("publication-new", run.ulid), dates())
    assert answer.status_code == 400 and "未送达" in answer.content.decode()


def test_the_published_file_holds_name_code_and_grade_and_nothing_else(world, sign_in):
    _run, made = world.published()
    content = sign_in(world.actor).get(page("publication-file", made.ulid)).content
    rows = list(openpyxl.load_workbook(io.BytesIO(content)).active.values)
    assert rows[0] == ("企业名称", "统一社会信用代码", "评价等级")
    assert len(rows) == 11 and all(len(row) == 3 for row in rows)
    assert {row[2] for row in rows[1:]} == {"A", "B", "C", "D"}
    parts = {name: zipfile.ZipFile(io.BytesIO(content)).read(name) for name in zipfile.ZipFile(io.BytesIO(content)).namelist()}
    everything = b"".join(parts.values())
    assert not any(name.startswith("docProps") for name in parts)
    for secret in ("税", "营收", "总分", "330604001", world.actor.username, world.actor.name):
        assert secret.encode() not in everything, secret


def test_page_and_json_of_a_publication_hold_no_more_than_was_published(world, sign_in):
    _run, made = world.published()
    found = sign_in(world.cast.officer).get(page("publication-json", made.ulid)).json()
    assert {tuple(row) for row in found["rows"]} == {("name", "uscc", "grade")}
    assert sign_in(world.actor).get(page("publication", made.ulid)).status_code == 200
    assert sign_in(world.actor).get(page("publication-print", made.ulid)).content[:5] == b"%PDF-"


def test_page_excel_csv_and_notice_say_the_same_of_a_person_too(world, sign_in):
    run = world.ran()
    Result.objects.filter(run=run, enterprise_id=10).update(name="上虞区张三丰五金店", uscc="92330604MA0000010X")
    world.serve(run)
    client = sign_in(world.actor)
    client.post(page("publication-new", run.ulid), dates())
    made = Publication.objects.get(kind="grades")
    told = client.get(page("publication-json", made.ulid)).json()["rows"]
    listed = [(row["name"], row["uscc"], row["grade"]) for row in told]
    assert ("上虞区张＊＊五金店", "923306********010X", "D") in listed
    book = openpyxl.load_workbook(io.BytesIO(client.get(page("publication-file", made.ulid)).content))
    assert list(book.active.values)[1:] == listed
    lines = client.get(page("publication-csv", made.ulid)).content.decode("utf-8-sig").splitlines()
    assert [tuple(line.split(",")) for line in lines[1:]] == listed
    (table,) = docx.Document(io.BytesIO(client.get(page("publication-docx", made.ulid)).content)).tables
    assert [tuple(cell.text for cell in row.cells) for row in table.rows][1:] == listed
    shown = client.get(page("publication", made.ulid)).content.decode()
    assert all(text in shown for row in listed for text in row) and "张三丰" not in shown


def test_a_form_that_asks_for_more_columns_is_refused_with_the_reason(world, sign_in):
    run = world.ran()
    world.serve(run)
    answer = sign_in(world.actor).post(page("publication-new", run.ulid), {**dates(), "more": ["rank", "tax_paid"]})
    assert answer.status_code == 400 and "不能加“名次、税收”" in answer.content.decode()
    assert not Publication.objects.filter(kind="grades").exists()


def test_after_its_day_the_file_is_gone(world, sign_in):
    _run, made = world.published()
    Publication.objects.filter(pk=made.pk).update(expires_on=timezone.localdate() - timedelta(days=1))
    assert sign_in(world.actor).get(page("publication-file", made.ulid)).status_code == 404


def test_a_publication_is_withdrawn_only_with_a_reason(world, sign_in):
    _run, made = world.published()
    client = sign_in(world.actor)
    client.post(page("publication-step", made.ulid, "withdraw"), {"reason": ""})
    assert Publication.objects.get(pk=made.pk).state == "open"
    client.post(page("publication-step", made.ulid, "withdraw"), {"reason": "名单有误"})
    assert Publication.objects.get(pk=made.pk).state == "expired"


def test_an_appeal_of_the_firm_changes_its_grade_by_two_persons_and_the_audit_tells_it(world, sign_in):
    run, _made = world.published()
    key = world.firms[1].key
    client = sign_in(world.cast.firm)
    form = {"ground": "data", "text": "税收少计", "evidence": [paper("完税证明.pdf")]}
    assert client.post(page("own-appeal-new", run.ulid, key), form).status_code == 302
    appeal = Appeal.objects.get()
    assert "完税证明" in client.get(page("own-appeal", appeal.ulid)).content.decode()
    client = sign_in(world.actor)
    assert client.get(page("appeal-letter", appeal.ulid)).status_code == 404
    client.post(page("appeal-reply", appeal.ulid), {"outcome": "upheld", "reply": "核实无误，予以调整"})
    assert client.get(page("appeal-letter", appeal.ulid)).content[:2] == b"PK"
    client = sign_in(world.cast.analyst)
    made = client.post(page("adjustment-new", run.ulid, key), {
        "to_grade": "B", "reason": "税收补录", "decision_number": "纪要〔2025〕3号",
        "decision_dated": timezone.localdate().isoformat(), "document": paper("纪要.pdf"), "appeal": appeal.ulid})
    row = Adjustment.objects.get()
    assert made.status_code == 302 and row.appeal_id == appeal.pk
    client.post(page("adjustment-step", row.ulid, "approve"))
    assert Adjustment.objects.get().state == "proposed"
    client = sign_in(world.cast.leader)
    assert "批准" in client.get(page("adjustment", row.ulid)).content.decode()
    client.post(page("adjustment-step", row.ulid, "approve"))
    assert Adjustment.objects.get().state == "approved"
    text = sign_in(world.cast.firm).get(page("own-result", run.ulid, key)).content.decode()
    assert "纪要〔2025〕3号" in text
    (line,) = sign_in(world.actor).get(page("adjustments-year-json"), {"year": world.cycle.year}).json()["rows"]
    assert (line["proposed_by"], line["approved_by"]) == ("分析人员", "领导")
    assert AuditEntry.objects.filter(action="adjustment.approved").count() == 1


def test_an_office_writes_down_an_appeal_with_where_it_came_from(world, sign_in):
    run, _made = world.published()
    form = {"ground": "grade", "text": "对等级不服", "source": "电话"}
    sign_in(world.cast.officer).post(page("appeal-new", run.ulid, world.firms[9].key), form)
    assert "来源：电话" in Appeal.objects.get().text
    assert sign_in(world.cast.officer).get(page("appeal-new", run.ulid, world.firms[2].key)).status_code == 404


def test_a_firm_finds_no_appeal_of_another(world, sign_in):
    run, _made = world.published()
    form = {"ground": "grade", "text": "不服", "source": "来访"}
    sign_in(world.actor).post(page("appeal-new", run.ulid, world.firms[2].key), form)
    appeal = Appeal.objects.get()
    client = sign_in(world.cast.firm)
    assert client.get(page("own-appeal", appeal.ulid)).status_code == 404
    assert client.post(page("own-appeal-withdraw", appeal.ulid), {"reason": "撤回申诉"}).status_code == 404
    assert client.get(page("own-appeal-new", run.ulid, world.firms[2].key)).status_code == 404


def test_without_a_decision_no_adjustment_is_kept(world, sign_in):
    run = world.ran()
    form = {"to_grade": "B", "reason": "关照", "decision_number": "", "decision_dated": ""}
    assert sign_in(world.actor).post(page("adjustment-new", run.ulid, world.firms[1].key), form).status_code == 400
    assert not Adjustment.objects.exists()


def test_minutes_make_the_grades_final_and_the_cycle_is_archived(world, sign_in):
    _run, made = world.published()
    today = timezone.localdate()
    Publication.objects.filter(pk=made.pk).update(starts_on=today - timedelta(days=30), ends_on=today - timedelta(days=1))
    client = sign_in(world.actor)
    client.post(page("publication-step", made.ulid, "close"))
    form = {"minutes_number": "纪要〔2025〕9号", "minutes": paper("会议纪要.pdf")}
    client.post(page("finalise", world.cycle.ulid), form)
    assert world.fresh().stage == "final"
    client.post(page("archive", world.cycle.ulid), {"notice": paper("公布.pdf")})
    assert world.fresh().stage == "archived"


@pytest.mark.parametrize("name", ["finalise", "archive"])
def test_an_officer_of_a_town_ends_nothing(world, sign_in, name):
    assert sign_in(world.cast.officer).post(page(name, world.cycle.ulid)).status_code == 403
