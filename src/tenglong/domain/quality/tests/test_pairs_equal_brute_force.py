"""The fast search finds exactly what comparing everything with everything finds."""

from __future__ import annotations

import os
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.geo.shapes import as_shapes, polygonal
from tenglong.domain.quality.options import Options
from tenglong.domain.quality.run import run
from tenglong.domain.survey.table import Batch

SHARED = Path(os.environ.get("TENGLONG_SHARED_DATA", Path(__file__).parents[5].parent / "shared" / "data"))
PAIR_RULES = {"overlap", "contained", "duplicate-geometry"}


def batch_of(shapes, kind="parcels", crs="EPSG:4549", keys=None, **fields):
    rows = list(range(1, len(shapes) + 1))
    return Batch(kind, "file", rows, keys or [f"K{row}" for row in rows], fields, geometry=as_shapes(shapes), crs=crs)


def brute_pairs(shapes, floor):
    """All pairs, one by one, no index and no vectors."""
    clean = [shape if shape is None or shape.is_valid else polygonal(as_shapes([shape]))[0] for shape in shapes]
    found = set()
    for (i, a), (j, b) in combinations(enumerate(clean, 1), 2):
        if a is not None and b is not None and a.intersects(b) and a.intersection(b).area >= floor:
            found.add((i, j))
    return found


def pairs_in(report):
    return [(issue.row, issue.other_row) for issue in report.issues if issue.rule in PAIR_RULES]


corner = st.integers(0, 12).map(lambda n: n / 2)
boxes = st.tuples(corner, corner, st.integers(1, 8), st.integers(1, 8)).map(
    lambda t: shapely.box(t[0], t[1], t[0] + t[2] / 2, t[1] + t[3] / 2))
rings = st.lists(st.tuples(corner, corner), min_size=3, max_size=6, unique=True).map(shapely.Polygon)
hostile = st.sampled_from([None, shapely.Polygon(), shapely.Point(1, 1), shapely.LineString([(0, 0), (3, 3)]),
                           shapely.GeometryCollection([shapely.box(1, 1, 3, 3), shapely.Point(0, 0)]),
                           shapely.MultiPolygon([shapely.box(0, 0, 1, 1), shapely.box(4, 4, 6, 6)])])


@settings(max_examples=120, deadline=None)
@given(st.lists(st.one_of(boxes, rings, hostile), max_size=14))
def test_every_overlapping_pair_is_told_exactly_once(shapes):
    told = pairs_in(run([batch_of(shapes)]))
    areal = [shape if shape is not None and shape.geom_type not in ("Point", "LineString") else None for shape in shapes]
    expected = brute_pairs([None if s is None or s.is_empty else polygonal(as_shapes([s]))[0] for s in areal], 0.01)
    assert sorted(told) == sorted(expected)


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, min_size=1, max_size=8), st.lists(boxes, min_size=1, max_size=4))
def test_buildings_in_two_parcels_equal_brute_force(parcels, buildings):
    report = run([batch_of(parcels), batch_of(buildings, "buildings", keys=[f"B{i}" for i in range(1, len(buildings) + 1)])])
    expected = [i for i, b in enumerate(buildings, 1) if sum(p.intersection(b).area > 1.0 for p in parcels) >= 2]
    assert [issue.row for issue in report.issues if issue.rule == "building-straddles"] == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(boxes, rings), max_size=10))
def test_a_second_run_says_the_same(shapes):
    batch = batch_of(shapes)
    assert run([batch]).as_json() == run([batch]).as_json()


@settings(max_examples=60, deadline=None)
@given(st.lists(boxes, max_size=10), st.floats(0.5, 2.5))
def test_enclosed_gaps_are_the_narrow_holes_of_the_union(shapes, width):
    report = run([batch_of(shapes)], options=Options(max_gap=width))
    told = sorted(float(issue.size["area_m2"]) for issue in report.issues if issue.rule == "gap")
    union = shapely.unary_union(shapes)
    holes = [shapely.Polygon(ring) for ring in shapely.get_rings(union)]
    holes = [hole for hole in holes if not union.contains(hole.representative_point())]
    narrow = sorted(round(part.area, 4) for hole in holes for part in shapely.get_parts(hole.difference(union))
                    if 2 * part.area / part.length <= width and part.area >= 0.01)
    for area in narrow:
        assert any(abs(area - got) < 1e-3 for got in told)


def read(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"real file {name} is not here; set TENGLONG_SHARED_DATA")
    pyogrio = pytest.importorskip("pyogrio")
    _, _, wkb, columns = pyogrio.raw.read(path)
    names = pyogrio.read_info(path)["fields"]
    return shapely.from_wkb(wkb), dict(zip(names, columns, strict=True))


def test_real_cadastre_equals_all_pairs_without_index():
    shapes, columns = read("cadastre_fr_parcels.gpkg")
    drawn, _ = read("cadastre_fr_buildings.gpkg")
    keys = [str(value) for value in columns["IDU"]]
    stated = [round(value * 10_000) for value in columns["SUPF"]]
    parcels = batch_of(shapes, crs="EPSG:2154", keys=keys, stated_area=stated)
    buildings = batch_of(drawn, "buildings", "EPSG:2154")
    report = run([parcels, buildings])
    assert report.rows == 900
    # all pairs, a row against all others at a time
    overlaps = set()
    for i in range(len(shapes) - 1):
        shared = shapely.area(shapely.intersection(shapes[i], shapes[i + 1:]))
        overlaps |= {(i + 1, i + 2 + j) for j in np.flatnonzero(shared >= 0.01).tolist()}
    assert set(pairs_in(report)) == overlaps
    straddling = {i + 1 for i, b in enumerate(drawn) if (shapely.area(shapely.intersection(b, shapes)) > 1.0).sum() >= 2}
    assert {issue.row for issue in report.issues if issue.rule == "building-straddles"} == straddling
    assert straddling
    by_key = {issue.key for issue in report.issues if issue.rule == "area-mismatch"}
    plane = np.abs(shapely.area(shapes) - columns["SUPF"]) / columns["SUPF"]
    clear = {keys[i] for i in np.flatnonzero(plane > 0.055)}
    near = {keys[i] for i in np.flatnonzero(plane > 0.045)}
    assert clear <= by_key <= near
