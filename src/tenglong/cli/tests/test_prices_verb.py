"""`tenglong prices` on a small table and on the published deals of January 2017."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import openpyxl
import orjson
import pytest
from click.testing import CliRunner

from tenglong.cli.prices import command

SHARED = Path(os.environ.get("TENGLONG_SHARED_DATA") or Path(__file__).parents[5] / "shared/data")
REAL = SHARED / "land_deals_industrial_2017-01.xlsx"
real = pytest.mark.skipif(not REAL.exists(), reason=f"没有 {REAL.name}")


@pytest.fixture(scope="module")
def told():
    """The real table as the verb tells it, and as a spreadsheet shows it."""
    answer = CliRunner().invoke(command, [str(REAL), "--json"])
    assert answer.exit_code == 0, answer.output
    rows = list(openpyxl.load_workbook(REAL, read_only=True).active.iter_rows(values_only=True))
    return orjson.loads(answer.stdout_bytes), rows[1:]


def _wan_per_mu(row):
    return Decimal(str(row[17])) * 10_000 / (Decimal(str(row[10])) * 15)


@real
def test_published_deals_agree_with_the_sheet_itself(told):
    body, rows = told
    assert (body["rows"], body["total"]["n"], body["total"]["left_out"]) == (745, 744, {"price-zero": 1})
    assert body["total"]["swapped_ratios"] == 266 == body["counts"]["far-limits-swapped"]
    priced: dict[tuple[str, str], list[Decimal]] = {}
    for row in rows:
        if Decimal(str(row[17] or 0)):
            priced.setdefault((row[1].split(",")[0], row[6]), []).append(_wan_per_mu(row))
    for group in body["groups"]:
        prices = sorted(priced.get((group["key"]["province"], group["key"]["method"]), []))
        assert group["n"] == len(prices)
        if prices:
            middle = (prices[(len(prices) - 1) // 2] + prices[len(prices) // 2]) / 2
            assert abs(Decimal(group["median"]) - middle) <= Decimal("0.01")
    assert sum(group["n"] for group in body["groups"]) == 744


@real
def test_every_outlier_tells_a_reason_and_swapped_ratios_give_no_floor_price(told):
    body, _rows = told
    assert body["outliers"]
    assert all(one["reasons"] and all(reason["says"] for reason in one["reasons"]) for one in body["outliers"])
    assert body["total"]["floor_area_price"]["n"] < 744 - 266 + 1
    assert sum(group["flagged"] for group in body["groups"]) == body["total"]["flagged"] == len(body["outliers"])


@pytest.fixture
def sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["地区", "行政区", "土地坐落", "面积(公顷)", "土地用途", "供地方式", "成交价格(万元)", "土地使用权人",
                        "合同签订日期"])
    for name, price in (("甲", 150), ("乙", 300)):
        book.active.append(["浙江省,绍兴市", "上虞区", f"曹娥街道{name}地", 1, "工业用地", "挂牌出让", price, f"{name}公司",
                            "2017-01-06"])
    book.save(tmp_path / "deals.xlsx")
    return tmp_path / "deals.xlsx"


def test_text_names_groups_reasons_and_the_floor(sheet):
    answer = CliRunner().invoke(command, [str(sheet), "--by", "division,year"])
    assert answer.exit_code == 0
    assert "15.00" in answer.output and "上虞区" in answer.output
    assert "低于最低价 1 宗" in answer.output and "12.00 万元/亩" in answer.output


def test_exit_codes_of_prices(sheet, tmp_path):
    run = CliRunner().invoke
    assert run(command, [str(sheet), "--strict"]).exit_code == 1  # below the floor is a warning
    assert run(command, [str(sheet), "--strict", "--no-floor"]).exit_code == 0
    assert run(command, [str(sheet), "--by", "colour"]).exit_code == 2
    assert run(command, [str(sheet), "--floor", "mars"]).exit_code == 2
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 no book")
    assert run(command, [str(tmp_path / "bad.xlsx")]).exit_code == 1
