"""Policies: errors with lines, approval by a second person, what is in force on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from tenglong.apps.accounts.scope import Refused
from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.policy import presets, service
from tenglong.apps.policy.models import PolicyVersion

COUNTY = """version: "{version}"
valid_from: {start}
name: 上虞区
division: "330604"
extent: {{west: 120.6, south: 29.7, east: 121.1, north: 30.3}}
central_meridian: 120
towns:
  - {{code: "330604001", name: 百官街道}}
"""


def text(version: str = "2026", start: str = "2026-01-01") -> str:
    return COUNTY.format(version=version, start=start)


def approved(cast: Any, version: str = "2026", start: str = "2026-01-01") -> PolicyVersion:
    row = service.submit(cast.analyst, service.load_text(cast.analyst, "county", "home", text(version, start)))
    return service.approve(cast.leader, row)


def test_every_packaged_policy_passes_its_schema() -> None:
    loaded = [presets.load(kind, name) for kind, name in presets.names()]
    assert {document.kind for document in loaded} >= {"kinds", "measures", "codes"}


def test_the_packaged_preset_is_in_force_until_one_is_approved(cast: Any) -> None:
    assert service.current("measures", "measures").state == service.PACKAGED
    with pytest.raises(KeyError):
        service.current("county", "home")
    approved(cast)
    assert service.current("county", "home", date(2026, 3, 1)).version == "2026"


@pytest.mark.database
def test_author_cannot_approve_their_own_text(cast: Any) -> None:
    row = service.submit(cast.county, service.load_text(cast.county, "county", "home", text()))
    with pytest.raises(service.PolicyStateError, match="起草人"):
        service.approve(cast.county, row)
    row.state, row.approver = "approved", cast.county
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_draft_is_not_in_force_and_cannot_be_approved_unsubmitted(cast: Any) -> None:
    row = service.load_text(cast.analyst, "county", "home", text())
    with pytest.raises(KeyError):
        service.current("county", "home")
    with pytest.raises(service.PolicyStateError, match="当前状态"):
        service.approve(cast.leader, row)


def test_an_approved_version_never_changes(cast: Any) -> None:
    row = approved(cast)
    with pytest.raises(service.PolicyStateError, match="已批准"):
        service.load_text(cast.analyst, "county", "home", text().replace("百官街道", "别的街道"))
    row.yaml_text = "name: x"
    with pytest.raises(TypeError, match="不能修改"):
        row.save()


def test_the_version_in_force_is_the_latest_that_has_begun(cast: Any) -> None:
    approved(cast, "2025", "2025-01-01")
    approved(cast, "2026", "2026-01-01")
    assert service.current("county", "home", date(2025, 12, 31)).version == "2025"
    assert service.current("county", "home", date(2026, 1, 1)).version == "2026"


def test_a_retired_version_was_in_force_before_its_end(cast: Any) -> None:
    row = approved(cast)
    service.retire(cast.leader, row, date(2026, 6, 1), "新办法")
    assert service.current("county", "home", date(2026, 5, 31)).version == "2026"
    with pytest.raises(KeyError):
        service.current("county", "home", date(2026, 6, 1))


def test_officers_read_but_do_not_edit(cast: Any) -> None:
    with pytest.raises(Refused):
        service.load_text(cast.officer, "county", "home", text())


def test_every_step_is_recorded(cast: Any) -> None:
    approved(cast)
    actions = list(AuditEntry.objects.filter(subject_type="policy").order_by("seq").values_list("action", flat=True))
    assert actions == ["policy.save", "policy.submit", "policy.approve"]


def test_editor_shows_lines_keeps_the_text_and_saves(cast: Any, sign_in: Any) -> None:
    client = sign_in(cast.analyst)
    address = "/policies/county/home/edit/"
    assert client.get(address).status_code == 200
    wrong = text().replace("central_meridian: 120", "central_meridian: 20").replace("west:", "wast:")
    page = client.post(address, {"text": wrong, "seen": ""}).content.decode()
    assert "第 6 行 central_meridian：应不小于 73" in page
    assert "第 5 行" in page
    assert "wast" in page
    assert client.post(address, {"text": text(), "seen": ""}).status_code == 302
    assert PolicyVersion.objects.get().state == "draft"


def test_the_second_editor_of_a_draft_sees_the_difference_first(cast: Any, sign_in: Any) -> None:
    service.load_text(cast.county, "county", "home", text())
    page = sign_in(cast.analyst).post("/policies/county/home/edit/", {"text": text().replace("百官", "曹娥"), "seen": ""})
    assert "别人刚保存的草稿" in page.content.decode()
    assert "曹娥" in page.content.decode()
    assert "百官" in PolicyVersion.objects.get().yaml_text


def test_approval_through_the_pages_needs_the_second_person(cast: Any) -> None:
    author, second = Client(), Client()
    author.force_login(cast.county)
    second.force_login(cast.leader)
    row = service.load_text(cast.county, "county", "home", text())
    author.post(f"/policies/versions/{row.ulid}/submit/")
    author.post(f"/policies/versions/{row.ulid}/approve/")
    row.refresh_from_db()
    assert row.state == "submitted"
    assert "等待另一位" in author.get(f"/policies/versions/{row.ulid}/").content.decode()
    second.post(f"/policies/versions/{row.ulid}/approve/")
    row.refresh_from_db()
    assert (row.state, row.approver) == ("approved", cast.leader)
    for address in ("/policies/", "/policies/county/home/", "/policies/measures/measures/"):
        assert second.get(address).status_code == 200


def test_a_version_of_the_future_waits(cast: Any) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    approved(cast, "next", tomorrow.isoformat())
    with pytest.raises(KeyError):
        service.current("county", "home")
    assert service.current("county", "home", tomorrow).version == "next"


def test_a_county_extends_what_is_in_force_that_day(cast: Any) -> None:
    changed = presets.load("quality", "default").text.replace('version: "1"', "version: '2'\nvalid_from: 2026-01-01")
    changed = changed.replace("缝隙最大宽度, value: 1.0", "缝隙最大宽度, value: 2.0")
    for name, body in (("default", changed), ("home", "extends: default\nthresholds: {sliver_width: {value: 0.4}}\n")):
        service.approve(cast.leader, service.submit(cast.analyst, service.load_text(cast.analyst, "quality", name, body)))
    before, after = (service.current("quality", "home", day) for day in (date(2025, 6, 1), date(2026, 6, 1)))
    assert [one.data["thresholds"]["max_gap"]["value"] for one in (before, after)] == [1.0, 2.0]
    assert {one.data["thresholds"]["sliver_width"]["value"] for one in (before, after)} == {0.4}
    assert before.sha256 != after.sha256 and before.version == after.version


def test_policies_that_extend_each_other_are_refused(cast: Any) -> None:
    first = service.load_text(cast.analyst, "quality", "a", "extends: default\nthresholds: {}\n")
    service.approve(cast.leader, service.submit(cast.analyst, first))
    service.approve(cast.leader, service.submit(cast.analyst, service.load_text(cast.analyst, "quality", "b", "extends: a\n")))
    with pytest.raises(service.PolicyError, match="绕成了圈"):
        service.load_text(cast.analyst, "quality", "a", "version: 2\nextends: b\n")
