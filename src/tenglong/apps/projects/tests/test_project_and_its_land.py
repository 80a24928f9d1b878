"""A project is tied to the land that was sold for it and to what its firm promised."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_projects import ProjectForm
from tenglong.apps.projects.models import Project
from tenglong.apps.projects.service import projects
from tenglong.apps.registry.models import Division
from tenglong.apps.supply.models import Listing

TOWN, OTHER = "330604001", "330604002"


@pytest.fixture
def towns(cast: Any) -> None:
    for code, name in (("330604", "上虞区"), (TOWN, "百官街道"), (OTHER, "曹娥街道")):
        Division.objects.create(code=code, name=name, level="town" if len(code) == 9 else "county", valid_from=date(2014, 1, 1))


def listing(town: str) -> Listing:
    return Listing.objects.create(
        number=f"虞自然资告〔2026〕{town[-1]}号", title="百官 1 号地", division_code=town, area_cm2=10**9, land_use="工业",
        method="listing", start_price_fen=1, clocks="-", procedure="-")


def test_only_land_in_sight_is_tied_and_what_is_out_of_sight_stays(cast: Any, towns: None) -> None:
    mine, theirs = listing(TOWN), listing(OTHER)
    made = projects.create(cast.officer, {"name": "新能源装备", "division_code": TOWN}, on=date(2026, 1, 5))
    with pytest.raises(ProjectError, match="没有这宗出让"):
        projects.edit(cast.officer, made, {"listing_id": theirs.pk}, lock_version=None)
    assert projects.edit(cast.officer, made, {"listing_id": mine.pk}, lock_version=None).listing_id == mine.pk

    held = projects.edit(cast.county, made, {"listing_id": theirs.pk}, lock_version=None)
    form = ProjectForm(None, user=cast.officer, initial={"listing_id": held.listing_id, "covenant_id": None})
    assert "listing_id" not in form.fields and "covenant_id" in form.fields
    projects.edit(cast.officer, made, {"name": "新能源装备（一期）"}, lock_version=None)
    assert Project.objects.get(pk=made.pk).listing_id == theirs.pk


def test_the_page_shows_the_land_to_those_who_see_it(cast: Any, towns: None, sign_in: Any) -> None:
    sold = listing(TOWN)
    values = {"name": "新能源装备", "division_code": TOWN, "listing_id": sold.pk}
    made = projects.create(cast.officer, values, on=date(2026, 1, 5))
    assert sold.number in sign_in(cast.officer).get(f"/projects/{made.ulid}/").content.decode()
