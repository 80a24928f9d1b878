"""A large survey: staging in chunks, then one transaction that holds the write lock for at most ten seconds."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

from tenglong.bench import _import_home
from tenglong.bench.result import BenchOptions, BenchResult

ROWS, LIMIT = 100_000, 10.0


def run(options: BenchOptions) -> BenchResult:
    """One import of `--size` rows (100,000) in a home of its own, in processes like the worker's."""
    rows = options.size or ROWS
    with tempfile.TemporaryDirectory(prefix="tenglong-confirm-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        started = time.monotonic()
        _import_home.answer(home, "prepare", str(rows), str(Path(folder) / "survey.csv"))
        read = time.monotonic() - started
        options.say(f"上传、读取、识别 {rows} 行用 {read:.1f} 秒")
        started = time.monotonic()
        done = json.loads(_import_home.answer(home, "work").splitlines()[-1])
        work = time.monotonic() - started
        found = json.loads(_import_home.answer(home, "state"))
    result = BenchResult("confirm", f"{rows} 行地块从文件到登记册")
    result.seconds = {"读取与识别": [read], "核对与入库": [work], "入库事务": [done["applied"]["seconds"]]}
    result.limits = {"入库事务": LIMIT}
    result.facts = {
        "入库事务占用处理器秒数": done["applied"]["cpu_seconds"],
        "登记册行数": found["rows"],
        "图形": found["shapes"],
        "写入": done["applied"]["counts"],
    }
    if set(found["rows"].values()) != {rows} or not found["index_ok"] or not found["audit_ok"]:
        result.failures.append(f"登记册与文件不符：{found}")
    return result
