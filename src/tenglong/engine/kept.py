"""Trying one rule after another: the SQL of a scheme whose numbers alone differ from one tried before is taken and filled in.

Writing the SQL of a scheme takes several times as long as running it over the enterprises of one county.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass
from threading import RLock
from typing import TYPE_CHECKING, Final

import duckdb
import ibis
import pyarrow as pa

from tenglong.engine.compiler import compile_expression
from tenglong.engine.plan import EngineError, LastYear, Plan
from tenglong.engine.run import answered, configure, evaluate, plain
from tenglong.engine.sql import duckdb_text
from tenglong.engine.symbols import Shape, Sheet, shape_of

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

_ROWS: Final = "rows_in"
_KEPT: Final = 64
#: columns of a result with trace, besides those of single indicators
TRACED: Final = frozenset({"bonus", "deduction", "rank_grade", "reasons"})


@dataclass(frozen=True)
class _Text:
    """SQL of a shape; `sheet` says what stands at its places."""

    text: str
    sheet: Sheet


def evaluate_again(
    compiled: Compiled, rows: pa.Table, *, last_year: LastYear | None = None, trace: bool = True
) -> pa.Table:
    """`evaluate` on DuckDB, made for many schemes of one shape. Raises PartialScheme, EngineError.

    Without `trace`, a text with trace that is there serves until one without is written (`prepare`): leaving columns out
    takes less time than writing SQL.
    """
    compiled.require("score")
    rows, shape = plain(rows), shape_of(compiled)
    if not trace and _only_wider(shape, rows.schema, last_year or {}):
        return _narrowed(shape.compiled, evaluate_again(compiled, rows, last_year=last_year))
    text = _text(shape, rows.schema, last_year or {}, trace)
    if text is None:
        return evaluate(compiled, rows, last_year=last_year, trace=trace)
    with _home().cursor() as connection:
        connection.register(_ROWS, rows)
        filled = text.sheet.filled(text.text, shape.given)
        return answered(connection, f"SELECT * FROM ({filled}) AS r ORDER BY key")  # noqa: S608 - our own text


def prepare(compiled: Compiled, rows: pa.Table, *, last_year: LastYear | None = None, trace: bool = True) -> None:
    """Write the SQL of the shape, so that nobody waits for it later. Raises PartialScheme, EngineError."""
    compiled.require("score")
    _text(shape_of(compiled), plain(rows).schema, last_year or {}, trace)


def forget() -> None:
    with _LOCK:
        _TEXTS.clear()


def _only_wider(shape: Shape, schema: pa.Schema, last_year: LastYear) -> bool:
    with _LOCK:
        return _key(shape, schema, last_year, False) not in _TEXTS and bool(_TEXTS.get(_key(shape, schema, last_year, True)))


def _narrowed(compiled: Compiled, found: pa.Table) -> pa.Table:
    indicators = {f"{prefix}_{name}" for name in Plan(compiled).indicators for prefix in "xblsf"}
    return found.drop_columns([name for name in found.column_names if name in indicators or name in TRACED])


def _key(shape: Shape, schema: pa.Schema, last_year: LastYear, trace: bool) -> str:
    return repr((shape.key, schema.to_string(show_schema_metadata=False), sorted(last_year.items()), trace))


def _text(shape: Shape, schema: pa.Schema, last_year: LastYear, trace: bool) -> _Text | None:
    """None: a branch of the engine asked a place for its number."""
    key = _key(shape, schema, last_year, trace)
    with _LOCK:  # who asks for the same shape at the same time waits for it
        if key not in _TEXTS:
            _TEXTS[key] = _written(shape, schema, last_year, trace)
            if len(_TEXTS) > _KEPT:
                _TEXTS.popitem(last=False)
        _TEXTS.move_to_end(key)
        return _TEXTS[key]


def _written(shape: Shape, schema: pa.Schema, last_year: LastYear, trace: bool) -> _Text | None:
    table = ibis.table(ibis.Schema.from_pyarrow(schema), name=_ROWS)
    try:
        return _Text(duckdb_text(compile_expression(shape.compiled, table, last_year=last_year, trace=trace)), shape.sheet)
    except EngineError:
        raise
    except (ArithmeticError, ValueError):
        return None


_LOCK: Final = RLock()
_TEXTS: Final[OrderedDict[str, _Text | None]] = OrderedDict()
_HOMES: Final[dict[int, duckdb.DuckDBPyConnection]] = {}


def _home() -> duckdb.DuckDBPyConnection:
    """One per process, a forked one opens its own. Every answer is worked by the thread that asks: several run side by side."""
    with _LOCK:
        found = _HOMES.get(os.getpid())
        if found is None:
            found = _HOMES[os.getpid()] = duckdb.connect()
            configure(found, 1, "2GB", None)
        return found
