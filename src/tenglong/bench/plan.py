"""`tenglong bench plan`: the best plan of a county with a proven gap, against one plain integer programme."""

from __future__ import annotations

from tenglong.bench._plan_county import Size
from tenglong.bench._plan_runs import GAP, Measured, alone, ours, plain
from tenglong.bench.result import Alternative, BenchOptions, BenchResult

LARGE, SMALL = Size(10_000, 2_000, 4), Size(2_595, 520, 5)
SEEDS, LIMIT, PATIENCE = 5, 10.0, 150.0


def run(options: BenchOptions) -> BenchResult:
    """Five counties of each size. The county is made outside the clock; enumeration of clusters is inside."""
    sizes = [Size(options.size, options.size // 5, 4)] if options.size else [LARGE, SMALL]
    result = BenchResult(
        "plan", "连片组合选地：预算内净增收最多，证明差距不超过 0.01%", limits={_name(size): LIMIT for size in sizes}
    )
    for size in sizes:
        first = [_solved(size, options, number, result) for number in range(SEEDS)][0]
        options.say(f"{_name(size)}：对照，一个整数规划")
        _compare(size, options.seed, first, result)
    options.say("三条途径、三个年度预算（不在承诺内）")
    rich = alone(ours, sizes[0], options.seed, True, 60.0)
    result.facts[f"{_name(sizes[0])}，3 条途径 × 3 个年度预算（不在承诺内）"] = _told(rich)
    return result


def _name(size: Size) -> str:
    return f"{size.plots:,} 宗、候选 {size.candidates:,}、项目不超过 {size.members} 宗"


def _solved(size: Size, options: BenchOptions, number: int, result: BenchResult) -> Measured:
    options.say(f"{_name(size)}：第 {number + 1}/{SEEDS} 个县")
    found = alone(ours, size, options.seed + number, False, 60.0)
    result.seconds.setdefault(_name(size), []).append(found.seconds)
    result.facts[f"{_name(size)}，第 {number + 1} 个"] = _told(found)
    if found.gap > GAP:
        result.failures.append(f"{_name(size)} 第 {number + 1} 个县只证明到 {found.gap:.2e}")
    if found.seconds > LIMIT:
        result.failures.append(f"{_name(size)} 第 {number + 1} 个县用了 {found.seconds:.1f} 秒")
    return found


def _told(found: Measured) -> str:
    return (
        f"{found.seconds:.2f} 秒（处理器 {found.busy:.2f} 秒），已证明差距 {found.gap:.1e}，组合 {found.clusters:,} 个，"
        f"内存峰值 {found.memory:.0f} MiB"
    )


def _compare(size: Size, seed: int, first: Measured, result: BenchResult) -> None:
    theirs = alone(plain, size, seed, PATIENCE)
    note = f"同一个县；对照证明到 {theirs.gap:.1e}，内存峰值 {theirs.memory:.0f} MiB，本程序 {first.memory:.0f} MiB"
    result.alternatives.append(Alternative("一个整数规划（HiGHS，全部组合）", first.seconds, theirs.seconds, note))
    low, high = sorted((first.value, theirs.value))
    if theirs.gap <= GAP and high - low > 2 * GAP * high:
        result.failures.append(f"{_name(size)}：与对照的结果不同")
