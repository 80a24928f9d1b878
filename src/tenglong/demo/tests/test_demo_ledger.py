"""Yearly tables of the departments: what they hold, what they lack, and the mistakes put in on purpose."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

import pytest
from stdnum.cn import uscc

from tenglong.demo.build import build_county
from tenglong.demo.county import YEARS, County
from tenglong.demo.ledger import Ledger, build_ledger
from tenglong.demo.lives import changes
from tenglong.demo.sample import ROWS, sample
from tenglong.demo.slips import SLIPS, seed_slips
from tenglong.domain.measures import packaged

LAND = ("land_mu", "floor_area_m2", "leased_in_mu", "leased_out_mu")


@pytest.fixture(scope="module")
def county() -> County:
    return build_county(3, 300)


@pytest.fixture(scope="module")
def ledger(county: County) -> Ledger:
    return build_ledger(county)


def digest(rows: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]


def cells(ledger: Ledger) -> list[str]:
    return [
        f"{sheet.department} {sheet.year} {sheet.basis} {uscc} {name} {value}"
        for sheet in ledger.sheets for uscc, values in sheet.rows.items() for name, value in values.items()
    ]


def test_the_plots_and_firms_of_a_seed_never_change(county: County) -> None:
    """Recorded before there was a ledger: later layers draw from streams of their own."""
    assert digest(firm.uscc for firm in county.enterprises) == "596b47d21bd85b7b"
    assert digest(f"{plot.town}/{plot.number}/{plot.area_cm2}" for plot in county.plots) == "9e989be936d27b1f"
    assert digest(row.code for row in county.parcels) == "943daefbdf51ae2d"
    assert digest(row.code for row in county.buildings) == "edeb7faf23232d12"


def test_the_same_seed_gives_the_same_tables_and_slips(county: County, ledger: Ledger) -> None:
    again = build_ledger(build_county(3, 300))
    assert digest(cells(again)) == digest(cells(ledger))
    assert seed_slips(county, build_ledger(county)) == seed_slips(county, again)


def test_every_measure_is_in_the_dictionary_and_has_one_basis_per_table(ledger: Ledger) -> None:
    measures = {name for sheet in ledger.sheets for name in sheet.measures}
    assert measures <= set(packaged())
    assert {"tax_paid", "revenue", "value_added", "output", "profit", "employees", "rd_expense", "energy_tce",
            "electricity_kwh", "water_t", "cod_t", "nh3n_t", "so2_t", "nox_t", "land_mu"} <= measures
    assert {sheet.year for sheet in ledger.sheets} == set(YEARS)
    assert {sheet.department for sheet in ledger.sheets if sheet.basis == "statistics"} == {"统计局"}
    assert len({(sheet.department, sheet.year) for sheet in ledger.sheets}) == len(ledger.sheets)


def test_no_firm_has_figures_before_it_was_registered_and_most_have_all_years(county: County, ledger: Ledger) -> None:
    since = {firm.uscc: firm.registered_on.year for firm in county.enterprises}
    years = Counter(uscc for sheet in ledger.sheets if sheet.department == "税务局" for uscc in sheet.rows)
    assert all(sheet.year >= since[uscc] for sheet in ledger.sheets for uscc in sheet.rows)
    assert sum(number == len(YEARS) for number in years.values()) > 0.9 * len(county.enterprises)
    assert any(year > YEARS[0] for year in since.values())


def test_gaps_are_there_but_few(county: County, ledger: Ledger) -> None:
    power = ledger.sheet("供电公司", YEARS[-1])
    going = list(ledger.lives.values())
    lacking = [life for life in going if life.firm.uscc not in power.rows]
    assert 0 < len(lacking) < 0.06 * len(going)


def test_firms_cross_the_threshold_both_ways_and_the_last_year_is_the_scale_of_the_register(ledger: Ledger) -> None:
    moves = Counter((above for _, above in changes(life)[-2:]) for life in ledger.lives.values())
    ways = {tuple(above for _, above in changes(life)[:2]) for life in ledger.lives.values()}
    assert moves and {(False, True), (True, False)} <= ways
    for life in ledger.lives.values():
        assert life.above[YEARS[-1]] == (life.firm.scale == "above_scale")


def test_a_firm_that_stands_still_keeps_little_but_its_taxes(ledger: Ledger) -> None:
    still = {uscc: life.idle_from for uscc, life in ledger.lives.items() if life.idle_from}
    assert still
    kept = {
        name for sheet in ledger.sheets for uscc, values in sheet.rows.items()
        if uscc in still and sheet.year >= still[uscc] for name in values
    }
    assert kept <= {"tax_paid", "electricity_kwh", "water_t", "employees", *LAND}


def test_land_adds_up_to_what_the_relations_say(county: County, ledger: Ledger) -> None:
    """Own use of every firm of the last year, summed, is the whole land in use."""
    sheet = ledger.sheet("自然资源和规划分局", YEARS[-1])
    stated = sum((values["land_mu"] for values in sheet.rows.values()), Decimal(0))
    used = Decimal(sum(row.area_cm2 for row in county.occupancies)) * 15 / 100_000_000
    assert abs(stated - used) < Decimal("0.5")


def test_every_slip_is_in_its_table_and_on_its_key(county: County) -> None:
    plain, slipped = build_ledger(county), build_ledger(county)
    slips = seed_slips(county, slipped)
    assert len(slips) == len(SLIPS) and len({slip.uscc for slip in slips}) == len(slips)
    for slip in slips:
        assert str(plain.sheet(slip.department, slip.year).rows[slip.uscc][slip.measure]) == slip.meant
        assert str(slipped.sheet(slip.department, slip.year).rows[slip.uscc][slip.measure]) == slip.given
    touched = set(cells(plain)) ^ set(cells(slipped))
    assert len(touched) == 2 * len(slips)
    assert any(Decimal(slip.given) < 0 for slip in slips)


def test_the_sample_table_of_the_examples_is_the_one_that_the_demo_makes() -> None:
    text = sample()
    rows = list(csv.reader(text.splitlines()))
    assert len(rows) == ROWS + 1 and all(uscc.is_valid(row[0]) for row in rows[1:])
    kept = Path(__file__).parents[4] / "examples" / "evaluation" / "sample.csv"
    if not kept.exists():
        pytest.skip("the examples are not part of an installed package")
    assert kept.read_text(encoding="utf-8-sig") == text
