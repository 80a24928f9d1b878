"""Attributes, decisions and joint units on screen: entered, read from a table, changed; who sees what."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tenglong.apps.evaluation import queries

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("材料.pdf", b"%PDF-1.4 x")


def book(*rows: tuple[Any, ...]) -> SimpleUploadedFile:
    made, out = openpyxl.Workbook(), io.BytesIO()
    sheet = made.active
    for row in (("企业", "属性", "值", "从哪天起", "到哪天止", "说明"), *rows):
        sheet.append(row)
    made.save(out)
    return SimpleUploadedFile("属性.xlsx", out.getvalue())


def code(number: int) -> str:
    return f"91330604MA{number:08d}"


def test_an_attribute_is_entered_in_words(world: Any, entered: Any) -> None:
    client = entered(world.actor)
    given = {"enterprise_id": code(1), "attribute": "exempt_applied", "value": "是", "valid_from": "2024-01-01"}
    assert client.post("/evaluation/attributes/new/", given).status_code == 302
    page = text_of(client.get("/evaluation/attributes/"))
    assert "已申请不参评" in page
    assert "企业01" in page
    assert queries.attributes(world.actor).get().value == "true"
    twice = client.post("/evaluation/attributes/new/", given)
    assert twice.status_code == 400
    assert "日期不能重叠" in text_of(twice)


def test_a_table_is_written_whole_or_not_at_all(world: Any, entered: Any) -> None:
    client = entered(world.actor)
    good = (code(1), "已申请不参评", "是", "2024-01-01", None, "申请表")
    bad = (code(2), "没有这一项", "是", "2024-01-01", None, "")
    answer = client.post("/evaluation/attributes/import/", {"file": book(good, bad)})
    assert answer.status_code == 400
    assert "没有属性“没有这一项”" in text_of(answer)
    assert queries.attributes(world.actor).count() == 0
    assert client.post("/evaluation/attributes/import/", {"file": book(good)}).status_code == 302
    assert queries.attributes(world.actor).count() == 1


def test_a_table_without_its_columns_is_refused(world: Any, entered: Any) -> None:
    made, out = openpyxl.Workbook(), io.BytesIO()
    made.active.append(("名称", "数"))
    made.active.append(("甲", 1))
    made.save(out)
    given = {"file": SimpleUploadedFile("别的.xlsx", out.getvalue())}
    assert "表里缺列" in text_of(entered(world.actor).post("/evaluation/attributes/import/", given))


def test_a_decision_is_entered_with_its_paper_and_changed_with_a_reason(world: Any, entered: Any) -> None:
    client = entered(world.actor)
    given = {"enterprise_id": code(1), "veto": "accident", "number": "应急〔2024〕3号", "dated": "2024-05-01",
             "state": "effective"}
    assert client.post("/evaluation/decisions/new/", given).status_code == 400
    assert client.post("/evaluation/decisions/new/", {**given, "file": pdf()}).status_code == 302
    row = queries.decisions(world.actor).get()
    page = text_of(client.get(f"/evaluation/decision/{row.ulid}/"))
    assert "应急〔2024〕3号" in page
    change = {"state": "revoked", "reason": "法院撤销", "lock_version": row.lock_version}
    client.post(f"/evaluation/decision/{row.ulid}/change/", change)
    assert queries.decisions(world.actor).get().state == "revoked"


def test_an_officer_of_another_town_sees_no_record(world: Any, entered: Any, cast: Any) -> None:
    client = entered(world.actor)
    client.post("/evaluation/decisions/new/", {"enterprise_id": code(1), "veto": "accident", "number": "3号",
                                               "dated": "2024-05-01", "state": "effective", "file": pdf()})
    row = queries.decisions(world.actor).get()
    assert entered(cast.stranger).get("/evaluation/decisions.json").json()["rows"] == []
    assert entered(cast.stranger).get(f"/evaluation/decision/{row.ulid}/").status_code == 404
    assert entered(cast.officer).get(f"/evaluation/decision/{row.ulid}/").status_code == 200


def test_a_joint_unit_is_made_of_named_firms(world: Any, entered: Any) -> None:
    client, address = entered(world.actor), f"/evaluation/{world.cycle.ulid}/joint/"
    given = {"name": "甲集团", "members": f"{code(1)}\n企业02", "valid_from": "2024-01-01", "valid_to": "2025-01-01",
             "file": pdf()}
    assert client.post(f"{address}new/", given).status_code == 302
    assert "企业01、企业02" in text_of(client.get(address))
    unknown = client.post(f"{address}new/", {**given, "members": "没有这家", "file": pdf()})
    assert "没有找到“没有这家”" in text_of(unknown)


@pytest.mark.parametrize("person", ["firm", "auditor", "nobody"])
def test_people_without_the_verb_are_refused(person: str, world: Any, entered: Any, cast: Any) -> None:
    client = entered(getattr(cast, person))
    for address in ("attributes/", "decisions/", "attributes/new/", f"{world.cycle.ulid}/joint/"):
        assert client.get(f"/evaluation/{address}").status_code == 403
