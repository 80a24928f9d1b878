"""Expression → DuckDB text."""

from __future__ import annotations

from typing import Any, Final

from ibis.backends.sql.compilers.duckdb import compiler
from sqlglot import exp

from tenglong.engine.exact import Table

_WIDE: Final = exp.DataType.build("decimal(38, 0)", dialect="duckdb")

#: columns of a row that may be kept for every enterprise
_NARROW: Final = 20
#: columns of the result that hold one of a few words
_WORDS: Final = frozenset({"group", "standing", "grade_text", "rank_grade"})


def duckdb_text(expression: Table, *, words: bool = False) -> str:
    """SQL. What is read more than once is kept when it is small: sums, or what one row needs after its total.
    Wide rows are worked again instead, for a second scan of the columns is cheaper than a copy of every row.

    `words`: columns of a few words are ENUM, which Parquet readers see as text and which are quicker to write."""
    tree: Any = compiler.to_sqlglot(expression.unbind())
    for query in tree.find_all(exp.CTE):
        query.set("materialized", _aggregates(query.this) or _narrow(query.this))
    for whole in list(tree.find_all(exp.Cast)):
        _cast_at_once(whole)
    if words:
        for column in tree.find_all(exp.Alias):
            if column.alias in _WORDS and isinstance(column.this, exp.Case):
                _enumerated(column.this)
    return str(tree.sql(dialect="duckdb", copy=False))  # the tree is ours: a copy of it took half the time


def _narrow(query: exp.Expression) -> bool:
    names = {part.alias_or_name for part in query.expressions}
    return "counted" in names and len(names) <= _NARROW


def _aggregates(query: exp.Expression) -> bool:
    return query.args.get("group") is not None or any(part.find(exp.AggFunc) for part in query.expressions)


def _cast_at_once(whole: exp.Cast) -> None:
    """`exact.int64` goes by way of DECIMAL(38, 0) so that Ibis keeps the cast; DuckDB needs no detour, and this one is slow."""
    inner = whole.this
    if isinstance(inner, exp.Cast) and inner.to == _WIDE and whole.to.is_type("bigint"):
        whole.set("this", inner.this)


def _enumerated(case: exp.Case) -> None:
    """CASE of words, or null where none fits, gives an ENUM of them."""
    branches = [branch.args["true"] for branch in case.args["ifs"]]
    if not all(isinstance(word, exp.Literal) and word.is_string for word in branches) or not _null(case.args.get("default")):
        return
    words = [exp.Literal.string(word) for word in dict.fromkeys(one.this for one in branches)]
    kind = exp.DataType(this=exp.DataType.Type.ENUM, expressions=words)
    for branch, word in zip(case.args["ifs"], branches, strict=True):
        branch.set("true", exp.Cast(this=word, to=kind.copy()))
    case.set("default", None)


def _null(value: exp.Expression | None) -> bool:
    return value is None or isinstance(value.this if isinstance(value, exp.Cast) else value, exp.Null)
