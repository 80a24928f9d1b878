"""`tenglong bench quality`: topology of 81,000 adjoining parcels, with the issues written to disk."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np
import orjson
import shapely

from tenglong.bench._parcels import County, make
from tenglong.bench.result import Alternative, BenchOptions, BenchResult
from tenglong.domain.geo.shapes import Shapes, polygonal
from tenglong.domain.quality.issue import Report
from tenglong.domain.quality.options import Options
from tenglong.domain.quality.pairs import overlapping
from tenglong.domain.quality.run import run as check

PARCELS, LIMIT, LOOPED = 81_000, 15.0, 8_000


def run(options: BenchOptions) -> BenchResult:
    """Every check of drawn land; the county is made outside the clock."""
    county = make(options.size or PARCELS, options.seed)
    count = len(county.shapes)
    result = BenchResult("quality", f"{count:,} 宗相邻宗地的全部图形检查并写出问题清单", limits={"total": LIMIT})
    digests = set()
    for number in range(options.runs):
        options.say(f"第 {number + 1}/{options.runs} 次")
        report, written = _once(county, result)
        digests.add(written)
    _verify(county, report, result)
    result.facts["重复运行结果相同"] = len(digests) == 1 if options.runs > 1 else _same_again(county, written)
    if not result.facts["重复运行结果相同"]:
        result.failures.append("两次运行的问题清单不同")
    _compare(county.shapes[:LOOPED], result)
    return result


def _once(county: County, result: BenchResult) -> tuple[Report, bytes]:
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        batch = county.batch()
        start, busy = time.perf_counter(), time.process_time()
        report = check([batch], options=Options())
        checked = time.perf_counter()
        written = _write(report, Path(folder) / "issues.jsonl")
        end = time.perf_counter()
    # on a machine that others use, wall time tells of them as well; processor time does not
    result.facts["处理器时间（秒，全部线程，最近一次）"] = round(time.process_time() - busy, 2)
    for step, seconds in (("checks", checked - start), ("writing", end - checked), ("total", end - start)):
        result.seconds.setdefault(step, []).append(seconds)
    return report, written


def _write(report: Report, path: Path) -> bytes:
    lines = b"\n".join(orjson.dumps(issue.as_json()) for issue in report.issues)
    path.write_bytes(lines)
    return lines


def _same_again(county: County, written: bytes) -> bool:
    with tempfile.TemporaryDirectory(prefix="tenglong-bench-") as folder:
        return _write(check([county.batch()]), Path(folder) / "issues.jsonl") == written


def _verify(county: County, report: Report, result: BenchResult) -> None:
    """Recall and false alarms against what was seeded, rule by rule and row by row."""
    told = [(issue.rule, issue.row, issue.other_row) for issue in report.issues]
    missed, false = county.defects - set(told), set(told) - county.defects
    result.facts |= {"布设缺陷": len(county.defects), "检出": len(county.defects) - len(missed), "误报": len(false),
                     "重复报告": len(told) - len(set(told)), "按规则": report.counts}
    for words, rows in (("漏报", missed), ("误报", false)):
        if rows:
            result.failures.append(f"{words} {len(rows)} 处，例如 {sorted(rows)[:3]}")
    if len(told) != len(set(told)):
        result.failures.append("同一问题报了不止一次")


def _compare(shapes: Shapes, result: BenchResult) -> None:
    """The loop that one writes first: ask the index for one parcel, intersect one pair."""
    clean = polygonal(shapes)
    start = time.perf_counter()
    ours = overlapping(clean, 0.01)
    between = time.perf_counter()
    theirs = _looped(clean)
    end = time.perf_counter()
    if theirs != {(a, b) for a, b, _ in ours}:
        result.failures.append("与逐块循环的结果不同")
    note = f"只比重叠检查，同样的 {len(shapes):,} 宗，结果相同"
    result.alternatives.append(Alternative("逐块循环（STRtree 逐个查询、逐对求交）", between - start, end - between, note))


def _looped(shapes: Shapes) -> set[tuple[int, int]]:
    tree = shapely.STRtree(shapes)
    found = set()
    for row, shape in enumerate(shapes):
        for other in np.sort(tree.query(shape)).tolist():
            if row < other and shape.intersects(shapes[other]) and shape.intersection(shapes[other]).area >= 0.01:
                found.add((row, other))
    return found
