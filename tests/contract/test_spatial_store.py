"""One contract for R*Tree and GiST, on the database of the test settings (`TENGLONG_TEST_DATABASE_URL`: PostgreSQL)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong.store import spatial
from tenglong.store.bulk import copy_rows, insert_rows, reserve_ids, update_rows
from tenglong.store.models import Shape
from tenglong.store.spatial import store

pytestmark = [pytest.mark.django_db, pytest.mark.database]
numbers = st.floats(119.0, 122.0, allow_nan=False)
boxes = st.tuples(numbers, numbers, st.floats(0, 0.5), st.floats(0, 0.5)).map(lambda t: (t[0], t[1], t[0] + t[2], t[1] + t[3]))


def put(rows, layer="plots"):
    return store().put_many(layer, [shapely.to_wkb(shapely.box(*row)) for row in rows], rows)


def meets(a, b):
    return a[0] <= b[2] and a[2] >= b[0] and a[1] <= b[3] and a[3] >= b[1]


@given(st.lists(boxes, max_size=30), boxes)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_window_returns_exactly_the_shapes_whose_boxes_meet_it(db, rows, window):
    Shape.objects.all().delete()
    store().rebuild()
    ids = put(rows)
    assert store().box_ids("plots", window) == [pk for pk, row in zip(ids, rows, strict=True) if meets(row, window)]


def test_layers_do_not_mix_and_the_bytes_come_back():
    (one,), (two,) = put([(120, 30, 121, 31)]), put([(120, 30, 121, 31)], "parcels")
    assert store().box_ids("plots", (120, 30, 120, 30)) == [one]
    assert store().in_box("parcels", (120, 30, 121, 31)) == [(two, shapely.to_wkb(shapely.box(120, 30, 121, 31)))]
    assert set(spatial.read([one, two, 10**9])) == {one, two}


def test_removed_shapes_leave_the_index_too():
    ids = put([(120, 30, 121, 31), (120, 30, 120.5, 30.5)])
    assert store().remove_many(ids[:1]) == 1
    assert store().box_ids("plots", (119, 29, 122, 32)) == ids[1:]
    assert store().check().ok


def test_empty_and_unbounded_shapes_are_refused():
    for box in ((float("nan"), 0, 1, 1), (0, 0, float("inf"), 1)):
        with pytest.raises(ValueError, match="不是有限的数"):
            store().put_many("plots", [b""], [box])
    with pytest.raises(ValueError, match="个数不同"):
        store().put_many("plots", [b"", b""], [(0, 0, 1, 1)])


def test_a_damaged_index_is_seen_and_rebuilt():
    ids = put([(120 + i / 10, 30, 120.05 + i / 10, 30.1) for i in range(5)])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX store_shape_box")
        else:
            cursor.execute("DELETE FROM store_shape_rtree WHERE id = %s", [ids[0]])
            cursor.execute("UPDATE store_shape_rtree SET minx = 10, maxx = 11 WHERE id = %s", [ids[1]])
            cursor.execute("INSERT INTO store_shape_rtree VALUES (99999, 1, 2, 1, 2)")
    found = store().check()
    assert not found.ok
    if connection.vendor == "sqlite":
        assert (found.missing, found.orphaned, found.differing) == (1, 1, 1)
    assert store().rebuild() == 5
    assert store().check().ok and store().box_ids("plots", (119, 29, 122, 32)) == ids


def test_reserved_ids_are_never_given_twice():
    first, second = reserve_ids(Shape, 3), reserve_ids(Shape, 2)
    made = Shape.objects.create(layer="x", wkb=b"", minx=0, miny=0, maxx=0, maxy=0)
    assert len({*first, *second, made.pk}) == 6 and reserve_ids(Shape, 0) == []


def test_bulk_rows_equal_rows_of_the_orm():
    from datetime import date

    from tenglong.apps.registry.models import Plot, PlotVersion

    plot = Plot.objects.create()
    day = date(2024, 1, 1)
    insert_rows(PlotVersion, ["plot_id", "valid_from", "valid_to", "code", "division_code", "attributes"],
                [(plot.pk, day, date(2024, 2, 1), "A", "330604001", {"键": [1, None]})])
    bulk = PlotVersion.objects.get()
    orm = PlotVersion(
        plot=plot, valid_from=day, valid_to=date(2024, 2, 1), code="A", division_code="330604001", attributes={"键": [1, None]}
    )
    names = [f.attname for f in PlotVersion._meta.concrete_fields if f.attname != "id"]
    assert [getattr(bulk, n) for n in names] == [getattr(orm, n) for n in names]
    copy_rows(PlotVersion, ["valid_from", "valid_to", "name", "attributes"], [(bulk.pk, date(2024, 2, 1), None, "乙", {})])
    update_rows(PlotVersion, ["name"], [(bulk.pk, "甲")])
    assert list(PlotVersion.objects.order_by("id").values_list("name", "code", "valid_from", "valid_to", "attributes")) == [
        ("甲", "A", day, date(2024, 2, 1), {"键": [1, None]}), ("乙", "A", date(2024, 2, 1), None, {})]


def test_cells_of_a_tile_are_one_range():
    from tenglong.store.cells import cell_range, cells, deinterleave, interleave, mercator

    rng = np.random.default_rng(7)
    lon, lat = rng.uniform(-179, 179, 200), rng.uniform(-80, 80, 200)
    codes = cells([(a, b, a, b) for a, b in zip(lon, lat, strict=True)])
    x, y = mercator(lon, lat)
    for z in (0, 5, 11, 16, 20):
        for code, u, v in zip(codes, x, y, strict=True):
            first, end = cell_range(z, int(u * 2**z), int(v * 2**z))
            assert first <= code < end
    pairs = rng.integers(0, 2**20, (50, 2))
    back = deinterleave(interleave(pairs[:, 0], pairs[:, 1]))
    assert (np.column_stack(back) == pairs).all()
