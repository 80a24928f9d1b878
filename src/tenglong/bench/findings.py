"""`tenglong bench findings`: one run of criteria over 100,000 plots, from the register to the findings."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from tenglong.bench import _findings_home
from tenglong.bench.result import Alternative, BenchOptions, BenchResult

PLOTS = 100_000


def run(options: BenchOptions) -> BenchResult:
    """`--size` plots (100,000) with buildings, firms, uses and figures; the whole service: reading, judging, comparing with
    last year, writing, audit. Against the loop over plots on the same rows."""
    plots = options.size or PLOTS
    options.say(f"建 {plots:,} 块地的登记册 …")
    with tempfile.TemporaryDirectory(prefix="tenglong-findings-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        found = orjson.loads(_findings_home.answer(home, plots, options.runs).splitlines()[-1])
    result = BenchResult("findings", f"{plots:,} 块地识别疑似低效用地，从登记册到入库")
    for at, step in enumerate(_findings_home.STEPS):
        result.seconds[step] = [one[at] for one in found["seconds"]]
    result.seconds["合计"] = [sum(one) for one in found["seconds"]]
    result.seconds["合计（处理器）"] = found["cpu"]
    result.facts = {
        "建库用时（秒）": round(found["built"], 1), "内存峰值（MiB）": found["peak"],
        "建库后、识别前的峰值（MiB）": found["before"], "结论": found["verdicts"], "命中": found["criteria"],
        "逐块精确复算的地块": found["exact"], "与逐块循环结论相同": found["same"],
        "重复运行结果相同": len(set(found["result"])) == 1,
    }
    note = f"同样的 {found['looped']:,} 块，处理器秒，结论逐块相同"
    result.alternatives.append(Alternative("逐块循环（find）", found["ours"], found["theirs"], note))
    if not found["same"]:
        result.failures.append("与逐块循环的结论不同")
    if len(set(found["result"])) != 1:
        result.failures.append("重复运行的结果不同")
    return result
