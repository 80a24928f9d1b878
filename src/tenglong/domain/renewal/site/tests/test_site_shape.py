"""What is said of the shape of a site."""

from __future__ import annotations

from math import pi

import numpy as np
import pytest
from shapely import Point, box

from tenglong.domain.renewal.adjacency import adjacency
from tenglong.domain.renewal.site.describe import looks, together


def test_a_square_cut_by_a_road_is_as_compact_as_a_square() -> None:
    plots = [box(0, 0, 45, 100), box(55, 0, 100, 100), box(300, 0, 400, 100)]
    shape = looks(plots, adjacency(plots, min_shared_m=5, road_m=12), np.array([0, 1]), road_m=12)
    assert (shape.compactness, shape.filled, shape.span_m) == pytest.approx((pi / 4, 1.0, 55.0))
    assert shape.joints == ()


def test_a_circle_is_fully_compact() -> None:
    plots = [Point(0, 0).buffer(100, 64)]
    shape = looks(plots, adjacency(plots, min_shared_m=5, road_m=0), np.array([0]), road_m=0)
    assert shape.compactness == pytest.approx(1, abs=2e-3)


def test_the_plots_that_hold_a_row_together_are_its_inner_ones() -> None:
    plots = [box(at, 0, at + 10, 10) for at in range(0, 40, 10)]
    shape = looks(plots, adjacency(plots, min_shared_m=5, road_m=0), np.array([0, 1, 2, 3]), road_m=0)
    assert shape.joints == (1, 2)
    assert shape.compactness == pytest.approx(4 * pi * 400 / 100**2)


def test_chances_multiply() -> None:
    assert together(np.array([0.5, 0.5, 1.0])) == 0.25
