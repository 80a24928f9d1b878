"""Several files of a kind as one batch: rows remember their file, shapes meet in one coordinate system."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.joint import Origin, join, renumber
from tenglong.domain.survey.table import Batch


def batch(
    kind: str, rows: list[int], crs: str | None = None, shapes: list[object] | None = None, **fields: list[object]
) -> Batch:
    geometry = None if shapes is None else np.array([*shapes, None], dtype=object)[:-1]
    return Batch(kind, "f", rows, [str(row) for row in rows], dict(fields), geometry=geometry, crs=crs)


def issue(row: int, other: int = 0) -> Issue:
    return Issue("plots", row, "k", "area", "overlap", "", Severity.WARNING, "", "", other_row=other)


def test_rows_are_numbered_anew_and_lead_back_to_their_file() -> None:
    joint = join([batch("plots", [3, 4], name=["a", "b"]), batch("deals", [2]), batch("plots", [9], town=["c"])])
    assert joint.batches["plots"].rows == [1, 2, 3]
    assert joint.batches["plots"].fields == {"name": ["a", "b", None], "town": [None, None, "c"]}
    assert joint.origin(issue(3)) == Origin(2, 9)
    assert joint.other(issue(1, 2)) == Origin(0, 4)
    assert joint.other(issue(1)) is None


def test_issues_of_reading_get_the_joint_numbers() -> None:
    joint = join([batch("plots", [3, 4]), batch("plots", [3, 4])])
    assert [found.row for found in renumber([issue(3), issue(4)], 1, joint)] == [3, 4]


def test_shapes_of_two_systems_fall_on_the_same_place() -> None:
    """Policy facts §9.7: (120.8725, 30.0189) → E 584169.9597 N 3322529.1457."""
    joint = join([batch("plots", [1], "EPSG:4549", [shapely.Point(584169.9597, 3322529.1457)]),
                  batch("plots", [1], "EPSG:4490", [shapely.Point(120.8725, 30.0189)]), batch("plots", [2])])
    first, second, third = joint.batches["plots"].geometry
    assert first.distance(second) < 1e-8
    assert third is None


@pytest.mark.parametrize(("point", "kept"), [((120.8, 30.0), True), ((584169.0, 3322529.0), False)])
def test_unknown_coordinates_count_only_when_they_look_like_degrees(point: tuple[float, float], kept: bool) -> None:
    joint = join([batch("plots", [1], None, [shapely.Point(point)])])
    assert (joint.batches["plots"].geometry[0] is not None) is kept
