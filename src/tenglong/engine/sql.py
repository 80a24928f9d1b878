"""Expression → DuckDB text."""

from __future__ import annotations

from typing import Any

from ibis.backends.sql.compilers.duckdb import compiler
from sqlglot import exp

from tenglong.engine.exact import Table


def duckdb_text(expression: Table) -> str:
    """SQL. Queries that only add columns are worked again wherever they are read (a scan of columns is cheaper than a copy of
    every row); those that aggregate are kept."""
    tree: Any = compiler.to_sqlglot(expression.unbind())
    for query in tree.find_all(exp.CTE):
        query.set("materialized", _aggregates(query.this))
    return str(tree.sql(dialect="duckdb"))


def _aggregates(query: exp.Expression) -> bool:
    return query.args.get("group") is not None or any(part.find(exp.AggFunc) for part in query.expressions)
