"""Shifted coordinates are told against a reference only; the county settles what the numbers leave open."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from tenglong.domain.geo.offset import Shift, compare_outlines, from_bd09, from_gcj02, to_bd09, to_gcj02
from tenglong.domain.survey.county import CountyFacts, OutlineError, box_of, facts_of, outlines_of
from tenglong.domain.survey.shifted import shift_issue
from tenglong.domain.survey.table import Batch, Table

#: a town so narrow that 500 m carry every plot across its border
TOWN = shapely.box(120.8000, 30.0000, 120.8040, 30.0400)
COUNTY = CountyFacts("330604", "上虞区", ("上虞",), {"百官街道": "330604001"}, {"330604001": TOWN})
POINTS = np.array([(120.8010 + 0.0002 * (n % 10), 30.003 + 0.0006 * n) for n in range(60)])


def batch_of(points: np.ndarray, town: str = "百官街道", crs: str | None = "EPSG:4490") -> Batch:
    shapes = np.array([shapely.Point(*xy).buffer(0.0001) for xy in points], dtype=object)
    numbers = list(range(1, len(points) + 1))
    keys = [str(number) for number in numbers]
    return Batch("plots", "图.shp", numbers, keys, {"town": [town] * len(points)}, geometry=shapes, crs=crs)


@pytest.mark.parametrize("there,back", [(to_gcj02, from_gcj02), (to_bd09, from_bd09)])
def test_taking_a_shift_back_ends_where_it_began(there, back) -> None:
    assert np.abs(back(there(POINTS)) - POINTS).max() < 1e-9


def test_the_border_of_the_town_tells_a_shift_and_its_absence() -> None:
    outlines = np.array([TOWN] * len(POINTS), dtype=object)
    assert compare_outlines(POINTS, outlines).shift is Shift.NONE
    found = compare_outlines(to_gcj02(POINTS), outlines)
    assert found.shift in (Shift.GCJ02, Shift.OTHER) and 300 < found.distance < 1500
    wide = np.array([shapely.box(120, 29, 122, 31)] * len(POINTS), dtype=object)
    assert compare_outlines(to_gcj02(POINTS), wide).shift is Shift.UNKNOWN


def test_a_file_is_warned_about_once_and_only_with_a_reference() -> None:
    issues, sentence = shift_issue(batch_of(to_gcj02(POINTS)), COUNTY)
    assert [(issue.rule, issue.row, str(issue.severity)) for issue in issues] == [("crs-offset", 0, "warning")]
    assert "加偏" in sentence
    for batch, county in ((batch_of(to_gcj02(POINTS)), CountyFacts()), (batch_of(to_gcj02(POINTS), "别处"), COUNTY),
                          (batch_of(POINTS, crs=None), COUNTY)):
        found, said = shift_issue(batch, county)
        assert found == [] and "无法判断" in said
    assert shift_issue(batch_of(POINTS), COUNTY)[0] == []


def test_shapes_already_held_stand_before_outlines() -> None:
    shown = batch_of(to_bd09(POINTS))
    held = [shapely.to_wkb(shapely.Point(*xy)) for xy in POINTS[:20]]
    issues, _ = shift_issue(shown, COUNTY, [None, *held[1:]])
    assert issues[0].value == "bd-09"
    assert shift_issue(batch_of(POINTS), COUNTY, held)[0] == []


def table_of(columns, rows, shapes, crs="EPSG:4490") -> Table:
    return Table("层", "界线.shp", "shp", columns, rows, list(range(1, len(rows) + 1)), np.array(shapes, dtype=object), crs)


def test_parts_of_a_town_are_united_and_strangers_are_named() -> None:
    west, east = shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)
    rows = [("x", 330604001.0), ("y", "330604001000"), ("z", "330602001")]
    found = outlines_of(table_of(("a", "b"), rows, [west, east, west]), "330604", {"百官街道": "330604001"})
    assert found.shapes["330604001"].equals(shapely.box(0, 0, 2, 1)) and found.names == {"330604001": "百官街道"}
    assert len(found.left) == 1 and "第 3 行" in found.left[0]


@pytest.mark.parametrize("rows,field,said", [
    ([("甲",)], "", "认不出 330604 的镇街"), ([("330604001",)], "代码", "没有“代码”这一列"),
])
def test_outlines_of_no_use_say_why(rows, field: str, said: str) -> None:
    with pytest.raises(OutlineError, match=said):
        outlines_of(table_of(("a",), rows, [TOWN]), "330604", {}, code_field=field)


def test_the_extent_is_that_of_the_outlines_else_of_the_profile() -> None:
    profile = {"name": "上虞区", "names": ["上虞"], "aliases": ["上虞市"], "central_meridian": 120,
               "extent": {"west": 120, "south": 29, "east": 121, "north": 31}}
    bare, drawn = facts_of("330604", profile, {}, {}), facts_of("330604", profile, {}, {"330604001": TOWN})
    assert bare.profile.extent == (120, 29, 121, 31) and bare.names == ("上虞", "上虞市")
    assert drawn.profile.extent == box_of([TOWN]) and drawn.profile.central_meridian == 120
    assert bare.context().divisions is None and COUNTY.context(held_names={}).county_prefix == "330604"
