"""An expression worked for a whole column of enterprises at once, in doubles: for what-if and advice, not for results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.evaluation.expression import COMPARISONS, Binary, Call, Expr, Flag, Member, Name, Number, Text, Unary
from tenglong.domain.evaluation.figures import SCALE

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

Known = NDArray[np.bool_]
_COMPARE: Final[dict[str, Any]] = {
    "<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal, "==": np.equal, "!=": np.not_equal,
}
_ARITHMETIC: Final[dict[str, Any]] = {"+": np.add, "-": np.subtract, "*": np.multiply}


class Table(Protocol):
    """A pyarrow table, as far as it is needed here."""

    @property
    def column_names(self) -> list[str]: ...
    @property
    def num_rows(self) -> int: ...
    def column(self, name: str) -> Any: ...


Rows = Table | Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Column:
    """Values (double, bool or text) and whether each is known; where it is not, the value means nothing."""

    values: NDArray[Any]
    known: Known

    def floats(self) -> NDArray[np.float64]:
        """Doubles with NaN where nothing is known."""
        return np.where(self.known, self.values.astype(np.float64), np.nan)

    def true(self) -> Known:
        """Where a condition surely holds."""
        found: Known = self.known & self.values.astype(bool)
        return found


def names_of(rows: Rows) -> list[str]:
    """Column names of a pyarrow table or of a mapping of lists."""
    return list(rows) if isinstance(rows, Mapping) else list(rows.column_names)


def values_in(rows: Rows, name: str) -> list[Any]:
    """One column as a list of Python values."""
    found = rows[name] if isinstance(rows, Mapping) else rows.column(name).to_pylist()
    return list(found)


def doubles_in(rows: Rows, name: str) -> NDArray[np.float64]:
    """One column as doubles, NaN where it is null; fast for a pyarrow column."""
    if isinstance(rows, Mapping):
        return np.array([np.nan if value is None else value for value in rows[name]], dtype=np.float64)
    return np.asarray(rows.column(name).to_numpy(zero_copy_only=False), dtype=np.float64)


def number_column(values: NDArray[np.float64]) -> Column:
    """Doubles in which NaN is missing."""
    known = ~np.isnan(values)
    return Column(np.where(known, values, 0.0), known)


def inputs(compiled: Compiled, rows: Rows) -> dict[str, Column]:
    """Measures and attributes of input rows as columns, `if_absent` filled in; a column that is not there is missing."""
    here, found = set(names_of(rows)), dict[str, Column]()
    size = len(values_in(rows, "key"))
    numbers = [*compiled.measures, *(name for name, one in compiled.attributes.items() if one.type == "number")]
    for name in numbers:
        raw = doubles_in(rows, name) / SCALE if name in here else np.full(size, np.nan)
        found[name] = _filled(number_column(raw), _absent(compiled, name))
    for name, attribute in compiled.attributes.items():
        if attribute.type != "number":
            listed = values_in(rows, name) if name in here else [None] * size
            found[name] = _filled(_objects(listed, attribute.type), attribute.if_absent)
    return found


def _absent(compiled: Compiled, name: str) -> Any:
    return compiled.attributes[name].if_absent if name in compiled.attributes else None


def _objects(listed: Sequence[Any], kind: str) -> Column:
    known = np.array([value is not None for value in listed], dtype=bool)
    if kind == "flag":
        return Column(np.array([bool(value) for value in listed], dtype=bool), known)
    return Column(np.array(["" if value is None else str(value) for value in listed], dtype=object), known)


def _filled(column: Column, value: Any) -> Column:
    if value is None:
        return column
    fill = float(value) if isinstance(value, Decimal) else value
    return Column(np.where(column.known, column.values, fill), np.ones(len(column.known), dtype=bool))


def work(expr: Expr, columns: Mapping[str, Column], size: int) -> Column:
    """`expr` for every row, three-valued as in `value.evaluate`; a name without a column is missing."""
    if isinstance(expr, Number | Text | Flag):
        value = float(expr.value) if isinstance(expr, Number) else expr.value
        return Column(np.full(size, value, dtype=object if isinstance(value, str) else None), np.ones(size, dtype=bool))
    if isinstance(expr, Name):
        return columns.get(expr.id) or Column(np.zeros(size), np.zeros(size, dtype=bool))
    if isinstance(expr, Unary):
        found = work(expr.operand, columns, size)
        return Column(-found.values if expr.op == "-" else ~found.values.astype(bool), found.known)
    if isinstance(expr, Member):
        found = work(expr.operand, columns, size)
        hits = [found.values == (float(c.value) if isinstance(c, Number) else c.value) for c in expr.choices]
        return Column(reduce(np.logical_or, hits), found.known)
    if isinstance(expr, Binary):
        return _binary(expr.op, work(expr.left, columns, size), work(expr.right, columns, size))
    return _call(expr, [work(arg, columns, size) for arg in expr.args])


def _binary(op: str, left: Column, right: Column) -> Column:
    if op in ("and", "or"):
        return _kleene(op == "or", left, right)
    known = left.known & right.known
    if op in COMPARISONS:
        return Column(np.where(known, _COMPARE[op](left.values, right.values), False).astype(bool), known)
    if op == "/":
        known = known & (right.values != 0)
        return Column(np.divide(left.values, right.values, out=np.zeros(len(known)), where=known), known)
    return Column(_ARITHMETIC[op](left.values, right.values), known)


def _kleene(decides: bool, left: Column, right: Column) -> Column:
    """and: a known false decides; or: a known true does."""
    a, b = left.values.astype(bool), right.values.astype(bool)
    settled = (left.known & (a == decides)) | (right.known & (b == decides))
    return Column(np.where(settled, decides, not decides), settled | (left.known & right.known))


def _call(expr: Call, args: list[Column]) -> Column:
    first = args[0]
    if expr.name == "known":
        return Column(first.known, np.ones(len(first.known), dtype=bool))
    if expr.name == "or_zero":
        return Column(np.where(first.known, first.values, 0.0), np.ones(len(first.known), dtype=bool))
    if expr.name == "if":
        chosen, yes, no = args
        taken = chosen.values.astype(bool)
        return Column(np.where(taken, yes.values, no.values), chosen.known & np.where(taken, yes.known, no.known))
    known = reduce(np.logical_and, [arg.known for arg in args])
    plain: dict[str, Any] = {"min": np.minimum, "max": np.maximum}
    if expr.name in plain:
        return Column(reduce(plain[expr.name], [arg.values for arg in args]), known)
    single: dict[str, Any] = {"abs": np.abs, "round_down": np.trunc, "floor": np.floor}
    return Column(single[expr.name](first.values), known)
