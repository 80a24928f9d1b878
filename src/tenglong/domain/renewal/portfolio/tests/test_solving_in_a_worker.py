"""The child process: same answer, progress, cancel, and a plain word when it is killed."""

from __future__ import annotations

import os
import signal

import pytest

from tenglong.bench._plan_county import Size, county
from tenglong.domain.renewal.portfolio.answer import Status
from tenglong.domain.renewal.portfolio.check import ProblemError
from tenglong.domain.renewal.portfolio.parts import Aim, Budget, Candidate, Objective, Option, Problem
from tenglong.domain.renewal.portfolio.solve import solve
from tenglong.domain.renewal.portfolio.watch import DEFAULT_SECONDS, Progress
from tenglong.domain.renewal.portfolio.worker import WorkerDied, run_in_worker

WAN = 1_000_000


@pytest.fixture(scope="module")
def problem() -> Problem:
    candidates = tuple(Candidate(f"P{at}", 10_000 * (at + 1)) for at in range(12))
    options = tuple(
        Option(one.key, "收储", (at * 7 % 5 + 1) * WAN, (at * 11 % 7 + 1) * WAN) for at, one in enumerate(candidates)
    )
    return Problem((2026,), candidates, options, Objective(Aim.MOST_UPLIFT), (Budget(12 * WAN),))


def test_the_worker_gives_the_same_answer_and_tells_of_progress(problem: Problem) -> None:
    told: list[Progress] = []
    answer = run_in_worker(problem, progress=told.append)
    here = solve(problem)
    assert answer.status is Status.PROVEN
    assert (answer.chosen, answer.proofs) == (here.chosen, here.proofs)
    assert answer.problem is problem
    assert told and told[-1].gap is not None and told[-1].incumbent == answer.value


def test_a_killed_worker_is_told_in_words(problem: Problem) -> None:
    with pytest.raises(WorkerDied, match="信号 9"):
        run_in_worker(problem, started=lambda pid: os.kill(pid, signal.SIGKILL))


def test_a_faulty_problem_is_refused_before_a_process_starts(problem: Problem) -> None:
    with pytest.raises(ProblemError, match="没有候选地块"):
        run_in_worker(Problem((2026,), (), ()), started=lambda pid: pytest.fail("a process was started"))


@pytest.mark.slow
def test_a_cancelled_solve_ends_soon_without_a_claim() -> None:
    large = county(Size(3_000, 600, 4), 1, rich=True)
    answer = run_in_worker(large, gap=0.0, cancelled=lambda: True)
    assert answer.status in (Status.UNKNOWN, Status.STOPPED)
    assert answer.seconds < DEFAULT_SECONDS  # it did not run to its limit
