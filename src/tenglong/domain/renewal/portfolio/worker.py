"""Solve in a process of its own: a time limit that holds, progress, cancel, and a plain word when the process was killed."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any, Final

from tenglong.domain.renewal.clusters import TooManyClusters
from tenglong.domain.renewal.portfolio.answer import Answer, Status
from tenglong.domain.renewal.portfolio.check import ProblemError, check
from tenglong.domain.renewal.portfolio.parts import Problem
from tenglong.domain.renewal.portfolio.replies import Bar, Binding, Point, Worth
from tenglong.domain.renewal.portfolio.watch import DEFAULT_GAP, DEFAULT_SECONDS, POLL_S, Progress

START_S: Final = 30.0  # for the process to start and to enumerate
#: points of the frontier as shares of the money asked for
SHARES: Final = (Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(1), Fraction(5, 4), Fraction(3, 2), Fraction(2))
ASKING_S: Final = 30.0  # at least, for each kind of question
ROUGH: Final = 1e-3  # gap of the points of a frontier: a tenth of the time of a closer one, and each prints its own
DONE: Final = "done"
GRACE_S: Final = 5.0  # for a cancelled solve to hand in what it has


class WorkerDied(RuntimeError):
    """The solving process ended without an answer; the message says how."""


@dataclass(frozen=True)
class Questions:
    """What to ask of the plan before the process ends; `worth`: plots to solve without, `frontier`: totals of money in 分,
    `tornado`: what the plan hangs on."""

    binding: bool = False
    importance: bool = False
    worth: tuple[str, ...] = ()
    next_best: int = 0
    frontier: tuple[int, ...] = ()
    tornado: bool = False
    again: int = 0  # plots of the plan, besides `worth`, that are solved again without them


@dataclass(frozen=True)
class Replies:
    """Empty where nothing was asked or there is no plan."""

    binding: tuple[Binding, ...] = ()
    importance: tuple[Worth, ...] = ()
    next_best: tuple[Answer, ...] = ()
    frontier: tuple[Point, ...] = ()
    tornado: tuple[Bar, ...] = ()


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


def asking(time_limit_s: float) -> float:
    """Seconds for each kind of question about a plan that had `time_limit_s`."""
    return max(time_limit_s, ASKING_S)


def ask_in_worker(
    problem: Problem,
    questions: Questions,
    *,
    time_limit_s: float = DEFAULT_SECONDS,
    gap: float = DEFAULT_GAP,
    ears: Ears = Ears(),
) -> tuple[Answer, Replies]:
    """Solve, then ask, in one child process; the time limit holds for the plan, and again (`asking`) for
    each kind of question; what has come by then is kept. Raises as
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
        return _wait(_Line(child, ours, stop), problem, time_limit_s + 3 * asking(time_limit_s) + START_S, ears)
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
    """The answer comes before the replies to questions, and is kept whatever becomes of them."""
    ends = time.perf_counter() + seconds
    asked, answer, replies = False, None, Replies()
    while True:
        message = line.message()
        if isinstance(message, Answer):
            answer = replace(message, problem=problem)
        elif isinstance(message, Replies):
            replies = message
        elif isinstance(message, Refused):
            raise message.error()
        elif message == DONE and answer is not None:
            return answer, replies
        elif message is not None:
            ears.progress(message)
        if not asked and ears.cancelled():
            asked, ends = True, time.perf_counter() + GRACE_S
            line.stop.set()
        if answer is not None and (asked or time.perf_counter() > ends):
            return answer, replies
        if time.perf_counter() > ends:
            note = "已取消" if asked else "求解进程超过时限没有交回结果，已停止"
            return Answer(problem, Status.UNKNOWN, notes=(note,)), Replies()


@dataclass(frozen=True)
class Refused:
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


def _child(*given: Any) -> None:
    """The solvers are loaded here, in the process that needs them."""
    from tenglong.domain.renewal.portfolio.working import run

    run(*given)
