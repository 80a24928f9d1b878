"""Published deals: file → record → list, twice, and by the people who may see them."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from django.urls import reverse

from tenglong.apps.supply import queries
from tenglong.apps.supply.models import Deal
from tenglong.apps.survey.models import ImportBatch, State

SHARED = Path(os.environ.get("TENGLONG_SHARED_DATA") or Path(__file__).parents[6] / "shared/data")
REAL = SHARED / "land_deals_industrial_2017-01.xlsx"
HEAD = "地区,行政区,土地坐落,面积(公顷),土地用途,供地方式,合同签订日期,成交价格,土地使用权人,约定容积率(上限),约定容积率(下限)"
ROWS = (
    '"浙江省,绍兴市",上虞区,曹娥街道一号地,1.5000,工业用地,挂牌出让,2017年01月03日,900.0000,绍兴甲有限公司,2.00,1.20',
    '"浙江省,杭州市",余杭区,仁和街道二号地,2.0000,工业用地,挂牌出让,2017年01月04日,1500.0000,杭州乙有限公司,0.70,1.20',
    '"江苏省,苏州市",昆山市,千灯镇三号地,1.0000,工业用地,划拨,2017年01月05日,0.0000,昆山丙有限公司,,',
)


def run(*words: object) -> Result:
    from tenglong.cli import main

    return CliRunner().invoke(main, ["import", "deals", *(str(word) for word in words), "--as", "county", "--confirm"])


@pytest.fixture
def notice(tmp_path: Path) -> Path:
    def write(*rows: str) -> Path:
        (tmp_path / "成交.csv").write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8-sig")
        return tmp_path / "成交.csv"

    write.__doc__ = "a file of these rows"
    return write  # type: ignore[return-value]


def test_deals_of_any_county_enter_and_a_second_file_changes_nothing(cast: Any, db: None, notice: Any) -> None:
    first = run(notice(*ROWS))
    assert first.exit_code == 0, first.output
    assert Deal.objects.count() == 3
    one = Deal.objects.get(holder="绍兴甲有限公司")
    assert (one.area_cm2, one.price_fen, one.division_code, one.source) == (150_000_000, 900_000_000, "330604", "成交.csv")
    assert (one.far_upper, one.far_lower, one.supply_method) == ("2", "1.2", "listing")
    before = list(Deal.objects.order_by("pk").values())
    run(notice(*ROWS))
    assert ImportBatch.objects.latest("pk").counts == {"rows": 3, "new": 0, "changed": 0, "unchanged": 3, "rejected": 0}
    assert list(Deal.objects.order_by("pk").values()) == before


def test_a_differing_price_mends_the_deal_and_is_told_field_by_field(cast: Any, db: None, notice: Any) -> None:
    from tenglong.apps.survey.models import StagedRow

    run(notice(*ROWS))
    run(notice(ROWS[0].replace("900.0000", "910.0000")))
    row = StagedRow.objects.latest("pk")
    assert [(item["field"], item["old"], item["new"]) for item in row.delta] == [("price", 900_000_000, 910_000_000)]
    found = Deal.objects.get(holder="绍兴甲有限公司")
    assert (found.price_fen, found.lock_version) == (910_000_000, 2)
    assert Deal.objects.count() == 3


def test_a_batch_is_taken_back_unless_a_deal_was_mended_since(cast: Any, db: None, notice: Any) -> None:
    from tenglong.apps.survey import service

    run(notice(*ROWS))
    first = ImportBatch.objects.get()
    run(notice(ROWS[0].replace("900.0000", "910.0000")))
    for batch in (first, ImportBatch.objects.latest("pk")):
        with pytest.raises(service.SurveyError):
            service.withdraw(cast.county, batch, "试导")
    assert Deal.objects.count() == 3


def test_the_same_deal_twice_in_a_file_enters_once_with_a_reason(cast: Any, db: None, notice: Any) -> None:
    done = run(notice(ROWS[0], ROWS[0], ROWS[1]))
    batch = ImportBatch.objects.get()
    assert batch.state == State.DONE, done.output
    assert Deal.objects.count() + batch.counts["rejected"] == 3 and batch.counts["rejected"] >= 1


def test_price_per_mu_leaves_out_deals_without_a_price() -> None:
    assert queries.per_mu(900_000_000, 150_000_000) == Decimal("40.0000")
    assert queries.per_mu(0, 150_000_000) is None and queries.per_mu(None, 1) is None and queries.per_mu(1, None) is None


def test_swapped_limits_are_never_used() -> None:
    assert queries.usable_limits("1.2", "2") == (Decimal("1.2"), Decimal("2"))
    assert queries.usable_limits("1.2", "") == (Decimal("1.2"), None)
    assert queries.usable_limits("1.2", "0.7") is None


def test_the_list_shows_price_with_unit_and_totals_with_denominators(cast: Any, sign_in: Any, notice: Any) -> None:
    run(notice(*ROWS))
    client = sign_in(cast.officer)
    page = client.get(reverse("supply:deals")).content.decode()
    assert "万元/亩" in page and "成交案例" in page
    assert "40.0000" in page and "50.0000" in page
    assert "45.7143" in page and "2/3 有价" in page  # 2,400 万元 over 52.5 亩
    assert "上下限颠倒，不采用（下限 1.2、上限 0.7）" in page
    twin = client.get(reverse("supply:deals-json")).json()
    assert twin["totals"]["rows"] == 3 and twin["totals"]["sum_area_cm2"] == 450_000_000
    assert [row["per_mu"] for row in twin["rows"]] == ["40.0000", "50.0000", None]


@pytest.mark.parametrize(
    ("query", "holders"),
    [
        ("?place=上虞", {"绍兴甲有限公司"}),
        ("?place=江苏", {"昆山丙有限公司"}),
        ("?land_use=工业&signed_on_min=2017-01-04", {"杭州乙有限公司", "昆山丙有限公司"}),
        ("?supply_method=allocation", {"昆山丙有限公司"}),
        ("?swapped=1", {"杭州乙有限公司"}),
        ("?swapped=0", {"绍兴甲有限公司", "昆山丙有限公司"}),
        ("?price_min=1000", {"杭州乙有限公司"}),
        ("?sort=-per_mu&area_max=25", {"绍兴甲有限公司", "昆山丙有限公司"}),
    ],
)
def test_the_list_is_narrowed_by_its_address(cast: Any, sign_in: Any, notice: Any, query: str, holders: set[str]) -> None:
    run(notice(*ROWS))
    found = sign_in(cast.officer).get(reverse("supply:deals-json") + query).json()
    assert {row["holder"] for row in found["rows"]} == holders


def test_the_record_page_and_its_twin_tell_the_notice_as_published(cast: Any, sign_in: Any, notice: Any) -> None:
    run(notice(*ROWS))
    client, deal = sign_in(cast.stranger), Deal.objects.get(holder="杭州乙有限公司")
    page = client.get(reverse("supply:deal", args=[deal.ulid])).content.decode()
    assert "仁和街道二号地" in page and "50.0000" in page and "容积率上下限颠倒" in page
    twin = client.get(reverse("supply:deal-json", args=[deal.ulid])).json()
    assert twin["limits"] is None and (twin["far_upper"], twin["far_lower"]) == ("0.7", "1.2")
    assert client.get(reverse("supply:deal", args=["0" * 26])).status_code == 404


def test_one_enterprise_sees_no_deals(cast: Any, sign_in: Any, notice: Any) -> None:
    run(notice(*ROWS))
    client = sign_in(cast.firm)
    for name in ("deals", "deals-json"):
        assert client.get(reverse(f"supply:{name}")).status_code == 403
    assert client.get(reverse("supply:deal", args=[Deal.objects.first().ulid])).status_code == 403  # type: ignore[union-attr]


@pytest.mark.skipif(not REAL.exists(), reason="the real notice of January 2017 lies outside the project and is not here")
def test_the_real_notice_enters_whole_and_a_second_time_changes_nothing(cast: Any, db: None) -> None:
    from tenglong.apps.survey.models import StagedRow

    run(REAL)
    batch = ImportBatch.objects.get()
    counts = batch.counts
    assert counts["rows"] == 745 and Deal.objects.count() == counts["new"] == 745 - counts["rejected"]
    refused = StagedRow.objects.filter(batch=batch, action="rejected")
    assert counts["rejected"] <= 1 and all(row.values["division"] == "红兴隆分局" for row in refused)
    assert Deal.objects.filter(term_years__contains=";").exists()  # a cell with two terms stays as it was written
    areas = [deal.area_cm2 or 0 for deal in Deal.objects.all()] + [row.values["area"] for row in refused]
    assert sum(areas) == 274_670_057_000
    run(REAL)
    again = ImportBatch.objects.latest("pk").counts
    assert (again["new"], again["changed"], again["rejected"]) == (0, 0, counts["rejected"])
