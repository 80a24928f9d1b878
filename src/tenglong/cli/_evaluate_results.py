"""Results of an evaluation as `tenglong evaluate` tells them: JSON, a table of grades, a workbook, Parquet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from tenglong.domain.evaluation.compiled import Compiled
from tenglong.domain.evaluation.figures import fixed, total_text
from tenglong.domain.evaluation.given import values_of
from tenglong.domain.evaluation.joint import UNIT_KEY, is_unit, unit_inputs, works_the_unit
from tenglong.domain.evaluation.table import DATASET, EvaluationRows
from tenglong.domain.evaluation.trace import standing_reason, trace
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.files.export import Column, write_csv, write_table

STANDINGS: Final = {
    "graded": "参评", "ungraded": "不定等级", "excluded": "不参评", "outside": "不在范围", "refused": "缺数未评",
    "merged": "合并评价", "follows": "随出租方",
}
SUFFIXES: Final = (".xlsx", ".csv", ".parquet")


@dataclass(frozen=True)
class Results:
    """`table` is the engine's; `given` the rows that went in, by key."""

    compiled: Compiled
    given: EvaluationRows
    table: pa.Table
    traced: bool
    source: str = ""
    rows: list[dict[str, Any]] = field(init=False)
    units: dict[str, dict[str, Any]] = field(init=False)  # rows of joint units beside their members, by key

    def __post_init__(self) -> None:
        every = self.table.to_pylist()
        object.__setattr__(self, "rows", [row for row in every if not is_unit(row)])
        object.__setattr__(self, "units", {row["key"]: row for row in every if is_unit(row)})

    @cached_property
    def inputs(self) -> dict[str, dict[str, Any]]:
        names, columns = list(self.given.columns), list(self.given.columns.values())
        return {str(row[0]): dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)}

    @cached_property
    def places(self) -> dict[str, tuple[int, str]]:
        """Row number and name by key."""
        at = zip(self.given.row_numbers, self.given.names, strict=True)
        found = dict(zip((str(key) for key in self.given.columns["key"]), at, strict=True))
        return found | {key: (0, f"合并评价单元 {key.removeprefix(UNIT_KEY)}") for key in self.units}

    @property
    def decimals(self) -> int:
        return self.compiled.scheme.total.decimals if self.compiled.scheme.total else 0

    # ---- what is told

    def extra(self) -> dict[str, Any]:
        """Keys of the JSON beside those of every report."""
        header = self.compiled.document.header
        scheme = {"id": self.compiled.id, "version": self.compiled.version, "pin": self.compiled.pin,
                  "name": self.compiled.scheme.name, "completeness": header.completeness, "unknown": list(header.unknown)}
        results = [self.result(row) for row in self.rows]
        told = {"scheme": scheme, "n": len(self.rows), "groups": self.groups(), "results": results}
        return told | ({"units": [self.result(row) for row in self.units.values()]} if self.mixed else {})

    @property
    def mixed(self) -> bool:
        joint = self.compiled.scheme.joint
        return joint is not None and joint.mixed == "both"

    def groups(self) -> list[dict[str, Any]]:
        """Per group: members, the denominator of ranks, how many were graded, and grades best first."""
        found = []
        for name, group in self.compiled.scheme.groups.items():
            inside = [row for row in self.rows if row["group"] == name]
            units = [row for row in self.units.values() if row["group"] == name]
            counts = Counter(row["grade"] for row in inside if row["grade"])
            order = group.grades.order if group.grades and not self.compiled.lacks("grade") else ()
            found.append({
                "id": name, "label": group.label, "members": len(inside),
                "n": max((int(row["n"]) for row in [*inside, *units] if row["n"] is not None), default=0),
                "graded": sum(counts.values()), "grades": {grade: counts[grade] for grade in order},
            })
        return found

    def result(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """One enterprise; figures are text, points to four decimals, the total to the scheme's."""
        known = "bonuses" not in self.compiled.document.header.unknown
        found: dict[str, Any] = {
            "key": row["key"], "group": row["group"], "standing": row["standing"], "standing_id": row["standing_id"],
            "scores": self.scores(row), "bonus": _points(row.get("bonus")) if known else None,
            "deduction": _points(row.get("deduction")) if self.compiled.scheme.deductions is not None else None,
            "total": self.total(row), "rank": row["rank"], "n": row["n"], "rank_grade": row.get("rank_grade"),
            "grade": row["grade"],
        }
        if self.mixed:
            found |= {name: row[name] for name in ("joint", "own_grade", "joint_grade")}
        if self.traced:
            found["trace"] = self.trace(row)
        return found

    def scores(self, row: Mapping[str, Any]) -> dict[str, str | None]:
        group = self.compiled.scheme.groups.get(str(row["group"]))
        names = group.indicators if group else ()
        return {name: _points(row.get(f"s_{name}")) for name in names}

    def total(self, row: Mapping[str, Any]) -> str | None:
        return None if row["total"] is None else total_text(int(row["total"]), self.decimals)

    def trace(self, row: Mapping[str, Any]) -> dict[str, Any]:
        inputs = self.given_to(row)
        members = self.members(inputs["unit"]) if works_the_unit(self.compiled, row, inputs) else [row]
        place: dict[str, Any] = {"row": self.places[str(members[0]["key"])][0]}
        if len(members) > 1:
            place = {"rows": [self.places[str(member["key"])][0] for member in members]}
        headings = self.given.headings.items()
        sources = {name: {"file": self.source, **place, "column": heading} for name, heading in headings}
        return trace(self.compiled, row, inputs, sources, software=f"tenglong {version('tenglong')}",
                     unit=self.units.get(str(row.get("joint"))))

    def members(self, unit: str) -> list[dict[str, Any]]:
        return [given for given in self.inputs.values() if given.get("unit") == unit]

    def given_to(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """What the row was worked from: its own figures, or its unit's."""
        key = str(row["key"])
        inputs = {"unit": key.removeprefix(UNIT_KEY)} if is_unit(row) else self.inputs[key]
        together = works_the_unit(self.compiled, row, inputs)
        return unit_inputs(self.compiled, self.members(inputs["unit"])) if together else inputs

    def issues(self) -> list[Issue]:
        """What the scheme does not know, and every enterprise that could not be scored."""
        every = [*self.rows, *self.units.values()]
        return [*self._partial(), *(self._refused(row) for row in every if row["standing"] == "refused")]

    def _partial(self) -> list[Issue]:
        keys = self.compiled.lacks("grade")
        if not keys:
            return []
        message = f"评价办法 {self.compiled.name} 尚不完整，只算得分，不排名、不定档；缺：{'、'.join(keys)}"
        return [Issue(DATASET, 0, "", "", "partial-scheme", self.compiled.name, Severity.WARNING, message,
                      "请在一份 extends 它的办法里补齐这些键")]

    def _refused(self, row: Mapping[str, Any]) -> Issue:
        key, missing = str(row["key"]), str(row["standing_id"] or "")
        message = standing_reason(self.compiled, row, values_of(self.compiled, self.given_to(row)))
        return Issue(DATASET, self.places[key][0], key, missing, "not-scored", "", Severity.ERROR, message,
                     "请补齐这些数后重算")

    # ---- files

    def write(self, path: Path) -> None:
        """`.xlsx`, `.csv` (as people read them) or `.parquet` (the engine's table)."""
        if path.suffix.lower() == ".parquet":
            pq.write_table(self.table, path)
            return
        columns, rows = self._sheet()
        if path.suffix.lower() == ".csv":
            write_csv(path, columns, rows)
        else:
            write_table(path, "评价结果", columns, rows, [f"评价办法 {self.compiled.name}（{self.compiled.scheme.name}），"
                                                     f"版本指纹 {self.compiled.pin}"])

    def _sheet(self) -> tuple[list[Column], list[list[Any]]]:
        labels = {name: indicator.label for group in self.compiled.scheme.groups.values()
                  for name, indicator in group.indicators.items()}
        points = [f"{label}得分" for label in labels.values()]
        heads = ["企业标识", "企业名称", "评价组", "情况", *points, "加分", "扣分", "总分", "名次", "排名总数", "等级"]
        heads += ["合并评价单元", "单独评价等级", "合并评价等级"] if self.mixed else []
        every = [*self.rows, *self.units.values()]
        return [Column(head) for head in heads], [self._line(row, list(labels)) for row in every]

    def _line(self, row: Mapping[str, Any], names: list[str]) -> list[Any]:
        result = self.result(row)
        group = self.compiled.scheme.groups.get(str(row["group"]))
        figures = [result["scores"].get(name) for name in names] + [result["bonus"], result["deduction"], result["total"]]
        return [row["key"], self.places[str(row["key"])][1], group.label if group else "", STANDINGS[row["standing"]],
                *(None if text is None else Decimal(text) for text in figures), row["rank"], row["n"], row["grade"],
                *self._both(row)]

    def _both(self, row: Mapping[str, Any]) -> list[str | None]:
        if not self.mixed:
            return []
        unit = row["joint"]
        return [unit and str(unit).removeprefix(UNIT_KEY), row["own_grade"], row["joint_grade"]]


def _points(value: float | None) -> str | None:
    return None if value is None else fixed(value)


def to_arrow(compiled: Compiled, rows: EvaluationRows) -> pa.Table:
    """Columns as the engine takes them; what the table lacks is a column without values."""
    kinds = {"key": pa.string(), **dict.fromkeys(compiled.measures, pa.int64())}
    types = {"number": pa.int64(), "text": pa.string(), "flag": pa.bool_()}
    kinds |= {name: types[attribute.type] for name, attribute in compiled.attributes.items()}
    count = len(rows.columns["key"])
    return pa.table({name: pa.array(rows.columns.get(name) or [None] * count, kind) for name, kind in kinds.items()})
