"""Solve in a process of its own: a time limit that holds, progress, cancel, and a plain word when the process was killed."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any, Final

from tenglong.domain.renewal.portfolio.answer import Answer, Status
from tenglong.domain.renewal.portfolio.check import check
from tenglong.domain.renewal.portfolio.parts import Problem
from tenglong.domain.renewal.portfolio.solve import DEFAULT_GAP, DEFAULT_SECONDS, solve
from tenglong.domain.renewal.portfolio.watch import POLL_S, Progress

START_S: Final = 30.0  # for the process to start and to enumerate
GRACE_S: Final = 5.0  # for a cancelled solve to hand in what it has


class WorkerDied(RuntimeError):
    """The solving process ended without an answer; the message says how."""


def run_in_worker(
    problem: Problem,
    *,
    time_limit_s: float = DEFAULT_SECONDS,
    gap: float = DEFAULT_GAP,
    progress: Callable[[Progress], None] = lambda progress: None,
    cancelled: Callable[[], bool] = lambda: False,
    started: Callable[[int], None] = lambda pid: None,
) -> Answer:
    """As `solve`, in a child process. `started` is told its process id.

    Cancelled: the best plan so far, or status UNKNOWN. Raises ProblemError, TooManyClusters as `solve` does,
    WorkerDied when the
    process was killed, by hand or for want of memory.
    """
    check(problem)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    stop = context.Event()
    child = context.Process(target=_child, args=(theirs, stop, problem, time_limit_s, gap), daemon=True)
    child.start()
    theirs.close()
    try:
        started(child.pid or 0)
        return _wait(child, ours, stop, problem, time_limit_s, progress, cancelled)
    finally:
        if child.is_alive():
            child.kill()
        child.join()
        ours.close()


def _wait(
    child: Any,
    ours: Connection,
    stop: Event,
    problem: Problem,
    time_limit_s: float,
    progress: Callable[[Progress], None],
    cancelled: Callable[[], bool],
) -> Answer:
    ends = time.perf_counter() + time_limit_s * 2 + START_S
    asked = False
    while True:
        if ours.poll(POLL_S):
            try:
                message = ours.recv()
            except EOFError:
                child.join()
                raise WorkerDied(_how(child.exitcode)) from None
            if isinstance(message, Answer):
                return replace(message, problem=problem)
            if isinstance(message, Exception):
                raise message
            progress(message)
        if not asked and cancelled():
            asked, ends = True, time.perf_counter() + GRACE_S
            stop.set()
        if time.perf_counter() > ends:
            return Answer(problem, Status.UNKNOWN, notes=("已取消" if asked else "求解进程超过时限没有交回结果，已停止",))


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"求解进程被终止（信号 {-code}），可能是内存不足或有人结束了它；请缩小问题后再试"
    return f"求解进程异常退出（代码 {code}），没有交回结果"


def _child(pipe: Connection, stop: Event, problem: Problem, time_limit_s: float, gap: float) -> None:
    _hush()
    try:
        answer = solve(problem, time_limit_s=time_limit_s, gap=gap, progress=pipe.send, cancelled=stop.is_set)
        pipe.send(replace(answer, problem=replace(problem, candidates=(), options=(), graph=None)))
    except ValueError as error:
        pipe.send(error)
    pipe.close()


def _hush() -> None:
    """HiGHS writes to the process's own standard output; that belongs to the caller."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
