"""What an answer says and what a request wrote."""

from __future__ import annotations

import contextlib
import io
import re
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext


def spoken(answer: Any) -> str:
    """Everything in an answer as text: headers, page, cells of a workbook, rows of a GeoPackage, attributes of a tile."""
    body = answer.getvalue() if answer.streaming else answer.content
    head = "\n".join(f"{key}: {value}" for key, value in answer.headers.items())
    cookies = answer.cookies.output()
    return "\n".join([_unquoted(head), cookies, _body(str(answer.headers.get("Content-Type", "")), body)])


def _unquoted(text: str) -> str:
    from urllib.parse import unquote

    return text + "\n" + unquote(text)


def _body(mime: str, body: bytes) -> str:
    if body[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    if body[:15] == b"SQLite format 3":
        return _geopackage(body)
    if "vector-tile" in mime:
        import mapbox_vector_tile

        return str(mapbox_vector_tile.decode(body)) if body else ""
    text = body.decode("utf-8", "replace")
    return text + re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), text) if "json" in mime else text


def _geopackage(body: bytes) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.gpkg"
        path.write_bytes(body)
        with contextlib.closing(sqlite3.connect(path)) as base:
            names = [row[0] for row in base.execute("select name from sqlite_master where type = 'table'")]
            plain = [name for name in names if not name.startswith("rtree_")]
            rows = [str(row) for name in plain for row in base.execute(f'select * from "{name}"')]
    return "\n".join(rows) + body.decode("utf-8", "ignore")  # also what deleted pages still hold


# what a request wrote ----------------------------------------------------------------------------------------------------
#: tables that any request may touch: the session, when it was last seen, failed log-ins
OWN_TABLES = ("django_session", "accounts_usersession", "axes_")
WRITE = re.compile(r'\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.I)


@contextlib.contextmanager
def watched() -> Iterator[list[str]]:
    """Tables written inside the block, the session's own left out."""
    written: list[str] = []
    with CaptureQueriesContext(connection) as seen:
        yield written
    for query in seen.captured_queries:
        if (found := WRITE.match(query["sql"])) and not found[1].startswith(OWN_TABLES):
            written.append(found[1])


def fingerprint() -> dict[str, int]:
    """A hash of every row of every table of ours, sessions left out."""
    from django.apps import apps

    ours = [model for model in apps.get_models() if model.__module__.startswith("tenglong.")]
    kept = [model for model in ours if not model._meta.db_table.startswith(OWN_TABLES)]
    return {model._meta.label: hash(str(list(model._default_manager.order_by("pk").values_list()))) for model in kept}


@contextlib.contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves the database as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
