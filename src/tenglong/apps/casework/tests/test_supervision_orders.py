"""督办单: numbered by year, answered with a document, struck off by somebody who did not answer."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document

from tenglong.apps.accounts.scope import Refused
from tenglong.apps.casework import service, supervisions
from tenglong.apps.casework.models import Case, Supervision

pytestmark = pytest.mark.django_db
OTHER = {"office": "自然资源局", "text": "补充红线资料"}
DAY, DUE = date(2025, 11, 3), date(2025, 11, 10)


@pytest.fixture
def entered() -> Any:
    def enter(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="tenglong.apps.accounts.backend.AccountBackend")
        return client

    return enter


@pytest.fixture
def order(cast: Any, open_appeal: Any, on_day: Any) -> Supervision:
    with on_day(DAY):
        case = open_appeal()
        order = {"office": "百官街道办事处", "text": "请在一周内完成现场核实"}
        return supervisions.supervise(cast.leader, case.ulid, due_on=DUE, **order)


def test_numbers_run_on_within_a_year_and_begin_anew(cast: Any, order: Supervision, open_appeal: Any, on_day: Any) -> None:
    case = Case.objects.get()
    with on_day(date(2025, 12, 31)):
        second = supervisions.supervise(cast.county, case.ulid, due_on=date(2026, 1, 5), **OTHER)
    with on_day(date(2026, 1, 4)):
        third = supervisions.supervise(cast.county, case.ulid, due_on=date(2026, 1, 9), **OTHER)
    assert [row.number for row in (order, second, third)] == ["督〔2025〕1号", "督〔2025〕2号", "督〔2026〕1号"]


def test_whoever_answered_never_strikes_off(cast: Any, order: Supervision, on_day: Any) -> None:
    with on_day(date(2025, 11, 5)):
        supervisions.reply(cast.county, order.ulid, "已到现场核实，面积无误", name="照片.pdf", content=b"%PDF-1.4 x")
        with pytest.raises(service.CaseError, match="另一人"):
            supervisions.strike_off(cast.county, order.ulid, "同意销号")
        supervisions.send_back(cast.leader, order.ulid, "照片看不清")
        supervisions.reply(cast.officer, order.ulid, "重新拍照后上报")
        with pytest.raises(service.CaseError, match="另一人"):  # the first answer was theirs
            supervisions.strike_off(cast.county, order.ulid, "同意销号")
        with pytest.raises(Refused):
            supervisions.strike_off(cast.officer, order.ulid, "自己销")
        done = supervisions.strike_off(cast.leader, order.ulid, "同意销号")
    assert (done.state, done.closed_by, done.closed_on) == ("closed", cast.leader, date(2025, 11, 5))
    assert [one.verdict for one in done.replies.all()] == ["returned", "closed"]
    told = list(done.case.events.filter(kind="supervise").values_list("label", flat=True))
    assert told == [f"督〔2025〕1号 {word}" for word in ("待回复", "已回复，待销号", "退回重报", "已回复，待销号", "已销号")]
    with pytest.raises(service.CaseError, match="不能再回复"):
        supervisions.reply(cast.officer, order.ulid, "再补充一句")


def test_an_order_of_another_town_is_as_absent_as_none(cast: Any, order: Supervision, entered: Any) -> None:
    for user in (cast.stranger,):
        for address in ("", "letter/"):
            assert entered(user).get(f"/supervisions/{order.ulid}/{address}").status_code == 404
    assert entered(cast.firm).get(f"/supervisions/{order.ulid}/").status_code == 403
    with pytest.raises(service.CaseError, match="没有这张督办单"):
        supervisions.reply(cast.stranger, order.ulid, "冒名的回复")


def test_the_letter_is_a_document_with_number_office_and_a_slip_to_fill_in(cast: Any, order: Supervision, entered: Any) -> None:
    answer = entered(cast.county).get(f"/supervisions/{order.ulid}/letter/")
    document = Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for part in ("督〔2025〕1号", "百官街道办事处：", "请在一周内完成现场核实", "2025年11月3日"):
        assert part in text
    assert "销号意见（另一人填）" in [cell.text for table in document.tables for cell in table.columns[0].cells]


def test_order_answer_and_striking_off_through_the_pages(cast: Any, open_appeal: Any, entered: Any) -> None:
    case, leader, officer = open_appeal(), entered(cast.leader), entered(cast.officer)
    address = f"/cases/{case.ulid}/supervise/"
    assert leader.get(address).status_code == 200
    assert leader.post(address, {"office": "街道办", "text": "限期办结", "due_on": "2020-01-01"}).status_code == 400
    assert leader.post(address, {"office": "街道办", "text": "限期办结此案", "due_on": "2099-01-01"}).status_code == 302
    row = Supervision.objects.get()
    page = f"/supervisions/{row.ulid}/"
    upload = SimpleUploadedFile("证明.pdf", b"%PDF-1.4 y")
    assert officer.post(f"{page}reply/", {"text": "已经办结，见附件", "file": upload}).status_code == 302
    assert "证明.pdf" in officer.get(page).content.decode()
    assert officer.post(f"{page}strike-off/", {"note": "自己销"}).status_code == 403
    assert leader.post(f"{page}strike-off/", {"note": "同意"}).status_code == 302
    assert leader.get(page.rstrip("/") + ".json").json()["state"] == "closed"
    assert "督办单" in leader.get("/supervisions/").content.decode()
