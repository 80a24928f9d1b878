"""What-if over five frozen years of one county: the service that the page calls, a different change every time."""

from __future__ import annotations

import tempfile
from pathlib import Path

import orjson

from tenglong.bench import _whatif_home
from tenglong.bench.result import BenchOptions, BenchResult

FIRMS, YEARS, RUNS, LIMIT = 4_043, 5, 50, 2.0
PARTS = ("检查草案", "运算各年", "比较与成文")


def run(options: BenchOptions) -> BenchResult:
    """`--size` firms (4,043) × 5 years, 50 tries with changed weights, benchmarks, caps or cuts; the 95th percentile counts,
    and the first try after its page was opened. A first try that comes before the page is ready is told beside it."""
    firms = options.size or FIRMS
    with tempfile.TemporaryDirectory(prefix="tenglong-whatif-") as folder:
        home = Path(folder) / "home"
        home.mkdir()
        found = orjson.loads(_whatif_home.answer(home, firms, YEARS, RUNS).splitlines()[-1])
    ordered = sorted(found["seconds"])
    p50, p95 = (ordered[-(-len(ordered) * part // 100) - 1] for part in (50, 95))
    result = BenchResult("whatif", f"{firms} 家企业 × {YEARS} 年推演，{len(ordered)} 次各改一处")
    result.seconds = {"推演": found["seconds"], "推演 p50": [p50], "推演 p95": [p95], "推演最长": [ordered[-1]],
                      "第一次推演": [found["first_warmed"]], "第一次推演（页面还没有预热）": [found["first"]],
                      "打开页面后的预热": [found["warming"]]}
    result.seconds |= {f"其中{part}": [one[at] for one in found["parts"]] for at, part in enumerate(PARTS)}
    result.limits = {"推演 p95": LIMIT, "第一次推演": LIMIT}
    result.facts = {"快照": found["snapshots"], "每次等级变动户数": f"{found['moved'][0]} — {found['moved'][1]}",
                    "回答字节数": found["bytes"], "什么都没有留下": found["kept"] == 0}
    result.facts["每次处理器秒数（中位）"] = round(found["cpu"][len(found["cpu"]) // 2], 2)
    if not found["moved"][1]:
        result.failures.append("没有一次推演改变了任何等级，数据没有说明力")
    if found["kept"]:
        result.failures.append(f"推演之后多了 {found['kept']} 条运算记录")
    return result
