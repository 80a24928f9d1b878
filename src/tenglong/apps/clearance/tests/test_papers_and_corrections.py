"""Files of steps and holders stay with those who may see them; what was entered wrongly is corrected and both values stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, ClearancePaper
from tenglong.apps.clearance.service import agreements, clearances, corrections, papers
from tenglong.apps.clearance.tests.conftest import DAY


def scan(name: str = "扫描件.pdf", content: bytes = b"%PDF-1.7 first") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_step_takes_its_file_and_a_newer_version_stands_beside(cast: Any, project: Clearance, sign_in: Any) -> None:
    county, base = sign_in(cast.county), f"/clearance/{project.ulid}"
    county.post(f"{base}/start/", {"on": "2023-05-01", "number": "上收1号", "file": scan("意向书.pdf")})
    first = ClearancePaper.objects.get()
    assert (first.what, first.version, first.number, first.amounts) == ("offer", 1, "上收1号", False)
    county.post(f"{base}/step/file/", {"step": "offer", "file": scan("木马.pdf", b"MZ\x90")})
    county.post(f"{base}/step/file/", {"step": "offer", "file": scan("脚本.svg", b"<svg onload=x>")})
    county.post(f"{base}/step/file/", {"step": "offer", "file": scan("再传.pdf")})
    county.post(f"{base}/step/file/", {"step": "decision", "file": scan("早了.pdf", b"%PDF- early")})
    assert ClearancePaper.objects.count() == 1
    county.post(f"{base}/step/file/", {"step": "offer", "file": scan("../../意向书改.ofd", b"PK\x03\x04 new")})
    assert list(ClearancePaper.objects.values_list("version", flat=True)) == [2, 1]
    page = county.get(f"{base}/").content.decode()
    assert "意向书.pdf" in page and "意向书改.ofd" in page and "第 2 版" in page
    given = sign_in(cast.officer).post(f"/clearance/files/{first.ulid}/")
    assert b"".join(given.streaming_content) == b"%PDF-1.7 first" and "attachment" in given["Content-Disposition"]
    assert AuditEntry.objects.get(action="clearance.file.open").subject_id == project.ulid
    for person in (cast.stranger, cast.firm, cast.auditor):
        assert sign_in(person).post(f"/clearance/files/{first.ulid}/").status_code in (403, 404)
    assert sign_in(cast.officer).get(f"/documents/{first.document.ulid}/").status_code == 404
    with pytest.raises(TypeError):
        first.delete()


def test_a_file_that_tells_amounts_is_for_those_who_may_see_them(
    cast: Any, project: Clearance, sign_in: Any, started: Any, agreed: Any, one: Any
) -> None:
    row, holder = started(project), one(project, "甲")
    papers.add_to_step(cast.officer, row, "valuation", scan("分户报告.pdf"))
    agreed(holder)
    with pytest.raises(ClearanceError, match="先登记"):
        papers.add_to_holder(cast.county, holder, papers.AGREEMENT, scan())
    agreements.sign(cast.officer, holder, on=DAY + timedelta(days=10))
    agreements.fund(cast.county, holder, 1, on=DAY + timedelta(days=10), voucher="到位1")
    county = sign_in(cast.county)
    for name, more in (("agreement-file", {}), ("voucher-file", {"part": "1"})):
        county.post(f"/clearance/holders/{holder.ulid}/money/{name}/", {"file": scan(f"{name}.pdf"), **more})
    secret = list(ClearancePaper.objects.filter(amounts=True))
    assert {(paper.what, paper.part, paper.number) for paper in secret} == {
        ("valuation", 0, "文1"), ("agreement", 0, f"XY-{holder.number}"), ("voucher", 1, "到位1")}
    for person, answer in ((cast.officer, 404), (cast.analyst, 404), (cast.leader, 200)):
        client = sign_in(person)
        assert {client.post(f"/clearance/files/{paper.ulid}/").status_code for paper in secret} == {answer}
        assert {client.get(f"/documents/{paper.document.ulid}/").status_code for paper in secret} == {404}
    page = sign_in(cast.officer).get(f"/clearance/{row.ulid}/").content.decode()
    assert "分户报告.pdf" not in page and "只给有权限的人看" in page
    shown = sign_in(cast.county).get(f"/clearance/holders/{holder.ulid}/").content.decode()
    assert "agreement-file.pdf" in shown and "voucher-file.pdf" in shown
    with pytest.raises(Exception, match="权限"):
        papers.add_to_holder(cast.officer, holder, papers.AGREEMENT, scan())


def test_a_wrong_day_or_number_is_corrected_and_both_stay(cast: Any, project: Clearance, sign_in: Any, started: Any) -> None:
    row, client = started(project), sign_in(cast.officer)
    client.post(f"/clearance/{row.ulid}/step/", {
        "step": "demolition_plan", "correct": "1", "on": "2023-05-05", "paper": "文33", "number": "登记笔误"})
    held = row.steps.get(step="demolition_plan")
    assert (held.done_on.isoformat(), held.number) == ("2023-05-05", "文33")
    entry = AuditEntry.objects.get(action="clearance.step.correct")
    told = [(delta["field"], str(delta["old"]), str(delta["new"])) for delta in entry.deltas[1:]]
    assert entry.reason == "登记笔误" and told == [
        ("done_on", "2023-05-04", "2023-05-05"), ("number", "文3", "文33")]
    page = client.get(f"/clearance/{row.ulid}/").content.decode()
    assert "<s class=\"num\">2023-05-04</s>" in page and "登记笔误" in page
    with pytest.raises(ClearanceError, match="和原来一样"):
        corrections.correct_step(cast.officer, row, "demolition_plan", on=held.done_on, number="再来")


def test_the_decision_is_corrected_by_a_second_person_only(
    cast: Any, project: Clearance, sign_in: Any, started: Any, agreed: Any, one: Any
) -> None:
    row, holder = started(project), one(project, "甲")
    agreed(holder)
    agreements.sign(cast.officer, holder, on=DAY + timedelta(days=10))
    corrections.correct_step(cast.officer, row, "demolition_plan", on=DAY + timedelta(days=20), number="更0")
    with pytest.raises(ClearanceError, match="有 1 户的签约日期（最早 2023-05-11）早于"):
        corrections.correct_step(cast.officer, row, "decision", on=DAY + timedelta(days=11), number="更1")
    with pytest.raises(ClearanceError, match="早于"):
        corrections.correct_step(cast.officer, row, "valuation", on=DAY + timedelta(days=9), number="更1")
    asked = corrections.correct_step(cast.county, row, "decision", on=DAY + timedelta(days=3), number="更1")
    assert asked.state == "waiting" and row.steps.get(step="decision").done_on == DAY + timedelta(days=2)
    assert "“拆除施工安全方案” 以这一步为前提" in asked.warns[0]
    with pytest.raises(ClearanceError, match="等另一人审定"):
        corrections.correct_step(cast.officer, row, "decision", on=DAY + timedelta(days=2), number="更2", paper="文22")
    url = f"/clearance/corrections/{asked.ulid}/"
    for person in (cast.officer, cast.stranger, cast.firm, cast.auditor):
        assert sign_in(person).post(url, {"agree": "yes", "number": "审1"}).status_code in (403, 404)
    sign_in(cast.county).post(url, {"agree": "yes", "number": "审1"})
    assert row.steps.get(step="decision").done_on == DAY + timedelta(days=2)
    sign_in(cast.leader).post(url, {"agree": "yes", "number": "审1"})
    assert row.steps.get(step="decision").done_on == DAY + timedelta(days=3)
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by_id, asked.before["done_on"]) == ("done", cast.leader.pk, "2023-05-03")


def test_no_correction_cuts_a_wait_of_the_law_short(cast: Any, project: Clearance) -> None:
    Clearance.objects.filter(pk=project.pk).update(kind="collective")
    project.refresh_from_db()
    clearances.start(cast.county, project, number="预公告1", on=DAY)
    project.refresh_from_db()
    for step in ("condition_survey", "risk"):
        clearances.enter_step(cast.officer, project, step, number="文1", on=DAY)
    clearances.enter_step(cast.officer, project, "plan_notice", number="文3", on=DAY + timedelta(days=30))
    with pytest.raises(ClearanceError, match="第26条"):
        corrections.correct_step(cast.officer, project, "plan_notice", on=DAY + timedelta(days=9), number="更1")
    later = DAY + timedelta(days=20)
    with pytest.raises(ClearanceError, match="第26条|早于"):
        corrections.correct_step(cast.officer, project, "pre_notice", on=later, number="更1")
    asked = corrections.correct_step(cast.officer, project, "pre_notice", on=DAY, number="更1", paper="预公告2")
    assert asked.warns == []
    clearances.enter_step(cast.officer, project, "registration", number="文4", on=DAY + timedelta(days=70))
    with pytest.raises(ClearanceError, match="第28条"):
        corrections.correct_step(cast.officer, project, "registration", on=DAY + timedelta(days=50), number="更1")
    assert corrections.decide(cast.leader, asked, False, number="不同意").state == "refused"
    project.refresh_from_db()
    assert project.started_on == DAY
