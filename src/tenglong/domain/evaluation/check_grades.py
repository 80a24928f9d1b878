"""Names of grades, groups and indicators that one part of a scheme says of another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from tenglong.domain.evaluation.grading import RankShare
from tenglong.domain.evaluation.places import Places
from tenglong.domain.evaluation.scheme import Effect, Scheme
from tenglong.domain.policy.document import Problem


def problems(scheme: Scheme, places: Places) -> Iterator[Problem]:
    """Unknown groups, unknown grades, tie-breakers that are no indicator, small groups joined in a circle."""
    yield from _groups_named(scheme, places)
    for part in ("vetoes", "protections"):
        for name, entry in scheme.held(part).items():
            wanted = _grades_of(entry.effect)
            yield from _grades_named(scheme, (part, name, "effect"), wanted, entry.groups, places)
    for name, entry in scheme.held("ungraded").items():
        wanted = [] if entry.managed_as == "none" else [entry.managed_as]
        yield from _grades_named(scheme, ("ungraded", name, "managed_as"), wanted, (), places)
    for name, consequence in scheme.consequences.items():
        yield from _grades_named(scheme, ("consequences", name, "amounts"), consequence.amounts, (), places)
    for name, group in scheme.groups.items():
        if isinstance(group.grades, RankShare):
            yield from _rank_share(scheme, name, group.grades, places)
    yield from _joint(scheme, places)


def _grades_of(effect: Effect) -> list[str]:
    least = [] if effect.at_least in (None, "last_grade") else [str(effect.at_least)]
    return [*([effect.grade] if effect.grade else []), *effect.bars, *least]


def _grades_named(
    scheme: Scheme, path: tuple[str, ...], wanted: Iterable[str], groups: tuple[str, ...], places: Places
) -> Iterator[Problem]:
    """Every group that is meant and has grades must know the grade."""
    for grade in wanted:
        for name in groups or tuple(scheme.groups):
            grades = scheme.groups[name].grades if name in scheme.groups else None
            if grades is not None and grade not in grades.order:
                yield places.problem(path, f"分组“{name}”没有等级“{grade}”，只有 {'、'.join(grades.order)}")
                break


def _groups_named(scheme: Scheme, places: Places) -> Iterator[Problem]:
    parts: list[tuple[tuple[str, ...], Mapping[str, Any]]] = [
        (("bonuses", "ladders"), scheme.bonuses.ladders if scheme.bonuses else {}),
        *(((part,), scheme.held(part)) for part in ("deductions", "vetoes", "protections")),
    ]
    for path, entries in parts:
        for name, entry in entries.items():
            for group in entry.groups:
                if group not in scheme.groups:
                    yield places.problem((*path, name, "groups"), f"没有“{group}”这个分组，只有 {'、'.join(scheme.groups)}")


def _joint(scheme: Scheme, places: Places) -> Iterator[Problem]:
    """Two results can only be compared in one order of grades; one `unit` cannot say two things."""
    joint, tenants = scheme.joint, scheme.tenants
    if joint is None or joint.mixed == "none":
        return
    if tenants is not None and tenants.treatment == "merge":
        yield places.problem(("joint", "mixed"), "承租企业合并（tenants merge）和混合评价（both）都按 unit 分单元，只能用其一")
    orders = {group.grades.order for group in scheme.groups.values() if group.grades is not None}
    if joint.takes in ("better", "worse") and len(orders) > 1:
        yield places.problem(("joint", "takes"), "各组的等级不同，单独和合并两个等级无从比较高低；takes 请写 own 或 joint")


def _rank_share(scheme: Scheme, name: str, grades: RankShare, places: Places) -> Iterator[Problem]:
    path = ("groups", name, "grades")
    if grades.ties == "by" and grades.tie_by not in scheme.groups[name].indicators:
        yield places.problem((*path, "tie_by"), f"tie_by “{grades.tie_by}”不是“{name}”组的评价指标")
    small = grades.small_group
    if small.below == "merge":
        yield from _merge(scheme, name, small.merge_with, places)
    if small.below == "score_cut":
        values = list(small.score_cut.values())
        if tuple(small.score_cut) != grades.order[:-1] or any(better <= worse for better, worse in pairwise(values)):
            yield places.problem((*path, "small_group", "score_cut"),
                                 f"score_cut 须按 {'、'.join(grades.order[:-1])} 逐级给出，且严格递减")


def _merge(scheme: Scheme, name: str, target: str, places: Places) -> Iterator[Problem]:
    path = ("groups", name, "grades", "small_group", "merge_with")
    if target not in scheme.groups:
        yield places.problem(path, f"merge_with “{target}”不是本办法的分组，只有 {'、'.join(scheme.groups)}")
        return
    seen = [name]
    while target not in seen:
        seen.append(target)
        grades = scheme.groups[target].grades if target in scheme.groups else None
        small = grades.small_group if isinstance(grades, RankShare) else None
        if small is None or small.below != "merge":
            return
        target = small.merge_with
    if target == name:
        yield places.problem(path, f"小组合并绕成了圈：{' → '.join([*seen, target])}")
