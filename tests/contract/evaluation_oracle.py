"""The slow way to a result, in exact fractions, one enterprise after another, written from the rules and not from the engine.

`results(compiled, rows, last_year)` takes rows as mappings (figures int × 10⁶) and gives mappings with the columns of
docs/developer/evaluation.md; `raw` is the total before rounding, points are fractions.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import defaultdict
from pathlib import Path

from tenglong.domain.evaluation.parse import parse


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
        self.rows += self.beside()
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
        if self.mixed():
            self.take(found)
        return found

    def mixed(self):
        return self.scheme.joint is not None and self.scheme.joint.mixed == "both"

    def merge(self):
        tenants, joint = self.scheme.tenants, self.scheme.joint
        of_tenants = tenants is not None and tenants.treatment == "merge"
        if self.mixed() or not (of_tenants or (joint is not None and joint.allowed)):
            return []
        units = defaultdict(list)
        for row in self.rows:
            alone = self.ask(tenants.unless, row["values"]) if of_tenants and tenants.unless else False
            row["unsure"] = alone is None
            if row["values"]["unit"] is not None and alone is not True:
                units[row["values"]["unit"]].append(row)
        gone = []
        for unit, rows in units.items():
            head = self.head(unit, rows)
            head["values"] = self.of_unit(head, rows)
            head["unsure"] = any(row["unsure"] for row in rows)
            gone += [(row, head["key"]) for row in rows if row is not head]
        leaving = {row["key"] for row, _ in gone}
        self.rows = [row for row in self.rows if row["key"] not in leaving]
        for row in self.rows:
            if row["values"]["unit"] is None:
                row["unsure"] = False
        return gone

    def head(self, unit, rows):
        keys = [row["key"] for row in rows]
        return next(row for row in rows if row["key"] == (unit if unit in keys else min(keys)))

    def of_unit(self, head, rows):
        """Sums of the members; one member's veto is the unit's where the rule says any."""
        found = dict(head["values"])
        for name in self.compiled.measures:
            parts = [row["values"][name] for row in rows]
            found[name] = None if None in parts else sum(parts)
        joint = self.scheme.joint
        if joint is not None and joint.allowed and joint.vetoes == "any":
            read = {name for veto in self.scheme.held("vetoes").values() for name in points.names_in_order(parse(veto.when))}
            for name, attribute in self.compiled.attributes.items():
                if name in read and attribute.type == "flag":
                    flags = [row["values"][name] for row in rows]
                    found[name] = True if True in flags else None if None in flags else False
        return found

    def beside(self):
        """Mixed evaluation: every unit once more as an enterprise of its own."""
        units = defaultdict(list)
        for row in self.rows if self.mixed() else []:
            row["joint"] = None if row["values"]["unit"] is None else f"unit:{row['values']['unit']}"
            if row["joint"]:
                units[row["values"]["unit"]].append(row)
        return [
            {"key": f"unit:{unit}", "joint": f"unit:{unit}", "values": self.of_unit(self.head(unit, rows), rows),
             "industry": self.head(unit, rows)["industry"]}
            for unit, rows in units.items()
        ]

    def take(self, found):
        """Which of a member's two grades counts."""
        order = next(iter(self.scheme.groups.values())).grades.order
        takes = self.scheme.joint.takes
        for key, row in found.items():
            row["own_grade"] = row["joint_grade"] = None
            if row["joint"] in (None, key):
                continue
            unit = found[row["joint"]]
            row["own_grade"], row["joint_grade"] = row["grade"], unit["grade"]
            both = row["standing"] == unit["standing"] == "graded"
            if takes == "joint" and unit["standing"] == "graded":
                row["grade"] = unit["grade"]
                if row["standing"] != "graded":
                    row["standing"], row["standing_id"] = "merged", None
            elif takes == "joint":
                row["standing"], row["standing_id"], row["grade"] = unit["standing"], unit["standing_id"], None
            elif takes in ("better", "worse") and both:
                best = min if takes == "better" else max
                row["grade"] = best(row["grade"], unit["grade"], key=order.index)
            elif takes in ("better", "worse") and row["standing"] == "graded":
                row["standing"], row["standing_id"], row["grade"] = "refused", "joint", None

    def out(self, row):
        kept = {
            name: row.get(name)
            for name in ("key", "group", "standing", "total", "raw", "rank", "n", "rank_grade", "grade", "values", "joint")
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
