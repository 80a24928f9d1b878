"""Pages of departments: the board, one department with receipts, differences, letters."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.utils import timezone

from tenglong.apps.evaluation import queries, service

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def asked(world: Any) -> Any:
    due = timezone.localdate() - timedelta(days=1)
    service.ask_departments(world.actor, world.fresh(), [service.Ask("税务局", ("tax_paid",), due, "张三 0575-1")])
    return world


def delivery_of(world: Any) -> Any:
    return queries.deliveries(world.actor, world.fresh()).get(department="税务局")


def test_the_board_without_departments_teaches(world: Any, entered: Any) -> None:
    page = text_of(entered(world.actor).get(f"/evaluation/{world.cycle.ulid}/deliveries/"))
    assert "还没有向部门要数据" in page
    assert "还没有部门负责的指标" in page


def test_a_department_is_asked(world: Any, entered: Any) -> None:
    client = entered(world.actor)
    given = {"department": "供电公司", "measures": ["tax_paid"], "due_on": "2030-01-01", "contact": ""}
    assert client.post(f"/evaluation/{world.cycle.ulid}/deliveries/ask/", given).status_code == 302
    twice = {**given, "department": "税务局"}
    answer = client.post(f"/evaluation/{world.cycle.ulid}/deliveries/ask/", twice)
    assert answer.status_code == 400
    assert "同时列给了两个部门" in text_of(answer)


def test_the_board_counts_given_of_expected(asked: Any, entered: Any, cast: Any) -> None:
    address = f"/evaluation/{asked.cycle.ulid}/deliveries"
    page = text_of(entered(asked.actor).get(f"{address}/"))
    assert "10 / 10" in page
    assert "已过期" in page
    rows = entered(cast.officer).get(f"{address}.json").json()["rows"]
    assert [(row["measure"], row["have"], row["expected"]) for row in rows] == [("tax_paid", 5, 5)]


def test_a_sending_gives_a_receipt_and_is_accepted(asked: Any, entered: Any) -> None:
    client, row, batch = entered(asked.actor), delivery_of(asked), asked.batch("税务局")
    answer = client.post(f"/evaluation/delivery/{row.ulid}/receive/", {"batch": batch.ulid}, follow=True)
    assert batch.sha256[:6].upper() in text_of(answer)
    assert "数据报送回执" in text_of(answer)
    client.post(f"/evaluation/delivery/{row.ulid}/accept/")
    assert delivery_of(asked).state == "accepted"


def test_a_sending_goes_back_with_a_reason(asked: Any, entered: Any) -> None:
    client, row = entered(asked.actor), delivery_of(asked)
    early = client.post(f"/evaluation/delivery/{row.ulid}/return/", {"reason": "缺表"}, follow=True)
    assert "谈不上退回" in text_of(early)
    service.receive_delivery(asked.actor, row, asked.batch("税务局"))
    page = client.post(f"/evaluation/delivery/{row.ulid}/return/", {"reason": "少了三家"}, follow=True)
    assert "少了三家" in text_of(page)


def test_two_sendings_are_compared(asked: Any, entered: Any) -> None:
    row = delivery_of(asked)
    for name in ("税务局", "税务局补"):
        service.receive_delivery(asked.actor, row, asked.batch(name))
    page = text_of(entered(asked.actor).get(f"/evaluation/delivery/{row.ulid}/"))
    assert "第 1 次与第 2 次的不同" in page


def test_firms_without_a_measure_are_named(asked: Any, entered: Any) -> None:
    row = delivery_of(asked)
    service.ask_departments(asked.actor, asked.fresh(), [service.Ask("税务局", ("tax_paid", "profit"), row.due_on)])
    page = text_of(entered(asked.actor).get(f"/evaluation/delivery/{row.ulid}/?lacking=profit"))
    assert "企业07" in page


def test_a_reminder_is_a_letter(asked: Any, entered: Any) -> None:
    client, row = entered(asked.actor), delivery_of(asked)
    service.ask_departments(asked.actor, asked.fresh(), [service.Ask("税务局", ("tax_paid", "profit"), row.due_on)])
    client.post(f"/evaluation/delivery/{row.ulid}/remind/")
    answer = client.get(f"/evaluation/delivery/{row.ulid}/reminder/1.docx")
    told = "\n".join(one.text for one in docx.Document(io.BytesIO(answer.content)).paragraphs)
    assert "第 1 次催报" in told
    assert "税务局" in told


@pytest.mark.parametrize("person", ["firm", "auditor", "nobody"])
def test_people_without_the_verb_are_refused(person: str, asked: Any, entered: Any, cast: Any) -> None:
    client = entered(getattr(cast, person))
    assert client.get(f"/evaluation/{asked.cycle.ulid}/deliveries/").status_code == 403
    assert client.get(f"/evaluation/delivery/{delivery_of(asked).ulid}/").status_code == 403


def test_a_town_officer_does_not_accept(asked: Any, entered: Any, cast: Any) -> None:
    answer = entered(cast.officer).post(f"/evaluation/delivery/{delivery_of(asked).ulid}/accept/")
    assert answer.status_code == 403
