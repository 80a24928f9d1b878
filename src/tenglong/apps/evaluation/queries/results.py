"""Results of a run: lists, borders, effective grades, summaries with denominators, leaders, movers."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Literal

from django.db.models import QuerySet

from tenglong.apps.evaluation.models import Adjustment, Cycle, PlotResult, Result, Run
from tenglong.apps.evaluation.queries.cycles import formal_run, seen

By = Literal["town", "zone", "industry"]


@dataclass(frozen=True)
class Grade:
    """Effective grade: the result's, or what an approved adjustment made of it."""

    result: Result
    grade: str
    adjustment: Adjustment | None


@dataclass(frozen=True)
class Near:
    """A firm near a border: `cut_rank` is the last rank of `better`, `distance` = rank − cut_rank (≤ 0: above)."""

    result: Result
    better: str
    worse: str
    cut_rank: int
    distance: int


@dataclass
class Line:
    """One town, zone or industry (first two digits) in one group. `n`: all firms there; `ranked`: those with a rank."""

    key: str
    group: str
    n: int = 0
    ranked: int = 0
    graded: int = 0
    by_grade: dict[str, int] = field(default_factory=dict)
    others: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Leader:
    """领跑者: the best of an industry division in a group; `among` of how many ranked."""

    industry: str
    group: str
    result: Result
    among: int


def results(user: Any, run: Run) -> QuerySet[Result]:
    return seen(user, Result.objects.filter(run=run))


def result(user: Any, run: Run, enterprise_id: int) -> Result:
    """Raises Result.DoesNotExist."""
    return results(user, run).get(enterprise_id=enterprise_id)


def plot_results(user: Any, run: Run) -> QuerySet[PlotResult]:
    """Sums of figures: for offices with `sensitive.view` only the `measures` column may be shown."""
    from tenglong.apps.accounts.scope import can

    found = seen(user, PlotResult.objects.filter(run=run), "evaluation.view").select_related("plot")
    return found if can(user, "sensitive.view") else found.defer("measures")


def grades(user: Any, cycle: Cycle, run: Run | None = None) -> list[Grade]:
    """Of the final run, else of the latest formal one; adjustments that are approved count."""
    chosen = run or cycle.final_run or formal_run(user, cycle)
    if chosen is None:
        return []
    changed = {row.enterprise_id: row for row in seen(user, Adjustment.objects.filter(run=chosen, state="approved"))}
    found = []
    for row in results(user, chosen):
        adjustment = changed.get(row.enterprise_id)
        found.append(Grade(row, adjustment.to_grade if adjustment else row.grade, adjustment))
    return found


def borderline(user: Any, run: Run, width: int = 3) -> list[Near]:
    """临界名单: of each group, the ranked firms up to `width` ranks on either side of every border between two grades.

    Borders are read from the whole run; only firms that the user may see are named.
    """
    named = {row.pk: row for row in results(user, run).filter(rank__isnull=False)}
    groups: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    ranked = Result.objects.filter(run=run, rank__isnull=False).exclude(rank_grade="")
    for pk, group, rank, grade in ranked.order_by("group", "rank", "key").values_list("pk", "group", "rank", "rank_grade"):
        groups[group].append((rank or 0, grade, pk))
    found: list[Near] = []
    for rows in groups.values():
        for at in range(1, len(rows)):
            if rows[at][1] != rows[at - 1][1]:
                found += _around(rows, at, width, named)
    return found


def _around(rows: list[tuple[int, str, int]], at: int, width: int, named: dict[int, Result]) -> list[Near]:
    """Rows `at − width … at + width − 1`, and whoever shares a rank with the outermost of them."""
    first, last = max(0, at - width), min(len(rows), at + width)
    while first and rows[first - 1][0] == rows[first][0]:
        first -= 1
    while last < len(rows) and rows[last][0] == rows[last - 1][0]:
        last += 1
    cut, better, worse = rows[at - 1][0], rows[at - 1][1], rows[at][1]
    return [Near(named[pk], better, worse, cut, rank - cut) for rank, _grade, pk in rows[first:last] if pk in named]


def summary(user: Any, run: Run, by: By = "town") -> list[Line]:
    """Counts with their denominators, by effective grade."""
    changed = dict(
        seen(user, Adjustment.objects.filter(run=run, state="approved")).values_list("enterprise_id", "to_grade")
    )
    lines: dict[tuple[str, str], Line] = {}
    names = ("enterprise_id", by, "group", "standing", "rank", "grade")
    for firm, place, group, standing, rank, grade in results(user, run).order_by().values_list(*names):
        key = place[:2] if by == "industry" else place
        line = lines.setdefault((key, group), Line(key, group))
        line.n += 1
        line.ranked += rank is not None
        held = changed.get(firm, grade)
        counted = line.by_grade if held else line.others
        word = held or standing
        counted[word] = counted.get(word, 0) + 1
        line.graded += bool(held)
    return [lines[key] for key in sorted(lines)]


def leaders(user: Any, run: Run) -> list[Leader]:
    """The best total of each industry division and group; equal ones all."""
    found = results(user, run).filter(rank__isnull=False, total__isnull=False).exclude(industry="")
    among: Counter[tuple[str, str]] = Counter()
    best: dict[tuple[str, str], list[Result]] = {}
    for row in found.order_by("industry", "group", "-total", "key"):
        key = (row.industry[:2], row.group)
        among[key] += 1
        held = best.setdefault(key, [])
        if not held or row.total == held[0].total:
            held.append(row)
        elif (row.total or 0) > (held[0].total or 0):
            best[key] = [row]
    return [Leader(*key, row, among[key]) for key in sorted(best) for row in best[key]]


def movers(user: Any, run: Run, before: Run) -> list[tuple[Result, str, str]]:
    """Firms whose effective grade differs between two runs: (result now, grade before, grade now)."""
    old = {one.result.enterprise_id: one.grade for one in grades(user, before.cycle, before)}
    now = grades(user, run.cycle, run)
    return [
        (one.result, old[one.result.enterprise_id], one.grade) for one in now
        if one.result.enterprise_id in old and old[one.result.enterprise_id] != one.grade
    ]
