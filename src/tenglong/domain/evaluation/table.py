"""A table as offices keep it → rows of an evaluation: headings to measures and attributes, units exactly, defects told.

A refused row (an issue of severity error) is left out of `columns` and stays in `issues`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Final

from tenglong.domain.evaluation.compiled import Attribute, Compiled
from tenglong.domain.evaluation.expression import Binary, every_node, names
from tenglong.domain.evaluation.figures import value_text
from tenglong.domain.evaluation.table_cells import Flaw, Held, attribute_cell, measure_cell, same_dimension
from tenglong.domain.evaluation.units import unit_label
from tenglong.domain.measures import Measure, packaged
from tenglong.domain.quality.issue import Issue, Severity
from tenglong.domain.survey.headings import plain, read_heading
from tenglong.domain.survey.table import Cell, Table
from tenglong.domain.survey.values import is_blank, text_of

DATASET: Final = "evaluation"
KEYS: Final = ("key", "统一社会信用代码", "社会信用代码", "信用代码", "uscc", "企业代码", "企业编码", "纳税人识别号", "税号")
NAMES: Final = ("name", "企业名称", "单位名称", "公司名称", "名称")
#: columns that every such table has and no rule reads
_PASSED: Final = frozenset(plain(word) for word in ("序号", "编号", "备注", "说明", "年度", "年份", "no", "数据年度"))


@dataclass
class EvaluationRows:
    """`columns`: `key`, then measures and attributes found (docs/developer/evaluation.md), one entry per accepted row."""

    rows: int
    columns: dict[str, list[Held]]
    names: list[str]
    row_numbers: list[int]
    issues: list[Issue] = field(default_factory=list)
    headings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Column:
    index: int
    heading: str
    id: str
    what: Measure | Attribute
    unit: str

    def read(self, cell: Cell) -> tuple[Held, tuple[Flaw, ...]]:
        if isinstance(self.what, Measure):
            return measure_cell(cell, self.what, self.unit)
        return attribute_cell(cell, self.what, self.unit)


def read_table(compiled: Compiled, table: Table, measures: Mapping[str, Measure] | None = None) -> EvaluationRows:
    """Rows of `table` for the scheme; `measures` default to the packaged dictionary."""
    return _Reading(compiled, table, packaged() if measures is None else measures).rows()


@dataclass
class _Reading:
    compiled: Compiled
    table: Table
    measures: Mapping[str, Measure]
    issues: list[Issue] = field(default_factory=list)

    def rows(self) -> EvaluationRows:
        key, name, columns = self._columns()
        divisors = _divisors(self.compiled)
        kept: list[tuple[int, str, str, list[Held]]] = []
        first: dict[str, int] = {}
        refused: set[int] = set()
        for number, row in zip(self.table.row_numbers, self.table.rows, strict=True):
            if all(is_blank(cell) for cell in row):
                continue
            id_ = self._key(number, row, key, first, refused)
            values, bad = self._values(number, id_, row, columns, divisors)
            kept.append((number, id_, _at(row, name), values))
            if bad:
                refused.add(number)
        whole = [row for row in kept if row[0] not in refused]
        found: dict[str, list[Held]] = {"key": [row[1] for row in whole]}
        found |= {column.id: [row[3][place] for row in whole] for place, column in enumerate(columns)}
        headings = {column.id: column.heading for column in columns}
        return EvaluationRows(len(kept), found, [row[2] for row in whole], [row[0] for row in whole], self.issues, headings)

    # ---- headings

    def _columns(self) -> tuple[int, int, list[_Column]]:
        known = _words(self.compiled.attributes, self.measures)
        key = name = -1
        columns: dict[str, _Column] = {}
        for index, heading in enumerate(self.table.columns):
            read = read_heading(heading)
            if key < 0 and {read.words, read.core} & _KEY_WORDS:
                key = index
            elif name < 0 and {read.words, read.core} & _NAME_WORDS:
                name = index
            elif (what := known.get(plain(heading))) is not None:  # an id such as energy_tce names no unit of its own
                self._take(_Column(index, heading, what.id, what, what.unit), columns)
            elif (what := known.get(read.words) or known.get(read.core)) is not None:
                self._take(_Column(index, heading, what.id, what, read.unit or what.unit), columns)
            elif read.words and read.core not in _PASSED:
                self._head(heading, "unknown-column", Severity.WARNING, f"不认识“{heading}”这一列，没有使用",
                           "如果评价要用，请把表头改成指标的标识、名称或同义词")
        if key < 0:
            self._head("key", "missing-column", Severity.ERROR, "没有企业标识这一列",
                       "请加一列“统一社会信用代码”（或 key），每家企业一个，不重复")
        self._absent(columns)
        return key, name, list(columns.values())

    def _take(self, column: _Column, columns: dict[str, _Column]) -> None:
        used = column.id in self.compiled.measures or column.id in self.compiled.attributes
        if not used:
            message = f"“{column.heading}”是{column.what.label}，本办法不用这一项，没有读取"
            self._head(column.heading, "unused-column", Severity.INFO, message, "不需处理")
        elif column.id in columns:
            message = f"“{column.heading}”和“{columns[column.id].heading}”都是{column.what.label}，只用了前一列"
            self._head(column.heading, "duplicate-column", Severity.WARNING, message, "请只留一列")
        elif column.unit and column.what.unit and not same_dimension(column.unit, column.what.unit):
            message = f"“{column.heading}”的单位{unit_label(column.unit)}不能换算成{unit_label(column.what.unit)}，整列没有使用"
            self._head(column.heading, "unit-mismatch", Severity.ERROR, message, "请改正表头括号里的单位")
        else:
            columns[column.id] = column

    def _absent(self, columns: Mapping[str, _Column]) -> None:
        for id_ in (*self.compiled.measures, *self.compiled.attributes):
            if id_ in columns:
                continue
            attribute = self.compiled.attributes.get(id_)
            label = attribute.label if attribute else self.measures[id_].label
            if attribute is not None and attribute.if_absent is not None:
                shown = _shown(attribute.if_absent)
                message, severity = f"没有“{label}”这一列，全部按办法写明的“{shown}”处理", Severity.INFO
            else:
                what = "需要它的企业不评分" if attribute else "用到它的指标按缺数规则处理"
                message, severity = f"没有“{label}”（{id_}）这一列，{what}", Severity.WARNING
            self._head(id_, "missing-column", severity, message, f"请加一列“{label}”")

    def _head(self, field_: str, rule: str, severity: Severity, message: str, fix: str) -> None:
        self.issues.append(Issue(DATASET, 0, "", field_, rule, "", severity, message, fix))

    # ---- rows

    def _key(self, number: int, row: tuple[Cell, ...], at: int, first: dict[str, int], refused: set[int]) -> str:
        key = _at(row, at)
        if not key:
            refused.add(number)
            if at >= 0:
                self._tell(number, "", "key", Flaw("key-missing", Severity.ERROR, "没有企业标识", "请填统一社会信用代码"), "")
        elif key in first:
            refused |= {number, first[key]}
            message = f"“{key}”与第 {first[key]} 行重复，两行都没有评价"
            self.issues.append(Issue(DATASET, number, key, "key", "duplicate-key", key, Severity.ERROR, message,
                                     "请每家企业只留一行", other=key, other_row=first[key]))
        else:
            first[key] = number
        return key

    def _values(
        self, number: int, key: str, row: tuple[Cell, ...], columns: list[_Column], divisors: Mapping[str, str]
    ) -> tuple[list[Held], bool]:
        values, bad = [], False
        for column in columns:
            cell = row[column.index] if column.index < len(row) else None
            held, flaws = column.read(cell)
            for flaw in (*flaws, *_zero(column, held, divisors)):
                self._tell(number, key, column.id, flaw, text_of(cell))
                bad = bad or flaw.severity is Severity.ERROR
            values.append(held)
        return values, bad

    def _tell(self, number: int, key: str, field_: str, flaw: Flaw, value: str) -> None:
        self.issues.append(Issue(DATASET, number, key, field_, flaw.rule, value[:200], flaw.severity, flaw.message, flaw.fix))


def _shown(value: bool | Decimal | str) -> str:
    return value_text(Fraction(value) if isinstance(value, Decimal) else value) or "空"


def _at(row: tuple[Cell, ...], index: int) -> str:
    return "" if index < 0 or index >= len(row) or is_blank(row[index]) else text_of(row[index])


_KEY_WORDS: Final = frozenset(plain(word) for word in KEYS)
_NAME_WORDS: Final = frozenset(plain(word) for word in NAMES)


def _words(attributes: Mapping[str, Attribute], measures: Mapping[str, Measure]) -> dict[str, Measure | Attribute]:
    """Every heading that is understood; ids before labels before synonyms, attributes before measures."""
    found: dict[str, Measure | Attribute] = {}
    things: list[Measure | Attribute] = [*attributes.values(), *measures.values()]
    for words in (lambda thing: (thing.id,), lambda thing: (thing.label,), lambda thing: thing.synonyms):
        for thing in things:
            for word in words(thing):
                found.setdefault(plain(word), thing)
    return found


def _zero(column: _Column, held: Held, divisors: Mapping[str, str]) -> Iterator[Flaw]:
    if held != 0 or isinstance(held, bool) or column.id not in divisors:
        return
    rule = "zero-land" if isinstance(column.what, Measure) and column.what.unit == "mu" else "zero-divisor"
    message = f"{column.what.label}为 0，“{divisors[column.id]}”算不出来，按缺数规则处理"
    yield Flaw(rule, Severity.WARNING, message, "请核对这个数")


def _divisors(compiled: Compiled) -> dict[str, str]:
    """Measure that stands alone below a fraction → label of the first indicator that it divides."""
    found: dict[str, str] = {}
    for group_name, group in compiled.scheme.groups.items():
        for name, indicator in group.indicators.items():
            expr = compiled.expressions[f"groups.{group_name}.indicators.{name}.value"]
            for node in every_node(expr):
                below = names(node.right) if isinstance(node, Binary) and node.op == "/" else frozenset()
                if len(below) == 1:
                    found.setdefault(next(iter(below)), indicator.label)
    return found
