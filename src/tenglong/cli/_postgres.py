"""Backup of a PostgreSQL record: pg_dump of one snapshot, and the row hashes of that same snapshot."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import click

from tenglong.cli import _rowhash


def dump(connection: Any, target: Path) -> dict[str, Any]:
    """Write a custom-format dump; returns row hashes taken in the same snapshot. Raises ClickException without pg_dump."""
    from django.db import transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        excluded = [f"--exclude-table-data={table}" for table in sorted(_rowhash.LEFT_OUT)]
        _tool("pg_dump", connection, ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", *excluded,
                                      f"--file={target}"])
        return _rowhash.of_tables(_raw(connection), _tables(cursor))


def restore(connection: Any, source: Path) -> None:
    """Into an empty database. Extensions that are there already (PostGIS) are left alone."""
    _tool("pg_restore", connection, ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", str(source)],
          database_flag=True)


def hashes(connection: Any) -> dict[str, Any]:
    with connection.cursor() as cursor:
        return _rowhash.of_tables(_raw(connection), _tables(cursor))


def is_empty(connection: Any) -> bool:
    with connection.cursor() as cursor:
        return not _tables(cursor)


def _raw(connection: Any) -> Any:
    """A plain cursor of the driver: values without Django's converters."""
    return connection.connection.cursor()


def _tables(cursor: Any) -> list[str]:
    """Tables of the record in the current schema; those that belong to extensions (spatial_ref_sys) are not ours."""
    cursor.execute(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace "
        "AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')"
    )
    return [row[0] for row in cursor.fetchall()]


def _tool(name: str, connection: Any, arguments: list[str], *, database_flag: bool = False) -> None:
    program = shutil.which(name)
    if program is None:
        raise click.ClickException(f"找不到 {name}，请安装 PostgreSQL 客户端（make system-deps）")
    place = connection.settings_dict
    environment = os.environ | {"PGPASSWORD": place["PASSWORD"] or ""}
    known = (("host", place["HOST"]), ("port", place["PORT"]), ("username", place["USER"]))
    flags = [f"--{flag}={value}" for flag, value in known if value]
    flags += [f"--dbname={place['NAME']}"] if database_flag else [place["NAME"]]
    done = subprocess.run([program, *flags, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise click.ClickException(f"{name} 失败：{done.stderr.strip()[-800:]}")
