"""Expression → DuckDB text."""

from __future__ import annotations

from typing import Any, Final

from ibis.backends.sql.compilers.duckdb import compiler
from sqlglot import exp

from tenglong.engine.exact import Table

#: columns of a row that may be kept for every enterprise
_NARROW: Final = 20


def duckdb_text(expression: Table) -> str:
    """SQL. What is read more than once is kept when it is small: sums, or what one row needs after its total.
    Wide rows are worked again instead, for a second scan of the columns is cheaper than a copy of every row."""
    tree: Any = compiler.to_sqlglot(expression.unbind())
    for query in tree.find_all(exp.CTE):
        query.set("materialized", _aggregates(query.this) or _narrow(query.this))
    return str(tree.sql(dialect="duckdb", copy=False))  # the tree is ours: a copy of it took half the time


def _narrow(query: exp.Expression) -> bool:
    names = {part.alias_or_name for part in query.expressions}
    return "counted" in names and len(names) <= _NARROW


def _aggregates(query: exp.Expression) -> bool:
    return query.args.get("group") is not None or any(part.find(exp.AggFunc) for part in query.expressions)
