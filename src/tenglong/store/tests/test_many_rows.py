"""Bulk writing: every row arrives once and whole, however many go in one statement, and the index finds each shape."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from django.db import IntegrityError, transaction

from tenglong.store.bulk import CHUNK, VALUES, insert_rows, reserve_ids
from tenglong.store.models import Shape
from tenglong.store.spatial import store

COLUMNS = ["id", "layer", "wkb", "minx", "miny", "maxx", "maxy", "revision"]
EACH = VALUES // len(COLUMNS)

pytestmark = pytest.mark.django_db


def lines(count: int) -> list[tuple]:
    return [(pk, "probe", bytes([pk % 256]), pk + 0.5, 0.0, pk + 1.0, 1.0, pk) for pk in reserve_ids(Shape, count)]


@pytest.mark.parametrize("count", [0, 1, EACH - 1, EACH, EACH + 1, 3 * EACH, CHUNK - 1, CHUNK, CHUNK + EACH + 1])
def test_every_row_arrives_once_with_its_own_values(count):
    with transaction.atomic():
        rows = lines(count)
        assert insert_rows(Shape, COLUMNS, iter(rows)) == count
    found = Shape.objects.filter(layer="probe").order_by("id").values_list(*COLUMNS)
    assert [(pk, layer, bytes(wkb), *rest) for pk, layer, wkb, *rest in found] == rows


def test_ids_of_a_bulk_write_are_not_given_again():
    with transaction.atomic():
        rows = lines(2 * EACH + 1)
        insert_rows(Shape, COLUMNS, rows)
        assert reserve_ids(Shape, 1)[0] > rows[-1][0]


def test_one_bad_row_among_many_takes_all_of_them_back():
    with pytest.raises(IntegrityError), transaction.atomic():
        rows = lines(2 * EACH + 2)
        insert_rows(Shape, COLUMNS, [*rows, rows[EACH // 2]])
    assert not Shape.objects.filter(layer="probe").exists()


def test_shapes_are_found_by_their_boxes_in_whatever_order_they_came():
    rng = np.random.default_rng(5)
    corners = rng.uniform((119.0, 29.0), (121.0, 31.0), (500, 2))
    shapes = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 0.02, corners[:, 1] + 0.02)
    with transaction.atomic():
        ids = store().put_many("probe", list(shapely.to_wkb(shapes)), [tuple(box) for box in shapely.bounds(shapes).tolist()])
    assert ids == sorted(ids) and store().check().ok
    for x, y in rng.uniform((119.0, 29.0), (121.0, 31.0), (20, 2)):
        window = shapely.box(x, y, x + 0.3, y + 0.3)
        assert store().box_ids("probe", window.bounds) == [
            pk for pk, shape in zip(ids, shapes, strict=True) if shape.intersects(window)
        ]
