"""What-if over five frozen years of one county: the service that the page calls, a different change every time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from tenglong.bench import _whatif_home
from tenglong.bench.result import BenchOptions, BenchResult

FIRMS, YEARS, RUNS, LIMIT = 4_043, 5, 50, 2.0


def run(options: BenchOptions) -> BenchResult:
    """`--size` firms (4,043) × 5 years, 50 tries with changed weights, benchmarks, caps or cuts; the 95th percentile counts."""
    firms = options.size or FIRMS
    with tempfile.TemporaryDirectory(prefix="tenglong-whatif-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        found = orjson.loads(_whatif_home.answer(home, firms, YEARS, RUNS).splitlines()[-1])
    ordered = sorted(found["seconds"])
    p95 = ordered[min(len(ordered) - 1, -(-len(ordered) * 95 // 100) - 1)]
    result = BenchResult("whatif", f"{firms} 家企业 × {YEARS} 年推演，{len(ordered)} 次各改一处")
    result.seconds = {"推演": found["seconds"], "推演 p95": [p95], "第一次（未预热）": [found["first"]]}
    result.limits = {"推演 p95": LIMIT}
    result.facts = {"快照": found["snapshots"], "每次等级变动户数": f"{found['moved'][0]} — {found['moved'][1]}",
                    "回答字节数": found["bytes"], "什么都没有留下": found["kept"] == 0}
    result.facts["每次处理器秒数（中位）"] = round(found["cpu"][len(found["cpu"]) // 2], 2)
    if not found["moved"][1]:
        result.failures.append("没有一次推演改变了任何等级，数据没有说明力")
    if found["kept"]:
        result.failures.append(f"推演之后多了 {found['kept']} 条运算记录")
    return result
