"""Neighbours and connected groups against plain oracles."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.renewal.clusters import TooManyClusters, connected_sets
from tenglong.domain.renewal.graph import Graph

graphs = st.integers(1, 9).flatmap(
    lambda n: st.tuples(st.just(n), st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)), max_size=16)))


def walk(pairs: list[tuple[int, int]], members: set[int]) -> set[int]:
    """Plain flood fill from the smallest member."""
    reached, front = {min(members)}, [min(members)]
    while front:
        here = front.pop()
        for a, b in pairs:
            for one, other in ((a, b), (b, a)):
                if one == here and other in members and other not in reached:
                    reached.add(other)
                    front.append(other)
    return reached


def rook(side: int) -> list[tuple[int, int]]:
    right = [(r * side + c, r * side + c + 1) for r in range(side) for c in range(side - 1)]
    return right + [(r * side + c, (r + 1) * side + c) for r in range(side - 1) for c in range(side)]


@given(graphs)
def test_pairs_in_any_order_become_the_one_sorted_form(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    n, pairs = drawn
    graph = Graph.of(n, pairs)
    assert [tuple(edge) for edge in graph.edges.tolist()] == sorted({(min(p), max(p)) for p in pairs if p[0] != p[1]})
    for plot in range(n):
        assert graph.of_plot(plot).tolist() == sorted({a + b - plot for a, b in pairs if plot in (a, b) and a != b})


@given(graphs, st.randoms(use_true_random=False))
def test_connected_and_components_agree_with_a_flood_fill(
        drawn: tuple[int, list[tuple[int, int]]], dice: random.Random) -> None:
    n, pairs = drawn
    graph = Graph.of(n, pairs)
    members = dice.sample(range(n), dice.randint(1, n))
    labels = graph.components(members)
    for place, plot in enumerate(members):
        same = {other for other, label in zip(members, labels, strict=True) if label == labels[place]}
        assert plot in same
        assert walk(pairs, same) == same
        assert not any({a, b} & same and {a, b} & (set(members) - same) for a, b in pairs)
    assert graph.is_connected(members) == (len(set(labels.tolist())) == 1)


def test_nothing_is_not_connected_and_one_plot_is() -> None:
    graph = Graph.of(3, [(0, 1)])
    assert (graph.is_connected([]), graph.is_connected([2]), graph.is_connected([0, 2])) == (False, True, False)
    assert graph.components().tolist() == [0, 0, 1]
    assert Graph.of(0, []).components().tolist() == []


def test_a_long_snake_in_random_order_is_one_component() -> None:
    order = np.random.default_rng(4).permutation(50_000)
    assert not Graph.of(50_000, np.column_stack([order[:-1], order[1:]])).components().any()


def test_subgraph_is_renumbered_in_the_order_given_and_keeps_lengths() -> None:
    inner = Graph.of(4, [(0, 1), (1, 2), (2, 3)], [5, 6, 7]).subgraph([3, 2, 0])
    assert (inner.n, inner.edges.tolist(), inner.lengths.tolist()) == (3, [[0, 1]], [7.0])


@pytest.mark.parametrize("wrong", [
    lambda: Graph(2, np.array([[1, 0]], dtype=np.int32), np.zeros(1)),
    lambda: Graph(2, np.array([[0, 1]], dtype=np.int32), np.zeros(2)),
    lambda: Graph(2, np.array([[0, 1]], dtype=np.int32), np.array([np.nan])),
    lambda: Graph.of(2, [(0, 2)]),
    lambda: Graph.of(2, []).subgraph([0, 0]),
    lambda: Graph.of(2, []).subgraph([2]),
    lambda: connected_sets(Graph.of(2, []), [0], max_members=0),
])
def test_a_wrong_graph_is_refused_with_a_sentence(wrong: object) -> None:
    with pytest.raises(ValueError, match="[一-鿿]"):
        wrong()  # type: ignore[operator]


@given(graphs, st.integers(1, 9), st.randoms(use_true_random=False))
def test_each_connected_set_of_candidates_comes_exactly_once(
        drawn: tuple[int, list[tuple[int, int]]], most: int, dice: random.Random) -> None:
    n, pairs = drawn
    candidates = dice.sample(range(n), dice.randint(0, n))
    found = [tuple(one.tolist()) for one in connected_sets(Graph.of(n, pairs), candidates, max_members=most)]
    expected = [subset for size in range(1, most + 1) for subset in combinations(sorted(candidates), size)
                if walk(pairs, set(subset)) == set(subset)]
    assert found == expected


@pytest.mark.parametrize("side, count", [(2, 13), (3, 218), (4, 11_506)])
def test_grids_have_the_known_number_of_connected_sets(side: int, count: int) -> None:
    assert len(connected_sets(Graph.of(side * side, rook(side)), range(side * side), max_members=side * side)) == count


def test_members_beyond_one_word_are_told_apart() -> None:
    """100,000 plots need 17 bits each: four fill more than one 63-bit word."""
    n = 100_000
    graph = Graph.of(n, np.column_stack([np.arange(n - 1), np.arange(1, n)]))
    clusters = connected_sets(graph, range(n), max_members=5)
    assert len(clusters) == sum(n - size + 1 for size in range(1, 6))
    assert clusters[len(clusters) - 1].tolist() == [n - 5, n - 4, n - 3, n - 2, n - 1]


def test_the_limit_names_the_number_reached() -> None:
    with pytest.raises(TooManyClusters, match="218|1[0-9][0-9]") as caught:
        connected_sets(Graph.of(9, rook(3)), range(9), max_members=9, limit=100)
    assert caught.value.reached > 100
    assert len(connected_sets(Graph.of(9, rook(3)), range(9), max_members=9, limit=218)) == 218


def test_totals_over_clusters_are_plain_sums() -> None:
    clusters = connected_sets(Graph.of(9, rook(3)), range(9), max_members=4)
    value = np.arange(9, dtype=np.int64) ** 3
    assert clusters.total(value).tolist() == [int(value[one].sum()) for one in clusters]
    assert clusters.owner().tolist() == [c for c, one in enumerate(clusters) for _ in one]


def test_a_county_of_candidates_is_enumerated_whole() -> None:
    """2,000 of 10,000 plots on a grid with diagonals, as dense as a planar county gets."""
    side = 100
    diagonal = [(r * side + c, (r + 1) * side + c + 1) for r in range(side - 1) for c in range(side - 1)]
    graph = Graph.of(side * side, rook(side) + diagonal)
    candidates = [r * side + c for r in range(side) for c in range(side) if (r // 10 + c // 10) % 5 == 0]
    clusters = connected_sets(graph, candidates, max_members=4)
    assert len(candidates) == 2_000
    assert len(clusters) > 40_000
    block = [r * side + c for r in range(10) for c in range(10)]  # one of the twenty squares that make up the candidates
    assert len(clusters) == 20 * len(connected_sets(graph, block, max_members=4))
