"""Published projection vectors, read backwards: which system gave these numbers?"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.geo import crs_names
from tenglong.domain.geo.crs import CountyProfile, choose, parse_dms
from tenglong.domain.geo.offset import Shift, compare, to_bd09, to_gcj02

SHANGYU = CountyProfile((120.6, 29.7, 121.1, 30.3), 120, "上虞区")
VECTOR = (120.8725, 30.0189)


@pytest.mark.parametrize(("numbers", "crs", "swapped"), [
    ((120.8725, 30.0189), "EPSG:4490", False),
    ((30.0189, 120.8725), "EPSG:4490", True),
    ((584169.9597, 3322529.1457), "EPSG:4549", False),
    ((3322529.1457, 584169.9597), "EPSG:4549", True),
    ((40584169.9597, 3322529.1457), "EPSG:4528", False),
    ((3322529.1457, 40584169.9597), "EPSG:4528", True),
    ((13455465.1, 3505300.0), "EPSG:3857", False),
])
def test_county_profile_settles_the_system(numbers, crs, swapped):
    choice = choose(np.array([numbers]), county=SHANGYU)
    assert (choice.chosen.crs, choice.chosen.swapped, choice.needs_choice) == (crs, swapped, False)
    assert choice.chosen.lonlat == pytest.approx(VECTOR, abs=1e-2)
    assert "上虞区范围内" in choice.reason


def test_plane_coordinates_without_zone_or_county_are_left_to_the_user():
    choice = choose(np.array([[584169.9597, 3322529.1457]]))
    assert choice.chosen is None and choice.needs_choice
    assert "EPSG:4549" in [one.crs for one in choice.candidates]
    assert "请选择" in choice.reason


def test_a_zone_number_needs_no_county():
    assert choose(np.array([[40584169.9597, 3322529.1457]])).chosen.crs == "EPSG:4528"


def test_lonlat_needs_no_county():
    assert choose(np.array([[120.8725, 30.0189]])).chosen.crs == "EPSG:4490"


def test_the_files_own_system_wins_when_it_fits_the_county():
    choice = choose(np.array([[584169.9597, 3322529.1457]]), own="EPSG:4549", county=SHANGYU)
    assert choice.chosen.crs == "EPSG:4549" and "文件自带" in choice.reason


def test_a_lying_file_is_doubted_and_the_fitting_system_comes_first():
    choice = choose(np.array([[584169.9597, 3322529.1457]]), own="EPSG:4550", county=SHANGYU)
    assert choice.chosen.crs == "EPSG:4549"
    assert any("请核对" in one.reason for one in choice.candidates)


def test_a_foreign_file_keeps_its_own_system():
    choice = choose(np.array([[900000.0, 6500000.0]]), own="EPSG:2154")
    assert choice.chosen.crs == "EPSG:2154"


def test_numbers_of_no_system_are_refused():
    assert choose(np.array([[5.0, -20.0], [np.nan, 1.0]])).chosen is None
    assert choose(np.zeros((0, 2))).reason == "没有坐标"


@given(st.floats(120.62, 121.08), st.floats(29.72, 30.28),
       st.sampled_from(["EPSG:4549", "EPSG:4528", "EPSG:4490", "EPSG:3857"]), st.booleans())
def test_any_place_of_the_county_comes_back_to_where_it_is(lon, lat, crs, swap):
    xy = np.array([crs_names.transformer("EPSG:4490", crs).transform(lon, lat)])
    choice = choose(xy[:, ::-1] if swap else xy, county=SHANGYU)
    assert choice.chosen.lonlat == pytest.approx((lon, lat), abs=1e-6)
    assert choice.chosen.swapped is swap


@pytest.mark.parametrize(("text", "degrees"), [
    ("120°52′21″", 120.8725), ("30°1'8.04\"N", 30.0189), ("120度52分21秒", 120.8725), ("120°61′00″", None), ("120.5", None),
    ("10°30′00″W", -10.5)])
def test_degrees_minutes_seconds(text, degrees):
    assert parse_dms(text) == (None if degrees is None else pytest.approx(degrees, abs=1e-9))


def test_a_shift_is_told_only_against_a_reference():
    true = np.array([VECTOR, (121.0, 30.1), (120.7, 29.9)])
    assert compare(true, None).shift is Shift.UNKNOWN and "无法判断" in compare(true, None).message
    assert compare(true + 1e-5, true).shift is Shift.NONE
    assert compare(to_gcj02(true), true).shift is Shift.GCJ02
    assert compare(to_bd09(true), true).shift is Shift.BD09
    assert compare(true + 0.02, true).shift is Shift.OTHER
    assert 300 < compare(to_gcj02(true), true).distance < 700
