"""`tenglong evaluate`: no database, nothing left behind, exit codes, the JSON others script against."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from tenglong.cli import main

SCHEME = """policy_id: ours
version: "2025"
authority: 某县
verified: to-verify
name: 某县办法
jurisdiction: ""
attributes:
  scale: {if_absent: null}
scope: {include: all}
groups:
  all:
    label: 全部企业
    when: scale == "above" or scale == "below"
    indicators:
      tax_per_mu:
        label: 亩均税收
        value: tax_paid / land_mu
        unit: wan_yuan/mu
        weight: 100
        score: {family: ratio, benchmark: {kind: last_year, factor: 1, mean: of_sums}, cap: none, floor: 0}
        missing: refuse
    grades:
      method: rank_share
      order: [A, B]
      cuts: {A: 50}
      counted_from: top
      rounding: floor
      ties: all_up
      counts_in_n: {ungraded: false, vetoed: true}
      small_group: {min: 1, below: as_usual}
total: {full_marks: 100, decimals: 2, cap: none}
bonuses: {total_cap: none}
deductions: none
vetoes: none
protections: none
ungraded: none
tenants: {treatment: separate}
joint: {allowed: false}
"""
HEADS = ["统一社会信用代码", "企业名称", "规模", "实缴税金（元）", "用地面积"]
ROWS = [["A", "甲厂", "规上", 300_000, 10], ["B", "乙厂", "规下", 200_000, 10], ["C", "丙厂", "规下", 100_000, 10]]


def book(path: Path, rows: list[list[Any]] = ROWS, title: str = "企业") -> Path:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.title = title
    for row in [HEADS, *rows]:
        sheet.append(row)
    made.save(path)
    return path


@pytest.fixture
def scheme(tmp_path: Path) -> str:
    path = tmp_path / "ours@2025.yaml"
    path.write_text(SCHEME, encoding="utf-8")
    return str(path)


def go(*words: str) -> Result:
    return CliRunner().invoke(main, ["evaluate", *words])


def test_a_workbook_and_a_scheme_file_give_points_ranks_and_grades(tmp_path: Path, scheme: str) -> None:
    path = book(tmp_path / "企业.xlsx")
    before = sorted(tmp_path.iterdir())
    found = go(str(path), "--scheme", scheme, "--last-year", str(path), "--json")
    assert found.exit_code == 0, found.output
    told = json.loads(found.stdout)
    assert {"scheme", "n", "groups", "results", "rows", "accepted", "rejected", "counts", "issues"} <= set(told)
    assert (told["scheme"]["id"], told["scheme"]["version"], told["scheme"]["completeness"]) == ("ours", "2025", "full")
    assert len(told["scheme"]["pin"]) == 64
    assert told["groups"] == [
        {"id": "all", "label": "全部企业", "members": 3, "n": 3, "graded": 3, "grades": {"A": 1, "B": 2}}]
    first = told["results"][0]
    assert {key: first[key] for key in ("key", "standing", "scores", "total", "rank", "n", "grade")} == {
        "key": "A", "standing": "graded", "scores": {"tax_per_mu": "150.0000"}, "total": "150.00", "rank": 1, "n": 3,
        "grade": "A"}
    sources = {one["name"]: one["source"] for one in first["trace"]["indicators"][0]["inputs"]}
    assert sources["tax_paid"] == {"file": "企业.xlsx", "row": 2, "column": "实缴税金（元）"}
    assert sorted(tmp_path.iterdir()) == before


def test_people_read_grades_with_their_denominators(tmp_path: Path, scheme: str) -> None:
    path = str(book(tmp_path / "f.xlsx"))
    found = go(path, "--scheme", scheme, "--last-year", path)
    assert found.exit_code == 0
    assert "全部企业：3 户，参加排名 3 户：A 1（33.3%），B 2（66.7%）" in found.stdout


def test_a_refused_row_is_told_and_the_others_are_scored(tmp_path: Path, scheme: str) -> None:
    last = str(book(tmp_path / "last.xlsx"))
    path = book(tmp_path / "f.xlsx", [*ROWS, ["D", "丁厂", "规下", "约5万", 10], ["E", "戊厂", "规下", 50_000, -1],
                                      ["F", "己厂", "规下", None, 10], ["G", "庚厂", None, 1, 10]])
    found = go(str(path), "--scheme", scheme, "--last-year", last, "--json")
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert (told["rows"], told["accepted"], told["rejected"]) == (7, 3, 4)
    errors = {(issue["row"], issue["rule"], issue["field"]) for issue in told["issues"] if issue["severity"] == "error"}
    assert errors == {(5, "text-in-number", "tax_paid"), (6, "negative-land", "land_mu"), (7, "not-scored", "tax_paid"),
                      (8, "not-scored", "scale")}
    assert {row["key"]: row["standing"] for row in told["results"]} == {
        "A": "graded", "B": "graded", "C": "graded", "F": "refused", "G": "refused"}


def test_last_years_mean_is_never_made_up(tmp_path: Path, scheme: str) -> None:
    found = go(str(book(tmp_path / "f.xlsx")), "--scheme", scheme)
    assert found.exit_code == 2
    assert "全部企业的亩均税收" in found.output and "--last-year" in found.output


def test_a_bad_scheme_is_refused_with_file_line_and_reason(tmp_path: Path, scheme: str) -> None:
    Path(scheme).write_text(SCHEME.replace("tax_paid / land_mu", "tax_payd / land_mu"), encoding="utf-8")
    found = go(str(book(tmp_path / "f.xlsx")), "--scheme", scheme, "--json")
    assert found.exit_code == 1
    problem = json.loads(found.stdout)["problems"][0]
    assert (problem["file"], problem["line"], problem["key"]) == (scheme, 17, "groups.all.indicators.tax_per_mu.value")
    assert "tax_payd" in problem["reason"]


def test_an_unknown_scheme_is_bad_use_and_lists_what_there_is(tmp_path: Path) -> None:
    found = go(str(book(tmp_path / "f.xlsx")), "--scheme", "nowhere@1")
    assert found.exit_code == 2
    assert "zj-huangyan@2022" in found.output and "demo@1" in found.output


def test_two_versions_are_not_chosen_between(tmp_path: Path) -> None:
    found = go(str(book(tmp_path / "f.xlsx")), "--scheme", "zj-huangyan")
    assert found.exit_code == 2
    assert "zj-huangyan@2021、zj-huangyan@2022" in found.output


def test_more_than_a_partial_scheme_knows_is_refused_naming_the_keys(tmp_path: Path) -> None:
    found = go(str(book(tmp_path / "f.xlsx")), "--scheme", "sd-changle@2023")
    assert found.exit_code == 1
    assert "不能算分" in found.output and "groups.above.indicators.tax_per_mu.weight" in found.output


def test_a_scheme_that_only_scores_gives_no_rank_and_no_grade(tmp_path: Path) -> None:
    heads = ",".join([*HEADS, "用电量"])
    (tmp_path / "f.csv").write_text(f"{heads}\nA,甲,规下,50000,1,5000\nB,乙,规下,60000,1,5000\n", encoding="utf-8")
    found = go(str(tmp_path / "f.csv"), "--scheme", "zj-huangyan@2022", "--json", "--no-trace")
    told = json.loads(found.stdout)
    assert [(row["rank"], row["grade"], row["bonus"], row["deduction"]) for row in told["results"]] == [(None,) * 4] * 2
    assert told["counts"]["partial-scheme"] == 1
    assert go(str(tmp_path / "f.csv"), "--scheme", "zj-huangyan@2022", "--strict").exit_code == 1


@pytest.mark.parametrize("name", ["r.xlsx", "r.csv", "r.parquet"])
def test_results_are_kept_where_asked(tmp_path: Path, scheme: str, name: str) -> None:
    path = str(book(tmp_path / "f.xlsx"))
    assert go(path, "--scheme", scheme, "--last-year", path, "--out", str(tmp_path / name)).exit_code == 0
    kept = tmp_path / name
    if name.endswith("parquet"):
        assert pq.read_table(kept).column("grade").to_pylist() == ["A", "B", "B"]
    elif name.endswith("csv"):
        assert "甲厂,全部企业,参评,150.0000" in kept.read_text("utf-8-sig")
    else:
        rows = list(openpyxl.load_workbook(kept).active.iter_rows(values_only=True))  # type: ignore[union-attr]
        assert any(row[0] == "A" and Decimal(str(row[4])) == 150 and row[-1] == "A" for row in rows)


def test_a_sheet_is_chosen_by_name(tmp_path: Path, scheme: str) -> None:
    path = str(book(tmp_path / "f.xlsx", title="规下"))
    assert go(path, "--scheme", scheme, "--last-year", path, "--sheet", "规下").exit_code == 0
    found = go(path, "--scheme", scheme, "--sheet", "规上")
    assert found.exit_code == 2 and "规下" in found.output


def test_bad_use_is_told_apart_from_bad_data(tmp_path: Path, scheme: str) -> None:
    assert go(str(tmp_path / "none.xlsx"), "--scheme", scheme).exit_code == 2
    assert go(str(book(tmp_path / "f.xlsx"))).exit_code == 2
    assert go(str(tmp_path / "f.xlsx"), "--scheme", scheme, "--out", str(tmp_path / "r.docx")).exit_code == 2
    (tmp_path / "x.xlsx").write_bytes(b"no workbook")
    assert go(str(tmp_path / "x.xlsx"), "--scheme", scheme).exit_code == 1


def test_the_list_says_how_complete_each_scheme_is() -> None:
    found = go("--list", "--json")
    rows = {f"{row['id']}@{row['version']}": row for row in json.loads(found.stdout)}
    assert rows["demo@1"]["completeness"] == "full"
    assert "groups.above.grades" in rows["zj-huangyan@2022"]["unknown"]
    assert "demo@1\t完整" in go("--list").stdout
