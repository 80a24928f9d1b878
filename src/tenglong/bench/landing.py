"""Permits of 60 projects of 40 steps each: pages as a town officer opens them, and the odds of every end."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from tenglong.bench import _landing_home
from tenglong.bench.result import Alternative, BenchOptions, BenchResult

PROJECTS, TRIES, LIMIT = 60, 60, 0.300
DRAWS, ODDS_LIMIT = 10_000, 5.0


def run(options: BenchOptions) -> BenchResult:
    """Whole requests with their templates on a home of its own; the 95th percentile counts. The odds: 10,000 draws for each
    project, against a plain pass per draw over the same luck."""
    options.say(f"建 {PROJECTS} 个项目 …")
    with tempfile.TemporaryDirectory(prefix="tenglong-landing-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        found = orjson.loads(_landing_home.answer(home, PROJECTS, TRIES, DRAWS, options.runs).splitlines()[-1])
    result = BenchResult("landing", f"{PROJECTS} 个项目、每个 {found['steps']} 步的审批网络，每页 {TRIES} 次")
    for page, seconds in found["pages"].items():
        ordered = sorted(seconds)
        result.seconds[f"{page} p50"], result.seconds[f"{page} p95"] = [_at(ordered, 50)], [_at(ordered, 95)]
        result.limits[f"{page} p95"] = LIMIT
    result.seconds["当天第一次打开看板（全部重新推算）"] = [found["first"]]
    label = f"抽样 {DRAWS:,} 次 × {PROJECTS} 个项目"
    result.seconds[label], result.limits[label] = found["odds"], ODDS_LIMIT
    result.alternatives.append(Alternative(
        "逐次前推（Python 列表，每次抽样一遍）", found["ours"], found["theirs"],
        f"1 个项目 {DRAWS:,} 次，同样的随机数，日期{'逐次相同' if found['same'] else '不同'}"))
    result.facts = {
        "建库用时（秒）": round(found["built"], 1), "登记的步骤": found["facts"], "参照的已办例数": found["cases"],
        "步数": found["steps"], "抽样前后的内存峰值（MiB）": found["peaks"], "重复运行结果相同": found["again"],
    }
    if found["steps"] < _landing_home.STEPS:
        result.failures.append(f"网络只有 {found['steps']} 步")
    for said, kept in (("与逐次前推的日期不同", found["same"]), ("重复运行的结果不同", found["again"])):
        result.failures += [] if kept else [said]
    result.failures += [f"{page} 没有打开：{status}" for page, status in found["failed"].items()]
    return result


def _at(ordered: list[float], part: int) -> float:
    return ordered[-(-len(ordered) * part // 100) - 1]
