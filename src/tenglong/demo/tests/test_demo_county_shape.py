"""The demo county has the shape the articles tell of, and is the same for the same seed."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
import shapely
from stdnum.cn import uscc

from tenglong.demo.build import build_county
from tenglong.demo.county import ENTERPRISES, PLOTS, YEARS, County
from tenglong.demo.identity import credit_code, org_check
from tenglong.demo.streams import stream
from tenglong.demo.towns import TOWNS, WEIGHTS

DEGREE2_TO_M2 = 1.07e10


@pytest.fixture(scope="module")
def small() -> County:
    return build_county(3, 300)


@pytest.mark.slow
def test_full_county_has_2595_plots_a_little_over_58000_mu_and_4043_firms() -> None:
    county = build_county()
    mu = Decimal(sum(plot.area_cm2 for plot in county.plots)) * 15 / 10_000 / 10_000
    assert (len(county.towns), len(county.plots), len(county.enterprises)) == (20, PLOTS, ENTERPRISES)
    assert Decimal(58_000) < mu < Decimal(58_300)
    assert not any(tree_overlaps([plot.shape for plot in county.plots]))


def test_weights_of_the_towns_add_up_to_the_plots() -> None:
    assert sum(WEIGHTS.values()) == PLOTS
    assert len({short for short, *_ in TOWNS}) == 20


def test_same_seed_gives_the_same_county_and_another_seed_another(small: County) -> None:
    again, other = build_county(3, 300), build_county(4, 300)
    assert again.plots == small.plots
    assert again.facts == small.facts
    assert again.occupancies == small.occupancies
    assert [firm.uscc for firm in other.enterprises] != [firm.uscc for firm in small.enterprises]


def test_streams_depend_on_seed_and_name_alone() -> None:
    first = stream(1, "plots").random(3).tolist()
    stream(1, "another layer").random(100)
    assert stream(1, "plots").random(3).tolist() == first
    assert stream(1, "parks").random(3).tolist() != first
    assert stream(2, "plots").random(3).tolist() != first


def tree_overlaps(shapes: list[shapely.Polygon]) -> list[float]:
    """Overlaps above 0.001 m² by an index; lon/lat."""
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    pairs = [(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True) if a < b]
    areas = [shapes[a].intersection(shapes[b]).area * DEGREE2_TO_M2 for a, b in pairs]
    return [area for area in areas if area > 0.001]


def test_towns_meet_without_overlap_or_gap(small: County) -> None:
    outlines = [town.outline for town in small.towns]
    whole = shapely.union_all(outlines)
    assert not tree_overlaps(outlines)
    assert whole.geom_type == "Polygon" and not whole.interiors


def test_plots_and_titles_do_not_overlap_and_lie_in_their_town(small: County) -> None:
    towns = {town.code: town.outline for town in small.towns}
    assert tree_overlaps([plot.shape for plot in small.plots]) == []
    assert tree_overlaps([parcel.shape for parcel in small.parcels]) == []
    assert all(towns[plot.town].contains(plot.shape) for plot in small.plots)
    assert all(plot.shape.is_valid and plot.shape.geom_type == "Polygon" for plot in small.plots)


def test_neighbouring_plots_share_their_edges_vertex_by_vertex(small: County) -> None:
    """A point of one boundary that lies on another is a vertex there too."""
    shapes = [plot.shape for plot in small.plots]
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="dwithin", distance=1e-9)
    touching = [(a, b) for a, b in zip(left.tolist(), right.tolist(), strict=True) if a != b]
    assert len(touching) > 300
    for a, b in touching:
        mine, theirs = set(shapes[a].exterior.coords), set(shapes[b].exterior.coords)
        near = {point for point in mine if shapes[b].exterior.distance(shapely.Point(point)) < 1e-9}
        assert near <= theirs


def test_titles_are_not_one_to_one_with_plots_and_some_land_has_none(small: County) -> None:
    per_plot = Counter(link.plot for link in small.links)
    per_title = Counter(link.parcel for link in small.links)
    assert max(per_plot.values()) > 1
    assert max(per_title.values()) > 1
    assert {plot.title_status for plot in small.plots if plot.key not in per_plot} == {"无证"}
    assert any(plot.key not in per_plot for plot in small.plots)


def test_buildings_lie_inside_their_plot_and_title(small: County) -> None:
    plots = {plot.key: plot.shape for plot in small.plots}
    titles = {parcel.code: parcel.shape for parcel in small.parcels}
    for house in small.buildings:
        assert house.shape.difference(plots[house.plot]).area * DEGREE2_TO_M2 < 0.1
        assert not house.parcel or house.shape.difference(titles[house.parcel]).area * DEGREE2_TO_M2 < 0.1


def test_every_credit_code_is_valid_and_every_firm_uses_land(small: County) -> None:
    codes = [firm.uscc for firm in small.enterprises]
    assert all(uscc.is_valid(code) for code in codes)
    assert len(set(codes)) == len(codes) == round(300 * ENTERPRISES / PLOTS)
    assert set(codes) == {row.uscc for row in small.occupancies}
    assert {plot.key for plot in small.plots} == {row.plot for row in small.occupancies}
    assert len({firm.name for firm in small.enterprises}) == len(codes)


def test_codes_equal_published_vectors() -> None:
    """Policy facts §9.1, §9.2: synthetic codes of 上虞, and organisation codes in use."""
    assert credit_code("330604", "MA000022") == "91330604MA00002260"
    assert credit_code("330604", "MA000001") == "91330604MA0000015G"
    assert [org_check(body) for body in ("D2143569", "MA62K026", "12345678")] == ["X", "0", "8"]


def test_chains_of_tenants_stay_within_the_plot(small: County) -> None:
    area = {plot.key: plot.area_cm2 for plot in small.plots}
    used: Counter[tuple[str, str]] = Counter()
    by_plot: dict[tuple[str, str], set[str]] = {}
    for row in small.occupancies:
        used[row.plot] += row.area_cm2
        by_plot.setdefault(row.plot, set()).add(row.uscc)
    assert all(used[key] <= area[key] for key in used)
    assert all(row.landlord in by_plot[row.plot] for row in small.occupancies if row.landlord)
    assert {row.role for row in small.occupancies} == {"owner", "lessee", "sublessee", "idle"}
    assert all(row.end is None or row.end > row.start for row in small.occupancies)


def test_some_firms_use_several_plots_and_some_plots_hold_several_firms(small: County) -> None:
    pairs = {(row.plot, row.uscc) for row in small.occupancies}
    assert max(Counter(plot for plot, _ in pairs).values()) > 2
    assert max(Counter(firm for _, firm in pairs).values()) > 1


def test_meters_shared_by_firms_add_up_to_the_whole(small: County) -> None:
    shares: Counter[tuple[str, str]] = Counter()
    for row in small.accounts:
        shares[row.kind, row.number] += row.share
    assert set(shares.values()) == {10_000}
    assert max(Counter((row.kind, row.number) for row in small.accounts).values()) > 1


def test_every_firm_has_facts_since_it_was_founded_and_above_scale_firms_report_more(small: County) -> None:
    years = Counter(row.uscc for row in small.facts)
    since = {firm.uscc: max(firm.registered_on.year, YEARS[0]) for firm in small.enterprises}
    assert all(years[uscc] == YEARS[-1] + 1 - first for uscc, first in since.items())
    scale = {firm.uscc: firm.scale for firm in small.enterprises}
    last = [row for row in small.facts if row.year == YEARS[-1]]
    assert all((row.values["revenue"] >= 20_000_000) == (scale[row.uscc] == "above_scale") for row in last)
    assert all("value_added" in row.values for row in last if scale[row.uscc] == "above_scale")


def test_split_and_merge_keep_the_land(small: County) -> None:
    """Areas of the children of a split, and of the parents of a merge, add up to the other side."""
    area = {plot.key: plot.area_cm2 for plot in [*small.plots, *small.retired]}
    assert {row.event for row in small.lineage} == {"split", "merge"}
    for event, whole, part in (("merge", "child", "parent"), ("split", "parent", "child")):
        groups: dict[tuple[str, str], int] = {}
        for row in small.lineage:
            if row.event == event:
                groups[getattr(row, whole)] = groups.get(getattr(row, whole), 0) + area[getattr(row, part)]
        assert all(abs(area[key] - total) / total < 1e-5 for key, total in groups.items())


@pytest.mark.slow
def test_zones_of_the_plan_are_there() -> None:
    county = build_county(5, 600)
    kinds = Counter(zone.kind for zone in county.zones)
    assert kinds["platform"] == 2 and kinds["quarter"] == 8 and kinds["core"] == 2 and kinds["axis"] == 4
    assert kinds["town_park"] == 20
    assert {zone.name for zone in county.zones if zone.kind == "platform"} == {"智创青春谷", "智能装备生态园"}
    assert {plot.zone for plot in county.plots} <= {zone.code for zone in county.zones}
