"""Shapes and their index: SQLite R*Tree or a GiST index in PostgreSQL, behind one interface with one contract test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import numpy as np
import shapely
from django.db import connection
from numpy.typing import NDArray

from tenglong.store.bulk import chunks, execute_many, insert_rows, reserve_ids
from tenglong.store.cells import cells
from tenglong.store.models import Shape

Box = tuple[float, float, float, float]
RTREE: Final = "store_shape_rtree"
_COLUMNS: Final = ("id", "layer", "wkb", "minx", "miny", "maxx", "maxy", "revision")


@dataclass(frozen=True)
class StoreCheck:
    """What `doctor` prints: shapes held, entries indexed, and how many of either are without a partner or differ."""

    shapes: int
    indexed: int
    missing: int
    orphaned: int
    differing: int

    @property
    def ok(self) -> bool:
        return not (self.missing or self.orphaned or self.differing)


class SpatialStore(Protocol):
    """Boxes are (minx, miny, maxx, maxy) in degrees, EPSG:4490. Touching counts as meeting."""

    def put_many(self, layer: str, wkbs: Sequence[bytes], boxes: Sequence[Box], revision: int = 0) -> list[int]: ...

    def remove_many(self, ids: Iterable[int]) -> int: ...

    def in_box(self, layer: str, box: Box) -> list[tuple[int, bytes]]: ...

    def box_ids(self, layer: str, box: Box) -> list[int]: ...

    def ids_sql(self, box: Box) -> tuple[str, list[Any]]: ...

    def check(self) -> StoreCheck: ...

    def rebuild(self) -> int: ...


def store() -> SpatialStore:
    """The store of the database in use."""
    return PostgresStore() if connection.vendor == "postgresql" else SqliteStore()


def boxes_of(wkbs: Sequence[bytes]) -> list[Box]:
    """Boxes of WKB geometries. Raises shapely's GEOSException on bytes that are no WKB."""
    bounds: NDArray[np.float64] = shapely.bounds(shapely.from_wkb(list(wkbs)))
    return [(float(a), float(b), float(c), float(d)) for a, b, c, d in bounds]


def read(ids: Iterable[int]) -> dict[int, bytes]:
    """WKB by shape id; unknown ids are left out."""
    found: dict[int, bytes] = {}
    for part in chunks(([pk] for pk in ids), 900):
        rows = Shape.objects.filter(id__in=[row[0] for row in part]).values_list("id", "wkb")
        found.update((pk, bytes(wkb)) for pk, wkb in rows)
    return found


def _refuse_bad(boxes: Sequence[Box], wkbs: Sequence[bytes]) -> None:
    if len(boxes) != len(wkbs):
        raise ValueError("图形与外框的个数不同")
    table = np.asarray(boxes, dtype=np.float64).reshape(-1, 4)
    if not np.isfinite(table).all():
        raise ValueError("图形为空，或坐标不是有限的数")


class _Store:
    """What both back ends share."""

    def put_many(self, layer: str, wkbs: Sequence[bytes], boxes: Sequence[Box], revision: int = 0) -> list[int]:
        """New shapes; returns their ids in order. Raises ValueError on an empty or non-finite shape."""
        _refuse_bad(boxes, wkbs)
        ids = reserve_ids(Shape, len(wkbs))
        insert_rows(Shape, _COLUMNS, (
            (pk, layer, wkb, *box, revision) for pk, wkb, box in zip(ids, wkbs, boxes, strict=True)
        ))
        self._index(ids, boxes)
        return ids

    def remove_many(self, ids: Iterable[int]) -> int:
        """Delete shapes and their index entries; returns how many shapes went."""
        total = 0
        for part in chunks(([pk] for pk in ids), 900):
            keys = [row[0] for row in part]
            total += Shape.objects.filter(id__in=keys).delete()[0]
            self._unindex(keys)
        return total

    def box_ids(self, layer: str, box: Box) -> list[int]:
        """Ids of `layer` whose box meets `box`, ascending."""
        return [row[0] for row in self._rows("s.id", layer, box)]

    def in_box(self, layer: str, box: Box) -> list[tuple[int, bytes]]:
        """(id, WKB) of `layer` whose box meets `box`, ascending by id."""
        return [(pk, bytes(wkb)) for pk, wkb in self._rows("s.id, s.wkb", layer, box)]

    def _rows(self, what: str, layer: str, box: Box) -> list[Any]:
        inner, params = self.ids_sql(box)
        exact = "s.minx <= %s AND s.maxx >= %s AND s.miny <= %s AND s.maxy >= %s"
        sql = f"SELECT {what} FROM store_shape s WHERE s.id IN ({inner}) AND s.layer = %s AND {exact} ORDER BY s.id"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params, layer, box[2], box[0], box[3], box[1]])
            return list(cursor.fetchall())

    def ids_sql(self, box: Box) -> tuple[str, list[Any]]:
        raise NotImplementedError

    def _index(self, ids: Sequence[int], boxes: Sequence[Box]) -> None:
        """Enter new boxes; nothing to do where the database keeps the index."""

    def _unindex(self, ids: Sequence[int]) -> None:
        """Forget boxes; nothing to do where the database keeps the index."""


