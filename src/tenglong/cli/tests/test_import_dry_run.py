"""`tenglong import … --dry-run`: what it prints, its exit codes, and that it leaves nothing."""

from __future__ import annotations

import json
import os
from collections import Counter
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner

from tenglong.cli import main

HEADINGS = "摸排编号,所属镇街,占地面积（亩）,权证状态"


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("TENGLONG_HOME", str(tmp_path / "nowhere"))

    def call(*arguments):
        return CliRunner().invoke(main, ["import", *map(str, arguments)])

    yield call
    assert not (tmp_path / "nowhere").exists()


@pytest.fixture
def plots(tmp_path):
    path = tmp_path / "地块.csv"
    path.write_text(f"{HEADINGS}\nA,曹娥街道,15,无证\nB,曹娥街道,abc,有证\n", encoding="utf-8")
    return path


def test_a_dry_run_says_what_was_understood_and_fails_on_errors(run, plots):
    result = run("plots", plots, "--dry-run", "--json")
    assert result.exit_code == 1
    told = json.loads(result.output)
    assert (told["rows"], told["accepted"], told["rejected"]) == (2, 1, 1)
    assert told["counts"]["bad-number"] == 1
    area = next(column for column in told["mapping"] if column["field"] == "surveyed_area")
    assert (area["index"], area["heading"], area["unit"], area["unit_from"]) == (2, "占地面积（亩）", "mu", "heading")
    assert told["totals"]["surveyed_area"] == {"rows": "1", "m2": "10000", "ha": "1", "mu": "15"}
    assert told["skipped"]


def test_untitled_land_passes_and_strict_minds_warnings(run, tmp_path):
    path = tmp_path / "地块.csv"
    path.write_text(f"{HEADINGS}\nA,曹娥街道,15,无证\n", encoding="utf-8")
    assert run("plots", path, "--dry-run").exit_code == 0
    path.write_text(f"{HEADINGS}\nA,曹娥街道,约15,无证\n", encoding="utf-8")
    assert run("plots", path, "--dry-run").exit_code == 0
    assert run("plots", path, "--dry-run", "--strict").exit_code == 1


def test_a_mapping_given_as_a_file_is_used(run, plots, tmp_path):
    mapping = tmp_path / "方案.json"
    mapping.write_text(
        json.dumps(
            {
                "columns": [
                    {"field": "survey_number", "heading": "摸排编号"},
                    {"field": "town", "heading": "所属镇街"},
                    {"field": "stated_area", "heading": "占地面积（亩）", "unit": "ha"},
                ]
            }
        ),
        encoding="utf-8",
    )
    told = json.loads(run("plots", plots, "--dry-run", "--json", "--mapping", mapping).output)
    assert told["totals"]["stated_area"]["ha"] == "15"
    mapping.write_text('{"columns": [{"field": "name", "heading": "没有"}]}', encoding="utf-8")
    result = run("plots", plots, "--dry-run", "--mapping", mapping)
    assert result.exit_code == 1 and "找不到" in result.output


def test_bad_use_and_refused_files_have_their_exit_codes(run, tmp_path):
    assert run("dragons", tmp_path).exit_code == 2
    assert run("plots", tmp_path / "没有.csv", "--dry-run").exit_code == 2
    empty = tmp_path / "空.csv"
    empty.write_bytes(b"")
    result = run("plots", empty, "--dry-run")
    assert result.exit_code == 1 and "0 字节" in result.output
    strange = tmp_path / "菜谱.csv"
    strange.write_text("菜名,盐\n鱼,1\n", encoding="utf-8")
    result = run("plots", strange, "--dry-run")
    assert result.exit_code == 1 and "没有一列能对上" in result.output


def test_an_annotated_workbook_is_written_on_request(run, plots, tmp_path):
    run("plots", plots, "--dry-run", "--annotate", tmp_path / "o.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "o.xlsx")["问题行"]
    assert sheet["A2"].value == 3


def test_a_template_is_written(run, tmp_path):
    assert run("template", "plots", tmp_path / "t.xlsx").exit_code == 0
    assert "地块" in openpyxl.load_workbook(tmp_path / "t.xlsx").sheetnames


def test_a_folder_is_sorted_by_kind_and_nothing_is_dropped_silently(run, plots, tmp_path):
    folder = tmp_path / "摸排"
    folder.mkdir()
    plots.rename(folder / "2地块.csv")
    (folder / "3地块.csv").write_text(f"{HEADINGS}\nA,曹娥街道,15,无证\nC,曹娥街道,x,有证\n", encoding="utf-8")
    (folder / "1企业.csv").write_text("统一社会信用代码,企业名称\n91330604MA0000015G,甲公司\n", encoding="utf-8")
    (folder / "菜谱.csv").write_text("菜名,盐\n鱼,1\n", encoding="utf-8")
    (folder / "坏.xlsx").write_bytes(b"PK\x03\x04 broken")
    told = json.loads(run("folder", folder, "--dry-run", "--json").output)
    assert [(one["kind"], one["file"], one["rows"]) for one in told["files"]] == [
        ("plots", "2地块.csv", 2),
        ("plots", "3地块.csv", 2),
        ("enterprises", "1企业.csv", 1),
    ]
    assert told["rows"] == 5 and told["accepted"] + told["rejected"] == 5
    assert {one["file"].split("：")[0] for one in told["left_out"]} == {"菜谱.csv", "坏.xlsx"}
    assert Counter(issue["rule"] for issue in told["issues"])["bad-number"] == 2
    assert any(issue["rule"] == "duplicate-code" for issue in told["issues"]), "the same number in two files is found"


def test_real_land_deals_lose_no_row_and_tell_what_is_wrong(run):
    root = os.environ.get("TENGLONG_SHARED_DATA") or Path(__file__).resolve().parents[5] / "shared" / "data"
    path = Path(root) / "land_deals_industrial_2017-01.xlsx"
    if not path.exists():
        pytest.skip("the real land deals are not on this machine (set TENGLONG_SHARED_DATA)")
    told = json.loads(run("deals", path, "--dry-run", "--json").output)
    assert told["rows"] == 745 == told["accepted"] + told["rejected"] == len(told["areas"])
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    swapped = {at for at, row in enumerate(rows, 2) if row[20] and row[21] and Fraction(row[21]) > Fraction(row[20])}
    assert {issue["row"] for issue in told["issues"] if issue["rule"] == "far-limits-swapped"} == swapped
    assert told["totals"]["area"]["ha"] == str(float(sum(Fraction(row[10]) for row in rows)))
    for area, row in zip(told["areas"], rows, strict=True):
        assert Fraction(area["area"]["mu"]) == Fraction(row[10]) * 15
    stale = {issue["value"] for issue in told["issues"] if issue["rule"] == "division-name-abolished"}
    assert {"上虞市", "绍兴县"} <= stale
    assert told["counts"]["several-terms-in-cell"] == 2
