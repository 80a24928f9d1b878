"""Damages a finished raw folder and writes down what it did in `seeded.json`.

It opens the files as anyone would, and knows nothing of how they will be checked.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from tenglong.demo.raw import damage_cells, damage_rows, damage_shapes
from tenglong.demo.raw.finished import Folder
from tenglong.demo.raw.seeding import DEFECTS, Bench, Defect, NoRow, Seeded
from tenglong.demo.streams import stream

LIST = "seeded.json"
TRIES = 30
#: shapes first: they need undamaged surroundings
MODULES = (damage_shapes, damage_rows, damage_cells)


def seed_folder(folder: Path, seed: int) -> list[Seeded]:
    """Do every variant of every defect once, save the files and the list. Raises NoRow when the folder is too small."""
    opened = Folder(folder)
    bench = Bench(opened, stream(seed, "seeder"))
    for item in in_order():
        for variant in item.variants:
            _once(bench, item, variant)
    for grid in opened.grids:
        bench.forget(grid)
    opened.save()
    done = bench.settle()
    content = {"seed": seed, "seeded": [asdict(entry) for entry in done]}
    (folder / LIST).write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return done


def in_order() -> list[Defect]:
    """Defects with those on shapes first."""
    rank = {module.__name__: place for place, module in enumerate(MODULES)}
    return sorted(DEFECTS, key=lambda item: rank[item.run.__module__])


def _once(bench: Bench, item: Defect, variant: str) -> None:
    bench.defect, bench.variant = item, variant
    for attempt in range(TRIES):
        try:
            item.run(bench, variant)
            return
        except NoRow:
            if attempt == TRIES - 1:
                raise
