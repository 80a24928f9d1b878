"""Small files of every format, written by the tests themselves."""

from __future__ import annotations

import io
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

HEADINGS = ["摸排编号", "所属镇街", "占地面积（亩）", "调查日期"]
SQUARES = [shapely.box(120.870, 30.020, 120.874, 30.023), shapely.box(120.880, 30.020, 120.884, 30.023)]


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files of the reader go here; whatever a test does, it must be empty again afterwards."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def excel(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Sequence[Sequence[Any]], name: str = "地块.xlsx", merges: Sequence[str] = (), title: str = "摸排") -> Path:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = title
        for row in rows:
            sheet.append(list(row))
        for merge in merges:
            sheet.merge_cells(merge)
        book.save(tmp_path / name)
        return tmp_path / name

    return write


@pytest.fixture
def zipped(tmp_path: Path) -> Callable[..., Path]:
    def write(members: dict[str, bytes], name: str = "包.zip") -> Path:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, data in members.items():
                archive.writestr(member, data)
        return tmp_path / name

    return write


@pytest.fixture
def vector(tmp_path: Path) -> Callable[..., Path]:
    """Two squares with number, town and area in EPSG:4490 (EPSG:4326 for kml and geojson)."""

    def write(name: str, driver: str, encoding: str | None = None, shapes: Sequence[Any] = SQUARES, **options: Any) -> Path:
        columns = {
            "TBBH": np.array([f"CE-{number}" for number in range(len(shapes))], dtype=object),
            "XZQMC": np.array(["曹娥街道"] * len(shapes), dtype=object),
            "TBMJ": np.array([128321.62] * len(shapes)),
        }
        crs = "EPSG:4326" if driver in {"GeoJSON", "LIBKML"} else "EPSG:4490"
        pyogrio.raw.write(
            tmp_path / name,
            shapely.to_wkb(np.array(shapes, dtype=object)),
            list(columns.values()),
            list(columns),
            driver=driver,
            geometry_type="Polygon",
            crs=crs,
            encoding=encoding,
            **options,
        )
        return tmp_path / name

    return write


@pytest.fixture
def old_excel(tmp_path: Path) -> Callable[..., Path]:
    def write(rows: Sequence[Sequence[Any]], name: str = "旧表.xls") -> Path:
        (tmp_path / name).write_bytes(_compound(_biff(rows)))
        return tmp_path / name

    return write


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _biff(rows: Sequence[Sequence[Any]]) -> bytes:
    """One sheet of BIFF8 ([MS-XLS]): labels and numbers only."""
    title = "摸排".encode("utf-16-le")
    begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    tail = _record(0x000A)
    bound_size = 4 + 8 + len(title)
    offset = len(_record(0x0809, begin)) + bound_size + len(tail)
    bound = _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(title) // 2, 1) + title)
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                text = cell.encode("utf-16-le")
                sheet += _record(0x0204, place + struct.pack("<HB", len(text) // 2, 1) + text)
            else:
                sheet += _record(0x0203, place + struct.pack("<d", cell))
    return _record(0x0809, begin) + bound + tail + sheet + tail


def _compound(stream: bytes) -> bytes:
    """A compound file ([MS-CFB], version 3) with the one stream `Workbook`."""
    data = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(data) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = struct.pack("<128I", *(fat + [0xFFFFFFFF] * (128 - len(fat))))
    head = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 16
        + struct.pack("<HHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)
    )
    head += b"\xff" * (512 - len(head))
    folder = _entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + _entry("Workbook", 2, 0xFFFFFFFF, 2, len(data)) + b"\0" * 256
    return head + table + folder + data


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + b"\0" * 36 + struct.pack("<IQ", start, size)


def zip_bytes(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()
