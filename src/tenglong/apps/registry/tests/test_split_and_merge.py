"""分割合并: areas, codes, lineage, what is carried over, and taking it back."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from tenglong.apps.registry import models as m
from tenglong.apps.registry import queries, queries_search, service
from tenglong.apps.registry.service import shapes
from tenglong.apps.registry.service.carry import apportion
from tenglong.store.spatial import store

DAY, CUT, TODAY = date(2024, 1, 1), date(2024, 6, 1), date(2024, 7, 1)
TOWN = "330604001"
SQUARE = shapely.box(120.8, 30.0, 120.802, 30.002)
LINE = [(120.8005, 29.99), (120.8005, 30.01)]


@pytest.fixture
def plot(cast):
    area = shapes.area_cm2(SQUARE)
    found = service.create_plot(cast.officer, {"name": "整块", "surveyed_cm2": area + 7, "stated_cm2": area}, on=DAY, town=TOWN,
                                geometry=SQUARE)
    firm = m.Enterprise.objects.create(key="F1")
    owner = service.create_occupancy(
        cast.officer, {"plot_id": found.plot_id, "enterprise_id": firm.pk, "role": "owner"}, on=DAY
    )
    service.create_occupancy(cast.officer, {"plot_id": found.plot_id, "enterprise_id": m.Enterprise.objects.create(key="F2").pk,
                                            "role": "lessee", "landlord_link_id": owner.pk}, on=DAY)
    service.create_building(cast.officer, {"plot_id": found.plot_id}, on=DAY, town=TOWN, code="B1",
                            geometry=shapely.box(120.8001, 30.0001, 120.8004, 30.0004))
    parcel = service.create_parcel(
        cast.officer, {}, on=DAY, town=TOWN, code="P1", geometry=shapely.box(120.7995, 30, 120.8004, 30.002)
    )
    m.PlotParcel.objects.create(plot=found.plot, parcel=parcel.parcel, area_cm2=100, valid_from=DAY)
    m.AccountLink.objects.create(kind="power", number="1", enterprise=firm, plot=found.plot, valid_from=DAY)
    return found


def state():
    """Everything that an undo must bring back."""
    skip = {"PlotVersion": ["lock_version"], "BuildingVersion": ["lock_version"]}
    out = {}
    for model in (m.PlotVersion, m.Occupancy, m.PlotParcel, m.AccountLink, m.BuildingVersion):
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in skip.get(model.__name__, [])]
        out[model.__name__] = list(model._default_manager.order_by("pk").values_list(*names))
    return out


def test_a_cut_keeps_the_surveyed_area_to_the_square_centimetre(plot, cast):
    pieces = service.preview_split(cast.officer, plot.plot.ulid, line=LINE)
    made = service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="出让", line=LINE)
    assert sum(version.surveyed_cm2 for version in made) == plot.surveyed_cm2
    assert [version.surveyed_cm2 for version in made] == [piece.area_cm2 for piece in pieces]
    assert made[0].surveyed_cm2 == pytest.approx(3 * made[1].surveyed_cm2, rel=1e-4)
    assert all(version.stated_cm2 is None for version in made)


def test_the_parent_retires_with_its_code_and_lives_on_in_the_past(plot, cast):
    made = service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="出让", line=LINE)
    assert {row.code for row in queries.plots(cast.officer)} == {version.code for version in made}
    assert [row.code for row in queries.plots(cast.officer, date(2024, 5, 31))] == [plot.code]
    assert m.PlotCode.objects.get(code=plot.code).valid_to == CUT
    assert len({plot.code, *(version.code for version in made)}) == 3
    assert {(link.event, link.area_cm2) for link in queries.lineage(cast.officer, plot.plot_id)} == {
        ("split", version.surveyed_cm2) for version in made}
    assert queries_search.by_code(cast.officer, plot.code) == ("plot", plot.plot.ulid)


def test_relations_follow_and_say_which_need_a_look(plot, cast):
    large, small = service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="出让", line=LINE)
    rows = list(queries.occupancies(cast.officer, plot_id=large.plot_id).filter(plot__isnull=False).order_by("id"))
    assert [(row.role, row.needs_review) for row in rows] == [("owner", True), ("lessee", True)]
    assert rows[1].landlord_link_id == rows[0].pk
    assert queries.buildings(cast.officer).get().plot_id == small.plot_id  # its footprint lies there
    link = queries.parcel_links(cast.officer).get()
    assert (link.plot_id, link.basis, link.needs_review) == (small.plot_id, "overlay", True)
    assert m.AccountLink.objects.get(valid_to=None).plot_id == large.plot_id
    assert queries.occupancies(cast.officer, date(2024, 3, 1)).filter(plot=plot.plot).count() == 2


def test_an_assigned_relation_needs_no_second_look(plot, cast):
    tenant = m.Occupancy.objects.get(role="lessee")
    _, small = service.split_plot(
        cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="出让", line=LINE, assign={tenant.pk: 1}
    )
    row = m.Occupancy.objects.get(role="lessee", valid_to=None)
    assert (row.plot_id, row.needs_review) == (small.plot_id, False)


def test_taking_it_back_restores_everything_and_never_reuses_a_code(plot, cast):
    before = state()
    made = service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="出让", line=LINE)
    (back,) = service.undo_event(cast.officer, made[0].plot.ulid, reason="画错")
    assert back.plot_id == plot.plot_id and state() == before
    assert queries_search.by_code(cast.officer, made[0].code) == ("plot", plot.plot.ulid)
    again = service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=None, reason="重画", line=LINE)
    assert not {version.code for version in again} & {version.code for version in made}
    assert store().check().ok


@pytest.mark.parametrize("how", ["edit", "relation", "fact", "split"])
def test_what_was_built_on_is_not_taken_back(plot, cast, how):
    child, *_ = service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="出让", line=LINE)
    if how == "edit":
        service.correct_plot(cast.officer, child.plot.ulid, {"name": "新名"}, lock_version=1, reason="命名")
    elif how == "relation":
        service.create_occupancy(cast.officer, {"plot_id": child.plot_id, "role": "idle"}, on=TODAY)
    elif how == "fact":
        m.Fact.objects.create(subject_type="plot", subject_id=child.plot_id, measure="water_t", period="2024", value_e6=1,
                              department="d", legal_basis="public")
    else:
        service.split_plot(
            cast.officer, child.plot.ulid, on=TODAY, lock_version=1, reason="再分", line=[(120.801, 29), (120.801, 31)]
        )
    ulid = plot.plot.ulid
    if how == "split":
        with pytest.raises(service.RegistryError, match="又被分割"):
            from tenglong.apps.registry.service import events

            events._refuse_if_built_on(m.PlotEvent.objects.order_by("pk").first())
    else:
        with pytest.raises(service.RegistryError, match="不能撤销"):
            service.undo_event(cast.officer, ulid, reason="后悔")


@pytest.mark.parametrize(("kwargs", "sentence"), [
    ({"line": [(120.9, 29), (120.9, 31)]}, "没有把地块切开"),
    ({"line": [(120.8005, 30.001), (120.8005, 31)]}, "没有把地块切开"),
    ({"line": [(120.8000001, 29), (120.8000001, 31)]}, "不足 10 平方米|不足"),
    ({"polygons": [shapely.box(120.8, 30, 120.801, 30.002), shapely.box(120.801, 30, 120.8019, 30.002)]}, "万分之二"),
    ({"polygons": [shapely.box(120.8, 30, 120.8011, 30.002), shapely.box(120.801, 30, 120.802, 30.002)]}, "重叠"),
    ({"polygons": [shapely.box(120.8, 30, 120.801, 30.002), shapely.box(120.801, 30, 120.803, 30.002)]}, "超出了原地块"),
    ({"polygons": [SQUARE]}, "至少要有两块"),
    ({}, "两者选一"),
])
def test_a_split_that_cannot_be_says_why_and_changes_nothing(plot, cast, kwargs, sentence):
    before = state()
    with pytest.raises(service.RegistryError, match=sentence):
        service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="x", **kwargs)
    assert state() == before and m.Plot.objects.count() == 1


def test_split_then_merge_gives_the_outline_and_area_back(plot, cast):
    made = service.split_plot(cast.officer, plot.plot.ulid, on=CUT, lock_version=1, reason="出让", line=LINE)
    whole = service.merge_plots(cast.officer, [v.plot.ulid for v in made], on=TODAY, reason="收回",
                                lock_versions={v.plot.ulid: 1 for v in made})
    assert whole.surveyed_cm2 == plot.surveyed_cm2
    assert shapes.of(whole.shape_id).symmetric_difference(SQUARE).area < 1e-14
    owner = m.Occupancy.objects.get(role="owner", valid_to=None, plot__isnull=False)
    assert owner.plot_id == whole.plot_id
    assert {(link.parent_id, link.event) for link in m.Lineage.objects.filter(child=whole.plot)} == {
        (v.plot_id, "merge") for v in made
    }


def test_one_firm_on_both_parents_becomes_one_relation_to_look_at(cast):
    firm = m.Enterprise.objects.create(key="F")
    halves = [
        service.create_plot(
            cast.officer, {"surveyed_cm2": 10}, on=DAY, town=TOWN, geometry=shapely.box(x, 30, x + 0.001, 30.001)
        )
        for x in (120.8, 120.801)
    ]
    for version in halves:
        service.create_occupancy(
            cast.officer, {"plot_id": version.plot_id, "enterprise_id": firm.pk, "role": "owner", "area_cm2": 4}, on=DAY
        )
    service.merge_plots(
        cast.officer, [v.plot.ulid for v in halves], on=CUT, lock_versions={v.plot.ulid: 1 for v in halves}, reason="并"
    )
    row = m.Occupancy.objects.get(valid_to=None)
    assert (row.area_cm2, row.needs_review) == (8, True)


def test_plots_that_touch_at_a_corner_or_not_at_all_are_not_merged(cast):
    boxes = [
        shapely.box(120.8, 30, 120.801, 30.001),
        shapely.box(120.801, 30.001, 120.802, 30.002),
        shapely.box(121, 30, 121.001, 30.001),
    ]
    plots = [service.create_plot(cast.officer, {}, on=DAY, town=TOWN, geometry=box) for box in boxes]
    for other in plots[1:]:
        with pytest.raises(service.RegistryError, match="不相邻"):
            service.merge_plots(cast.officer, [plots[0].plot.ulid, other.plot.ulid], on=CUT, reason="并", lock_versions={})


def test_shares_always_add_up():
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert sum(apportion(999_999_937, [3, 7, 11, 13])) == 999_999_937
