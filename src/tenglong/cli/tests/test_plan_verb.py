"""`tenglong plan`: a plain table or GeoPackage in, a plan with its proof out; no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely
from click.testing import CliRunner, Result

from tenglong.cli import main

HEAD = "地块编号,用地面积（亩）,成本（万元）,年增收（万元）,途径,镇街,产业链,相邻地块,减少岗位,锁定"
ROWS = [
    "P1,10,100,30,收储,曹娥,装备,P2,5,",
    "P1,10,60,15,提容,曹娥,装备,P2,0,",
    "P2,20,150,60,收储,曹娥,装备,P1,8,",
    "P3,30,300,50,收储,东关,新材料,,0,",
    "P4,15,90,45,提容,东关,新材料,,0,",
]


def sheet(path: Path, rows: list[str] = ROWS, head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *rows]), encoding="utf-8-sig")
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["plan", *words])


def answer(*words: str) -> dict[str, Any]:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_csv_gives_the_plan_with_a_proven_gap(tmp_path: Path) -> None:
    told = answer(
        str(sheet(tmp_path / "地块.csv")),
        "--only-plan",
        "--budget",
        "300",
        "--target-mu",
        "40",
        "--objective",
        "most-uplift",
        "--years",
        "2026-2027",
        "--premium",
        "2",
        "--above-mu",
        "20",
    )
    assert (told["rows"], told["rejected"], told["answer"]["status"]) == (5, 0, "proven")
    plan = {one["key"]: one["route"] for one in told["answer"]["chosen"]}
    assert plan == {"P1": "提容", "P2": "收储", "P4": "提容"}
    assert told["answer"]["gap"] <= 1e-4
    assert told["answer"]["totals"]["cost"] == "300000000"
    assert told["answer"]["totals"]["jobs_lost"] == 8
    assert told["answer"]["proofs"][-1]["value"] == str((15 + 60 + 45 + 10 * 2) * 1_000_000)  # 30 mu together, 10 above 20
    assert told["binding"][0]["part"].startswith("预算")


def test_questions_are_answered_in_the_same_run(tmp_path: Path) -> None:
    told = answer(
        str(sheet(tmp_path / "a.csv")),
        "--budget",
        "300",
        "--objective",
        "most-uplift",
        "--next",
        "2",
        "--worth",
        "P4",
        "--frontier",
        "150",
        "--frontier",
        "600",
    )
    assert len(told["next_best"]) == 2
    assert [point["budget"] for point in told["frontier"]] == ["150000000", "600000000"]
    worth = next(one for one in told["importance"] if one["key"] == "P4")
    assert worth["solved"] and worth["at_least"] == worth["at_most"] == str((120 - 90) * 1_000_000)


def test_a_geopackage_needs_no_land_column_and_finds_its_neighbours(tmp_path: Path) -> None:
    shapes = np.array([shapely.box(500_000 + 100 * at, 3_300_000, 500_100 + 100 * at, 3_300_100) for at in range(3)])
    path = tmp_path / "地块.gpkg"
    pyogrio.raw.write(
        path,
        shapely.to_wkb(shapes),
        [np.array(["A", "B", "C"], dtype=object), np.array([50.0, 60.0, 70.0]), np.array([20.0, 20.0, 20.0])],
        ["地块编号", "成本", "年增收"],
        geometry_type="Polygon",
        crs="EPSG:4549",
        layer="plots",
    )
    told = answer(str(path), "--budget", "200", "--target-mu", "25", "--min-mu", "25", "--objective", "cheapest", "--only-plan")
    assert {one["key"] for one in told["answer"]["chosen"]} == {"A", "B"}
    assert {one["project"] for one in told["answer"]["chosen"]} == {1}
    assert told["answer"]["totals"]["land"] == str(2 * 10_000 * 10_000)
    assert "相邻 2 对" in "".join(told["problem"])


def test_requirements_that_conflict_are_named_and_the_exit_is_1(tmp_path: Path) -> None:
    rows = [*ROWS[:3], "P3,30,300,50,收储,东关,新材料,,0,必选", ROWS[4]]
    result = run(str(sheet(tmp_path / "a.csv", rows)), "--budget", "200", "--target-mu", "5", "--json")
    told = json.loads(result.output)
    assert result.exit_code == 1 and told["counts"] == {"no-plan": 1}
    assert told["answer"]["conflict"] == ["预算：各年合计不超过 200 万元", "锁定必选：P3"]
    assert "infeasible" not in result.output.lower()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--budget", "0"), "预算为 0"),
        (("--budget", "2026=0", "--budget", "2027=0", "--years", "2026,2027", "--target-mu", "5"), "2027 年不超过 0 万元："),
        (("--budget", "100", "--target-mu", "999", "--objective", "cheapest"), "超过全域全部候选用地 75 亩"),
        (("--budget", "100", "--target-mu", "盖北=9"), "没有属于“盖北”的"),
    ],
)
def test_a_wrong_problem_is_told_in_a_sentence(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    result = run(str(sheet(tmp_path / "a.csv")), *words)
    assert result.exit_code == 1 and told in result.output


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--budget", "甲"),
        ("--budget", "2031=5"),
        ("--budget", "5", "--years", "明年"),
        ("--budget", "5", "--worth", "没有"),
    ],
)
def test_bad_use_ends_with_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert run(str(sheet(tmp_path / "a.csv")), *words).exit_code == 2


def test_a_refused_row_is_named_and_the_others_are_planned(tmp_path: Path) -> None:
    result = run(
        str(sheet(tmp_path / "a.csv", [*ROWS, "P9,5,甲,3,收储,东关,,,0,"])),
        *("--budget", "300", "--target-mu", "20", "--only-plan", "--json"),
    )
    told = json.loads(result.output)
    assert result.exit_code == 1 and told["rejected"] == 1
    assert [issue["row"] for issue in told["issues"] if issue["rule"] == "bad-number"] == [7]
    assert told["answer"]["status"] == "proven"


def test_a_problem_that_was_kept_solves_to_the_same_plan(tmp_path: Path) -> None:
    kept = tmp_path / "方案.json"
    words = ("--budget", "300", "--target-mu", "40", "--only-plan", "--save-problem", str(kept))
    first, again = answer(str(sheet(tmp_path / "a.csv")), *words), answer(str(kept), "--only-plan")
    assert again["answer"]["chosen"] == first["answer"]["chosen"] and again["problem"] == first["problem"]


def test_a_missing_cost_column_is_told(tmp_path: Path) -> None:
    result = run(str(sheet(tmp_path / "a.csv", ["P1,10"], "地块编号,用地面积")), "--budget", "5")
    assert result.exit_code == 1 and "没有“成本”这一列" in result.output


def test_a_marxan_folder_is_solved_and_a_target_out_of_reach_is_named(tmp_path: Path) -> None:
    tables = {
        "pu": "id,cost\n1,5\n2,3\n3,4\n",
        "spec": "id,name\n7,林地\n",
        "puvspr": "species,pu,amount\n7,1,4\n7,2,4\n7,3,1\n",
        "bound": "id1,id2,boundary\n1,2,2\n2,3,1\n",
    }
    for name, text in tables.items():
        (tmp_path / f"{name}.dat").write_text(text)
    result = run("--marxan", str(tmp_path), "--target", "0.4", "--blm", "1", "--json")
    told = json.loads(result.output)
    assert result.exit_code == 0 and told["chosen"] == ["2"] and told["value"] == pytest.approx(3 + 3)
    (tmp_path / "spec.dat").write_text("id,target,name\n7,99,林地\n")
    beyond = run("--marxan", str(tmp_path))
    assert beyond.exit_code == 1 and "林地" in beyond.output
    assert run("--marxan", str(tmp_path / "没有")).exit_code == 2


def test_a_lock_on_a_route_that_does_not_exist_is_told_with_those_that_do(tmp_path: Path) -> None:
    rows = [f"{row}," for row in ROWS[:4]] + ["P4,15,90,45,提容,东关,新材料,,0,必选,收购"]
    result = run(str(sheet(tmp_path / "a.csv", rows, f"{HEAD},锁定途径")), "--budget", "300", "--target-mu", "5")
    assert result.exit_code == 1
    assert "锁定必选：P4，途径“收购”：不认识的途径“收购”，可用：提容、收储" in result.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("rows", "words", "parts"),
    [
        (ROWS, ("--budget", "900", "--min-mu", "40", "--target-mu", "20", "--objective", "cheapest"),
         ["目标：全域各年合计启动20 亩处置用地以上", "连片：每个项目不小于 40 亩"]),
        ([*ROWS[:2], ROWS[2] + "必选", ROWS[3] + "必选", ROWS[4]], ("--budget", "400", "--target-mu", "5"),
         ["预算：各年合计不超过 400 万元", "锁定必选：P2", "锁定必选：P3"]),
    ],
    ids=["islands too small for a project", "locks that cost more than there is"],
)
def test_parts_that_cannot_be_kept_together_are_named_and_no_others(
    tmp_path: Path, rows: list[str], words: tuple[str, ...], parts: list[str]
) -> None:
    result = run(str(sheet(tmp_path / "a.csv", rows)), *words, "--only-plan", "--json")
    assert result.exit_code == 1
    assert json.loads(result.output)["answer"]["conflict"] == parts


@pytest.mark.slow
def test_every_answer_comes_with_all_that_a_planner_asks(tmp_path: Path) -> None:
    told = answer(str(sheet(tmp_path / "a.csv")), "--budget", "300", "--objective", "most-uplift")
    assert len(told["frontier"]) == 7 and told["next_best"] and told["binding"] and told["tornado"]
    assert {one["key"] for one in told["answer"]["chosen"]} == {one["key"] for one in told["importance"] if one["solved"]}
    assert {"jobs_lost", "jobs_gained", "relocation"} <= told["answer"]["totals"].keys()
    assert run(str(sheet(tmp_path / "a.csv")), "--budget", "300", "--objective", "most-uplift").output.count("敏感性") == 1
