"""Neighbours by shape, against all pairs looked at one by one."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, affinity, box

from tenglong.domain.renewal.adjacency import UnusableShapes, adjacency


def cut(x0: int, y0: int, x1: int, y1: int, dice: np.random.Generator) -> list[Polygon]:
    """A rectangle cut at random whole metres, some cuts leaving a lane of 1 to 6 metres between the halves."""
    wide, high = x1 - x0, y1 - y0
    if max(wide, high) < 12 or (max(wide, high) < 30 and dice.random() < 0.25):
        return [box(x0, y0, x1, y1)]
    lane = int(dice.integers(1, 7)) if dice.random() < 0.5 else 0
    if wide >= high:
        at = int(dice.integers(3, wide - 8))
        return cut(x0, y0, x0 + at, y1, dice) + cut(x0 + at + lane, y0, x1, y1, dice)
    at = int(dice.integers(3, high - 8))
    return cut(x0, y0, x1, y0 + at, dice) + cut(x0, y0 + at + lane, x1, y1, dice)


def looked_at(plots: list[Polygon], one: int, road: float) -> dict[int, list[float]]:
    """From the middle of every metre of the outline straight out: the first other plot met, and how far it is."""
    out: dict[int, list[float]] = {}
    ring = np.array(shapely.orient_polygons(plots[one]).exterior.coords)
    for begin, end in zip(ring[:-1], ring[1:], strict=True):
        metres = round(float(np.hypot(*(end - begin))))
        step = (end - begin) / metres
        for metre in range(metres):
            eye = begin + step * (metre + 0.5)
            ray = LineString([eye, eye + np.array([step[1], -step[0]]) * road])
            met = [(Point(eye).distance(ray.intersection(other)), index) for index, other in enumerate(plots)
                   if index != one and ray.intersects(other)]
            if met and (min(met)[0] < road):
                out.setdefault(min(met)[1], []).append(min(met)[0])
    return out


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(1, 6))
def test_fronts_and_lanes_are_those_that_rays_meet(seed: int, road: int, least: int) -> None:
    plots = cut(0, 0, 36, 30, np.random.default_rng(seed))
    sights = [looked_at(plots, one, road) for one in range(len(plots))]
    expected = {}
    for a, b in combinations(range(len(plots)), 2):
        there, back = sights[a].get(b, []), sights[b].get(a, [])
        if max(len(there), len(back)) >= least:
            expected[a, b] = max(there.count(0.0), back.count(0.0))
    found = adjacency(plots, min_shared_m=least, road_m=road)
    pairs = [tuple(edge) for edge in found.edges.tolist()]
    assert dict(zip(pairs, found.lengths.round(6).tolist(), strict=True)) == expected


@settings(max_examples=20)
@example(1075, 0.0)  # a sharp tip: nothing is met through a plot's own body
@given(st.integers(0, 10_000), st.floats(-3, 3))
def test_shared_edges_of_slanted_plots_equal_the_common_boundary_of_every_pair(seed: int, angle: float) -> None:
    dice = np.random.default_rng(seed)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(dice.uniform(0, 200, (25, 2)))))
    plots = [cell for cell in cells if cell.within(box(-300, -300, 500, 500))]
    # a hair's width around one of the two: corners of the cells are rounded, so that edges need not lie exactly on each other
    expected = {(a, b): plots[a].boundary.intersection(plots[b].buffer(1e-6)).length
                for a, b in combinations(range(len(plots)), 2)}
    turned = [affinity.rotate(plot, angle, origin=(0, 0), use_radians=True) for plot in plots]
    found = adjacency(turned, min_shared_m=2, road_m=0)
    lengths = {tuple(edge): length for edge, length in zip(found.edges.tolist(), found.lengths.tolist(), strict=True)}
    doubtful = {pair for pair, metres in expected.items() if abs(metres - 2) < 0.3}
    assert lengths.keys() - doubtful == {pair for pair, metres in expected.items() if metres > 2} - doubtful
    assert [lengths[pair] for pair in sorted(lengths)] == pytest.approx([expected[pair] for pair in sorted(lengths)], abs=0.3)


def test_corners_that_touch_and_diagonal_plots_are_no_neighbours() -> None:
    assert not len(adjacency([box(0, 0, 10, 10), box(10, 10, 20, 20)], min_shared_m=1, road_m=50).edges)


def test_a_road_counts_only_when_narrower_and_a_plot_between_hides_what_lies_behind() -> None:
    left, right, strip = box(0, 0, 10, 10), box(16, 0, 26, 10), box(12, 0, 14, 10)
    assert len(adjacency([left, right], min_shared_m=5, road_m=6).edges) == 0
    across = adjacency([left, right], min_shared_m=5, road_m=6.5)
    assert (across.edges.tolist(), across.lengths.tolist()) == ([[0, 1]], [0.0])
    assert adjacency([left, right, strip], min_shared_m=5, road_m=20).edges.tolist() == [[0, 2], [1, 2]]


def test_boundaries_surveyed_twice_are_shared_whether_they_gape_or_overlap() -> None:
    for gap in (-0.5, -0.02, 0.0, 0.04):
        found = adjacency([box(0, 0, 10, 10), box(10 + gap, 0, 20, 10)], min_shared_m=5, road_m=0)
        assert found.lengths.tolist() == pytest.approx([10.0])


def test_parts_holes_and_islands() -> None:
    ring = box(0, 0, 30, 30).difference(box(10, 10, 20, 20))
    plots = [ring, box(10, 10, 20, 20), MultiPolygon([box(30, 0, 40, 10), box(30, 20, 40, 30)]), box(500, 500, 510, 510)]
    found = adjacency(plots, min_shared_m=1, road_m=5)
    assert (found.n, found.edges.tolist(), found.lengths.tolist()) == (4, [[0, 1], [0, 2]], [40.0, 20.0])


@pytest.mark.parametrize(("shape", "words"), [
    (None, "第 2 个地块没有图形"), (Polygon(), "没有图形"), (Point(0, 0), "不是面"),
    (Polygon([(0, 0), (10, 10), (10, 0), (0, 10)]), "自交"), (Polygon([(0, 0), (9, 9), (np.inf, 0)]), "有限"),
])
def test_a_shape_that_bounds_no_area_is_named(shape: object, words: str) -> None:
    with pytest.raises(UnusableShapes, match=words) as caught:
        adjacency([box(0, 0, 1, 1), shape], min_shared_m=1, road_m=1)
    assert caught.value.places.tolist() == [1]


def test_no_plots_have_no_neighbours() -> None:
    assert adjacency([], min_shared_m=1, road_m=1).n == 0


def test_ten_thousand_plots_on_a_grid_have_their_neighbours_and_no_others() -> None:
    plots = shapely.box(*(np.stack(np.meshgrid(np.arange(100), np.arange(100))).reshape(2, -1) * 30.0),
                        *(np.stack(np.meshgrid(np.arange(100), np.arange(100))).reshape(2, -1) * 30.0 + 25))
    found = adjacency(plots, min_shared_m=5, road_m=12)
    assert len(found.edges) == 2 * 99 * 100
