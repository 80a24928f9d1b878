"""A listing below the lowest price of industrial land is refused with the clause; a lawful case is declared and approved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.registry.models import Division
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Listing
from tenglong.apps.supply.service import bids, floors, listings, supplements

TOWN, OTHER = "330604001", "330604002"
MU, WAN = 6_666_667, 1_000_000


@pytest.fixture
def cheap(cast: Any) -> Listing:
    """60 亩 at 9 万元/亩; the floor of the county is 12."""
    for code, name, level in (("330604", "上虞区", "county"), (TOWN, "百官街道", "town"), (OTHER, "曹娥街道", "town")):
        Division.objects.create(code=code, name=name, level=level, valid_from=date(2014, 1, 1))
    row = listings.draft(cast.officer, {
        "number": "虞储〔2026〕9号", "title": "东单元 A-9", "division_code": TOWN, "area_cm2": 60 * MU, "land_use": "工业用地",
        "method": "listing", "start_price_fen": 540 * WAN, "deposit_fen": None, "plot_id": None})
    return listings.check(cast.officer, row, lock_version=row.lock_version)


def declared(cast: Any, row: Listing, key: str = "priority", **more: Any) -> Listing:
    told = {"document": "浙发改产业〔2026〕5号", "reason": "列入省优先发展产业目录，容积率 2.0", **more}
    return floors.declare(cast.officer, row, key=key, lock_version=Listing.objects.get(pk=row.pk).lock_version, **told)


def test_without_a_case_it_is_not_handed_in_and_with_one_a_second_person_decides(cast: Any, cheap: Listing) -> None:
    with pytest.raises(SupplyError, match="最低价 12.00 万元/亩.*浙江省工业用地出让最低价"):
        listings.submit(cast.officer, cheap, lock_version=cheap.lock_version)
    with pytest.raises(SupplyError, match="没有这种情形"):
        declared(cast, cheap, key="friend")
    with pytest.raises(SupplyError, match="依据文号"):
        declared(cast, cheap, document=" ")
    with pytest.raises(SupplyError, match="不足 50 年"):
        short = declared(cast, cheap, key="short_term")
        listings.submit(cast.officer, short, lock_version=short.lock_version)
    row = declared(cast, cheap)
    row = listings.submit(cast.officer, row, lock_version=row.lock_version)
    with pytest.raises(SupplyError, match="只有草拟中"):
        declared(cast, row)
    row = listings.approve(cast.leader, row, lock_version=row.lock_version)
    assert row.floor_case["document"] == "浙发改产业〔2026〕5号" and row.floor_case["policy"] == "zj-shaoxing@2013"
    assert AuditEntry.objects.filter(action="listing.floor_case", subject_id=row.ulid).count() == 2
    with pytest.raises(SupplyError, match="底价不合法.*70%"):
        bids.set_price(cast.officer, row, fen=500 * WAN, paper="集体决策纪要")
    on = calendar().next_working_day(timezone.localdate() - timedelta(days=20))
    row = listings.step(cast.officer, row, "announced", on=on, paper="出让公告", lock_version=row.lock_version)
    with pytest.raises(SupplyError, match="起始价不合法.*70%"):
        supplements.propose(cast.officer, row, {"start_price_fen": 500 * WAN}, reason="降价", lock_version=row.lock_version)
    assert supplements.propose(cast.officer, row, {"start_price_fen": 510 * WAN}, reason="降价", lock_version=row.lock_version)


def test_the_page_tells_the_clause_and_takes_the_case_with_its_file(cast: Any, cheap: Listing, sign_in: Any) -> None:
    client, base = sign_in(cast.officer), f"/supply/listings/{cheap.ulid}/"
    page = client.get(base).content.decode()
    assert "12.00 万元/亩" in page and "不能报审" in page and f"{base}floor/" in page
    data = {"key": "priority", "document": "浙发改产业〔2026〕5号", "reason": "优先发展产业",
            "lock_version": cheap.lock_version, "file": SimpleUploadedFile("批文.pdf", b"%PDF-1.4 case")}
    client.post(f"{base}floor/", data)
    row = Listing.objects.get(pk=cheap.pk)
    page = client.get(base).content.decode()
    assert f"/documents/{row.floor_paper.ulid}/" in page and "不能报审" not in page
    client.post(f"{base}floor/", {"key": "", "lock_version": row.lock_version})
    assert Listing.objects.get(pk=cheap.pk).floor_case is None
    assert sign_in(cast.stranger).post(f"{base}floor/", data).status_code == 404
