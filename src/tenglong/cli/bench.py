"""`tenglong bench NAME`: the promised figures, measured on this machine."""

from __future__ import annotations

import importlib
import os
import pkgutil
import resource
import sys
from typing import Any

import click
import orjson

from tenglong import bench
from tenglong.bench.result import BenchOptions, BenchResult


def names() -> list[str]:
    """Benchmarks there are: modules of `tenglong.bench` that define `run`."""
    found = (module.name for module in pkgutil.iter_modules(bench.__path__))
    return sorted(name for name in found if not name.startswith("_") and name not in ("result", "tests"))


@click.command(name="bench", help="测量承诺的指标。NAME 为测试名；不写则列出。")
@click.argument("name", required=False)
@click.option("--runs", type=click.IntRange(1, 100), default=3, show_default=True, help="重复次数，取中位数")
@click.option("--size", "--rows", "size", type=click.IntRange(100), help="改变数据行数（试跑用）")
@click.option("--spark", is_flag=True, help="evaluate：另在分布式引擎（本机集群）上跑一次并核对")
@click.option("--trace", is_flag=True, help="evaluate：另测逐项留痕的用时")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def command(name: str | None, runs: int, size: int | None, spark: bool, trace: bool, as_json: bool) -> None:
    """Exit 0: all promised figures kept; 1: not; 2: no such benchmark."""
    if name is None:
        click.echo("\n".join(names()))
        return
    if name.replace("-", "_") not in names():
        raise click.UsageError(f"没有名为“{name}”的测试，可用：{'、'.join(names())}")
    if spark:
        _ready_for_spark()
    module = importlib.import_module(f"tenglong.bench.{name.replace('-', '_')}")
    options = BenchOptions(runs=runs, size=size, say=lambda text: click.echo(text, err=True), spark=spark, trace=trace)
    result: BenchResult = module.run(options)
    shown = result.as_json() | {"machine": _machine()}
    if as_json:
        sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS) + b"\n")
    else:
        _print(result, shown["machine"])
    raise SystemExit(0 if result.passed() else 1)


def _ready_for_spark() -> None:
    """Said before minutes of other work. Raises ClickException."""
    from tenglong.engine.spark import why_not

    if reason := why_not():
        raise click.ClickException(f"不能使用分布式引擎：{reason}。可用 make test-spark 装好，或去掉 --spark。")


def _machine() -> dict[str, Any]:
    """Cores that this process may use, and its peak memory (with the largest child) in MiB."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    own, child = (resource.getrusage(who).ru_maxrss / unit for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"cores": cores, "peak_rss_mib": round(own, 1), "peak_child_rss_mib": round(child, 1)}


def _print(result: BenchResult, machine: dict[str, Any]) -> None:
    click.echo(f"{result.name}：{result.what}")
    for step, value in result.medians().items():
        limit = result.limits.get(step)
        promise = f"（承诺 ≤ {limit:g} 秒，{'达到' if value <= limit else '未达到'}）" if limit is not None else ""
        click.echo(f"  {step}：{value:.3f} 秒{promise}")
    for one in result.alternatives:
        click.echo(f"  对照 {one.name}：{one.theirs:.3f} 秒，本程序 {one.ours:.3f} 秒，{one.ratio:.1f} 倍。{one.note}")
    for fact, value in result.facts.items():
        click.echo(f"  {fact}：{value}")
    click.echo(f"  内存峰值：本进程 {machine['peak_rss_mib']:.0f} MiB，最大的子进程 {machine['peak_child_rss_mib']:.0f} MiB，"
               f"可用核数 {machine['cores']}")
    for failure in result.failures:
        click.echo(f"  未达到：{failure}")
