"""Pages of casework with 100,000 cases in one county, as a town officer opens them (SQLite)."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from tenglong.bench import _cases_home
from tenglong.bench.result import BenchOptions, BenchResult

CASES, TRIES, LIMIT = 100_000, 40, 0.150


def run(options: BenchOptions) -> BenchResult:
    """`--size` cases (100,000) in 20 towns; whole requests with their templates, the 95th percentile counts. The same pages as
    the county opens them are told beside, without a promise."""
    cases = options.size or CASES
    options.say(f"建 {cases:,} 件案件 …")
    with tempfile.TemporaryDirectory(prefix="tenglong-cases-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        found = orjson.loads(_cases_home.answer(home, cases, TRIES).splitlines()[-1])
    result = BenchResult("cases", f"{cases:,} 件案件，镇街经办打开页面，每页 {TRIES} 次")
    for page, seconds in found["officer"].items():
        ordered = sorted(seconds)
        result.seconds[f"{page} p50"] = [_at(ordered, 50)]
        result.seconds[f"{page} p95"] = [_at(ordered, 95)]
        if not page.endswith("（处理器）"):  # what a busy machine adds is told by the difference
            result.limits[f"{page} p95"] = LIMIT
    for page, seconds in found["county"].items():
        result.seconds[f"县级 {page} p95"] = [_at(sorted(seconds), 95)]
    result.facts = {"建库用时（秒）": round(found["built"], 1), "镇街可见案件": found["seen"], "镇街在办任务": found["tasks"],
                    "数据库大小（MB）": found["size"] // 10**6, "看板计数与逐件清点一致": found["exact"]}
    if not found["exact"]:
        result.failures.append("看板上的计数与逐件清点不一致")
    if not found["seen"]:
        result.failures.append("镇街看不到案件，数据没有说明力")
    result.failures += [f"{page} 没有打开：{status}" for page, status in found["failed"].items()]
    return result


def _at(ordered: list[float], part: int) -> float:
    return ordered[-(-len(ordered) * part // 100) - 1]
