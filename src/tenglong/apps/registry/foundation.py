"""What the register stands on: divisions and zones with outlines, lineage given in bulk, codes that end.

Called by programs (`tenglong county init`, the demo county) inside their own transaction; they record the audit entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely

from tenglong.apps.registry import counters
from tenglong.apps.registry.models import Division, Lineage, Plot, PlotCode, Zone
from tenglong.apps.registry.queries import current
from tenglong.store import spatial
from tenglong.store.bulk import insert_rows, update_rows
from tenglong.store.spatial import boxes_of, store

#: two outlines whose points differ by less (degrees) are the same outline
SAME_POINT = 1e-9


@dataclass(frozen=True)
class DivisionRow:
    """A division as some list or file gives it; `outline` in EPSG:4490; `invented` marks an outline of the demo."""

    code: str
    name: str
    level: str  # province city county town
    since: date
    parent: str = ""
    system: str = "GB/T 2260"
    outline: Any = None
    invented: bool = False


@dataclass(frozen=True)
class ZoneRow:
    """A planning unit; `parent` is the code of a zone given before it or already held."""

    code: str
    name: str
    kind: str
    division: str
    since: date
    parent: str = ""
    tags: tuple[str, ...] = ()
    outline: Any = None


@dataclass(frozen=True)
class Written:
    """What came of the rows; `outlines` counts shapes set or replaced."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    outlines: int = 0


def occupied() -> bool:
    """Whether the register already holds a plot."""
    return Plot.objects.exists()


def put_divisions(rows: Sequence[DivisionRow]) -> Written:
    """Add what is not held; correct names and outlines of what is. An invented outline never replaces a real one."""
    held = {row.code: row for row in _current(Division, rows)}
    shapes = _outlines("divisions", rows, {code: (row.shape_id, row.invented) for code, row in held.items()})
    fresh = [row for row in rows if row.code not in held]
    columns = ["system", "code", "name", "level", "parent_code", "valid_from", "shape_id", "invented"]
    insert_rows(Division, columns, [
        (row.system, row.code, row.name, row.level, row.parent, row.since, shapes.get(row.code), row.invented) for row in fresh
    ])
    edits = []
    for row in rows:
        found = held.get(row.code)
        if found is not None and (found.name != row.name or row.code in shapes):
            invented = row.invented if row.code in shapes else found.invented
            edits.append((found.pk, row.name, shapes.get(row.code, found.shape_id), invented))
    update_rows(Division, ["name", "shape_id", "invented"], edits)
    return Written(len(fresh), len(edits), len(rows) - len(fresh) - len(edits), len(shapes))


def put_zones(rows: Sequence[ZoneRow]) -> Written:
    """As `put_divisions`; a parent stands before its children. Raises KeyError for a parent that is nowhere."""
    held = {row.code: row for row in _current(Zone, rows)}
    ids = {code: row.pk for code, row in held.items()}
    ids.update(Zone.objects.filter(current(), code__in={row.parent for row in rows} - set(ids) - {""})
               .values_list("code", "pk"))
    shapes = _outlines("zones", rows, {code: (row.shape_id, False) for code, row in held.items()})
    changed = 0
    for row in rows:
        values = {"name": row.name, "kind": row.kind, "parent_id": ids[row.parent] if row.parent else None,
                  "division_code": row.division, "tags": list(row.tags)}
        if row.code in shapes:
            values["shape_id"] = shapes[row.code]
        found = held.get(row.code)
        if found is None:
            ids[row.code] = Zone.objects.create(code=row.code, valid_from=row.since, **values).pk
        elif any(getattr(found, name) != value for name, value in values.items()):
            Zone.objects.filter(pk=found.pk).update(**values)
            changed += 1
    return Written(len(rows) - len(held), changed, len(held) - changed, len(shapes))


def put_lineage(rows: Iterable[tuple[int, int, str, date, int]]) -> int:
    """(parent plot, child plot, split or merge, day, cm² carried over) of events that happened before this register."""
    return insert_rows(Lineage, ["parent_id", "child_id", "event", "date", "area_cm2"], rows)


def retire_codes(ends: Mapping[int, date]) -> None:
    """Plot → first day without it: its codes end then and are never given again."""
    for plot, day in ends.items():
        PlotCode.objects.filter(plot_id=plot).update(valid_to=day)


def _current(model: Any, rows: Sequence[Any]) -> list[Any]:
    return list(model.objects.filter(current(), code__in=[row.code for row in rows]))


def _outlines(layer: str, rows: Sequence[Any], held: Mapping[str, tuple[int | None, bool]]) -> dict[str, int]:
    """Stores the outlines that say something new; code → new shape. Replaced shapes are removed."""
    old = spatial.read(shape for shape, _ in held.values() if shape)
    wanted: list[tuple[str, bytes]] = []
    for row in rows:
        shape, invented = held.get(row.code, (None, False))
        if row.outline is None or (shape and getattr(row, "invented", False) and not invented):
            continue
        if shape not in old or not _same(old[shape], row.outline):
            wanted.append((row.code, shapely.to_wkb(row.outline)))
    if not wanted:
        return {}
    wkbs = [wkb for _, wkb in wanted]
    ids = store().put_many(layer, wkbs, boxes_of(wkbs), counters.raise_revision(layer))
    store().remove_many(shape for code, _ in wanted if (shape := held.get(code, (None, False))[0]))
    return dict(zip([code for code, _ in wanted], ids, strict=True))


def _same(wkb: bytes, outline: Any) -> bool:
    one, two = shapely.normalize(np.array([shapely.from_wkb(wkb), outline], dtype=object))
    return bool(shapely.equals_exact(one, two, tolerance=SAME_POINT))
