"""Which parts of a problem cannot be kept together: an irreducible set, by halving (QuickXplain)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tenglong.domain.renewal.portfolio.compiled import Compiled, Stage, compile_problem, parts_of
from tenglong.domain.renewal.portfolio.large import Large
from tenglong.domain.renewal.portfolio.lp import Unsolved
from tenglong.domain.renewal.portfolio.master import Master
from tenglong.domain.renewal.portfolio.parts import Aim, Part, Problem, Target
from tenglong.domain.renewal.portfolio.pool import Pool
from tenglong.domain.renewal.portfolio.search import Search
from tenglong.domain.renewal.portfolio.watch import Watch


def conflict(problem: Problem, *, time_limit_s: float = 60.0) -> list[Part]:
    """Parts that no plan keeps together although any all but one of them can be kept; empty when there is a plan.

    Targets conflict with nothing where the least shortfall is asked for. A question left open when time is up counts
    as "can be kept", so
    that the set still conflicts but may hold a part too many.
    """
    return _Halving(problem, Watch(time_limit_s)).find()


class _Halving:
    def __init__(self, problem: Problem, watch: Watch) -> None:
        self.problem, self.watch = problem, watch
        self.parts = parts_of(problem)
        soft = problem.objective.aim is Aim.LEAST_SHORTFALL
        self.named = [at for at, part in enumerate(self.parts) if not (soft and isinstance(part, Target))]

    def find(self) -> list[Part]:
        if self.kept_together(self.named) is not False:
            return []
        return [self.parts[at] for at in sorted(self._reduce([], self.named, False))]

    def _reduce(self, background: list[int], parts: list[int], grown: bool) -> list[int]:
        if grown and self.kept_together(background) is False:
            return []
        if len(parts) == 1:
            return parts
        left, right = parts[: len(parts) // 2], parts[len(parts) // 2 :]
        second = self._reduce(background + left, right, True)
        first = self._reduce(background + second, left, bool(second))
        return first + second

    def kept_together(self, parts: list[int]) -> bool | None:
        """Whether some plan keeps all of these; None when time is up."""
        without = frozenset(at for at in self.named if at not in set(parts))
        compiled = compile_problem(self.problem, without=without)
        if self.problem.objective.aim is Aim.LEAST_SHORTFALL:
            compiled = replace(compiled, rows=tuple(row for row in compiled.rows if row.weight is None))
        stage = Stage(np.zeros_like(compiled.net), np.zeros_like(compiled.bonus), False, bare=True)
        if not compiled.listed:
            return self._unlisted(compiled, stage)
        try:
            master = Master(compiled, stage)
            prices = master.run(self.watch.left, self.watch.cancelled)
        except Unsolved:
            return None
        if prices is None:
            return False
        found = Search(compiled, stage, prices, self.watch, 0.0, settled=master.settled(prices)).run()
        return True if found.value is not None else False if found.closed else None

    def _unlisted(self, compiled: Compiled, stage: Stage) -> bool | None:
        """As `kept_together`, where clusters are too many to list."""
        try:
            found = Large(Pool(compiled), stage, self.watch, 0.0).run()
        except Unsolved:
            return None
        if found is None:
            return False
        return True if found.value is not None else False if found.closed else None
