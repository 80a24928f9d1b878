"""Vectors of CGCS2000 areas and projections (published figures and pyproj 3.7)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.geo import crs_names
from tenglong.domain.geo.area import geodesic_area, plane_area
from tenglong.domain.geo.shapes import as_shapes, polygonal
from tenglong.domain.geo.working import transform, working

RING = [(120.870, 30.020), (120.874, 30.020), (120.874, 30.023), (120.870, 30.023)]


def test_geodesic_area_of_the_reference_ring_is_exact_to_a_square_centimetre():
    assert geodesic_area(as_shapes([shapely.Polygon(RING)]))[0] == pytest.approx(128321.6218, abs=1e-4)


def test_plane_area_of_the_reference_ring_names_its_zone():
    areas, zones = plane_area(as_shapes([shapely.Polygon(RING), None]))
    assert areas[0] == pytest.approx(128344.0188, abs=1e-4)
    assert (areas[1], zones) == (0.0, ["EPSG:4549", ""])


def test_a_plane_rectangle_is_smaller_on_the_ellipsoid_away_from_the_meridian():
    box = as_shapes([shapely.box(584000, 3322000, 584100, 3322200)])
    assert geodesic_area(box, "EPSG:4549")[0] == pytest.approx(19996.5156, abs=1e-4)


def test_holes_are_subtracted_parts_added_and_nothing_counts_nothing():
    square, hole = shapely.box(120, 30, 120.01, 30.01), shapely.box(120.002, 30.002, 120.004, 30.004)
    far = shapely.box(121, 30, 121.01, 30.01)
    shapes = as_shapes([square.difference(hole), shapely.MultiPolygon([square, far]), None, shapely.Point(1, 1),
                        shapely.GeometryCollection([square, shapely.LineString([(0, 0), (1, 1)])])])
    whole, cut, other = geodesic_area(as_shapes([square, hole, far]))
    assert geodesic_area(shapes) == pytest.approx([whole - cut, whole + other, 0, 0, whole])


def test_ring_direction_does_not_change_the_area():
    assert geodesic_area(as_shapes([shapely.Polygon(RING)])) == pytest.approx(
        geodesic_area(as_shapes([shapely.Polygon(RING[::-1])])))


@pytest.mark.parametrize(("lon", "lat", "crs", "east", "north"), [
    (120.0, 30.0, "EPSG:4549", 500000.0000, 3320113.3978),
    (120.8725, 30.0189, "EPSG:4549", 584169.9597, 3322529.1457),
    (120.8725, 30.0189, "EPSG:4528", 40584169.9597, 3322529.1457),
    (121.0, 30.1, "EPSG:4549", 596391.8468, 3331620.6130),
])
def test_projection_vectors(lon, lat, crs, east, north):
    point = transform(as_shapes([shapely.Point(lon, lat)]), "EPSG:4490", crs)[0]
    assert (point.x, point.y) == pytest.approx((east, north), abs=1e-4)


def test_zone_numbers_follow_the_register():
    assert [crs_names.gk3(120), crs_names.gk3(120, zone_prefix=True), crs_names.gk3(75), crs_names.gk3(135)] == [
        "EPSG:4549", "EPSG:4528", "EPSG:4534", "EPSG:4554"]
    assert crs_names.parse(crs_names.gk6(20)).to_dict()["lon_0"] == 117


@given(st.floats(75, 135), st.floats(18, 50), st.floats(1e-4, 5e-3), st.floats(1e-4, 5e-3))
def test_plane_and_geodesic_agree_within_the_distortion_of_a_3_degree_zone(lon, lat, width, height):
    shapes = as_shapes([shapely.box(lon, lat, lon + width, lat + height)])
    assert plane_area(shapes)[0][0] / geodesic_area(shapes)[0] == pytest.approx(1, abs=7e-4)


def test_shared_corners_stay_shared_in_the_working_plane():
    left = shapely.Polygon([(40584169.9597, 3322529.1457), (40584200.1, 3322529.2), (40584200.3, 3322600.7)])
    right = shapely.Polygon([(40584200.1, 3322529.2), (40584300.123456, 3322529.9), (40584200.3, 3322600.7)])
    frame = working(as_shapes([left, right]), "EPSG:4528")
    assert frame.crs == "EPSG:4528"
    assert shapely.touches(*frame.shapes)
    assert set(shapely.get_coordinates(frame.shapes[0]).ravel()) & set(shapely.get_coordinates(frame.shapes[1]).ravel())


def test_lonlat_data_work_in_their_own_3_degree_zone_and_come_back():
    frame = working(as_shapes([shapely.Polygon(RING), None]), "EPSG:4326")
    assert frame.crs == "EPSG:4549"
    middle = shapely.get_coordinates(shapely.centroid(frame.shapes[0]))
    assert frame.lonlat(middle)[0] == pytest.approx([120.872, 30.0215], abs=1e-6)


def test_hostile_shapes_become_polygons_or_nothing():
    bowtie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    overlapping = shapely.GeometryCollection([shapely.box(0, 0, 2, 2), shapely.box(1, 0, 3, 2), shapely.Point(9, 9)])
    nested = shapely.GeometryCollection([shapely.GeometryCollection([shapely.box(0, 0, 1, 1)])])
    shapes = as_shapes([bowtie, overlapping, nested, None, shapely.Polygon(), shapely.Point(1, 1),
                        shapely.Point(0, 0).buffer(0),
                        shapely.Polygon([(0, 0), (1, 1), (0, 0)]), shapely.Polygon([(0, 0), (np.nan, 1), (1, 1)]),
                        shapely.Polygon([(0, 0, 5), (1, 0, 5), (1, 1, 5)])])
    clean = polygonal(shapes)
    assert [None if shape is None else round(shape.area, 6) for shape in clean] == [
        2.0, 6.0, 1.0, None, None, None, None, None, None, 0.5]
    assert all(shape is None or shape.is_valid for shape in clean)


def test_an_unknown_crs_is_refused_with_a_sentence():
    with pytest.raises(crs_names.UnknownCrs, match="不认识坐标系"):
        working(as_shapes([shapely.Point(1, 1)]), "EPSG:999999999")
