"""A table of projects or plots, one a row, against an indicator table and the control indicators: a pass/fail matrix.

A figure stands in a column of its own (投资强度), or is worked out from amounts and areas of the row (固定资产投资 ÷ 用地面积).
Units are read from the heading: amounts and areas without one are refused, not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from tenglong.domain.landing.standard import formulas
from tenglong.domain.landing.standard.check import Cell, NoRow, Number, Site, judge, judge_site, plain, row_of
from tenglong.domain.landing.standard.policy import UNIT_WORDS, ControlIndicators, StandardLand
from tenglong.domain.quality.issue import Issue, Report, Severity
from tenglong.domain.survey.table import Cell as Given
from tenglong.domain.survey.table import Table
from tenglong.domain.units import AREA_UNITS, MONEY_UNITS, UNIT_NAMES, UnitError, to_cm2, to_fen

DATASET: Final = "standard_land"
KEYS: Final = ("项目名称", "项目", "地块编码", "地块编号", "宗地编号", "企业名称", "名称", "编号")
INDUSTRIES: Final = ("行业", "行业代码", "行业名称", "产业")
#: amount or area of a row → headings
AMOUNTS: Final[dict[str, tuple[str, ...]]] = {
    "investment": ("固定资产投资", "固定资产投资额", "总投资", "计划总投资"),
    "tax": ("年税收", "税收", "预计年税收", "实缴税收"),
    "output": ("年产值", "产值", "预计年产值", "年产出"),
}
AREAS: Final[dict[str, tuple[str, ...]]] = {
    "site": ("用地面积", "土地面积", "宗地面积", "出让面积", "面积"),
    "floor": ("计容建筑面积", "总建筑面积", "建筑面积"),
    "footprint": ("建筑基底面积", "建筑占地面积", "建筑物占地面积"),
    "structures": ("构筑物占地面积",),
    "yards": ("露天堆场面积", "堆场面积"),
    "office_land": ("行政办公及生活服务设施用地面积", "办公生活用地面积"),
    "office_floor": ("行政办公及生活服务设施建筑面积", "办公生活建筑面积"),
}
#: indicator of a table → what it can be worked out from
WORKED: Final = {"intensity": "investment", "tax": "tax", "output": "output"}
_UNIT: Final = re.compile(r"[（(\[【]\s*([^）)\]】]+?)\s*[）)\]】]\s*$")
_PER_HA: Final = ("万元/公顷", "万元/ha")


class NoColumn(ValueError):
    """The table lacks a column without which nothing can be judged; the message is a Chinese sentence."""


@dataclass
class Line:
    """One row: its figures, the cells of the matrix and the areas and amounts that were read (cm², 分)."""

    row: int
    key: str
    industry: str
    table_row: str = ""
    cells: list[Cell] = field(default_factory=list)
    given: dict[str, int] = field(default_factory=dict)


@dataclass
class Matrix:
    lines: list[Line]
    report: Report
    columns: dict[str, str]


@dataclass(frozen=True)
class _Column:
    at: int
    heading: str
    unit: str


def check(
    table: Table, standard: StandardLand, control: ControlIndicators | None = None, *, key: str = "", industry: str = ""
) -> Matrix:
    """Raises NoColumn when key or industry are named but absent, no industry column is found, or no figure can be read."""
    found = _columns(table.columns)
    names = {"key": _pick(found, (key,) if key else KEYS, bool(key)),
             "industry": _pick(found, (industry,) if industry else INDUSTRIES, True)}
    figures = {one.id: _pick(found, (*one.headings, one.label, one.id)) for one in standard.indicators}
    far = _pick(found, ("容积率",))
    sums = {f"sum:{name}": _pick(found, heads) for name, heads in AMOUNTS.items()}
    areas = {f"area:{name}": _pick(found, heads) for name, heads in AREAS.items()}
    used = {name: column for name, column in {**names, **figures, "site:far": far, **sums, **areas}.items() if column}
    if not set(used) - {"key", "industry"}:
        told = "、".join(one.label for one in standard.indicators)
        raise NoColumn(f"没有找到指标列。需要其中之一：{told}；或固定资产投资（万元）和用地面积（亩）等")
    reader = _Reader(table, used, standard, control)
    lines = [reader.line(at) for at in range(len(table.rows))]
    report = Report(len(lines), reader.issues, reader.skipped, dataset=DATASET)
    return Matrix(lines, report, {name: column.heading for name, column in used.items()})


def as_json(matrix: Matrix) -> dict[str, Any]:
    """`matrix` of a report: results and exact figures as text, areas (cm²) and money (分) as strings."""
    return {"columns": matrix.columns, "matrix": [
        {"row": line.row, "key": line.key, "industry": line.industry, "table_row": line.table_row,
         "given": {name: str(value) for name, value in line.given.items()},
         "results": {one.id: _cell_json(one) for one in line.cells}}
        for line in matrix.lines]}


def _cell_json(one: Cell) -> dict[str, str | None]:
    value, limit = (None if figure is None else plain(figure) for figure in (one.value, one.limit))
    return {"label": one.label, "result": one.result, "value": value, "limit": limit, "unit": one.unit, "says": one.says}


@dataclass
class _Reader:
    table: Table
    used: Mapping[str, _Column]
    standard: StandardLand
    control: ControlIndicators | None
    issues: list[Issue] = field(default_factory=list)
    skipped: list[dict[str, str]] = field(default_factory=list)

    def line(self, at: int) -> Line:
        row = self.table.row_numbers[at]
        line = Line(row, self._text(at, "key") or str(row), self._text(at, "industry"))
        self._amounts(at, line)
        values = self._values(at, line)
        try:
            chosen = row_of(self.standard, line.industry)
            line.table_row = chosen.label
            line.cells = judge(self.standard, chosen, values)
        except NoRow as error:
            self._tell(line, "industry", "standard-industry", line.industry, Severity.ERROR, str(error),
                       "按指标表里的行业填写，或换一份指标表")
        if self.control is not None:
            line.cells += self._site_cells(line, values.get("site:far") or values.get("far"))
        self._judged(line)
        return line

    def _amounts(self, at: int, line: Line) -> None:
        for name, column in self.used.items():
            sort, _colon, short = name.partition(":")
            if sort not in ("sum", "area") or not self._text(at, name):
                continue
            value = self._converted(at, line, name, column, to_fen if sort == "sum" else to_cm2,
                                    MONEY_UNITS if sort == "sum" else AREA_UNITS)
            if value is not None:
                line.given[f"{short}_{'fen' if sort == 'sum' else 'cm2'}"] = value

    def _converted(self, at: int, line: Line, name: str, column: _Column, convert: Callable[[Decimal, str], int],
                   units: Mapping[str, Fraction]) -> int | None:
        unit = UNIT_NAMES.get(column.unit.lower(), "")
        if unit not in units:
            told = f"“{column.heading}”没有写明单位"
            if not any(one["reason"] == told for one in self.skipped):
                self.skipped.append({"rule": "standard-unit", "reason": told})
            return None
        number = self._number(at, line, name)
        try:
            return None if number is None else convert(number, unit)
        except (UnitError, OverflowError) as error:
            self._tell(line, name, "bad-number", self._text(at, name), Severity.ERROR, str(error), "改成大于等于 0 的数")
            return None

    def _values(self, at: int, line: Line) -> dict[str, Number | None]:
        values: dict[str, Number | None] = {}
        for one in self.standard.indicators:
            if one.id in self.used and self._text(at, one.id):
                values[one.id] = self._figure(at, line, one.id, one.unit)
            elif one.id in WORKED and one.unit == "wan_yuan_per_mu":
                values[one.id] = self._worked(line, WORKED[one.id])
            elif one.id == "far":
                values[one.id] = _ratio(line.given, "floor")
        values["site:far"] = self._number(at, line, "site:far") if self._text(at, "site:far") else _ratio(line.given, "floor")
        return values

    def _figure(self, at: int, line: Line, name: str, unit: str) -> Number | None:
        """A figure in the unit of the table; 万元/公顷 is turned into 万元/亩, any other unit is refused."""
        number, written = self._number(at, line, name), self.used[name].unit
        if number is None or not written or written == UNIT_WORDS[unit]:
            return number
        if unit == "wan_yuan_per_mu" and written in _PER_HA:
            return Fraction(number) * AREA_UNITS["mu"] / AREA_UNITS["ha"]
        told = f"“{self.used[name].heading}”的单位应为{UNIT_WORDS[unit] or '无'}"
        if not any(one["reason"] == told for one in self.skipped):
            self.skipped.append({"rule": "standard-unit", "reason": told})
        return None

    def _worked(self, line: Line, amount: str) -> Fraction | None:
        fen, site = line.given.get(f"{amount}_fen"), line.given.get("site_cm2")
        return formulas.per_area(fen, site) if fen is not None and site else None

    def _site_cells(self, line: Line, far: Number | None) -> list[Cell]:
        assert self.control is not None
        given, site = line.given, line.given.get("site_cm2")
        covered = None
        if site and "footprint_cm2" in given:
            covered = formulas.coverage(given["footprint_cm2"], site, given.get("structures_cm2", 0), given.get("yards_cm2", 0))
        floor = given.get("floor_cm2")
        office = Fraction(given["office_floor_cm2"], floor) if floor and "office_floor_cm2" in given else None
        land = _ratio(given, "office_land")
        known = Site(far, covered, land if land is not None else office, office)
        return [replace(one, id=f"site:{one.id}") for one in judge_site(self.control, known, line.industry)]

    def _judged(self, line: Line) -> None:
        for one in line.cells:
            if one.result == "fail":
                value = plain(one.value) if one.value is not None else ""
                self._tell(line, one.id, "standard-fail", value, Severity.ERROR,
                           f"{one.label} {value}{one.unit} 不达标，应{one.says}", "调整方案，或核对填写的数")
            elif one.result == "missing":
                told = f"没有“{one.label}”，应{one.says}"
                self._tell(line, one.id, "standard-missing", "", Severity.WARNING, told, "补填后再核")
            elif one.result == "unknown" and not any(entry["reason"] == one.says for entry in self.skipped):
                self.skipped.append({"rule": f"standard-{one.id}", "reason": one.says})

    def _text(self, at: int, name: str) -> str:
        column = self.used.get(name)
        if column is None:
            return ""
        return written(self.table.rows[at][column.at])

    def _number(self, at: int, line: Line, name: str) -> Decimal | None:
        text = self._text(at, name)
        try:
            number = Decimal(text.replace(",", "").replace("，", "").removesuffix("%"))
            if number.is_finite() and number >= 0:
                return number
        except InvalidOperation:
            pass
        self._tell(line, name, "bad-number", text, Severity.ERROR, f"“{text}”不是大于等于 0 的数", "改成数字，单位写在表头")
        return None

    def _tell(self, line: Line, name: str, rule: str, value: str, severity: Severity, message: str, fix: str) -> None:
        self.issues.append(Issue(DATASET, line.row, line.key, name, rule, value, severity, message, fix))


def written(cell: Given) -> str:
    """A cell as a person wrote it: 12.0 of a sheet is 12."""
    if isinstance(cell, float):
        return format(Decimal(repr(cell)).normalize(), "f")
    return "" if cell is None else str(cell).strip()


def _ratio(given: Mapping[str, int], name: str) -> Fraction | None:
    part, site = given.get(f"{name}_cm2"), given.get("site_cm2")
    return Fraction(part, site) if part is not None and site else None


def _columns(headings: Sequence[str]) -> list[_Column]:
    out = []
    for at, heading in enumerate(headings):
        match = _UNIT.search(str(heading))
        out.append(_Column(at, str(heading), match.group(1).strip() if match else ""))
    return out


def _pick(columns: Sequence[_Column], names: Sequence[str], must: bool = False) -> _Column | None:
    """The first column headed by one of the names, its unit left aside. Raises NoColumn when `must` and there is none."""
    for name in names:
        for column in columns:
            if name in (column.heading.strip(), _UNIT.sub("", column.heading).strip()):
                return column
    if must:
        told = "、".join(column.heading for column in columns)
        raise NoColumn(f"没有“{'”或“'.join(names)}”这一列，有：{told}")
    return None
