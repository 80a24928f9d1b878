"""One small case per rule, beside a clean neighbour that stays silent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
import shapely

from tenglong.domain.geo.shapes import as_shapes
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.quality.options import Context, Options
from tenglong.domain.quality.registry import CHECKS
from tenglong.domain.quality.rules import RULES
from tenglong.domain.quality.run import run
from tenglong.domain.survey.table import Batch

X, Y = 584000.0, 3322000.0
MU = 20_000_000 // 3


def land(*shapes, kind="parcels", crs="EPSG:4549", keys=None, **fields):
    rows = list(range(2, len(shapes) + 2))
    return Batch(kind, "f", rows, keys or [f"K{row}" for row in rows], fields, geometry=as_shapes(list(shapes)), crs=crs)


def table(kind, keys=None, given=None, **fields):
    count = len(next(iter(fields.values())))
    rows = list(range(2, count + 2))
    return Batch(kind, "f", rows, keys or [f"K{row}" for row in rows], fields, given or {})


def box(x, y, width=50.0, height=50.0):
    return shapely.box(X + x, Y + y, X + x + width, Y + y + height)


def told(*batches, context=None, **options):
    report = run(list(batches), context, Options(**options))
    return [(issue.rule, issue.row, issue.other_row) for issue in report.issues]


def only(rule, *batches, context=None, **options) -> list[Issue]:
    return [issue for issue in run(list(batches), context, Options(**options)).issues if issue.rule == rule]


def test_clean_land_is_silent():
    grid = [box(50 * i, 50 * j) for i in range(4) for j in range(4)]
    assert told(land(*grid, stated_area=[25_000_000] * 16)) == []


def test_invalid_shape_says_reason_and_place_and_still_takes_part_in_pairs():
    bowtie = shapely.Polygon([(X, Y), (X + 40, Y + 40), (X + 40, Y), (X, Y + 40)])
    report = run([land(bowtie, box(30, 10, 20, 20))])
    invalid, overlap = report.issues
    assert (invalid.rule, invalid.severity, invalid.value) == ("invalid-geometry", Severity.ERROR, "Self-intersection")
    assert invalid.at == pytest.approx((120.8707, 30.0142), abs=1e-2)
    assert "自相交" in invalid.message
    assert (overlap.rule, overlap.row, overlap.other_row) == ("overlap", 2, 3)


def test_shapes_that_are_no_area_are_each_named():
    shapes = [None, shapely.Polygon(), shapely.Point(X, Y), shapely.Polygon([(X, np.inf), (X, Y), (X + 1, Y)]),
              shapely.GeometryCollection([shapely.Point(X, Y)]), box(0, 0)]
    assert told(land(*shapes)) == [("no-geometry", 2, 0), ("empty-geometry", 3, 0), ("non-finite-coordinates", 5, 0),
                                   ("geometry-type", 4, 0), ("geometry-type", 6, 0)]


def test_a_point_outside_the_projection_is_not_lost_silently():
    boxes = [shapely.box(120.87 + i / 1000, 30.0, 120.8705 + i / 1000, 30.001) for i in range(3)]
    assert told(land(*boxes, shapely.box(400.0, 95.0, 401.0, 96.0), crs="EPSG:4490")) == [("non-finite-coordinates", 5, 0)]


def test_one_row_with_exchanged_axes_among_many():
    boxes = [shapely.box(120.87 + i / 100, 30.0, 120.875 + i / 100, 30.005) for i in range(6)]
    boxes[2] = shapely.transform(boxes[2], lambda xy: xy[:, ::-1])
    assert [issue.row for issue in only("axis-swapped", land(*boxes, crs="EPSG:4490"))] == [4]


def test_most_specific_name_of_a_pair():
    copy = shapely.Polygon(list(box(0, 0).exterior.coords)[::-1])
    assert told(land(box(0, 0), copy)) == [("duplicate-geometry", 2, 3)]
    assert told(land(box(10, 10, 10, 10), box(0, 0))) == [("contained", 2, 3)]
    assert told(land(box(0, 0), box(49, 0))) == [("overlap", 2, 3)]


@pytest.mark.parametrize(("width", "severity"), [(1.0, Severity.WARNING), (10.0, Severity.ERROR)])
def test_large_overlaps_of_land_are_errors_and_small_ones_warnings(width, severity):
    issue, = only("overlap", land(box(0, 0), box(50 - width, 0)))
    assert issue.severity is severity
    assert float(issue.size["overlap_m2"]) == pytest.approx(width * 50)


def test_overlap_counts_from_the_given_area():
    pair = land(box(0, 0), box(49.9999, 0))
    assert told(pair, min_overlap=0.004) == [("overlap", 2, 3)]
    assert told(pair) == []


def test_an_unordered_pair_is_told_on_the_earlier_row():
    batch = land(box(10, 0), box(0, 0))
    batch.rows = [9, 4]
    issue, = only("overlap", batch)
    assert (issue.row, issue.key, issue.other_row, issue.other) == (4, "K3", 9, "K2")


def test_gaps_are_found_enclosed_and_open_and_not_when_wide():
    around = [box(0, 0, 20, 60), box(20, 40, 20, 20), box(20, 0, 20, 20), box(40.3, 0, 20, 60)]
    ring = land(*around, box(20, 20, 20, 20))
    assert {(issue.row, issue.other_row) for issue in only("gap", ring)} == {(2 + 1, 5), (4, 5), (5, 6)}
    assert only("gap", land(box(0, 0), box(55, 0))) == []
    enclosed = land(box(0, 0, 60, 20), box(0, 40, 60, 20), box(0, 20, 30, 20), box(30.4, 20, 29.6, 20))
    gap, = only("gap", enclosed)
    assert (gap.row, gap.other_row) == (4, 5)
    assert float(gap.size["area_m2"]) == pytest.approx(8, abs=1e-3)
    assert only("gap", enclosed, max_gap=0.2) == []


def test_sliver_and_spike():
    sliver, = only("sliver", land(box(0, 0, 60, 0.2)))
    assert float(sliver.size["width_m"]) == pytest.approx(0.2, abs=0.01)
    corners = [(0, 0), (25, 0), (25.01, -12), (25.02, 0), (50, 0), (50, 50), (0, 50)]
    spiked = shapely.Polygon([(X + x, Y + y) for x, y in corners])
    assert [issue.row for issue in only("spike", land(box(100, 0), spiked))] == [3]


def test_area_mismatch_is_relative_to_the_stated_and_shows_both_drawn_figures():
    batch = land(box(0, 0, 100, 200), box(200, 0, 100, 200), box(400, 0), stated_area=[190_000_000, 200_000_000, None])
    issue, = only("area-mismatch", batch)
    assert issue.row == 2
    assert issue.size["geodesic_m2"] == "19996.5156"
    assert issue.size["plane_m2"] == "20000.0000"
    assert issue.size["difference"] == "+0.052448"


def test_area_tolerance_is_never_below_two_in_ten_thousand():
    assert Options(area_tolerance=0).tolerance == 0.0002
    batch = land(box(0, 0, 100, 200), stated_area=[200_000_000])
    assert only("area-mismatch", batch, area_tolerance=0.0) == []
    assert only("area-mismatch", land(box(0, 0, 100, 200), stated_area=[199_900_000]), area_tolerance=0.0, area_basis="plane")


def test_stated_zero_is_told_and_does_not_divide():
    issue, = only("area-mismatch", land(box(0, 0), stated_area=[0]))
    assert "证载面积为 0" in issue.message


def test_building_over_two_parcels_needs_more_than_a_square_metre_in_each():
    parcels = land(box(0, 0), box(50, 0))
    over = land(box(40, 10, 20, 20), kind="buildings", keys=["B1"])
    barely = land(box(40, 10, 10.04, 20), kind="buildings", keys=["B2"])
    issue, = only("building-straddles", parcels, over)
    assert (issue.dataset, issue.key, issue.other) == ("buildings", "B1", "K2、K3")
    assert issue.size == {"parcels:K2": "200.0000", "parcels:K3": "200.0000"}
    assert only("building-straddles", parcels, barely) == []


def test_outside_its_division():
    west, east = shapely.box(120.8, 29.9, 120.9, 30.1), shapely.box(120.9, 29.9, 121.0, 30.1)
    context = Context(outlines={"330604001": west, "330604002": east}, divisions={"甲镇": "330604001", "乙镇": "330604002"},
                      county_prefix="330604")
    inside, across = shapely.box(120.85, 30.0, 120.851, 30.001), shapely.box(120.8999, 30.0, 120.9009, 30.001)
    batch = land(inside, inside, across, crs="EPSG:4490", town=["甲镇", "330604002", "甲镇"])
    assert [(i.row, i.severity) for i in only("outside-division", batch, context=context)] == [
        (3, Severity.ERROR), (4, Severity.ERROR)]
    assert [issue.rule for issue in run([land(inside, crs="EPSG:4490", town=["丙镇"])], context).issues] == ["division-unknown"]


def test_checks_without_context_are_listed_as_skipped():
    skipped = {entry["rule"] for entry in run([land(box(0, 0), kind="plots")]).skipped}
    assert {"outside-division", "plot-without-enterprise", "building-straddles", "area-mismatch", "division-unknown"} <= skipped


def test_duplicate_codes_stand_on_the_first_row():
    batch = land(box(0, 0), box(50, 0), box(100, 0), box(150, 0), keys=["A", "B", "A", "A"])
    assert told(batch) == [("duplicate-code", 2, 4), ("duplicate-code", 2, 5)]
    assert run([batch]).rejected_rows() == {2, 4, 5}


def test_same_enterprise_twice_by_code_by_name_and_by_what_is_held():
    names = ["甲乙机械有限公司", "丙丁", "绍兴市上虞区戊己五金有限公司", "戊己五金有限责任公司", "杭州市戊己五金有限公司"]
    batch = table("enterprises", uscc=["91330604MA0000015G", "91330604MA0000015G", None, None, None], name=names)
    found = only("duplicate-enterprise", batch)
    assert [(one.row, one.other_row, one.severity) for one in found] == [(2, 3, Severity.ERROR), (4, 5, Severity.WARNING)]
    held = Context(held_names={"甲乙机械有限公司": "91330604MA0000099X"})
    assert len(only("duplicate-enterprise", batch, context=held)) == 3


def test_codes_are_judged_by_their_standards():
    codes = ["91330604MA0000015G", "91330604MA00000150", "9133060", None]
    batch = table("enterprises", uscc=codes, name=["甲", "乙", "丙", "丁"])
    assert [rule for rule, row, _ in told(batch) if row == 2] == []
    assert ("uscc-check-digit", 3, 0) in told(batch)
    assert ("uscc-length", 4, 0) in told(batch)
    ours = land(box(0, 0), box(50, 0), parcel_code=["330604103002GB00016", "绍兴汇隆精细化工有限公司"])
    assert ("parcel-code-length", 3, 0) in told(ours)
    foreign = run([land(box(0, 0), box(50, 0), parcel_code=["0290000A0215", "0290000A0199"])])
    assert foreign.issues == [] and "不是 19 位" in str(foreign.skipped)


def test_deals_keep_swapped_limits_and_tell_them():
    batch = table("deals", far_upper=[Decimal("1"), Decimal("2"), None, Decimal("1")],
                  far_lower=[Decimal("2"), Decimal("1"), Decimal("1"), Decimal("1")], price=[0, 100, None, 5],
                  signed_on=[date(2017, 1, 3)] * 4, start_on=[date(2017, 1, 2), date(2017, 1, 3), None, date(2018, 1, 1)],
                  completion_on=[None, None, None, date(2017, 12, 31)], term_years=[None, 50, 50, 50],
                  given={"term_years": ["工业用地50年; 商服用地40年", "50年", "50", "50.5"]})
    assert told(batch) == [("far-limits-swapped", 2, 0), ("price-zero", 2, 0), ("start-before-contract", 2, 0),
                           ("end-before-start", 5, 0), ("several-terms-in-cell", 2, 0)]
    assert batch.column("far_upper")[0] == 1
    assert run([batch]).exit_code() == 0


def test_end_before_start_refuses_an_occupancy():
    batch = table("occupancies", start=[date(2020, 1, 1)] * 2, end=[date(2019, 1, 1), date(2020, 1, 1)])
    issue, = only("end-before-start", batch)
    assert (issue.row, issue.severity) == (2, Severity.ERROR)


def plots(**fields):
    own = {"survey_number": ["1", "2"], "town": ["甲镇", "甲镇"], "surveyed_area": [10 * MU, 5 * MU]}
    return table("plots", **(own | fields))


def test_who_uses_what_is_compared_across_files():
    used = table("occupancies", survey_number=["1", "1", "1"], town=["甲镇"] * 3, uscc=["A", "B", None],
                 enterprise_name=[None, None, "丙"], role=["owner", "lessee", "lessee"], area=[10 * MU, 6 * MU, 5 * MU])
    firms = table("enterprises", uscc=["A", "B", "C", "D"], name=["甲", "乙", "丙", "丁"])
    report = run([plots(), firms, used])
    found = [(issue.rule, issue.dataset, issue.row) for issue in report.issues if not issue.rule.startswith("uscc")]
    assert found == [("plot-without-enterprise", "plots", 3), ("enterprise-without-plot", "enterprises", 5),
                     ("occupied-exceeds-plot", "occupancies", 3)]


def test_leases_one_after_the_other_do_not_add_up():
    used = table("occupancies", survey_number=["1", "1"], role=["lessee"] * 2, area=[8 * MU, 8 * MU], uscc=["A", "B"],
                 start=[date(2020, 1, 1), date(2022, 1, 1)], end=[date(2022, 1, 1), None])
    assert only("occupied-exceeds-plot", plots(), used) == []


def test_registered_outside_producing_inside():
    context = Context(divisions={"甲镇": "330604001"}, county_prefix="330604", county_names=("上虞",))
    batch = table("enterprises", uscc=[None] * 4, name=["甲", "乙", "丙", "丁"], town=["甲镇"] * 4,
                  address=["杭州市滨江区江南大道1号", "上虞区甲镇1号", None, "杭州市滨江区2号"],
                  production_address=["上虞区甲镇9号", None, None, "宁波市北仑区3号"])
    assert [issue.row for issue in only("registered-outside-producing-inside", batch, context=context)] == [2]


def test_issues_of_reading_are_kept_and_not_told_again():
    batch = table("deals", given={"term_years": ["50年;40年"]}, term_years=[None])
    read = Issue("deals", 2, "K2", "term_years", "several-terms-in-cell", "50年;40年", Severity.WARNING, "m", "f")
    assert run([batch], issues=[read]).issues == [read]


def test_lonlat_without_a_named_system_is_settled_before_metres_are_measured():
    boxes = [shapely.box(120.87 + i / 1000, 30.0, 120.871 + i / 1000, 30.001) for i in range(3)]
    assert told(land(*boxes, boxes[0], crs=None)) == [("duplicate-geometry", 2, 5)]


def test_only_asked_rules_run():
    batch = land(box(0, 0), box(40, 0), keys=["A", "A"])
    assert {rule for rule, _, _ in told(batch, rules=frozenset({"overlap"}))} == {"overlap"}


def test_every_rule_is_reported_by_some_check():
    assert set(RULES) == {name for entry in CHECKS for name in entry.rules}
