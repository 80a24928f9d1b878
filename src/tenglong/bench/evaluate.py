"""`tenglong bench evaluate`: one scheme over a country's enterprises, Parquet to Parquet, against the same rule in pandas."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb

from tenglong.bench import _evaluate_data, _evaluate_pandas
from tenglong.bench.result import Alternative, BenchOptions, BenchResult
from tenglong.engine.run import configure

ROWS, MANY = 1_000_000, 5_000_000
BOTH = ("duckdb", "pandas")
TIMES, SHARE, MEMORY = 3.0, 0.5, 4 * 2**30


def run(options: BenchOptions) -> BenchResult:
    """Each side in a process of its own with 2 threads, in turns. From 5 m rows on the promises are judged (medians), and
    trace and Spark run once."""
    rows = options.size or ROWS
    result = BenchResult("evaluate", f"{rows:,} 户，两组 6＋2 项指标，Parquet 进 Parquet 出，2 线程，各 {options.runs} 次")
    with tempfile.TemporaryDirectory(prefix="tenglong-evaluate-") as folder:
        home = Path(folder)
        options.say("生成数据")
        source = _evaluate_data.write(home / "rows.parquet", rows, options.seed)
        traced = ["trace", "pandas-trace"] if options.trace else []
        sides = [*BOTH, *traced, *(["spark"] if options.spark else [])]
        figures: dict[str, list[dict[str, Any]]] = {side: [] for side in sides}
        for turn in range(options.runs):
            for side in sides if turn == 0 or rows < MANY else BOTH:
                figures[side].append(_measured(options, home, source, side))
        _told(result, figures, rows)
        for side in sides[1:]:
            _compared(result, home, side, rows)
        if traced:
            _traces(result, home)
    return result


def _measured(options: BenchOptions, home: Path, source: Path, side: str) -> dict[str, Any]:
    options.say(side)
    os.sync()  # what was written before is not for this side to pay for
    backend, traced = {"trace": ("duckdb", True), "pandas-trace": ("pandas", True)}.get(side, (side, False))
    words = [backend, str(source), str(home / side), *(["trace"] if traced else [])]
    command = [sys.executable, "-m", "tenglong.bench._evaluate_steps", *words]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own module
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _told(result: BenchResult, figures: dict[str, list[dict[str, Any]]], rows: int) -> None:
    for side, found in figures.items():
        result.seconds[side] = [one["seconds"] for one in found]
        result.facts[f"{side} 内存峰值 MiB"] = round(max(one["peak"] for one in found) / 2**20)
        result.facts[f"{side} 处理器秒数"] = round(min(one["cpu"] for one in found), 1)
    _promised(result, figures, rows, "duckdb", "pandas")
    if "trace" in figures:
        _promised(result, figures, rows, "trace", "pandas-trace")


def _promised(result: BenchResult, figures: dict[str, list[dict[str, Any]]], rows: int, ours: str, theirs: str) -> None:
    """One of our sides against pandas that keeps as much. With trace the promise is to stay inside the memory."""
    medians = result.medians()
    cpu, peak = ({side: pick(one[name] for one in figures[side]) for side in (ours, theirs)}
                 for pick, name in ((min, "cpu"), (max, "peak")))
    note = f"处理器秒数之比 {cpu[theirs] / cpu[ours]:.2f}，内存为其 {peak[ours] / peak[theirs]:.0%}"
    compared = Alternative(theirs, medians[ours], medians[theirs], note)
    result.alternatives.append(compared)
    if rows < MANY:
        return
    if ours == "duckdb" and compared.ratio < TIMES:
        result.failures.append(f"快 {compared.ratio:.2f} 倍，承诺至少 {TIMES:g} 倍")
    if peak[ours] > (SHARE * peak[theirs] if ours == "duckdb" else MEMORY) or peak[ours] > MEMORY:
        told = f"不超过 pandas（{peak[theirs] / 2**20:.0f} MiB）的一半且在 4 GB 以内" if ours == "duckdb" else "在 4 GB 以内"
        result.failures.append(f"{ours} 内存 {peak[ours] / 2**20:.0f} MiB，承诺{told}")


def _compared(result: BenchResult, home: Path, side: str, rows: int) -> None:
    """Grades must be the same row by row; totals may differ by the last unit where floats round the other way."""
    text = """SELECT count(*), count(*) FILTER (WHERE a.grade IS DISTINCT FROM b.grade),
        count(*) FILTER (WHERE a.total::DOUBLE IS DISTINCT FROM b.total::DOUBLE)"""
    both, grades, totals = _asked(home, "duckdb", side, text)
    result.facts[f"与 {side} 相比"] = f"{both:,} 户同在，等级不同 {grades}，总分不同 {totals}"
    if both != rows or grades or (not side.startswith("pandas") and totals):
        result.failures.append(f"与 {side} 的结果不同：{result.facts[f'与 {side} 相比']}")


def _asked(home: Path, ours: str, theirs: str, text: str) -> tuple[Any, ...]:
    """`text` over the rows that both sides have, ours as a, theirs as b. What does not fit in 3 GB goes to the folder."""
    paths = [f"{path}/*.parquet" if path.is_dir() else str(path) for path in (home / ours, home / theirs)]
    with duckdb.connect() as connection:
        configure(connection, 2, "3GB", str(home))
        # the paths are our own temporary files
        return tuple(connection.execute(
            f"{text} FROM read_parquet('{paths[0]}') a JOIN read_parquet('{paths[1]}') b USING (key)"  # noqa: S608
        ).fetchall()[0])


def _traces(result: BenchResult, home: Path) -> None:
    """Value, points and flag of every item: the same in both traces, figures to 10⁻⁹."""
    items = list({name: None for held in (_evaluate_pandas.ABOVE, _evaluate_pandas.BELOW) for name in held})
    flags = [f"a.f_{name} IS DISTINCT FROM b.f_{name}" for name in items]
    figures = [f"(a.{one} IS NULL) <> (b.{one} IS NULL) OR abs(a.{one} - b.{one}) > 1e-9 * greatest(1, abs(a.{one}))"
               for name in items for one in (f"x_{name}", f"s_{name}")]
    text = f"SELECT count(*) FILTER (WHERE {' OR '.join(flags)}), count(*) FILTER (WHERE {' OR '.join(figures)})"
    flagged, apart = _asked(home, "trace", "pandas-trace", text)
    result.facts["逐项留痕与 pandas 相比"] = f"标记不同 {flagged}，数值或得分不同 {apart}"
    if flagged or apart:
        result.failures.append(f"逐项留痕与 pandas 不同：{result.facts['逐项留痕与 pandas 相比']}")
