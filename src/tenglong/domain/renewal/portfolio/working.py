"""What the solving process does: solve, hand in the answer, then the replies. It loads the solvers; its parent does not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from tenglong.domain.renewal.clusters import TooManyClusters
from tenglong.domain.renewal.portfolio.answer import Answer
from tenglong.domain.renewal.portfolio.check import ProblemError
from tenglong.domain.renewal.portfolio.lp import Unsolved
from tenglong.domain.renewal.portfolio.master import Column
from tenglong.domain.renewal.portfolio.parts import Problem
from tenglong.domain.renewal.portfolio.replies import Point
from tenglong.domain.renewal.portfolio.solve import solve
from tenglong.domain.renewal.portfolio.study import Study, frontier
from tenglong.domain.renewal.portfolio.tornado import tornado
from tenglong.domain.renewal.portfolio.worker import DONE, ROUGH, Questions, Refused, Replies, asking


def run(pipe: Connection, stop: Event, problem: Problem, questions: Questions, time_limit_s: float, gap: float) -> None:
    _hush()
    try:
        answer = solve(problem, time_limit_s=time_limit_s, gap=gap, progress=pipe.send, cancelled=stop.is_set)
        pipe.send(_light(answer))
        if answer.found and not stop.is_set():
            for replies in _asked(problem, answer, questions, asking(time_limit_s), gap):
                pipe.send(replies)
        pipe.send(DONE)
    except TooManyClusters as error:
        pipe.send(Refused(limit=error.limit, reached=error.reached))
    except ProblemError as error:
        pipe.send(Refused(tuple(error.sentences)))
    pipe.close()


def _asked(problem: Problem, answer: Answer, questions: Questions, time_limit_s: float, gap: float) -> Iterator[Replies]:
    """All replies so far, after each question: one that time leaves open does not take the others with it."""
    found, columns = Replies(), list[Column]()
    if questions.binding or questions.importance or questions.worth or questions.next_best:
        study = Study(problem, answer, time_limit_s=time_limit_s, gap=gap)
        with suppress(Unsolved):
            found = replace(found, binding=tuple(study.binding()) if questions.binding else ())
        yield found
        with suppress(Unsolved):
            asked = questions.importance or questions.worth
            found = replace(found, importance=tuple(study.importance(questions.worth, questions.again)) if asked else ())
        yield found
        with suppress(Unsolved):
            found = replace(found, next_best=tuple(_light(one) for one in study.next_best(questions.next_best)))
        yield found
        columns = list(study.columns)
    with suppress(Unsolved):
        amounts = questions.frontier
        points = frontier(problem, amounts, time_limit_s=time_limit_s, gap=max(gap, ROUGH), columns=columns) if amounts else []
        found = replace(found, frontier=tuple(Point(one.budget, _light(one.answer)) for one in points))
    yield found
    bars = tornado(problem, time_limit_s=time_limit_s, columns=columns) if questions.tornado else []
    yield replace(found, tornado=tuple(bars))


def _light(answer: Answer) -> Answer:
    """Without the plots of the problem, which the parent has."""
    return replace(answer, problem=replace(answer.problem, candidates=(), options=(), graph=None))


def _hush() -> None:
    """HiGHS writes to the process's own standard output; that belongs to the caller."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
