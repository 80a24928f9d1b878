"""`tenglong plan --marxan FOLDER`: the public instances of conservation planning through our planner."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from tenglong.domain.renewal.portfolio.marxan import FILES, MarxanError, read_reserve

if TYPE_CHECKING:
    from tenglong.domain.renewal.portfolio.marxan import Reserve
    from tenglong.domain.renewal.portfolio.reserve import ReserveAnswer

LARGEST = 512 << 20


def run(folder: Path, target: float | None, penalty: float, seconds: float, gap: float, as_json: bool) -> None:
    """Exit 0: a set within the gap; 1: files refused, a target out of reach, the gap not reached in time; 2: bad use."""
    if not folder.is_dir():
        raise click.UsageError(f"“{folder}”不是文件夹；--marxan 要一个含 pu.dat、spec.dat、puvspr.dat、bound.dat 的文件夹")
    try:
        reserve = read_reserve(_texts(folder), target)
    except MarxanError as error:
        raise click.ClickException(str(error)) from error
    context = multiprocessing.get_context("spawn")
    try:
        with ProcessPoolExecutor(1, mp_context=context, initializer=_hush) as pool:
            answer = pool.submit(_solve, reserve, penalty, seconds, gap).result()
    except BrokenProcessPool as error:
        raise click.ClickException("求解进程被终止，可能是内存不足；请缩小问题后再试") from error
    _tell(answer, penalty, as_json)
    raise SystemExit(0 if answer.gap is not None and answer.gap <= gap else 1)


def _texts(folder: Path) -> dict[str, str]:
    """The tables by name, whatever the case of the file name; .dat, .csv or .txt."""
    out = {}
    for path in sorted(folder.iterdir()):
        name = path.stem.lower()
        if path.suffix.lower() in (".dat", ".csv", ".txt") and name in FILES and name not in out:
            if path.stat().st_size > LARGEST:
                raise MarxanError(f"{path.name} 超过 512 MB")
            try:
                out[name] = path.read_text("utf-8-sig")
            except UnicodeDecodeError as error:
                raise MarxanError(f"{path.name} 不是 UTF-8 文本") from error
    return out


def _solve(reserve: Reserve, penalty: float, seconds: float, gap: float) -> ReserveAnswer:
    from tenglong.domain.renewal.portfolio.reserve import solve_reserve
    from tenglong.domain.renewal.portfolio.watch import Watch

    return solve_reserve(reserve, penalty, Watch(seconds), gap)


def _hush() -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)


def _tell(answer: ReserveAnswer, penalty: float, as_json: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(answer.as_json(penalty), option=orjson.OPT_INDENT_2).decode())
        return
    if answer.missing:
        click.echo(f"没有方案：下面的要素即使全部保留也达不到目标：{'、'.join(answer.missing)}")
        return
    if answer.gap is None:
        click.echo(f"时限内没有找到方案，界 {answer.bound:,.3f}；请延长 --time")
        return
    click.echo(
        f"入选 {int(answer.chosen.sum()):,} 个单元，费用 {answer.reserve.cost[answer.chosen].sum():,.3f}，"
        f"边界 {answer.reserve.boundary(answer.chosen):,.3f}，合计 {answer.value:,.3f}，界 {answer.bound:,.3f}，"
        f"已证明差距不超过 {answer.gap * 100:.3g}%，用时 {answer.seconds:.1f} 秒"
    )
