"""Golden cases of evaluation: published bases and weights through `tenglong evaluate`, to the last printed digit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tenglong.cli import main
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.notices import check_notice
from tenglong.domain.evaluation.value import evaluate
from tenglong.domain.policy import load_yaml

Firm = Mapping[str, Any]
Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def go(scheme: str, firms: Sequence[Firm], *more: str) -> dict[str, Any]:
        """JSON of `tenglong evaluate` for firms written as a CSV; `scheme` is a reference or the text of a scheme."""
        if "\n" in scheme:
            (tmp_path / "scheme.yaml").write_text(scheme, encoding="utf-8")
            scheme = str(tmp_path / "scheme.yaml")
        path = written(tmp_path / "firms.csv", firms)
        found = CliRunner().invoke(main, ["evaluate", str(path), "--scheme", scheme, "--json", "--no-trace", *more])
        assert found.exit_code == 0, found.output
        told: dict[str, Any] = json.loads(found.stdout)
        return told

    return go


def written(path: Path, firms: Sequence[Firm]) -> Path:
    heads = list(dict.fromkeys(name for firm in firms for name in firm))
    lines = [",".join(heads), *(",".join(str(firm.get(name, "")) for name in heads) for firm in firms)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def six(value: Fraction) -> Decimal:
    return Decimal(round(value * 10**6)).scaleb(-6)


def above(key: str, *ratios: str) -> Firm:
    """A firm of a thousand mu whose six ratios are these, in the order 税收 增加值 能耗 排放 劳产率 R&D."""
    tax, added, energy, emission, labour, research = (Fraction(ratio) for ratio in ratios)
    money = added * 1000
    return {"key": key, "scale": "above", "land_mu": 1000, "tax_paid": six(tax * 1000), "value_added": six(money),
            "energy_tce": six(money / energy), "cod_t": six(money / emission), "nh3n_t": 0, "so2_t": 0, "nox_t": 0,
            "employees": six(money / labour), "revenue": 1000, "rd_expense": six(research * 1000)}


def below(key: str, tax_per_mu: str, tax_per_kwh: str) -> Firm:
    tax = Fraction(tax_per_mu) * 1000
    return {"key": key, "scale": "规下", "土地面积（亩）": 1000, "实缴税金（万元）": six(tax),
            "用电量（千瓦时）": six(tax * 10_000 / Fraction(tax_per_kwh))}


def totals(told: Mapping[str, Any]) -> dict[str, str]:
    return {row["key"]: row["total"] for row in told["results"]}


BASES_2022 = ("24.097", "136.16", "2.694", "4929.81", "18.14", "0.0302")
MIDDLE = ("30", "150", "2.0", "3000", "20", "0.025")
LOW = ("3.2", "40", "0.9", "800", "9", "0")


def test_huangyan_bases_earn_one_hundred_and_the_middle_firm_its_terms(run: Run) -> None:
    told = run("zj-huangyan@2022", [above("bases", *BASES_2022), above("middle", *MIDDLE), above("low", *LOW)])
    assert totals(told) == {"bases": "100.0000", "middle": "99.6187", "low": "23.1250"}
    scores = next(row["scores"] for row in told["results"] if row["key"] == "middle")
    assert list(scores.values()) == ["37.3490", "22.0329", "14.8478", "6.0854", "11.0254", "8.2781"]


def test_huangyan_bases_of_another_year_give_other_totals(run: Run) -> None:
    told = run("zj-huangyan@2021", [above("bases", *BASES_2022), above("middle", *MIDDLE), above("low", *LOW)])
    assert totals(told) == {"bases": "100.0328", "middle": "98.8605", "low": "23.6291"}


CAPPED = """policy_id: zj-huangyan-capped
version: "1"
extends: zj-huangyan@2022
verified: to-verify
completeness: partial
groups:
  below:
    indicators:
      tax_per_mu: {score: {cap: 1.5}}
      tax_per_kwh: {score: {cap: 1.5}}
