"""What a seeded defect is, and how the seeder chooses rows so that no damage hides another."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from tenglong.demo.county import COUNTY_CODE
from tenglong.demo.raw.finished import Folder, Grid
from tenglong.demo.towns import TOWNS

Spot = tuple[Grid, int]
#: fields that name a thing other rows refer to
KEYS = {
    "survey_number": "plot",
    "uscc": "firm",
    "name": "firm",
    "enterprise_name": "firm",
    "holder_uscc": "firm",
    "right_holder": "firm",
    "landlord_uscc": "firm",
    "landlord_name": "firm",
    "parcel_code": "parcel",
    "building_code": "building",
}
NAMED_ONLY = {"name": ("enterprises",)}
NEAR = 3.0


@dataclass
class Seeded:
    """One damage. `others` belong to it (the second row of a pair); `knock_on` rows refer to what was damaged."""

    file: str
    sheet: str
    row: int
    field: str
    heading: str
    defect: str
    variant: str
    original: str
    damaged: str
    expect: str
    others: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    knock_on: list[dict[str, Any]] = dataclasses.field(default_factory=list)


@dataclass(frozen=True)
class Defect:
    name: str
    expect: str
    variants: tuple[str, ...]
    run: Callable[[Bench, str], None]


DEFECTS: list[Defect] = []


def defect(name: str, expect: str, *variants: str) -> Callable[[Callable[[Bench, str], None]], Callable[[Bench, str], None]]:
    """Register a damage with its variants; `expect` is what a person would call it."""

    def register(run: Callable[[Bench, str], None]) -> Callable[[Bench, str], None]:
        DEFECTS.append(Defect(name, expect, variants, run))
        return run

    return register


class NoRow(RuntimeError):
    """The folder has no row left on which this damage can be done."""


class Bench:
    """The folder on the bench: picks rows, damages them, writes down what was done."""

    def __init__(self, folder: Folder, rng: np.random.Generator) -> None:
        self.folder, self.rng = folder, rng
        self.done: list[Seeded] = []
        self.spots: list[tuple[Seeded, list[Spot], list[Spot]]] = []
        self.used: set[tuple[str, str]] = set()
        self.rows: set[tuple[int, int]] = set()
        self.dropped: list[Spot] = []
        self.defect: Defect | None = None
        self.variant = ""
        self._index()

    def _index(self) -> None:
        """Who mentions what, and what lies where, before any damage."""
        self.mentions: dict[tuple[str, str], list[Spot]] = {}
        for grid in self.folder.grids:
            for index in range(len(grid)):
                for entity in self.entities(grid, index):
                    self.mentions.setdefault(entity, []).append((grid, index))
        self.places: list[Spot] = [(grid, index) for grid in self.folder.grids if grid.drawn for index in range(len(grid))]
        self.shapes = np.array([grid.plane(index) for grid, index in self.places], dtype=object)
        self.tree = shapely.STRtree(self.shapes)
        self.place_of = {(id(grid), index): number for number, (grid, index) in enumerate(self.places)}

    def entities(self, grid: Grid, index: int) -> set[tuple[str, str]]:
        """The things a row is about."""
        found = set()
        for name, what in KEYS.items():
            if name in grid.columns and grid.kind in NAMED_ONLY.get(name, (grid.kind,)) and (text := grid.get(index, name)):
                found.add((what, str(text)))
        return found

    def shape(self, grid: Grid, index: int) -> Any:
        return self.shapes[self.place_of[id(grid), index]]

    def near(self, shape: Any, kinds: Iterable[str] = ("plots", "parcels", "buildings")) -> list[Spot]:
        """Rows drawn within 3 m of a plane shape."""
        found = self.tree.query(shape, predicate="dwithin", distance=NEAR)
        return [self.places[number] for number in found.tolist() if self.places[number][0].kind in kinds]

    def free(self, grid: Grid, index: int) -> bool:
        return (id(grid), index) not in self.rows and not (self.entities(grid, index) & self.used)

    def pick(
        self,
        kind: str,
        *fields: str,
        where: Callable[[Grid, int], bool] = lambda grid, index: True,
        grids: Callable[[Grid], bool] = lambda grid: True,
        alone: bool = False,
    ) -> Spot:
        """A random undamaged row with all `fields` filled; `alone`: nothing drawn nearby is damaged either. Raises NoRow."""
        pool = [
            grid for grid in self.folder.of(kind) if len(grid) and grids(grid) and all(name in grid.columns for name in fields)
        ]
        spots = [(grid, index) for grid in pool for index in range(len(grid))]
        for number in self.rng.permutation(len(spots)).tolist():
            grid, index = spots[number]
            if (
                self.free(grid, index)
                and all(grid.get(index, name) is not None for name in fields)
                and where(grid, index)
                and (not alone or self.untouched(grid, index))
            ):
                return grid, index
        raise NoRow(f"{self.defect.name if self.defect else ''}（{self.variant}）：没有可用的行，请增大 --plots")

    def untouched(self, grid: Grid, index: int) -> bool:
        near = self.near(self.shape(grid, index))
        return all((id(other), place) not in self.rows for other, place in near)

    def take(self, *spots: Spot) -> None:
        for grid, index in spots:
            self.rows.add((id(grid), index))
            self.used |= self.entities(grid, index)

    def cell(self, spot: Spot, field: str, damaged: Any, others: list[Spot] | None = None) -> None:
        """Overwrite a cell and write it down; rows that mention the old value are knock-on when the cell was a key."""
        grid, index = spot
        original = grid.get(index, field)
        knock = self._mentioning(spot, [field])
        self.take(spot, *(others or []))
        grid.set(index, field, damaged)
        self.note(spot, field, original, damaged, others or [], knock)

    def drawing(self, spot: Spot, shape: Any, others: list[Spot] | None = None, raw: bool = False) -> None:
        """Redraw a row (plane metres, or the file's coordinates with `raw`); what lies near old and new shape is knock-on."""
        grid, index = spot
        before = self.shape(grid, index)
        knock = self.near(before) + ([] if raw or not shapely.is_valid(shape) else self.near(shape))
        self.take(spot, *(others or []))
        for near_grid, near_index in knock:
            self.rows.add((id(near_grid), near_index))
        (grid.draw_raw if raw else grid.draw)(index, shape)
        self.note(spot, "geometry", "", shapely.to_wkt(shape, rounding_precision=3)[:200], others or [], knock)

    def _mentioning(self, spot: Spot, fields: list[str]) -> list[Spot]:
        grid, index = spot
        entities = {
            (KEYS[name], str(grid.get(index, name)))
            for name in fields
            if name in KEYS and grid.kind in NAMED_ONLY.get(name, (grid.kind,)) and grid.get(index, name) is not None
        }
        if "town" in fields:
            entities |= self.entities(grid, index)
        return [other for entity in entities for other in self.mentions.get(entity, []) if other != spot]

    def note(
        self,
        spot: Spot,
        field: str,
        original: Any,
        damaged: Any,
        others: list[Spot],
        knock: list[Spot],
        expect: str = "",
        name: str = "",
    ) -> None:
        """Write down a damage; rows are resolved to numbers at the end."""
        assert self.defect is not None
        grid, _ = spot
        seeded = Seeded(
            grid.path.name,
            grid.sheet,
            0,
            field,
            grid.heading(field),
            name or self.defect.name,
            self.variant,
            _said(original),
            _said(damaged),
            expect or self.defect.expect,
        )
        self.spots.append((seeded, [spot, *others], knock))
        self.done.append(seeded)

    def forget(self, grid: Grid) -> None:
        """Delete the rows given up in this grid, and move what was written down about later rows."""
        gone = {index for other, index in self.dropped if other is grid}
        if not gone:
            return
        grid.drop(gone)
        for _, spots, knock in self.spots:
            for places in (spots, knock):
                places[:] = [
                    (g, i - sum(lost < i for lost in gone)) if g is grid else (g, i)
                    for g, i in places
                    if g is not grid or i not in gone
                ]

    def code_of(self, town: str) -> str:
        """The 9-digit code of a town, from the public list."""
        return next(COUNTY_CODE + short for short, name, *_ in TOWNS if name == town)

    def settle(self) -> list[Seeded]:
        """Fill in row numbers, once nothing moves any more."""
        for seeded, spots, knock in self.spots:
            seeded.row = spots[0][0].number(spots[0][1])
            seeded.others = [_where(spot) for spot in spots[1:]]
            mine = [_where(spot) for spot in spots]
            seeded.knock_on = [place for place in {str(p): p for p in map(_where, knock)}.values() if place not in mine]
        return self.done


def _where(spot: Spot) -> dict[str, Any]:
    grid, index = spot
    return {"file": grid.path.name, "sheet": grid.sheet, "row": grid.number(index)}


def _said(value: Any) -> str:
    """A value as a workbook gives it back: 3.0 is written and read as 3."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return "" if value is None else str(value)