class SqliteStore(_Store):
    """R*Tree written by this code: Django's table remake would drop triggers without a word."""

    def ids_sql(self, box: Box) -> tuple[str, list[Any]]:
        """Sub-select of candidate shape ids (all layers). R*Tree keeps 32-bit numbers rounded outwards: none is missed."""
        sql = f"SELECT id FROM {RTREE} WHERE minx <= %s AND maxx >= %s AND miny <= %s AND maxy >= %s"  # noqa: S608
        return sql, [box[2], box[0], box[3], box[1]]

    def _index(self, ids: Sequence[int], boxes: Sequence[Box]) -> None:
        """Neighbours behind one another: the tree is built a third faster and with fewer nodes than in the order of a file."""
        sql = f"INSERT INTO {RTREE} (id, minx, miny, maxx, maxy) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608
        places = np.argsort([cell or 0 for cell in cells(boxes)], kind="stable").tolist()
        execute_many(sql, ((ids[place], *boxes[place]) for place in places))

    def _unindex(self, ids: Sequence[int]) -> None:
        execute_many(f"DELETE FROM {RTREE} WHERE id = %s", ((pk,) for pk in ids))  # noqa: S608

    def check(self) -> StoreCheck:
        """Compare every shape with its entry. An entry differs when it does not hold the whole box."""
        held = "r.minx <= s.minx AND r.maxx >= s.maxx AND r.miny <= s.miny AND r.maxy >= s.maxy"
        # rounded outwards by one 32-bit step at most: 1e-4 degrees is generous and still finds a moved box
        near = " AND ".join(f"abs(r.{side} - s.{side}) < 1e-4" for side in ("minx", "maxx", "miny", "maxy"))
        shapes = "SELECT count(*) FROM store_shape s"
        return StoreCheck(
            shapes=_number(shapes),
            indexed=_number(f"SELECT count(*) FROM {RTREE}"),  # noqa: S608
            missing=_number(f"{shapes} WHERE s.id NOT IN (SELECT id FROM {RTREE})"),  # noqa: S608
            orphaned=_number(f"SELECT count(*) FROM {RTREE} WHERE id NOT IN (SELECT id FROM store_shape)"),  # noqa: S608
            differing=_number(f"{shapes} JOIN {RTREE} r ON r.id = s.id WHERE NOT ({held} AND {near})"),
        )

    def rebuild(self) -> int:
        """Write the index anew from the shapes; returns how many entries."""
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {RTREE}")  # noqa: S608
            columns = "id, minx, maxx, miny, maxy"
            cursor.execute(f"INSERT INTO {RTREE} ({columns}) SELECT {columns} FROM store_shape")  # noqa: S608
        return _number(f"SELECT count(*) FROM {RTREE}")  # noqa: S608


class PostgresStore(_Store):
    """GiST on the native box type: no extension is needed, PostGIS may be there or not."""

    BOX: Final = "box(point(minx, miny), point(maxx, maxy))"

    def ids_sql(self, box: Box) -> tuple[str, list[Any]]:
        """Sub-select of shape ids (all layers) whose box meets `box`."""
        return f"SELECT id FROM store_shape WHERE {self.BOX} && box(point(%s, %s), point(%s, %s))", list(box)  # noqa: S608

    def check(self) -> StoreCheck:
        """The database keeps the index; only its presence and validity can fail."""
        shapes = _number("SELECT count(*) FROM store_shape")
        valid = _number("SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('store_shape_box') AND indisvalid")
        return StoreCheck(shapes, shapes if valid else 0, 0 if valid else shapes, 0, 0)

    def rebuild(self) -> int:
        """Make the index anew; returns how many shapes it holds."""
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS store_shape_box")
            cursor.execute(f"CREATE INDEX store_shape_box ON store_shape USING gist ({self.BOX})")
        return _number("SELECT count(*) FROM store_shape")


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