"""


def test_huangyan_small_firms_uncapped_and_with_a_cap_of_one_and_a_half(run: Run) -> None:
    firms = [below("five", "5", "0.1"), below("twenty", "20", "0.4")]
    assert totals(run("zj-huangyan@2022", firms)) == {"five": "42.8229", "twenty": "171.2915"}
    capped = run(CAPPED, firms)
    assert totals(capped) == {"five": "42.8229", "twenty": "150.0000"}
    scores = next(row["scores"] for row in capped["results"] if row["key"] == "twenty")
    assert scores == {"tax_per_mu": "75.0000", "tax_per_kwh": "75.0000"}


def test_huangyan_small_firm_by_the_bases_of_2021(run: Run) -> None:
    assert totals(run("zj-huangyan@2021", [below("five", "5", "0.1")])) == {"five": "36.1951"}


JINGDE = """policy_id: ah-jingde-whole
version: "1"
extends: ah-jingde@2022
verified: to-verify
completeness: partial
tenants: {treatment: separate}
groups:
  above:
    indicators:
      tax_per_mu: {score: {flat: 60}, missing: refuse}
      revenue_per_mu: {weight: 20, score: {flat: 60}, missing: refuse}
      technical_per_mu: {weight: 10, score: {flat: 60}, missing: zero}
      labour_productivity: {weight: 10, score: {flat: 60}, missing: zero}
      revenue_per_emission: {weight: 10, score: {flat: 60}, missing: zero}
      rd_intensity: {weight: 10, score: {flat: 60}, missing: zero}
      revenue_per_tce: {weight: 10, score: {flat: 60}, missing: zero}
  below:
    indicators:
      tax_per_mu: {weight: 40, score: {flat: 60}, missing: refuse}
      revenue_per_mu: {weight: 30, score: {flat: 60}, missing: refuse}
      technical_per_mu: {weight: 30, score: {flat: 60}, missing: zero}
"""


def test_jingde_scores_run_from_a_fifth_of_the_weight_at_the_least_to_all_of_it_at_the_greatest(run: Run) -> None:
    told = run(JINGDE, [
        {"key": x, "scale": "above", "land_mu": 10, "tax_paid": Decimal(x) * 10, "revenue": 100, "production_years": 5}
        for x in ("0", "5", "12.5", "50")
    ])
    assert {row["key"]: row["scores"]["tax_per_mu"] for row in told["results"]} == {
        "0": "6.0000", "5": "8.4000", "12.5": "12.0000", "50": "30.0000"}


WHOLE = """bonuses: {total_cap: none}
deductions: none
vetoes: none
protections: none
tenants: {treatment: separate}
joint: {allowed: false}
"""
HUAIAN = f"""policy_id: js-huaian-county
version: "1"
extends: js-huaian@2024
verified: to-verify
completeness: partial
{WHOLE}groups:
  above:
    indicators: &limits
      tax_per_mu: {{score: {{cap: none, floor: 0}}, missing: zero}}
      sales_per_mu: {{score: {{cap: none, floor: 0}}, missing: zero}}
      tax_per_tce: {{score: {{cap: none, floor: 0}}, missing: zero}}
  below:
    indicators:
      tax_per_mu: {{score: {{cap: none, floor: 0}}, missing: zero}}
      sales_per_mu: {{score: {{cap: none, floor: 0}}, missing: zero}}
      tax_per_kwh: {{score: {{cap: none, floor: 0}}, missing: zero}}
"""


@pytest.mark.parametrize(("n", "counts"), [
    (10, {"A": 2, "B": 4, "C": 3, "D": 1}), (37, {"A": 7, "B": 15, "C": 13, "D": 2}),
    (101, {"A": 20, "B": 40, "C": 35, "D": 6}),
])
def test_huaian_cuts_count_whole_firms_from_the_top(run: Run, tmp_path: Path, n: int, counts: dict[str, int]) -> None:
    firms = [{"key": f"E{i:03}", "scale": "below", "land_mu": 10, "tax_paid": 10 + i, "revenue": 900, "electricity_kwh": 50_000,
              "production_years": 9} for i in range(n)]
    last = written(tmp_path / "last.csv", firms)
    told = run(HUAIAN, firms, "--last-year", str(last))
    group = next(group for group in told["groups"] if group["id"] == "below")
    assert (group["n"], group["graded"], group["grades"]) == (n, n, counts)
    assert told["scheme"]["completeness"] == "full"


GUANGDE = f"""policy_id: ah-guangde-whole
version: "1"
extends: ah-guangde@2023
verified: to-verify
completeness: partial
{WHOLE}groups:
  above:
    indicators:
      tax_per_mu: &item
        score: {{family: ratio, benchmark: {{kind: group, factor: 1, mean: of_sums}}, cap: none, floor: none}}
        missing: zero
      sales_per_mu: *item
      value_added_per_tce: *item
      rd_intensity: *item
      labour_productivity: *item
  below:
    indicators:
      tax_per_mu: {{missing: zero}}
