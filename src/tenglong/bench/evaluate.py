"""`tenglong bench evaluate`: one scheme over a country's enterprises, Parquet to Parquet, against the same rule in pandas."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from tenglong.bench import _evaluate_data
from tenglong.bench.result import Alternative, BenchOptions, BenchResult

ROWS, MANY = 1_000_000, 5_000_000
TIMES, SHARE, MEMORY = 3.0, 0.5, 4 * 2**30


def run(options: BenchOptions) -> BenchResult:
    """Each side in a process of its own with 2 threads. From 5 m rows on one run of each, and the promises are judged."""
    rows = options.size or ROWS
    runs = 1 if rows >= MANY else options.runs
    result = BenchResult("evaluate", f"{rows:,} 户，两组 6＋2 项指标，Parquet 进 Parquet 出，2 线程，各 {runs} 次")
    with tempfile.TemporaryDirectory(prefix="tenglong-evaluate-") as folder:
        home = Path(folder)
        options.say("生成数据")
        source = _evaluate_data.write(home / "rows.parquet", rows, options.seed)
        sides = ["duckdb", "pandas", *(["trace"] if options.trace else []), *(["spark"] if options.spark else [])]
        figures = {side: [_measured(options, home, source, side) for _ in range(runs)] for side in sides}
        _told(result, figures, rows)
        for side in sides[1:]:
            _compared(result, home, side, rows)
    return result


def _measured(options: BenchOptions, home: Path, source: Path, side: str) -> dict[str, Any]:
    options.say(side)
    words = ["duckdb", str(source), str(home / side), "trace"] if side == "trace" else [side, str(source), str(home / side)]
    command = [sys.executable, "-m", "tenglong.bench._evaluate_steps", *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own module
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _told(result: BenchResult, figures: dict[str, list[dict[str, Any]]], rows: int) -> None:
    for side, found in figures.items():
        result.seconds[side] = [one["seconds"] for one in found]
        result.facts[f"{side} 内存峰值 MiB"] = round(max(one["peak"] for one in found) / 2**20)
        result.facts[f"{side} 处理器秒数"] = round(min(one["cpu"] for one in found), 1)
    medians = result.medians()
    compared = Alternative("pandas", medians["duckdb"], medians["pandas"])
    result.alternatives.append(compared)
    ours, theirs = (max(one["peak"] for one in figures[side]) for side in ("duckdb", "pandas"))
    if rows >= MANY and compared.ratio < TIMES:
        result.failures.append(f"快 {compared.ratio:.2f} 倍，承诺至少 {TIMES:g} 倍")
    if rows >= MANY and (ours > SHARE * theirs or ours > MEMORY):
        result.failures.append(
            f"内存 {ours / 2**20:.0f} MiB，承诺不超过 pandas（{theirs / 2**20:.0f} MiB）的一半且在 4 GB 以内"
        )


def _compared(result: BenchResult, home: Path, side: str, rows: int) -> None:
    """Grades must be the same row by row; totals may differ by the last unit where floats round the other way."""
    paths = [f"{path}/*.parquet" if path.is_dir() else str(path) for path in (home / "duckdb", home / side)]
    # the paths are our own temporary files
    text = f"""SELECT count(*), count(*) FILTER (WHERE a.grade IS DISTINCT FROM b.grade),
        count(*) FILTER (WHERE a.total::DOUBLE IS DISTINCT FROM b.total::DOUBLE)
        FROM read_parquet('{paths[0]}') a JOIN read_parquet('{paths[1]}') b USING (key)"""  # noqa: S608
    with duckdb.connect() as connection:
        both, grades, totals = connection.execute(text).fetchall()[0]
    result.facts[f"与 {side} 相比"] = f"{both:,} 户同在，等级不同 {grades}，总分不同 {totals}"
    if both != rows or grades or (side != "pandas" and totals):
        result.failures.append(f"与 {side} 的结果不同：{result.facts[f'与 {side} 相比']}")
