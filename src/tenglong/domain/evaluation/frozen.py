"""From frozen input rows and their result table to the field of one enterprise."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from tenglong.domain.evaluation.expression import Binary, names
from tenglong.domain.evaluation.field import Field, FieldError, Item, benchmarks_of
from tenglong.domain.evaluation.given import expression, values_of
from tenglong.domain.evaluation.scoring import Doubles
from tenglong.domain.evaluation.vector import Column, Rows, doubles_in, inputs, names_of, values_in, work

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

_EVALUATED: Final = ("graded", "ungraded", "refused")


def row_at(rows: Rows, index: int) -> dict[str, Any]:
    """One row as Python values."""
    if isinstance(rows, Mapping):
        return {name: values[index] for name, values in rows.items()}
    return {name: rows.column(name)[index].as_py() for name in rows.column_names}


def index_of(rows: Rows, key: str) -> int:
    """Place of a key. Raises FieldError."""
    try:
        return values_in(rows, "key").index(key)
    except ValueError as error:
        raise FieldError(f"冻结的数据里没有 {key}") from error


def field_of(compiled: Compiled, key: str, rows: Rows, results: Rows) -> Field:
    """The group of `key`: `rows` as given to the engine, `results` its table with trace. Raises FieldError."""
    at = index_of(results, key)
    group = row_at(results, at)["group"]
    if group is None:
        raise FieldError(f"{key} 不在任何评价组里")
    standings, groups = values_in(results, "standing"), values_in(results, "group")
    place = {name: index for index, name in enumerate(values_in(rows, "key"))}
    listed = values_in(results, "key")
    evaluated = [one == group and standings[i] in _EVALUATED and listed[i] in place for i, one in enumerate(groups)]
    chosen = np.flatnonzero(evaluated)
    order = np.array([place[listed[i]] for i in chosen], dtype=np.intp)
    columns = {name: Column(one.values[order], one.known[order]) for name, one in inputs(compiled, rows).items()}
    held = {name: doubles_in(results, name)[chosen] for name in _numbers(compiled, group, results)}
    return Field(
        compiled, group, int(np.flatnonzero(chosen == at)[0]), values_of(compiled, row_at(rows, place[key])),
        tuple(_item(compiled, group, name, held, columns, len(chosen), _industries(rows, order))
              for name in compiled.scheme.groups[group].indicators),
        columns, np.nan_to_num(held["bonus"]), np.nan_to_num(held["deduction"]), held["total"], ~np.isnan(held["rank"]),
    )


def _numbers(compiled: Compiled, group: str, results: Rows) -> list[str]:
    wanted = [f"{column}_{name}" for name in compiled.scheme.groups[group].indicators for column in "xbl"]
    wanted += ["bonus", "deduction", "total", "rank"]
    if absent := sorted(set(wanted) - set(names_of(results))):
        raise FieldError(f"结果表缺少 {'、'.join(absent)} 等列，须用带明细（trace）的结果")
    return wanted


def _industries(rows: Rows, order: Any) -> list[str]:
    if "industry" not in names_of(rows):
        return []
    found = values_in(rows, "industry")
    return [str(found[index] or "") for index in order]


def _item(
    compiled: Compiled, group: str, name: str, held: Mapping[str, Doubles], columns: Mapping[str, Column], size: int,
    industries: list[str],
) -> Item:
    rule = compiled.scheme.groups[group].indicators[name]
    expr = expression(compiled, f"groups.{group}.indicators.{name}.value", rule.value)
    upper, lower = benchmarks_of(rule)
    parts: dict[str, Doubles | None] = {"top": None, "bottom": None}
    if isinstance(expr, Binary) and expr.op == "/" and any(one and one.mean == "of_sums" for one in (upper, lower)):
        parts = {"top": work(expr.left, columns, size).floats(), "bottom": work(expr.right, columns, size).floats()}
    prefixes = {one.digits: np.array([code[: one.digits] for code in industries], dtype=object)
                for one in (upper, lower) if one is not None and one.per == "industry" and industries}
    return Item(name, rule, expr, compiled.factors.get((group, name), Fraction(1)), held[f"x_{name}"], held[f"b_{name}"],
                held[f"l_{name}"], upper, lower, parts["top"], parts["bottom"], prefixes)


def read_by(compiled: Compiled, group: str, name: str) -> list[str]:
    """Labels of the group's indicators that read a measure."""
    rules = compiled.scheme.groups[group].indicators
    return [rule.label for id_, rule in rules.items()
            if name in names(expression(compiled, f"groups.{group}.indicators.{id_}.value", rule.value))]
