"""Schemes in the record: versions side by side, never two approved ones on one date, nothing kept of a bad one."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.policy import service
from tenglong.apps.policy.models import PolicyVersion

OURS = """version: "{version}"
{dates}extends: demo@1
verified: to-verify
name: 本县办法 {version}
"""


def text(version: str, start: str = "", end: str = "") -> str:
    dates = (f"valid_from: {start}\n" if start else "") + (f"valid_to: {end}\n" if end else "")
    return OURS.format(version=version, dates=dates)


def submitted(cast: Any, *parts: str) -> PolicyVersion:
    return service.submit(cast.analyst, service.load_text(cast.analyst, "evaluation", "home", text(*parts)))


def approved(cast: Any, *parts: str) -> PolicyVersion:
    return service.approve(cast.leader, submitted(cast, *parts))


def test_each_year_has_its_version(cast: Any) -> None:
    approved(cast, "2024", "2024-01-01", "2025-01-01")
    approved(cast, "2025", "2025-01-01", "2026-01-01")
    assert service.current("evaluation", "home", date(2024, 12, 31)).version == "2024"
    assert service.current("evaluation", "home", date(2025, 1, 1)).version == "2025"
    assert service.current("evaluation", "home@2024", date(2030, 1, 1)).version == "2024"
    with pytest.raises(KeyError):
        service.current("evaluation", "home", date(2026, 1, 1))


@pytest.mark.parametrize(("first", "second", "day"), [
    (("2024", "2024-01-01"), ("2025", "2025-01-01"), "2025-01-01"),
    (("2024", "2024-01-01", "2025-01-01"), ("2025", "2024-12-31", "2026-01-01"), "2024-12-31"),
    (("2024",), ("2025",), "任何一天"),
    (("2024", "", "2025-01-01"), ("2025", "", "2024-06-01"), "任何一天"),
])
def test_two_schemes_of_one_date_are_not_both_approved(
    cast: Any, first: tuple[str, ...], second: tuple[str, ...], day: str
) -> None:
    approved(cast, *first)
    row = submitted(cast, *second)
    with pytest.raises(service.PolicyStateError, match=f"evaluation/home@2024 已批准，与本版本在 {day} 同时有效"):
        service.approve(cast.leader, row)
    row.refresh_from_db()
    assert (row.state, row.approver) == ("submitted", None)


def test_after_the_old_one_is_retired_the_new_one_may_be_approved(cast: Any) -> None:
    old = approved(cast, "2024", "2024-01-01")
    row = submitted(cast, "2025", "2025-01-01")
    service.retire(cast.leader, old, date(2025, 1, 1), "换版")
    assert service.approve(cast.leader, row).state == "approved"


def test_packaged_versions_stand_until_the_county_has_its_own(cast: Any) -> None:
    assert service.current("evaluation", "zj-huangyan", date(2021, 5, 1)).version == "2021"
    assert service.current("evaluation", "zj-huangyan@2022").state == service.PACKAGED
    with pytest.raises(KeyError, match="写明其中一个"):
        service.current("evaluation", "zj-huangyan", date(2030, 1, 1))
    rows = [row for row in service.listing() if row["kind"] == "evaluation" and row["id"] == "zj-huangyan"]
    assert sorted(row["version"] for row in rows) == ["2021", "2022"]
    assert service.text_of("evaluation", "zj-huangyan", "2021")[0] == "evaluation/zj-huangyan@2021"


def test_a_county_scheme_extends_a_version_of_the_record_before_the_packaged_one(cast: Any) -> None:
    approved(cast, "2024", "2024-01-01", "2025-01-01")
    below = 'version: "1"\nextends: home@2024\nverified: to-verify\nnote: 街道补充\n'
    row = service.load_text(cast.analyst, "evaluation", "town", below)
    service.approve(cast.leader, service.submit(cast.analyst, row))
    loaded = service.current("evaluation", "town", date(2030, 1, 1))
    assert loaded.data["name"] == "本县办法 2024"
    assert loaded.document.parent is not None and loaded.document.parent.version == "2024"


def test_of_a_bad_scheme_nothing_is_kept(cast: Any) -> None:
    before = (PolicyVersion.objects.count(), AuditEntry.objects.count())
    bad = text("2025") + "total: {full_marks: 90, decimals: 2, cap: none}\n"
    with pytest.raises(service.PolicyError, match="应等于满分 90"):
        service.load_text(cast.analyst, "evaluation", "home", bad)
    assert (PolicyVersion.objects.count(), AuditEntry.objects.count()) == before


def test_the_page_of_an_id_with_several_packaged_versions_shows_each(cast: Any, client: Client) -> None:
    client.force_login(cast.analyst)
    page = client.get("/policies/evaluation/zj-huangyan/")
    assert page.status_code == 200
    assert "24.097" in page.content.decode() and "26.01" in page.content.decode()
    assert client.get("/policies/").status_code == 200