"""


@pytest.mark.parametrize(("n", "counts"), [
    (10, {"A": 2, "B": 5, "C": 2, "D": 1}), (37, {"A": 9, "B": 16, "C": 10, "D": 2}),
    (101, {"A": 25, "B": 45, "C": 25, "D": 6}),
])
def test_cuts_of_25_70_95_count_whole_firms_from_the_top(run: Run, n: int, counts: dict[str, int]) -> None:
    told = run(GUANGDE, [
        {"key": f"E{i:03}", "scale": "below", "in_dev_zone": "是", "registered_years": 6, "land_mu": 10, "tax_paid": i,
         "revenue": 1}
        for i in range(n)])
    group = next(group for group in told["groups"] if group["id"] == "below")
    assert (group["n"], group["grades"]) == (n, counts)


def wenling() -> str:
    groups = [f"{scale}_{name}" for scale in ("above", "below") for name in ("textile", "metal", "pump", "electric", "other")]
    item = ("{indicators: {tax_per_mu: {label: 亩均税收, value: tax_paid / land_mu, unit: wan_yuan/mu, weight: 100, "
            "missing: zero, score: {family: ratio, benchmark: {kind: fixed, value: 10}, cap: none, floor: 0}}}}")
    return ("policy_id: zj-wenling-town\nversion: '1'\nextends: zj-wenling@2022\nverified: to-verify\ncompleteness: partial\n"
            "total: {full_marks: 100, decimals: 2, cap: none}\ngroups:\n" + "".join(f"  {name}: {item}\n" for name in groups))


def test_wenling_takes_points_for_letting_out_to_small_firms(run: Run) -> None:
    firm = {"industry_group": "泵阀通用设备", "land_mu": 10, "tax_paid": 100}
    told = run(wenling(), [
        {"key": f"{scale}{tenants}", "scale": scale, "tenants_below": tenants, **firm}
        for scale, tenants in (("above", 4), ("above", 1), ("above", 0), ("below", 3), ("below", 1), ("below", 0))])
    assert {row["key"]: (row["deduction"], row["total"]) for row in told["results"]} == {
        "above4": ("-15.0000", "85.00"), "above1": ("0.0000", "100.00"), "above0": ("0.0000", "100.00"),
        "below3": ("-20.0000", "80.00"), "below1": ("-10.0000", "90.00"), "below0": ("0.0000", "100.00")}


HANDAN = """policy_id: he-handan
version: "2010"
extends: demo@1
authority: 邯郸市
verified: to-verify
attributes:
  limit_kwh: {label: 限额用电量, type: number, unit: kwh, if_absent: null}
  obsolete: {label: 淘汰类设备, type: flag, if_absent: false}
consequences:
  electricity:
    amounts:
      D: >-
        if(obsolete, 0.40 * electricity_kwh, if(electricity_kwh - limit_kwh <= limit_kwh, 0.10, 0.30)
        * max(electricity_kwh - limit_kwh, 0)) / 10000
"""


@pytest.mark.parametrize(("used", "obsolete", "wan_yuan"), [
    (1_500_000, False, 5), (2_500_000, False, 45), (2_000_000, False, 10), (900_000, False, 0), (1_000_000, True, 40),
])
def test_handan_power_price_grows_with_the_part_over_the_limit(used: int, obsolete: bool, wan_yuan: int) -> None:
    compiled = compile_scheme(load_yaml(HANDAN, kind="evaluation", id="he-handan"))
    amount = compiled.expressions["consequences.electricity.amounts.D"]
    given = {"electricity_kwh": Fraction(used), "limit_kwh": Fraction(1_000_000), "obsolete": obsolete}
    assert evaluate(amount, given) == wan_yuan
    assert not compiled.scheme.consequences["electricity"].legal.complete


def test_notices_that_add_up_are_left_alone() -> None:
    tongling = {"A": 154, "B": 341, "C": 223, "D": 37}
    printed = {"A": Decimal("20.4"), "B": Decimal("45.2"), "C": Decimal("29.5"), "D": Decimal("4.9")}
    assert check_notice(tongling, 755, printed) == []
    yutai = {"A": 26, "B": 54, "C": 44, "D": 8}
    assert check_notice(yutai, 141, {"A": Decimal("19.70"), "D": Decimal("6.06")}, ungraded=9) == []


def test_notices_that_do_not_add_up_are_reported() -> None:
    jingning = check_notice({"A": 4, "B": 21, "C": 0, "D": 3}, 36)
    assert [issue.rule for issue in jingning] == ["notice-does-not-add-up"]
    assert jingning[0].size == {"sum": "28", "stated": "36"}
    sichuan = check_notice({"A": 2131}, 7546, {"A": Decimal("29.1")}, complete=False)
    assert [issue.rule for issue in sichuan] == ["share-denominator"]
    assert (sichuan[0].size["exact"], sichuan[0].size["implied"]) == ("28.24", "7323")
