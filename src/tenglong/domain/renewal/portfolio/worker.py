"""Solve in a process of its own: a time limit that holds, progress, cancel, and a plain word when the process was killed."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any, Final

from tenglong.domain.renewal.clusters import TooManyClusters
from tenglong.domain.renewal.portfolio.answer import Answer, Status
from tenglong.domain.renewal.portfolio.check import ProblemError, check
from tenglong.domain.renewal.portfolio.lp import Unsolved
from tenglong.domain.renewal.portfolio.parts import Problem
from tenglong.domain.renewal.portfolio.solve import DEFAULT_GAP, DEFAULT_SECONDS, solve
from tenglong.domain.renewal.portfolio.study import Binding, Point, Study, Worth, frontier
from tenglong.domain.renewal.portfolio.watch import POLL_S, Progress

START_S: Final = 30.0  # for the process to start and to enumerate
GRACE_S: Final = 5.0  # for a cancelled solve to hand in what it has


class WorkerDied(RuntimeError):
    """The solving process ended without an answer; the message says how."""


@dataclass(frozen=True)
class Questions:
    """What to ask of the plan before the process ends; `worth`: plots to solve without, `frontier`: totals of money in 分."""

    binding: bool = False
    importance: bool = False
    worth: tuple[str, ...] = ()
    next_best: int = 0
    frontier: tuple[int, ...] = ()


@dataclass(frozen=True)
class Replies:
    """Empty where nothing was asked or there is no plan."""

    binding: tuple[Binding, ...] = ()
    importance: tuple[Worth, ...] = ()
    next_best: tuple[Answer, ...] = ()
    frontier: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Ears:
    """Who hears of progress, who may cancel, who is told the process id."""

    progress: Callable[[Progress], None] = lambda progress: None
    cancelled: Callable[[], bool] = lambda: False
    started: Callable[[int], None] = lambda pid: None


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
    ears = Ears(progress, cancelled, started)
    return ask_in_worker(problem, Questions(), time_limit_s=time_limit_s, gap=gap, ears=ears)[0]


def ask_in_worker(
    problem: Problem,
    questions: Questions,
    *,
    time_limit_s: float = DEFAULT_SECONDS,
    gap: float = DEFAULT_GAP,
    ears: Ears = Ears(),
) -> tuple[Answer, Replies]:
    """Solve, then ask, in one child process; the time limit holds for the plan and again for the questions. Raises as
    `run_in_worker`."""
    check(problem)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    stop = context.Event()
    child = context.Process(target=_child, args=(theirs, stop, problem, questions, time_limit_s, gap), daemon=True)
    child.start()
    theirs.close()
    try:
        ears.started(child.pid or 0)
        return _wait(_Line(child, ours, stop), problem, time_limit_s * 3 + START_S, ears)
    finally:
        if child.is_alive():
            child.kill()
        child.join()
        ours.close()


@dataclass(frozen=True)
class _Line:
    child: Any
    ours: Connection
    stop: Event

    def message(self) -> Any:
        """What the child says next, None when it is silent. Raises WorkerDied."""
        try:
            return self.ours.recv() if self.ours.poll(POLL_S) else None
        except EOFError:
            self.child.join()
            raise WorkerDied(_how(self.child.exitcode)) from None


def _wait(line: _Line, problem: Problem, seconds: float, ears: Ears) -> tuple[Answer, Replies]:
    ends = time.perf_counter() + seconds
    asked = False
    while True:
        message = line.message()
        if isinstance(message, tuple):
            return replace(message[0], problem=problem), message[1]
        if isinstance(message, _Refused):
            raise message.error()
        if message is not None:
            ears.progress(message)
        if not asked and ears.cancelled():
            asked, ends = True, time.perf_counter() + GRACE_S
            line.stop.set()
        if time.perf_counter() > ends:
            note = "已取消" if asked else "求解进程超过时限没有交回结果，已停止"
            return Answer(problem, Status.UNKNOWN, notes=(note,)), Replies()


@dataclass(frozen=True)
class _Refused:
    """A refusal on its way to the parent: exceptions with arguments of their own do not travel."""

    sentences: tuple[str, ...] = ()
    limit: int = 0
    reached: int = 0

    def error(self) -> ValueError:
        return TooManyClusters(self.limit, self.reached) if self.limit else ProblemError(list(self.sentences))


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"求解进程被终止（信号 {-code}），可能是内存不足或有人结束了它；请缩小问题后再试"
    return f"求解进程异常退出（代码 {code}），没有交回结果"


def _child(pipe: Connection, stop: Event, problem: Problem, questions: Questions, time_limit_s: float, gap: float) -> None:
    _hush()
    try:
        answer = solve(problem, time_limit_s=time_limit_s, gap=gap, progress=pipe.send, cancelled=stop.is_set)
        replies = Replies()
        if answer.found and not stop.is_set():
            with suppress(Unsolved):  # time ran out: the plan stands, the questions stay open
                replies = _asked(problem, answer, questions, time_limit_s, gap)
        pipe.send((_light(answer), replies))
    except TooManyClusters as error:
        pipe.send(_Refused(limit=error.limit, reached=error.reached))
    except ProblemError as error:
        pipe.send(_Refused(tuple(error.sentences)))
    pipe.close()


def _asked(problem: Problem, answer: Answer, questions: Questions, time_limit_s: float, gap: float) -> Replies:
    points = frontier(problem, questions.frontier, time_limit_s=time_limit_s, gap=gap) if questions.frontier else []
    if not (questions.binding or questions.importance or questions.worth or questions.next_best):
        return Replies(frontier=tuple(Point(one.budget, _light(one.answer)) for one in points))
    study = Study(problem, answer, time_limit_s=time_limit_s, gap=gap)
    return Replies(
        tuple(study.binding()) if questions.binding else (),
        tuple(study.importance(questions.worth)) if questions.importance or questions.worth else (),
        tuple(_light(one) for one in study.next_best(questions.next_best)),
        tuple(Point(one.budget, _light(one.answer)) for one in points),
    )


def _light(answer: Answer) -> Answer:
    """Without the plots of the problem, which the parent has."""
    return replace(answer, problem=replace(answer.problem, candidates=(), options=(), graph=None))


def _hush() -> None:
    """HiGHS writes to the process's own standard output; that belongs to the caller."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
