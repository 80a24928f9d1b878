"""Checks with waivers, the freeze with what stands in its way, and what a firm reads and answers of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenglong.apps.evaluation import queries, service
from tenglong.apps.jobs import service as jobs

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def delivered(world: Any, number: int) -> Any:
    return service.mark_delivered(world.actor, world.sheet(number), on=timezone.localdate(), how="直接送达")


def a_gap(world: Any) -> Any:
    """Last year's tax of a firm was a thousandth of this year's."""
    world.fact(4, "tax_paid", 0.007, period="2023")
    service.checks_now(world.actor, world.fresh())
    return queries.findings(world.actor, world.fresh()).first()


def test_checks_run_as_a_job(out: Any, entered: Any) -> None:
    answer = entered(out.actor).post(f"/evaluation/{out.cycle.ulid}/check/")
    job = jobs.run_now(jobs.by_ulid(answer.url.split("/")[2]))
    assert job.state == "done", job.message


def test_a_finding_is_waived_with_a_reason(out: Any, entered: Any) -> None:
    client, finding = entered(out.actor), a_gap(out)
    assert finding is not None
    assert finding.subject in text_of(client.get(f"/evaluation/{out.cycle.ulid}/findings/"))
    short = client.post(f"/evaluation/finding/{finding.pk}/waive/", {"reason": "x"}, follow=True)
    assert "请写明豁免理由" in text_of(short)
    page = client.post(f"/evaluation/finding/{finding.pk}/waive/", {"reason": "已到现场核实无误"}, follow=True)
    assert "已到现场核实无误" in text_of(page)
    rows = client.get(f"/evaluation/{out.cycle.ulid}/findings.json?waived=1").json()["rows"]
    assert [row["row_key"] for row in rows] == [finding.pk]


def test_a_town_officer_neither_waives_nor_freezes(out: Any, entered: Any, cast: Any) -> None:
    client, finding = entered(cast.officer), a_gap(out)
    assert client.post(f"/evaluation/finding/{finding.pk}/waive/", {"reason": "没有问题"}).status_code == 403
    assert client.get(f"/evaluation/{out.cycle.ulid}/freeze/").status_code == 403


def test_the_freeze_says_what_is_in_the_way(world: Any, entered: Any) -> None:
    page = text_of(entered(world.actor).get(f"/evaluation/{world.cycle.ulid}/freeze/"))
    assert "没有验收的部门" in page
    assert "走到“一企一单”环节之后才能冻结" in page


def test_the_freeze_is_confirmed_by_the_year(out: Any, entered: Any) -> None:
    client, address = entered(out.actor), f"/evaluation/{out.cycle.ulid}/freeze/"
    assert client.post(address, {"typed": "2023"}).status_code == 400
    answer = client.post(address, {"typed": "2024"})
    job = jobs.run_now(jobs.by_ulid(answer.url.split("/")[2]))
    assert job.state == "done", job.message
    assert queries.latest_snapshot(out.actor, out.fresh()) is not None
    assert "已于" in text_of(client.get(address))


def test_a_firm_sees_nothing_before_it_is_told(world: Any, entered: Any, cast: Any) -> None:
    service.assess_now(world.actor, world.fresh())
    page = text_of(entered(cast.firm).get("/evaluation/mine/"))
    assert "还没有与本企业有关的评价" in page


def test_a_firm_objects_to_its_own_land_alone(world: Any, entered: Any, cast: Any) -> None:
    service.assess_now(world.actor, world.fresh())
    today = timezone.localdate()
    service.publish_areas(world.actor, world.fresh(), starts_on=today, ends_on=today + timedelta(days=20))
    client = entered(cast.firm)
    own = queries.areas(world.actor, world.fresh()).get(enterprise_id=1)
    other = queries.areas(world.actor, world.fresh()).get(enterprise_id=2)
    assert "核定用地" in text_of(client.get("/evaluation/mine/"))
    assert client.get(f"/evaluation/mine/area/{other.ulid}/").status_code == 404
    paper = SimpleUploadedFile("测绘.pdf", b"%PDF-1.4 x")
    given = {"text": "门前道路不是我们的", "claimed_cm2": "9", "file": paper}
    assert client.post(f"/evaluation/mine/area/{own.ulid}/", given).status_code == 302
    assert "门前道路不是我们的" in text_of(client.get(f"/evaluation/mine/area/{own.ulid}/"))


def test_a_firm_reads_its_figures_and_objects(out: Any, entered: Any, cast: Any) -> None:
    client, own, other = entered(cast.firm), delivered(out, 1), delivered(out, 2)
    page = text_of(client.get(f"/evaluation/mine/sheet/{own.ulid}/"))
    assert "***" not in page
    assert client.get(f"/evaluation/mine/sheet/{other.ulid}/").status_code == 404
    assert client.get(f"/evaluation/mine/sheet/{out.sheet(3).ulid}/").status_code == 404
    answer = client.post(f"/evaluation/mine/sheet/{own.ulid}/object/", {"text": "营收少了一项"})
    assert answer.status_code == 302
    assert out.sheet(1).state == "objected"


def test_a_firm_sends_its_sealed_sheet_back(out: Any, entered: Any, cast: Any) -> None:
    client, own = entered(cast.firm), delivered(out, 1)
    content = client.get(f"/evaluation/mine/sheet/{own.ulid}.pdf").content
    assert len(pypdfium2.PdfDocument(content)) == 1
    wrong = SimpleUploadedFile("空白.pdf", b"%PDF-1.4 x")
    assert client.post(f"/evaluation/mine/sheet/{own.ulid}/confirm/", {"file": wrong}).status_code == 400
    answer = client.post(f"/evaluation/mine/sheet/{own.ulid}/confirm/", {"file": SimpleUploadedFile("回.pdf", content)})
    assert answer.status_code == 302
    assert out.sheet(1).state == "sealed"


@pytest.mark.parametrize("person", ["county", "officer", "auditor", "nobody"])
def test_offices_have_no_firm_of_their_own(person: str, out: Any, entered: Any, cast: Any) -> None:
    assert entered(getattr(cast, person)).get("/evaluation/mine/").status_code == 403
