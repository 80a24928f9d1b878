"""Files of steps and holders stay with those who may see them; what was entered wrongly is corrected and both values stay."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, ClearancePaper
from tenglong.apps.clearance.service import agreements, papers
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
    given = sign_in(cast.officer).get(f"/clearance/files/{first.ulid}/")
    assert b"".join(given.streaming_content) == b"%PDF-1.7 first" and "attachment" in given["Content-Disposition"]
    assert AuditEntry.objects.get(action="clearance.file.open").subject_id == project.ulid
    for person in (cast.stranger, cast.firm, cast.auditor):
        assert sign_in(person).get(f"/clearance/files/{first.ulid}/").status_code in (403, 404)
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
        assert {client.get(f"/clearance/files/{paper.ulid}/").status_code for paper in secret} == {answer}
        assert {client.get(f"/documents/{paper.document.ulid}/").status_code for paper in secret} == {404}
    page = sign_in(cast.officer).get(f"/clearance/{row.ulid}/").content.decode()
    assert "分户报告.pdf" not in page and "只给有权限的人看" in page
    shown = sign_in(cast.county).get(f"/clearance/holders/{holder.ulid}/").content.decode()
    assert "agreement-file.pdf" in shown and "voucher-file.pdf" in shown
    with pytest.raises(Exception, match="权限"):
        papers.add_to_holder(cast.officer, holder, papers.AGREEMENT, scan())
