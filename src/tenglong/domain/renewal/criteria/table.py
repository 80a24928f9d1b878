"""A sheet as offices keep it, one plot per line with its owner's figures → plots and owners; defects told, nothing guessed.

An owner of several plots stands on several lines: what the lines say of him must agree, else the figure counts as missing
and the finding says why. A cell that cannot be read is missing with its reason; only a line without a key or with a key
that another line has is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.evaluation.units import UNITS, parse_unit, unit_label
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.renewal.criteria.checks import Criteria
from tenglong.domain.renewal.criteria.rows import Plot, Record, Sheet
from tenglong.domain.renewal.criteria.vocabulary import Input
from tenglong.domain.survey.headings import plain, read_heading
from tenglong.domain.survey.table import Cell, Table
from tenglong.domain.survey.values import figure, is_blank, text_of

DATASET: Final = "low_efficiency"
KEYS: Final = ("key", "plot", "地块码", "地块编号", "地块", "宗地编号", "宗地代码")
OWNERS: Final = ("owner", "权利人", "土地使用权人", "统一社会信用代码", "权利人统一社会信用代码", "信用代码")
LABELS: Final = ("name", "地块名称", "坐落", "名称")
_FLAGS: Final = {
    **dict.fromkeys(("是", "1", "true", "yes", "有", "√", "内"), True),
    **dict.fromkeys(("否", "0", "false", "no", "无", "×", "外"), False),
}


#: values, where each stands, and why a filled-in one could not be read
_Split = tuple[dict[str, Value], dict[str, str], dict[str, str]]


@dataclass(frozen=True)
class _Column:
    index: int
    what: Input
    unit: str


@dataclass
class Read:
    sheet: Sheet
    issues: list[Issue] = field(default_factory=list)


def read_sheet(criteria: Criteria, table: Table) -> Read:
    """Plots and owners of `table` with the inputs that the criteria use. Heading: id, label or synonym, unit in brackets."""
    return _Reading(criteria, table).read()


@dataclass
class _Reading:
    criteria: Criteria
    table: Table
    issues: list[Issue] = field(default_factory=list)
    plots: dict[str, Plot] = field(default_factory=dict)
    owners: dict[str, Record] = field(default_factory=dict)

    def read(self) -> Read:
        key, owner, label, columns = self._columns()
        for number, row in zip(self.table.row_numbers, self.table.rows, strict=True):
            if all(is_blank(cell) for cell in row):
                continue
            id_ = _at(row, key)
            if not id_ or id_ in self.plots:
                message = f"地块“{id_}”重复，只用了前一行" if id_ else "没有地块编号，这一行没有读取"
                rule = "duplicate-key" if id_ else "key-missing"
                self._tell(number, id_, "key", rule, id_, message, "请每块地一行，编号不重复")
                continue
            self._row(number, row, id_, _at(row, owner), _at(row, label), columns)
        return Read(Sheet(tuple(self.plots.values()), self.owners), self.issues)

    def _row(self, number: int, row: tuple[Cell, ...], key: str, owner: str, label: str, columns: list[_Column]) -> None:
        read = {column.what.id: self._cell(number, key, row, column) for column in columns}
        plot = {id_: found for id_, found in read.items() if self.criteria.inputs[id_].of == "plot"}
        values, sources, flaws = self._split(number, plot)
        self.plots[key] = Plot(key, values, sources, flaws, owner, label)
        if owner:
            of_owner = {id_: found for id_, found in read.items() if id_ not in plot}
            self._owner(number, owner, *self._split(number, of_owner))

    def _split(self, number: int, read: Mapping[str, tuple[Value, str]]) -> _Split:
        values: dict[str, Value] = {id_: value for id_, (value, _flaw) in read.items() if value is not None}
        sources = dict.fromkeys(values, f"{self.table.source or self.table.name} 第 {number} 行")
        return values, sources, {id_: flaw for id_, (_value, flaw) in read.items() if flaw}

    def _owner(self, number: int, key: str, values: dict[str, Value], sources: dict[str, str], flaws: dict[str, str]) -> None:
        held = self.owners.get(key)
        if held is None:
            self.owners[key] = Record(key, values, sources, flaws)
            return
        merged, why = {**held.values}, {**flaws, **held.flaws}
        for id_, value in values.items():
            label = self.criteria.inputs[id_].label
            if merged.get(id_) is None and id_ not in held.flaws:
                merged[id_] = value
            elif merged.get(id_) != value:
                merged[id_] = None
                why[id_] = f"权利人各行的“{label}”不一致（{held.sources.get(id_, '前面一行')}与第 {number} 行）"
                self._tell(number, key, id_, "owner-disagrees", str(value), why[id_], "请改成一致后重新读取")
        self.owners[key] = Record(key, merged, {**sources, **held.sources}, why)

    # ---- cells

    def _cell(self, number: int, key: str, row: tuple[Cell, ...], column: _Column) -> tuple[Value, str]:
        cell = row[column.index] if column.index < len(row) else None
        if is_blank(cell):
            return None, ""
        value, why = _READERS[column.what.type](cell, column)
        if why:
            self._tell(number, key, column.what.id, "not-read", text_of(cell)[:200], why, "请改正后重新读取，改正前按缺数处理")
        return value, why

    def _tell(self, row: int, key: str, name: str, rule: str, value: str, message: str, fix: str) -> None:
        severity = Severity.ERROR if name == "key" else Severity.WARNING
        self.issues.append(Issue(DATASET, row, key, name, rule, value, severity, message, fix))

    # ---- headings

    def _columns(self) -> tuple[int, int, int, list[_Column]]:
        found: dict[str, _Column] = {}
        places = {"key": -1, "owner": -1, "label": -1}
        words = _words({id_: self.criteria.inputs[id_] for id_ in self.criteria.used})
        for index, heading in enumerate(self.table.columns):
            read = read_heading(heading)
            what = words.get(plain(heading)) or words.get(read.words) or words.get(read.core)
            role = next((role for role, names in _ROLES.items() if {plain(heading), read.words, read.core} & names), "")
            if role and places[role] < 0:
                places[role] = index
            elif what is not None and what.id not in found:
                self._take(_Column(index, what, read.unit), heading, found, by_id=plain(heading) == plain(what.id))
            elif what is not None:
                message = f"“{heading}”和前面一列都是“{what.label}”，只用了前一列"
                self._heading(heading, "duplicate-column", message, "请只留一列")
        for id_ in self.criteria.used:
            if id_ not in found and id_ not in self.criteria.absent:
                label = self.criteria.inputs[id_].label
                message = f"没有“{label}”（{id_}）这一列，用到它的条件无法判断"
                self._heading(id_, "missing-column", message, f"请加一列“{label}”")
        return places["key"], places["owner"], places["label"], list(found.values())

    def _take(self, column: _Column, heading: str, found: dict[str, _Column], *, by_id: bool) -> None:
        wanted = column.what.unit
        unit = "" if by_id else column.unit
        if unit and column.what.type == "number" and not _same(unit, wanted):
            said = unit_label(wanted) if wanted else "纯数"
            message = f"“{heading}”的单位不能换算成{said}，整列没有使用"
            self._heading(heading, "unit-mismatch", message, "请改正表头括号里的单位")
            return
        found[column.what.id] = _Column(column.index, column.what, unit)

    def _heading(self, name: str, rule: str, message: str, fix: str) -> None:
        self.issues.append(Issue(DATASET, 0, "", name, rule, "", Severity.WARNING, message, fix))


def _same(unit: str, wanted: str) -> bool:
    return unit in UNITS and UNITS[unit][0] == (UNITS[wanted][0] if wanted in UNITS else "")


def _number(cell: Cell, column: _Column) -> tuple[Value, str]:
    number, own, problems = figure(cell)
    label, wanted = column.what.label, column.what.unit
    unit = own or column.unit
    if number is None or problems or (unit and wanted and not _same(unit, wanted)):
        return None, f"“{label}”填的是“{text_of(cell)[:40]}”，不是一个确切的数"
    exact = Fraction(number)
    if unit and wanted:
        exact *= UNITS[unit][1] / parse_unit(wanted).scale
    if exact < 0 and wanted == "mu":
        return None, f"“{label}”填的是 {text_of(cell)[:40]}，面积不能是负数"
    return exact, ""


def _flag(cell: Cell, column: _Column) -> tuple[Value, str]:
    word = text_of(cell).lower()
    if word in _FLAGS:
        return _FLAGS[word], ""
    return None, f"“{column.what.label}”填的是“{word[:40]}”，应填 是 或 否"


def _text(cell: Cell, column: _Column) -> tuple[Value, str]:
    text, one = text_of(cell), column.what
    if not one.choices:
        return text, ""
    for id_, word in one.choices.items():
        if plain(text) in {plain(id_), plain(word), *(plain(other) for other in one.words.get(id_, ()))}:
            return id_, ""
    return None, f"“{one.label}”填的是“{text[:40]}”，应是 {'、'.join(one.choices.values())} 之一"


_READERS: Final = {"number": _number, "flag": _flag, "text": _text}
_ROLES: Final = {
    "key": frozenset(plain(word) for word in KEYS), "owner": frozenset(plain(word) for word in OWNERS),
    "label": frozenset(plain(word) for word in LABELS),
}


def _words(inputs: Mapping[str, Input]) -> dict[str, Input]:
    """Every heading that is understood; ids before labels before synonyms."""
    found: dict[str, Input] = {}
    for words in (lambda one: (one.id,), lambda one: (one.label,), lambda one: one.synonyms):
        for one in inputs.values():
            for word in words(one):
                found.setdefault(plain(word), one)
    return found


def _at(row: tuple[Cell, ...], index: int) -> str:
    return "" if index < 0 or index >= len(row) or is_blank(row[index]) else text_of(row[index])
