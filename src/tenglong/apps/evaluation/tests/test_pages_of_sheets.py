"""Sheets on screen and on paper: list, one sheet, printed, scanned, delivered, refused; who sees what."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tenglong.apps.jobs import service as jobs

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def printed(world: Any, client: Client, *numbers: int) -> bytes:
    picks = [world.sheet(number).ulid for number in numbers]
    answer = client.post(f"/evaluation/{world.cycle.ulid}/sheets/print/", {"pick": picks})
    job = jobs.run_now(jobs.by_ulid(answer.url.split("/")[2]))
    assert job.state == "done", job.message
    return body(client.get(job.result["url"]))


def test_the_list_counts_states_of_valid_sheets(out: Any, entered: Any) -> None:
    page = text_of(entered(out.actor).get(f"/evaluation/{out.cycle.ulid}/sheets/"))
    assert "有效 10 份" in page
    assert "企业10" in page
    assert "未送达" in page


def test_a_town_officer_sees_own_sheets_with_masked_figures(out: Any, entered: Any, cast: Any) -> None:
    client = entered(cast.officer)
    rows = client.get(f"/evaluation/{out.cycle.ulid}/sheets.json").json()["rows"]
    assert {row["firm_name"] for row in rows} == {"企业01", "企业03", "企业05", "企业07", "企业09"}
    page = text_of(client.get(f"/evaluation/sheet/{out.sheet(1).ulid}/"))
    assert "***" in page
    assert client.get(f"/evaluation/sheet/{out.sheet(2).ulid}/").status_code == 404


def test_the_county_sees_the_figures(out: Any, entered: Any) -> None:
    page = text_of(entered(out.actor).get(f"/evaluation/sheet/{out.sheet(1).ulid}/"))
    assert "税务局" in page
    assert "***" not in page


def test_picked_sheets_are_printed_one_page_each(out: Any, entered: Any) -> None:
    content = printed(out, entered(out.actor), 1, 2)
    assert len(pypdfium2.PdfDocument(content)) == 2


def test_a_printed_pile_is_nobody_elses(out: Any, entered: Any, cast: Any) -> None:
    client = entered(out.actor)
    job = client.post(f"/evaluation/{out.cycle.ulid}/sheets/print/", {"pick": [out.sheet(1).ulid]}).url.split("/")[2]
    jobs.run_now(jobs.by_ulid(job))
    assert entered(cast.officer).get(f"/evaluation/printed/{job}.pdf").status_code == 403
    assert entered(cast.firm).get(f"/evaluation/printed/{job}.pdf").status_code == 403


def test_scans_come_back_to_their_sheets(out: Any, entered: Any) -> None:
    client = entered(out.actor)
    pile = SimpleUploadedFile("一叠.pdf", printed(out, client, 1, 2))
    answer = client.post(f"/evaluation/{out.cycle.ulid}/scans/", {"files": [pile]})
    job = jobs.run_now(jobs.by_ulid(answer.url.split("/")[2]))
    assert job.state == "done", job.message
    page = text_of(client.get(job.result["url"]))
    assert "企业01" in page
    assert out.sheet(1).state == "sealed"
    assert out.sheet(3).state == "undelivered"
    again = SimpleUploadedFile("一叠.pdf", printed(out, client, 1))
    answer = client.post(f"/evaluation/{out.cycle.ulid}/scans/", {"files": [again]})
    job = jobs.run_now(jobs.by_ulid(answer.url.split("/")[2]))
    assert "duplicate-scan" in text_of(client.get(job.result["url"]))


def test_a_picture_without_a_code_is_left_to_a_person(out: Any, entered: Any) -> None:
    from PIL import Image, ImageDraw

    picture, made = Image.new("L", (1200, 1700), 255), io.BytesIO()
    ImageDraw.Draw(picture).rectangle((200, 200, 900, 1200), fill=60)
    picture.save(made, "PNG")
    client = entered(out.actor)
    answer = client.post(f"/evaluation/{out.cycle.ulid}/scans/", {"files": [SimpleUploadedFile("照片.png", made.getvalue())]})
    job = jobs.run_now(jobs.by_ulid(answer.url.split("/")[2]))
    page = text_of(client.get(job.result["url"]))
    assert "qr-missing" in page
    picture_url = f"/evaluation/{out.cycle.ulid}/scans/{job.ulid}/0.jpg"
    assert body(client.get(picture_url)).startswith(b"\xff\xd8")


def test_a_text_file_is_no_scan(out: Any, entered: Any) -> None:
    answer = entered(out.actor).post(f"/evaluation/{out.cycle.ulid}/scans/", {"files": [SimpleUploadedFile("a.txt", b"x")]})
    assert answer.status_code == 400
    assert "不收 a.txt" in text_of(answer)


def test_several_sheets_are_delivered_at_once(out: Any, entered: Any, cast: Any) -> None:
    client, today = entered(cast.officer), timezone.localdate()
    picks = [out.sheet(1).ulid, out.sheet(3).ulid]
    given = {"pick": picks, "on": today.isoformat(), "how": "直接送达"}
    assert client.post(f"/evaluation/{out.cycle.ulid}/sheets/deliver/", given).status_code == 302
    assert out.sheet(1).state == out.sheet(3).state == "delivered"
    late = {**given, "on": (today + timedelta(days=2)).isoformat(), "pick": [out.sheet(5).ulid]}
    answer = client.post(f"/evaluation/{out.cycle.ulid}/sheets/deliver/", late)
    assert answer.status_code == 400
    assert "晚于今天" in text_of(answer)


def test_a_refusal_needs_its_record(out: Any, entered: Any) -> None:
    client, own = entered(out.actor), f"/evaluation/sheet/{out.sheet(1).ulid}/"
    client.post(f"{own}deliver/", {"on": timezone.localdate().isoformat(), "how": "邮寄"})
    assert client.post(f"{own}refuse/", {"note": "不签"}).status_code == 400
    paper = SimpleUploadedFile("记录.pdf", b"%PDF-1.4 x")
    assert client.post(f"{own}refuse/", {"note": "不签", "file": paper}).status_code == 302
    assert out.sheet(1).state == "refused"


def test_overdue_before_the_term_is_refused_in_a_sentence(out: Any, entered: Any) -> None:
    client, own = entered(out.actor), f"/evaluation/sheet/{out.sheet(1).ulid}/"
    client.post(f"{own}deliver/", {"on": timezone.localdate().isoformat(), "how": "邮寄"})
    answer = client.post(f"{own}overdue/", {"clause": "第十二条"})
    assert answer.status_code == 400
    assert "反馈期限还没有过" in text_of(answer)


@pytest.mark.parametrize("person", ["firm", "auditor", "nobody"])
def test_people_without_the_verb_are_refused(person: str, out: Any, entered: Any, cast: Any) -> None:
    client = entered(getattr(cast, person))
    for address in ("sheets/", "sheets.json", "scans/", "sheets/print/"):
        assert client.get(f"/evaluation/{out.cycle.ulid}/{address}").status_code == 403
