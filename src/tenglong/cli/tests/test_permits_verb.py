"""`tenglong permits`: a network and a table of dates in, a schedule with its odds out; no database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from tenglong.cli import main


def ask(*words: str) -> Result:
    return CliRunner().invoke(main, ["permits", *words])


def told(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(*words, "--json", "--draws", "2000").output)
    return found


def table(path: Path, *rows: str) -> str:
    path.write_text("\n".join(rows), encoding="utf-8-sig")
    return str(path)


def test_routes_are_compared_and_the_same_seed_gives_the_same_odds():
    one = told("--policy", "zj-land-and-start@1", "--start", "2026-03-02")
    assert one["by_route"] == {"serial": "2026-09-03", "parallel": "2026-08-06", "pre_review": "2026-06-29"}
    assert (one["goal_on"], one["lawful_minimum"]["goal_on"]) == ("2026-06-29", "2026-04-02")
    assert one["path"][0] == "publish" and one["odds"]["start_build"]["p50"] <= one["odds"]["start_build"]["p90"]
    assert one == told("--policy", "zj-land-and-start@1", "--start", "2026-03-02")
    assert "关键路径：发布出让公告" in ask("--policy", "zj-90@2019", "--start", "2026-03-02", "--draws", "100").output


def test_dates_that_the_law_does_not_allow_are_errors_and_late_ones_warnings(tmp_path: Path):
    head = "步骤,受理日期,办结日期,卡住到"
    early = table(tmp_path / "a.csv", head, "发布出让公告,,2026-03-02,", "notice,,2026-03-12,", "没有的步骤,,2026-03-12,")
    answer = ask(early, "--policy", "zj-90@2019", "--start", "2026-03-02", "--draws", "100")
    assert answer.exit_code == 1 and "第八条" in answer.output and "没有步骤“没有的步骤”" in answer.output
    late = table(tmp_path / "b.csv", head, "filing,2026-03-02,2026-03-20,", "drawings,,,2027-06-01")
    words = (late, "--policy", "zj-90@2019", "--start", "2026-03-02", "--draws", "100")
    assert ask(*words).exit_code == 0 and ask(*words, "--strict").exit_code == 1
    assert told(*words)["goal_on"] > "2027-06-01"


def test_cases_of_the_zone_move_the_odds_and_bad_use_is_told(tmp_path: Path):
    slow = table(tmp_path / "h.csv", "步骤,工作日", *(["施工图审查,90"] * 200), "施工图审查,x")
    words = ("--policy", "zj-90@2019", "--start", "2026-03-02")
    moved = told(*words, "--history", slow)
    assert moved["cases"] == {"drawing_review": 200} and moved["counts"] == {"bad-days": 1}
    assert moved["odds"]["construction_permit"]["p50"] > told(*words)["odds"]["construction_permit"]["p90"]
    nameless = ("--start", "2026-03-02")
    for bad in (nameless, (*words, "--route", "x"), (*words, "--goal", "x"), ("--policy", "x", *nameless)):
        assert ask(*bad).exit_code == 2
    assert "zj-small@2020" in ask("--list").output
