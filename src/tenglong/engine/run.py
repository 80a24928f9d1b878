"""Running a compiled scheme: a table in memory, or Parquet to Parquet, on DuckDB or Spark."""

from __future__ import annotations

import resource
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import duckdb
import ibis
import pyarrow as pa

from tenglong.engine import keys
from tenglong.engine.benchmarks import Need, mean, needs, valued
from tenglong.engine.compiler import compile_expression
from tenglong.engine.exact import Table
from tenglong.engine.placed import filled, merged, placed
from tenglong.engine.plan import EngineError, LastYear, Plan
from tenglong.engine.sql import duckdb_text

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

Backend = Literal["duckdb", "spark"]
_KEPT: Final = 64
_ROWS: Final = "rows_in"
#: a dictionary is tried of words, not of figures that hardly ever repeat: that costs a quarter of writing, and larger files
_PARQUET: Final = "FORMAT parquet, COMPRESSION snappy, DICTIONARY_SIZE_LIMIT 1000"


@dataclass(frozen=True)
class Ran:
    """`peak`: greatest resident memory of this process in bytes (Spark's own process is not in it)."""

    rows: int
    seconds: float
    peak: int


class _Texts:
    """SQL by everything it follows from; the longest unused goes first."""

    def __init__(self) -> None:
        self._held: OrderedDict[object, str] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, make: Callable[[], str]) -> str:
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
        text = make()
        with self._lock:
            self._held[key] = text
            while len(self._held) > _KEPT:
                self._held.popitem(last=False)
        return text


_TEXTS: Final = _Texts()


def evaluate(
    compiled: Compiled, rows: pa.Table, *, last_year: LastYear | None = None, backend: Backend = "duckdb", trace: bool = True
) -> pa.Table:
    """Results of `rows`, one per row, sorted by key (columns: docs/developer/evaluation.md).

    Raises PartialScheme, EngineError.
    """
    if backend == "spark":
        from tenglong.engine.spark import evaluate_rows

        return evaluate_rows(compiled, rows, last_year, trace)
    rows = plain(rows)
    text = _text(compiled, rows.schema, last_year, trace)
    with duckdb.connect() as connection:
        configure(connection, 2, "2GB", None)
        connection.register(_ROWS, rows)
        return answered(connection, f"SELECT * FROM ({text}) AS r ORDER BY key")  # noqa: S608 - our own text


def plain(rows: pa.Table) -> pa.Table:
    """Without dictionaries, which Ibis does not name."""
    _unique(rows)
    fields = [pa.field(field.name, _undictionaried(field.type)) for field in rows.schema]
    return rows.cast(pa.schema(fields))


def _undictionaried(kind: pa.DataType) -> pa.DataType:
    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.string() if pa.types.is_large_string(kind) or pa.types.is_null(kind) else kind


def _unique(rows: pa.Table) -> None:
    _has_key(rows.column_names)
    held = rows.column("key")
    keys.refuse(held.null_count, [])
    if len(held.unique()) != len(held):
        repeated = [one["values"] for one in held.value_counts().to_pylist() if one["counts"] > 1]
        keys.refuse(0, sorted(repeated))


def _has_key(names: Sequence[str]) -> None:
    if "key" not in names:
        raise EngineError("数据缺少 key 一列")


def _text(compiled: Compiled, schema: pa.Schema, last_year: LastYear | None, trace: bool, *, words: bool = False) -> str:
    key = (compiled.pin, schema.to_string(show_schema_metadata=False), tuple(sorted((last_year or {}).items())), trace, words)

    def make() -> str:
        table = ibis.table(ibis.Schema.from_pyarrow(schema), name=_ROWS)
        return duckdb_text(compile_expression(compiled, table, last_year=last_year, trace=trace), words=words)

    return _TEXTS.get(key, make)


def configure(connection: duckdb.DuckDBPyConnection, threads: int, memory: str, folder: str | None) -> None:
    """Values stand in the text: the first statement with parameters loads all that DuckDB knows of Python, 0.4 seconds."""
    connection.execute(f"SET threads = {int(threads)}")
    connection.execute(f"SET memory_limit = '{_quoted(memory)}'")
    connection.execute("SET preserve_insertion_order = false")
    if folder:
        connection.execute(f"SET temp_directory = '{_quoted(folder)}'")


def answered(connection: duckdb.DuckDBPyConnection, text: str) -> pa.Table:
    with _plain_words():
        return connection.execute(text).to_arrow_table()


