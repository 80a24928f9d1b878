"""A problem as a tree in plain Chinese."""

from __future__ import annotations

from collections import Counter

from tenglong.domain.renewal.portfolio.parts import Problem
from tenglong.domain.renewal.portfolio.words import about_text, mu_text


def tree(problem: Problem) -> str:
    """Lines with box-drawing branches, rules in the order they were given."""
    head = f"方案问题{f'“{problem.name}”' if problem.name else ''}"
    branches = [
        (problem.objective.words(), []),
        (f"年份：{'、'.join(map(str, problem.years)) or '未写'}", []),
        _land(problem),
        _routes(problem),
    ]
    branches += [(rule.words(), []) for rule in problem.rules()]
    branches += [(part.words(), []) for part in (problem.assembly, problem.compactness) if part]
    branches.append((f"项目：相邻候选地块组合，每个不超过 {problem.max_members} 宗，同年启动", []))
    locks = [one.lock.words(one.key) for one in problem.candidates if one.lock]
    if locks:
        branches.append((f"锁定：{len(locks)} 宗", locks))
    return "\n".join([head, *_drawn(branches)])


def _land(problem: Problem) -> tuple[str, list[str]]:
    total = sum(one.land_cm2 for one in problem.candidates)
    pairs = len(problem.graph.edges) if problem.graph is not None else 0
    towns = Counter(one.town for one in problem.candidates if one.town)
    leaves = [f"镇街“{town}”：{count} 宗" for town, count in sorted(towns.items())]
    return f"候选地块：{len(problem.candidates)} 宗，{mu_text(total)}，相邻 {pairs} 对", leaves


def _routes(problem: Problem) -> tuple[str, list[str]]:
    count: Counter[str] = Counter(option.route for option in problem.options)
    cost: Counter[str] = Counter()
    uplift: Counter[str] = Counter()
    for option in problem.options:
        cost[option.route] += option.cost
        uplift[option.route] += option.uplift
    leaves = [
        f"{route}：{number} 个，成本合计 {about_text(cost[route])}，年增收合计 {about_text(uplift[route])}"
        for route, number in sorted(count.items())
    ]
    return f"途径：{len(problem.options)} 个", leaves


def _drawn(branches: list[tuple[str, list[str]]]) -> list[str]:
    lines = []
    for place, (text, leaves) in enumerate(branches):
        last = place + 1 == len(branches)
        lines.append(f"{'└' if last else '├'}─ {text}")
        for at, leaf in enumerate(leaves):
            lines.append(f"{'   ' if last else '│  '}{'└' if at + 1 == len(leaves) else '├'}─ {leaf}")
    return lines
