"""`tenglong landcheck`: a table in, a matrix out, exit codes of the contract."""

from __future__ import annotations

from pathlib import Path

import orjson
from click.testing import CliRunner, Result

from tenglong.cli import main

HEAD = "项目名称,行业,投资强度(万元/亩),亩均税收,产出强度,研发投入占比(%)\n"


def run(tmp_path: Path, text: str, *more: str) -> Result:
    file = tmp_path / "项目.csv"
    file.write_text(text, "utf-8")
    return CliRunner().invoke(main, ["landcheck", str(file), "--standard", "sc-longchang@2022", *more])


def test_matrix_of_the_example_fails_only_on_tax_and_exits_one(tmp_path: Path) -> None:
    found = run(tmp_path, HEAD + "甲,装备,160,7.9,360,2.1%\n乙,玻璃,150,8,250,\n", "--json")
    told = orjson.loads(found.stdout)
    assert (found.exit_code, told["rows"], told["accepted"], told["rejected"]) == (1, 2, 1, 1)
    assert {name: one["result"] for name, one in told["matrix"][0]["results"].items()} == {
        "intensity": "pass", "tax": "fail", "output": "pass", "research": "pass"}
    issues = [(one["row"], one["key"], one["field"], one["rule"]) for one in told["issues"]]
    assert issues == [(2, "甲", "tax", "standard-fail")]
    assert told["standard"]["document"] == "隆府办发〔2022〕58号"
    assert run(tmp_path, HEAD + "乙,玻璃,150,8,250,\n").exit_code == 0


def test_figures_are_worked_out_from_amounts_and_areas_exactly(tmp_path: Path) -> None:
    text = ("地块编号,行业,固定资产投资(亿元),年税收(万元),产出强度(万元/公顷),用地面积(平方米),总建筑面积(平方米),"
            "建筑占地面积(平方米)\n"
            "A-1,新材料,0.8,429.768,3750,35814,36000,15000\n")
    told = orjson.loads(run(tmp_path, text, "--json", "--control", "cn@2023").stdout)
    results = told["matrix"][0]["results"]
    assert results["tax"] == {"label": "亩均税收", "result": "pass", "value": "8", "limit": "8", "unit": "万元/亩",
                              "says": "不低于 8万元/亩（隆昌市工业项目“标准地”指标（2022）“新材料”行）"}
    assert results["intensity"]["result"] == "fail"
    assert (results["output"]["value"], results["output"]["result"]) == ("250", "pass")
    assert results["site:coverage"]["result"] == "pass"
    assert told["matrix"][0]["given"]["site_cm2"] == "358140000"
    assert [one["rule"] for one in told["skipped"]] == ["standard-site:far"]


def test_unknown_industry_bad_numbers_and_units_are_told_in_their_rows(tmp_path: Path) -> None:
    told = orjson.loads(run(tmp_path, HEAD + "甲,造船,160,8,360,2\n乙,玻璃,约150,8,250,\n", "--json").stdout)
    assert [(one["row"], one["rule"]) for one in told["issues"]][:2] == [(2, "standard-industry"), (3, "bad-number")]
    no_unit = orjson.loads(run(tmp_path, "项目,行业,固定资产投资,用地面积(亩)\n甲,玻璃,1,2\n", "--json").stdout)
    assert no_unit["skipped"] == [{"rule": "standard-unit", "reason": "“固定资产投资”没有写明单位"}]


def test_bad_use_exits_two_and_a_table_without_figures_one(tmp_path: Path) -> None:
    assert run(tmp_path, HEAD, "--standard", "nowhere").exit_code == 2
    assert CliRunner().invoke(main, ["landcheck"]).exit_code == 2
    found = run(tmp_path, "项目,行业\n甲,玻璃\n")
    assert (found.exit_code, "没有找到指标列" in found.output) == (1, True)
    assert run(tmp_path, HEAD + "甲,玻璃,150,,250,\n").exit_code == 0
    assert run(tmp_path, HEAD + "甲,玻璃,150,,250,\n", "--strict").exit_code == 1