@contextmanager
def _plain_words() -> Iterator[None]:
    """A figure too large becomes an EngineError."""
    try:
        yield
    except duckdb.ConversionException as error:
        raise EngineError(f"有企业的数值大到无法计算总分，请核对数据：{error}") from error
    except duckdb.OutOfRangeException as error:
        raise EngineError(f"有企业的数值超出可计算的范围，请核对数据：{error}") from error


def evaluate_parquet(
    compiled: Compiled,
    source: Path,
    target: Path,
    *,
    backend: Backend = "duckdb",
    threads: int = 2,
    memory: str = "2GB",
    last_year: LastYear | None = None,
    trace: bool = False,
) -> Ran:
    """Parquet (rows) → Parquet (results, in no particular order). A key that is missing or repeated gives
    EngineError, and `target` stays as it was.

    `memory` bounds DuckDB's buffers; what does not fit goes to a temporary folder beside `target`.
    """
    start = time.perf_counter()
    if backend == "spark":
        from tenglong.engine.spark import evaluate_files

        count = evaluate_files(compiled, source, target, threads, memory, last_year, trace)
    else:
        count = _files(compiled, source, target, threads, memory, last_year, trace)
    return Ran(count, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


def _files(
    compiled: Compiled, source: Path, target: Path, threads: int, memory: str, last_year: LastYear | None, trace: bool
) -> int:
    """Keys are looked through beside the work: what is made of rows that must not be together never becomes `target`."""
    with (
        tempfile.TemporaryDirectory(prefix=".evaluate-", dir=target.parent) as folder,
        duckdb.connect() as connection,
        ThreadPoolExecutor(1) as beside,
    ):
        configure(connection, threads, memory, folder)
        connection.execute(f"CREATE VIEW {_ROWS} AS SELECT * FROM read_parquet('{_quoted(source)}')")  # noqa: S608 - our own text
        schema = connection.execute(f"SELECT * FROM {_ROWS} LIMIT 0").to_arrow_table().schema  # noqa: S608 - our own text
        _has_key(schema.names)
        checked = beside.submit(keys.check, connection.cursor(), _ROWS)
        text = _text(compiled, schema, last_year, trace, words=True)
        made = Path(folder) / "results.parquet"
        try:
            with _plain_words():
                done = connection.execute(f"COPY ({text}) TO '{_quoted(made)}' ({_PARQUET})").fetchone()
        finally:
            checked.result()
        made.replace(target)
        return int(done[0]) if done else 0


def _quoted(path: Path | str) -> str:
    return str(path).replace("'", "''")


def benchmarks(compiled: Compiled, rows: pa.Table) -> dict[tuple[str, str], Decimal]:
    """Means of this year by (group, indicator), for every benchmark that a later year takes from them (kind last_year) or this
    year does (kind group), before any factor, in the indicator's unit, 15 digits; per industry the indicator is
    `<indicator>/<prefix>`. Where nobody has a value there is no entry. Raises PartialScheme, EngineError."""
    compiled.require("score")
    plan = Plan(compiled)
    asked = [need for need in needs(plan) if need.benchmark.mean is not None]
    if not asked:
        return {}
    table = ibis.table(ibis.Schema.from_pyarrow(plain(rows).schema), name=_ROWS)
    valid = valued(plan, placed(plan, merged(plan, filled(plan, table)).rows))
    found: dict[tuple[str, str], Decimal] = {}
    with duckdb.connect() as connection:
        connection.register(_ROWS, plain(rows))
        for need in asked:
            for prefix, value in connection.execute(duckdb_text(_mean(plan, valid, need))).fetchall():
                if value is not None:
                    found[need.group, need.indicator + (f"/{prefix}" if prefix else "")] = Decimal(f"{value:.15g}")
    return found


def _mean(plan: Plan, rows: Table, need: Need) -> Table:
    firms = plan.enterprises(rows)
    held = firms.filter(firms["grp"] == need.code)
    if need.benchmark.per == "industry":
        held = held.mutate(prefix=held["a_industry"].substr(0, need.benchmark.digits)).filter(ibis._.prefix.notnull())
        return held.group_by("prefix").aggregate(mean=mean(plan, held, need, held[f"x_{need.indicator}"].notnull()))
    found: Any = held.aggregate(mean=mean(plan, held, need, held[f"x_{need.indicator}"].notnull()))
    return found.select(prefix=ibis.literal(""), mean=found["mean"])
