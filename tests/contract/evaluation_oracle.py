"""The slow way to a result, in exact fractions, one enterprise after another, written from the rules and not from the engine.

`results(compiled, rows, last_year)` takes rows as mappings (figures int × 10⁶) and gives mappings with the columns of
docs/developer/evaluation.md; `raw` is the total before rounding, points are fractions.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from pathlib import Path


def beside(name):
    """Another part of the oracle, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


points, places = beside("evaluation_oracle_points"), beside("evaluation_oracle_places")


class Oracle(points.Points, places.Places):
    def __init__(self, compiled, rows, last_year=None):
        self.compiled, self.scheme, self.last_year = compiled, compiled.scheme, last_year or {}
        self.rows = [self.read(row) for row in rows]

    def results(self):
        members = self.merge()
        for row in self.rows:
            self.place(row)
        for name, group in self.scheme.groups.items():
            self.score(name, group, [row for row in self.rows if row["group"] == name])
        for row in self.rows:
            self.total(row)
        self.rank()
        for row in self.rows:
            self.finish(row)
        found = {row["key"]: self.out(row) for row in self.rows}
        self.follow(found)
        for row, head in members:
            result = dict(found[head], key=row["key"])
            if result["standing"] in ("graded", "ungraded"):
                result["standing"] = "merged"
            found[row["key"]] = result
        return found

    def merge(self):
        tenants = self.scheme.tenants
        if tenants is None or tenants.treatment != "merge":
            return []
        units = defaultdict(list)
        for row in self.rows:
            alone = self.ask(tenants.unless, row["values"]) if tenants.unless else False
            row["unsure"] = alone is None
            if row["values"]["unit"] is not None and alone is not True:
                units[row["values"]["unit"]].append(row)
        gone = []
        for unit, rows in units.items():
            keys = [row["key"] for row in rows]
            head = next(row for row in rows if row["key"] == (unit if unit in keys else min(keys)))
            sums = {}
            for name in self.compiled.measures:
                parts = [row["values"][name] for row in rows]
                sums[name] = None if None in parts else sum(parts)
            head["values"] = {**head["values"], **sums}
            head["unsure"] = any(row["unsure"] for row in rows)
            gone += [(row, head["key"]) for row in rows if row is not head]
        leaving = {row["key"] for row, _ in gone}
        self.rows = [row for row in self.rows if row["key"] not in leaving]
        for row in self.rows:
            if row["values"]["unit"] is None:
                row["unsure"] = False
        return gone

    def out(self, row):
        kept = {
            name: row.get(name)
            for name in ("key", "group", "standing", "total", "raw", "rank", "n", "rank_grade", "grade", "values")
        }
        kept["standing_id"], kept["reasons"] = row["why"], ";".join(row["reasons"])
        return {
            **kept,
            "s": row.get("s", {}),
            "f": row.get("f", {}),
            "b": row.get("b", {}),
            "x": row.get("x", {}),
            "bonus": row.get("bonus"),
            "deduction": row.get("deduction"),
        }

    def follow(self, found):
        lords = {key: dict(result) for key, result in found.items()}
        for result in found.values():
            if result["standing"] != "follows":
                continue
            lord = lords.get(result["values"]["landlord"])
            if lord is None or lord["standing"] in ("follows", "refused"):
                result["standing"], result["standing_id"] = "refused", "landlord"
            else:
                result["grade"] = lord["grade"]


def results(compiled, rows, last_year=None):
    """Key → result."""
    return Oracle(compiled, rows, last_year).results()
