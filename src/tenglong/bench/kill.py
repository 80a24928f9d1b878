"""Kill −9 a real import at seeded moments: the record has all of it or none, the batch says which, and it can be finished."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenglong.bench import _import_home
from tenglong.bench.result import BenchOptions, BenchResult

ROWS, SEEDS = 6_000, 20


@dataclass(frozen=True)
class Death:
    """One killed run: when, what the next start found, and whether a second run finished it."""

    seed: int
    step: str
    after: float
    found: dict[str, Any]
    finished: dict[str, Any]
    faults: tuple[str, ...]

    def line(self) -> str:
        told, rows = self.found["batch"], self.found["rows"]["PlotVersion"]
        job = self.found["job"] or {}
        verdict = "通过" if not self.faults else "；".join(self.faults)
        again = self.finished["rows"]["PlotVersion"]
        return (
            f"{self.seed:>4}  {self.step}开始后 {self.after:5.2f} 秒  批次 {told:<11} 作业 {job.get('kind', ''):<14}"
            f"{job.get('state', ''):<12}已分块 {self.found['chunks']:<2} 登记册 {rows:>6} 行  重跑后 {again:>6} 行  {verdict}"
        )


def run(options: BenchOptions) -> BenchResult:
    """Twenty deaths (`--runs N` with N > 3 asks for N), `--size` rows."""
    rows = options.size or ROWS
    seeds = options.runs if options.runs > 3 else SEEDS
    deaths, whole = deaths_of(rows, range(1, seeds + 1), options.say)
    result = BenchResult(
        "kill",
        f"{rows} 行地块导入，在 {seeds} 个随机时刻 kill -9",
        seconds={"未打断的核对": [whole[0]], "未打断的入库": [whole[1]]},
    )
    result.facts = {
        "全有": sum(death.found["rows"]["PlotVersion"] == rows for death in deaths),
        "全无": sum(death.found["rows"]["PlotVersion"] == 0 for death in deaths),
        "死时批次状态": _tally(death.found["batch"] for death in deaths),
        "表": [death.line() for death in deaths],
    }
    result.failures = [f"{death.seed}：{fault}" for death in deaths for fault in death.faults]
    return result


def deaths_of(rows: int, seeds: Any, say: Any = lambda text: None) -> tuple[list[Death], tuple[float, float]]:
    """Kill one import per seed, each in its own copy of the same home. Returns them and the seconds of a whole run."""
    with tempfile.TemporaryDirectory(prefix="tenglong-kill-") as folder:
        start = Path(folder) / "start"
        start.mkdir()
        _import_home.answer(start, "prepare", str(rows), str(Path(folder) / "survey.csv"))
        whole = _whole(start, Path(folder) / "whole")
        say(f"未打断时核对 {whole[0]:.1f} 秒，入库 {whole[1]:.1f} 秒")
        deaths = []
        for seed in seeds:
            death = kill_once(start, Path(folder) / f"home-{seed}", seed, whole, rows)
            say(death.line())
            deaths.append(death)
        return deaths, whole


def _whole(start: Path, home: Path) -> tuple[float, float]:
    """Seconds from the start to confirming, and of confirming, when nobody disturbs."""
    shutil.copytree(start, home)
    process = _import_home.child(home, "work")
    began = _until(process, b"ready")
    confirming = _until(process, b"confirm")
    process.wait()
    ended = time.monotonic()
    shutil.rmtree(home)
    return confirming - began, ended - confirming


def _until(process: Any, word: bytes) -> float:
    """Clock at the moment when the child says `word`."""
    if process.stdout.readline().strip() != word:
        raise RuntimeError("导入进程没有启动")
    return time.monotonic()


def kill_once(start: Path, home: Path, seed: int, whole: tuple[float, float], rows: int) -> Death:
    """Odd seeds die somewhere in staging, even seeds somewhere in confirming: a moment uniform over that step."""
    shutil.copytree(start, home)
    chance = random.Random(seed).random()  # noqa: S311 - a seeded moment, no secret
    step = 1 - seed % 2
    process = _import_home.child(home, "work")
    began = _until(process, b"ready")
    began = _until(process, b"confirm") if step else began
    after = chance * whole[step]
    time.sleep(max(0.0, began + after - time.monotonic()))
    process.kill()
    process.wait()
    found = json.loads(_import_home.answer(home, "state"))
    _import_home.answer(home, "work")
    finished = json.loads(_import_home.answer(home, "state"))
    shutil.rmtree(home)
    return Death(seed, ("核对", "入库")[step], after, found, finished, tuple(faults(found, finished, rows)))


def faults(found: dict[str, Any], finished: dict[str, Any], rows: int) -> list[str]:
    """Everything that is not “all or none, truthfully told, and finished by a second run”."""
    out = []
    held = set(found["rows"].values()) | {found["shapes"]}
    if held not in ({0}, {rows}):
        out.append(f"登记册只有一部分：{found['rows']}，图形 {found['shapes']}")
    if (found["batch"] == "done") != (held == {rows}):
        out.append(f"批次说“{found['batch']}”，登记册有 {found['rows']['PlotVersion']} 行")
    if found["unfinished"]:
        out.append("仍有作业显示在运行")
    for when, told in (("死后", found), ("重跑后", finished)):
        if not told["index_ok"] or not told["audit_ok"]:
            out.append(f"{when}索引或审计链不一致")
    if finished["batch"] != "done" or set(finished["rows"].values()) != {rows} or finished["staged"] != rows:
        out.append(f"重跑没有完成：{finished}")
    return out


def _tally(words: Any) -> dict[str, int]:
    out: dict[str, int] = {}
    for word in words:
        out[word] = out.get(word, 0) + 1
    return out
