"""Many rows at once: reserved ids, then one executemany (SQLite) or COPY (PostgreSQL)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Any

import orjson
from django.db import connection, models

Row = Sequence[Any]
Convert = Callable[[Any], Any]
#: rows handed to the driver at a time, so that memory does not follow the size of the import
CHUNK = 5_000
#: values in one INSERT of SQLite
VALUES = 120


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """`count` new primary keys, ascending, that nobody else will get. Call inside a write transaction."""
    if count <= 0:
        return []
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
            return sorted(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0)", [table])
        first = cursor.fetchone()[0] + 1
        _advance(cursor, table, first + count - 1)
    return list(range(first, first + count))


def _advance(cursor: Any, table: str, last: int) -> None:
    """Move SQLite's AUTOINCREMENT mark, so that a later reservation in the same transaction starts behind this one."""
    cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s", [last, table])
    if not cursor.rowcount:
        cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, last])


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert `rows` (values in the order of `columns`, which are field attnames). Returns how many.

    Columns that are left out get the model's default, else "" for text. Dates, JSON and booleans are converted;
    everything else must already have its database type. Raises IntegrityError as the database does.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    given = [fields[name] for name in columns]
    missing = [field for name, field in fields.items() if name not in columns and not field.primary_key]
    makers = [_default_of(field) for field in missing]
    converts = [*(_converter(field) for field in given), *[None] * len(missing)]
    names = [str(field.column) for field in [*given, *missing]]
    return _write(model._meta.db_table, names, _converted(_filled(rows, makers), converts))


def update_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """`rows` are (id, value of each column…): one UPDATE by primary key each, by executemany. Returns how many."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    converts = [_converter(fields[name]) for name in columns]
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(str(fields[name].column))} = %s" for name in columns)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {sets} WHERE {quote('id')} = %s"  # noqa: S608
    return _many(sql, ((*row[1:], row[0]) for row in _converted(rows, [None, *converts])))


def copy_rows(model: type[models.Model], columns: Sequence[str], rows: Iterable[Row]) -> int:
    """`rows` are (id of the row to copy, value of each column…): insert a copy of each with these columns replaced."""
    fields = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    converts = [_converter(fields[name]) for name in columns]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    rest = [quote(str(field.column)) for name, field in fields.items() if name not in columns]
    names = ", ".join([*(quote(str(fields[name].column)) for name in columns), *rest])
    values = ", ".join([*(_place(fields[name]) for name in columns), *rest])
    sql = f"INSERT INTO {table} ({names}) SELECT {values} FROM {table} WHERE {quote('id')} = %s"  # noqa: S608
    return _many(sql, ((*row[1:], row[0]) for row in _converted(rows, [None, *converts])))


def _place(field: models.Field[Any, Any]) -> str:
    """PostgreSQL wants to know the type of a value that stands in a SELECT."""
    return f"CAST(%s AS {field.db_type(connection)})" if connection.vendor == "postgresql" else "%s"


def execute_many(sql: str, rows: Iterable[Row]) -> int:
    """Plain executemany in chunks; `%s` places."""
    return _many(sql, rows)


def _many(sql: str, rows: Iterable[Row]) -> int:
    total = 0
    with connection.cursor() as cursor:
        for chunk in chunks(rows, CHUNK):
            cursor.executemany(sql, chunk)
            total += len(chunk)
    return total


def chunks(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """`rows` in lists of at most `size`."""
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _write(table: str, names: Sequence[str], rows: Iterable[Row]) -> int:
    quote = connection.ops.quote_name
    listed = ", ".join(quote(name) for name in names)
    if connection.vendor == "postgresql":
        return _copy(f"COPY {quote(table)} ({listed}) FROM STDIN", rows)
    return _many_at_once(f"INSERT INTO {quote(table)} ({listed}) VALUES ", len(names), rows)  # noqa: S608


def _many_at_once(head: str, width: int, rows: Iterable[Row]) -> int:
    """Several rows per statement: SQLite begins and ends each one, and notes the last AUTOINCREMENT number, at a price."""
    each = max(1, VALUES // width)
    one = f"({', '.join(['%s'] * width)})"
    total = 0
    with connection.cursor() as cursor:
        for chunk in chunks(rows, CHUNK):
            whole = len(chunk) - len(chunk) % each
            flat = list(chain.from_iterable(chunk[:whole]))
            step = each * width
            if whole:
                cursor.executemany(head + ", ".join([one] * each), [flat[at : at + step] for at in range(0, len(flat), step)])
            if whole < len(chunk):
                cursor.executemany(head + one, chunk[whole:])
            total += len(chunk)
    return total


def _copy(sql: str, rows: Iterable[Row]) -> int:
    total = 0
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
            total += 1
    return total


def _converted(rows: Iterable[Row], converts: Sequence[Convert | None]) -> Iterator[Row]:
    """Only the columns that need it are touched: most hold plain text and integers."""
    busy = [(index, convert) for index, convert in enumerate(converts) if convert is not None]
    for row in rows:
        out = list(row)
        for index, convert in busy:
            out[index] = convert(out[index])
        yield out


def _filled(rows: Iterable[Row], makers: Sequence[Callable[[], Any] | Any]) -> Iterator[Row]:
    """Rows with their defaults behind; constants are not computed again for each row."""
    if not any(callable(make) for make in makers):
        rest = tuple(makers)
        return ((*row, *rest) for row in rows)
    return ((*row, *(make() if callable(make) else make for make in makers)) for row in rows)


def _default_of(field: models.Field[Any, Any]) -> Callable[[], Any] | Any:
    """A constant as it enters the database, or a function that makes one per row."""
    convert = _converter(field) or (lambda value: value)
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return lambda: convert(field.pre_save(field.model(), add=True))
    if field.has_default():
        default = field.default
        if callable(default) and default not in (dict, list):
            return lambda: convert(default())
        return convert(default() if callable(default) else default)
    return None if field.null else ""


def _converter(field: models.Field[Any, Any]) -> Convert | None:
    """How a Python value of `field` enters the database; None when it enters as it is."""
    if isinstance(field, models.JSONField):
        return lambda value: None if value is None else orjson.dumps(value, default=_plain).decode()
    if connection.vendor == "postgresql":
        return None
    if isinstance(field, models.DateTimeField):
        return lambda value: connection.ops.adapt_datetimefield_value(value)
    if isinstance(field, models.DateField):
        return _iso
    return None


@lru_cache(maxsize=4096)
def _iso(value: date | None) -> str | None:
    """Rows of one import share a handful of dates."""
    return value.isoformat() if value is not None else None


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal | date | datetime):
        return str(value)
    raise TypeError(f"{type(value).__name__} 不能写入 JSON")
