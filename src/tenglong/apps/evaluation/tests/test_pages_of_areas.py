"""Pages of assessed land: list, build-up, publication, objections, differences; who sees what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenglong.apps.evaluation import queries, service

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def pdf(name: str = "依据.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4 x")


@pytest.fixture
def assessed(world: Any) -> Any:
    service.assess_now(world.actor, world.fresh())
    return world


def published(world: Any) -> None:
    today = timezone.localdate()
    service.publish_areas(world.actor, world.fresh(), starts_on=today, ends_on=today + timedelta(days=20))


def area_of(world: Any, number: int) -> Any:
    return queries.areas(world.actor, world.fresh()).get(enterprise_id=number)


def test_an_empty_list_says_what_to_do(world: Any, entered: Any) -> None:
    page = text_of(entered(world.actor).get(f"/evaluation/{world.cycle.ulid}/areas/"))
    assert "还没有核定用地" in page
    assert "开始核定" in page


def test_the_list_shows_parts_and_sums_in_mu(assessed: Any, entered: Any) -> None:
    page = text_of(entered(assessed.actor).get(f"/evaluation/{assessed.cycle.ulid}/areas/"))
    assert "企业01" in page
    assert "核定中" in page
    assert "合计 10 家" in page
    assert "100.00" in page


def test_a_town_officer_sees_the_firms_of_the_town_alone(assessed: Any, entered: Any, cast: Any) -> None:
    client = entered(cast.officer)
    rows = client.get(f"/evaluation/{assessed.cycle.ulid}/areas.json").json()["rows"]
    assert [row["name"] for row in rows] == ["企业01", "企业03", "企业05", "企业07", "企业09"]
    assert client.get(f"/evaluation/area/{area_of(assessed, 1).ulid}/").status_code == 200
    assert client.get(f"/evaluation/area/{area_of(assessed, 2).ulid}/").status_code == 404


@pytest.mark.parametrize("person", ["firm", "auditor", "system_admin", "nobody"])
def test_people_without_the_verb_are_refused(person: str, assessed: Any, entered: Any, cast: Any) -> None:
    client = entered(getattr(cast, person))
    for address in ("areas/", "areas.json", "gaps/", "objections/", "areas/publication/"):
        assert client.get(f"/evaluation/{assessed.cycle.ulid}/{address}").status_code == 403


def test_an_assessment_is_a_job(world: Any, entered: Any) -> None:
    answer = entered(world.actor).post(f"/evaluation/{world.cycle.ulid}/areas/assess/")
    assert answer.status_code == 302
    assert answer.url.startswith("/jobs/")


def test_a_firm_is_shown_with_its_build_up(assessed: Any, entered: Any) -> None:
    page = text_of(entered(assessed.actor).get(f"/evaluation/area/{area_of(assessed, 1).ulid}/"))
    assert "自有证载" in page
    assert "＝ 核定用地" in page
    assert "10.00" in page
    assert "登记册" in page
    assert "330604" in page.split("面积怎么来的")[-1]


def test_a_part_is_added_with_its_paper_and_taken_away_with_a_reason(assessed: Any, entered: Any) -> None:
    client, area = entered(assessed.actor), area_of(assessed, 1)
    given = {"kind": "deduction", "cm2": "2", "deduction_type": "道路代征", "expires_on": "2030-01-01", "note": "",
             "lock_version": area.lock_version, "file": pdf()}
    assert client.post(f"/evaluation/area/{area.ulid}/items/", given).status_code == 302
    changed = area_of(assessed, 1)
    assert round(changed.total_cm2 / 66666667, 2) == 0.8
    item = queries.area_items(assessed.actor, changed).get(made_by="person")
    gone = client.post(f"/evaluation/area/{area.ulid}/items/{item.pk}/remove/",
                       {"reason": "重复", "lock_version": changed.lock_version})
    assert gone.status_code == 302
    assert area_of(assessed, 1).total_cm2 == area.total_cm2


def test_a_deduction_without_a_term_is_refused_on_the_form(assessed: Any, entered: Any) -> None:
    area = area_of(assessed, 1)
    given = {"kind": "deduction", "cm2": "2", "deduction_type": "道路代征", "lock_version": area.lock_version, "file": pdf()}
    answer = entered(assessed.actor).post(f"/evaluation/area/{area.ulid}/items/", given)
    assert answer.status_code == 400
    assert "扣除要写明到期日" in text_of(answer)


def test_a_second_editor_is_told(assessed: Any, entered: Any) -> None:
    area = area_of(assessed, 1)
    given = {"kind": "untitled", "cm2": "1", "note": "现场测量", "lock_version": area.lock_version - 1, "file": pdf()}
    answer = entered(assessed.actor).post(f"/evaluation/area/{area.ulid}/items/", given)
    assert answer.status_code == 409
    assert "已有人修改" in text_of(answer)


def test_the_publication_shorter_than_the_term_is_refused(assessed: Any, entered: Any) -> None:
    today = timezone.localdate()
    given = {"title": "", "starts_on": today.isoformat(), "ends_on": today.isoformat()}
    answer = entered(assessed.actor).post(f"/evaluation/{assessed.cycle.ulid}/areas/publication/", given)
    assert answer.status_code == 400
    assert "公示期至少到" in text_of(answer)


def test_the_list_is_put_up_with_name_code_and_area(assessed: Any, entered: Any) -> None:
    client, today = entered(assessed.actor), timezone.localdate()
    given = {"title": "", "starts_on": today.isoformat(), "ends_on": (today + timedelta(days=20)).isoformat(), "file": pdf()}
    assert client.post(f"/evaluation/{assessed.cycle.ulid}/areas/publication/", given).status_code == 302
    notice = queries.publications(assessed.actor, assessed.fresh()).get(kind="area")
    page = text_of(client.get(f"/evaluation/area-publication/{notice.ulid}/"))
    assert "企业10" in page
    assert "91330604MA00000010" in page
    early = client.post(f"/evaluation/area-publication/{notice.ulid}/close/", follow=True)
    assert "不能提前结束" in text_of(early)


def test_an_objection_is_answered_by_another_person(assessed: Any, entered: Any, cast: Any) -> None:
    published(assessed)
    area = area_of(assessed, 1)
    own = f"/evaluation/area/{area.ulid}/"
    assert entered(cast.officer).post(f"{own}object/", {"text": "多算了门前道路", "claimed_cm2": "9"}).status_code == 302
    inbox = text_of(entered(assessed.actor).get(f"/evaluation/{assessed.cycle.ulid}/objections/"))
    assert "多算了门前道路" in inbox
    assert "待处理" in inbox
    same = entered(cast.officer).post(f"{own}decide/", {"outcome": "upheld", "reply": "核减"}, follow=True)
    assert "不能自己答复" in text_of(same)
    entered(assessed.actor).post(f"{own}decide/", {"outcome": "upheld", "reply": "已到现场核减"})
    assert queries.objections(assessed.actor, assessed.fresh()).get().outcome == "upheld"


def test_a_stranger_cannot_object_for_a_firm_of_another_town(assessed: Any, entered: Any, cast: Any) -> None:
    published(assessed)
    answer = entered(cast.stranger).post(f"/evaluation/area/{area_of(assessed, 1).ulid}/object/", {"text": "不对"})
    assert answer.status_code == 404


def test_a_difference_on_a_plot_is_explained(assessed: Any, entered: Any) -> None:
    client, area = entered(assessed.actor), area_of(assessed, 1)
    service.add_item(assessed.actor, area, kind="leased_out", cm2=10**7, plot_id=assessed.plots[1].pk, document=assessed.paper,
                     note="租给外地企业", lock_version=None)
    gap = next(one for one in queries.area_gaps(assessed.actor, assessed.fresh()) if one.gap_cm2)
    page = text_of(client.get(f"/evaluation/{assessed.cycle.ulid}/gaps/"))
    assert gap.code in page
    told = client.post(f"/evaluation/{assessed.cycle.ulid}/gaps/{gap.plot_id}/", {"note": "租户不在登记册"})
    assert told.status_code == 302
    assert gap.code not in text_of(client.get(f"/evaluation/{assessed.cycle.ulid}/gaps/"))
    rows = client.get(f"/evaluation/{assessed.cycle.ulid}/gaps.json").json()["rows"]
    assert "租户不在登记册" in [row["note"] for row in rows]


def test_areas_without_objection_are_settled_after_the_publication(assessed: Any, entered: Any) -> None:
    today = timezone.localdate()
    notice = service.publish_areas(assessed.actor, assessed.fresh(), starts_on=today - timedelta(days=30),
                                   ends_on=today - timedelta(days=3))
    client = entered(assessed.actor)
    client.post(f"/evaluation/area-publication/{notice.ulid}/close/")
    client.post(f"/evaluation/{assessed.cycle.ulid}/areas/settle/")
    assert area_of(assessed, 1).state == "settled"
