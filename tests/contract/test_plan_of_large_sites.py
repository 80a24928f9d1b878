"""Projects of more plots than can be listed: as good as the best of all plans, and as good as listing where it can be done."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tenglong.domain.renewal.graph import Graph
from tenglong.domain.renewal.portfolio.answer import Answer, Status
from tenglong.domain.renewal.portfolio.compiled import compile_problem
from tenglong.domain.renewal.portfolio.parts import (
    Aim,
    Assembly,
    Budget,
    Candidate,
    Lock,
    LockedPlot,
    MinContiguous,
    Objective,
    Option,
    Problem,
    Target,
)
from tenglong.domain.renewal.portfolio.solve import solve, solve_compiled
from tenglong.domain.renewal.portfolio.study import Study, frontier
from tenglong.domain.renewal.portfolio.watch import Watch

GAP = 1e-6
MU = 6_666_667
WAN = 1_000_000


def beside(name: str) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


def signed(answer: Answer) -> float:
    return -answer.value if answer.problem.objective.aim is Aim.CHEAPEST else answer.value


def unlisted(problem: Problem) -> Problem:
    return replace(problem, cluster_limit=0)


def agree(seeds: range) -> int:
    """Each world with projects of any size, by brute force and without listing clusters; how many were compared."""
    best, world = beside("test_plan_against_brute_force").expected, beside("plan_worlds").World
    compared = 0
    for seed in seeds:
        problem = world(seed).problem()
        problem = replace(problem, max_members=len(problem.candidates))
        compiled = compile_problem(unlisted(problem))
        if compiled.listed:
            continue
        answer, wanted = solve_compiled(compiled, Watch(30.0), GAP), best(problem)
        compared += 1
        assert answer.status is (Status.NONE if wanted is None else Status.PROVEN), f"seed {seed}"
        if wanted is not None:
            assert signed(answer) == pytest.approx(wanted[1], rel=GAP, abs=2), f"seed {seed}"
            assert answer.proofs[-1].gap <= GAP
    return compared


def test_the_best_plan_of_all_is_found_without_listing_clusters() -> None:
    assert agree(range(16)) >= 6


@pytest.mark.slow
def test_the_best_plan_of_all_is_found_without_listing_clusters_100_times() -> None:
    assert agree(range(25, 125)) >= 50


def field(rows: int, columns: int, seed: int, *, floor_mu: int, members: int) -> Problem:
    """A grid of plots; a project needs at least `floor_mu`."""
    rng = np.random.default_rng(seed)
    count = rows * columns
    pairs = [(at, at + 1) for at in range(count) if (at + 1) % columns] + [(at, at + columns) for at in range(count - columns)]
    candidates = tuple(Candidate(f"P{at:03d}", int(rng.integers(3, 12)) * MU, holders=int(rng.integers(1, 4)))
                       for at in range(count))
    options = tuple(Option(one.key, "收储", int(rng.integers(100, 900)) * WAN, int(rng.integers(5, 200)) * WAN)
                    for one in candidates)
    return Problem(
        (2026,), candidates, options, Objective(Aim.MOST_UPLIFT), (Budget(sum(one.cost for one in options) // 3),),
        min_contiguous=MinContiguous(floor_mu * MU), assembly=Assembly(2 * WAN, 20 * MU, WAN),
        graph=Graph.of(count, pairs, rng.integers(20, 90, len(pairs))), max_members=members)


@pytest.mark.parametrize("seed", range(3))
def test_listing_and_not_listing_give_the_same_optimum(seed: int) -> None:
    problem = field(3, 5, seed, floor_mu=25, members=15)
    listed = solve(problem, gap=GAP)
    answer = solve(unlisted(problem), gap=GAP)
    assert compile_problem(problem).listed and not compile_problem(unlisted(problem)).listed
    assert listed.status is answer.status is Status.PROVEN
    assert answer.value == pytest.approx(listed.value, rel=2 * GAP)


def test_projects_of_a_dozen_plots_are_connected_large_enough_and_proven() -> None:
    problem = replace(field(7, 8, 5, floor_mu=90, members=24), cluster_limit=20_000)
    answer = solve(problem, time_limit_s=8.0, gap=0.03)
    assert answer.found and answer.gap is not None and answer.gap <= 0.05
    assert problem.graph is not None
    for number in {one.project for one in answer.chosen}:
        members = [one for one in answer.chosen if one.project == number]
        assert problem.graph.is_connected([problem.index(one.key) for one in members])
        assert sum(one.land_cm2 for one in members) >= 90 * MU
        assert 8 <= len(members) <= 24


def test_more_plots_than_a_project_may_have_are_parted_and_the_note_says_how_the_bound_was_found() -> None:
    problem = unlisted(field(3, 5, 1, floor_mu=12, members=3))
    listed = solve(field(3, 5, 1, floor_mu=12, members=3), gap=GAP)
    answer = solve(problem, time_limit_s=5.0, gap=GAP)
    assert answer.found
    assert max(sum(one.project == number for one in answer.chosen) for number in range(1, 16)) <= 3
    assert answer.value <= listed.value * (1 + GAP) and answer.proofs[-1].bound >= listed.value * (1 - GAP)
    assert answer.status is Status.PROVEN or any("最多 3 宗" in note for note in answer.notes)


def test_a_lock_on_ground_too_small_for_a_project_is_named_beside_the_size() -> None:
    problem = field(3, 5, 2, floor_mu=40, members=15)
    lone = Candidate("孤地", 5 * MU, lock=Lock(True, reason="已签约"))
    assert problem.graph is not None
    graph = Graph.of(16, problem.graph.edges, problem.graph.lengths)
    problem = replace(problem, candidates=(*problem.candidates, lone), graph=graph, cluster_limit=0,
                      options=(*problem.options, Option("孤地", "收储", WAN, WAN)), objective=Objective(),
                      targets=(Target(50 * MU),))
    answer = solve(problem, time_limit_s=10.0)
    assert answer.status is Status.NONE
    assert {type(part) for part in answer.conflict} == {MinContiguous, LockedPlot}


def test_questions_about_a_plan_of_unlisted_projects_agree_with_those_of_listed_ones() -> None:
    problem = field(3, 3, 4, floor_mu=20, members=9)
    listed, answer = solve(problem, gap=GAP), solve(unlisted(problem), gap=GAP)
    usual, study = Study(problem, listed, gap=GAP), Study(unlisted(problem), answer, gap=GAP)
    keys = [one.key for one in answer.chosen]
    assert {type(one.part) for one in study.binding()} == {Budget}
    before, after = ({one.key: one for one in each.importance(keys)} for each in (usual, study))
    for key in keys:
        assert after[key].solved
        assert after[key].at_least <= before[key].at_least + 2 and before[key].at_least <= (after[key].at_most or 0) + 2
    others, same = study.next_best(3), usual.next_best(3)
    assert [one.value for one in others] == pytest.approx([one.value for one in same], rel=2 * GAP)
    total = problem.budgets[0].amount
    points, wanted = (frontier(one, [total // 2, total], gap=GAP) for one in (unlisted(problem), problem))
    assert [one.answer.value for one in points] == pytest.approx([one.answer.value for one in wanted], rel=2 * GAP)
