"""地价比较: figures of the page equal the rows, conditions narrow them, whoever may not see deals sees nothing."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest

from tenglong.apps.supply.models import Deal
from tenglong.apps.supply.queries.prices import Asked, board, floor_books
from tenglong.domain.units import to_cm2, to_fen

pytestmark = pytest.mark.django_db


@pytest.fixture
def deals():
    def add(number, wan, mu="15", **more):
        said = {"region": "浙江省,绍兴市", "division": "上虞区", "division_code": "330604", "land_use": "工业用地",
                "supply_method": "listing", "signed_on": date(2017, 1, 6), "holder": f"企业{number}", "location": f"地{number}"}
        measured = {"area_cm2": to_cm2(mu, "mu"), "price_fen": to_fen(wan, "wan_yuan")}
        return Deal.objects.create(key=f"k{number}", **measured, **(said | more))

    rows = [add(at, str(295 + at)) for at in range(11)]
    return {"rows": rows, "far": add("far", "1500"), "cheap": add("cheap", "150", signed_on=date(2016, 5, 1)),
            "zero": add("zero", "0"),
            "swapped": add("swapped", "300", far_lower="2.0", far_upper="1.0", region="安徽省,合肥市",
                           division_code="340104"), "usable": add("usable", "300", far_lower="1.0", far_upper="1.5")}


def test_page_tells_the_same_figures_as_its_rows(cast, client, deals):
    client.force_login(cast.county)
    held = board(cast.county, Asked(), {})
    assert (held.rows, held.table.whole.n, held.table.whole.left_out) == (16, 15, {"price-zero": 1})
    body = client.get("/supply/prices/").content.decode()
    far, cheap = (f"/deals/{deals[name].ulid}/" for name in ("far", "cheap"))
    assert far in body and "远高于" in body and cheap in body and "zj-shaoxing@2013" in body
    assert "zj-shaoxing" not in client.get(far).content.decode()
    assert "低于上虞区（五等）的最低价 12.00 万元/亩" in client.get(cheap).content.decode()
    assert "价款为 0，不是市场价" in body and "15 宗有价 / 共 16 宗" in body
    assert "200 <small" in body  # 300 万元 ÷ 15,000 m² of floor
    twin = client.get("/supply/prices.json").json()
    assert twin["total"]["swapped_ratios"] == 1 and twin["total"]["floor_area_price"]["n"] == 1
    assert len(twin["points"]["deals"]) == 15 and twin["unit"] == "yuan/mu"


def test_conditions_narrow_and_junk_is_told_and_left_out(cast, client, deals):
    client.force_login(cast.county)
    asked = {"?first=2017": 15, "?place=3306": 15, "?place=安徽": 1, "?last=2016": 1, "?method=auction": 0, "?first=junk": 16,
             "?by=nonsense": 16, "?use=junk&by=city,method": 16}
    assert {query: client.get(f"/supply/prices.json{query}").json()["rows"] for query in asked} == asked
    assert "清除条件" in client.get("/supply/prices/?method=auction").content.decode()


def test_workbook_has_a_ledger_number_and_all_four_lists(cast, client, deals):
    from tenglong.web.models import FigureLedger

    client.force_login(cast.officer)
    answer = client.post("/supply/prices/export/?by=city,method", {"recipient": "县政府", "purpose": "定底价"})
    assert answer.status_code == 200
    assert FigureLedger.objects.get(number=answer["X-Figure-Number"]).page == "prices"
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[:4] == ["分组", "异常", "不参与比价", "低于最低价"] and book["分组"].max_row == 3
    assert client.post("/supply/prices/export/", {"recipient": "", "purpose": ""}).status_code == 302


def test_enterprise_and_auditor_see_no_prices(cast, client, deals):
    for user in (cast.firm, cast.auditor):
        client.force_login(user)
        answers = [client.get(url) for url in ("/supply/prices/", "/supply/prices.json")]
        assert [one.status_code for one in answers] == [403, 403]
        assert all("企业far" not in one.content.decode() for one in answers)


def test_a_listing_is_held_against_the_floor_of_its_day(cast):
    from tenglong.apps.supply.models import Listing
    from tenglong.apps.supply.queries.prices import listing_below_floor

    row = Listing.objects.create(number="2026-1", title="甲地", division_code="330604001", area_cm2=to_cm2("15", "mu"),
                                 land_use="工业用地", method="listing", start_price_fen=to_fen("150", "wan_yuan"))
    assert listing_below_floor(row).severity == "error" and "12.00 万元/亩" in listing_below_floor(row).message
    row.price_fen, row.opened_on = to_fen("180", "wan_yuan"), date(2026, 1, 5)
    assert listing_below_floor(row) is None
    row.price_fen, row.opened_on = to_fen("100", "wan_yuan"), date(2006, 1, 5)
    assert listing_below_floor(row) is None  # no standard was in force then


def test_an_approved_floor_replaces_the_packaged_one_from_its_day_on(cast):
    from tenglong.apps.policy.models import PolicyVersion
    from tenglong.domain import presets

    text = presets.preset("floor_prices/zj-shaoxing@2013.yaml").replace('version: "2013"', 'version: "2030"').replace(
        "2014-01-01", "2030-01-01", 2)
    PolicyVersion.objects.create(kind="floor_prices", policy_id="zj-shaoxing", version="2030", sha256="0" * 64, yaml_text=text,
                                 state="approved", valid_from=date(2030, 1, 1), author=cast.county, approver=cast.leader)
    assert {book.pin for book in floor_books()} == {"cn@2007", "zj-shaoxing@2013", "zj-shaoxing@2030"}
