"""Small surveys as files, and the three steps as one call."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

TOWNS = {"百官街道": "330604001", "曹娥街道": "330604002"}
HEAD = "摸排编号,所属镇街,地块名称,现状,实测面积（亩）,证载面积（亩）,WKT"


def square(column: int, side: float = 0.001, row: int = 0) -> str:
    """A square of about 96 × 111 m, west of the next one."""
    x, y = 120.80 + column * 0.002, 30.00 + row * 0.002
    points = [(x, y), (x + side, y), (x + side, y + side), (x, y + side), (x, y)]
    return '"POLYGON((' + ", ".join(f"{a:.6f} {b:.6f}" for a, b in points) + '))"'


def line_text(
    number: int, town: str = "百官街道", name: str = "", status: str = "在用", area: str = "16.00", stated: str = ""
) -> str:
    return f"BG-{number:03d},{town},{name or f'{number} 号厂区'},{status},{area},{stated},{square(number)}"


@pytest.fixture
def divisions(db: None) -> None:
    from tenglong.apps.registry.models import Division

    for name, code in TOWNS.items():
        Division.objects.create(code=code, name=name, level="town", parent_code="330604", valid_from="2014-01-01")


@pytest.fixture
def csv_file() -> Callable[..., SimpleUploadedFile]:
    def make(*lines: str, head: str = HEAD, name: str = "摸排.csv") -> SimpleUploadedFile:
        return SimpleUploadedFile(name, ("\n".join([head, *lines]) + "\n").encode("utf-8-sig"))

    return make


@pytest.fixture
def xlsx_file() -> Callable[..., SimpleUploadedFile]:
    def make(head: list[str], *rows: list[Any], name: str = "摸排.xlsx") -> SimpleUploadedFile:
        import xlsxwriter

        out = io.BytesIO()
        with xlsxwriter.Workbook(out) as book:
            sheet = book.add_worksheet("Sheet1")
            for at, row in enumerate([head, *rows]):
                sheet.write_row(at, 0, row)
        return SimpleUploadedFile(name, out.getvalue())

    return make


def run_job(batch: Any) -> Any:
    """Run the batch's queued job here and read the batch again."""
    from tenglong.apps.jobs import service as jobs
    from tenglong.apps.jobs.models import Job

    done = jobs.run_now(Job.objects.get(ulid=batch.job_ulid))
    batch.refresh_from_db()
    batch.job = done
    return batch


@pytest.fixture
def to_mapping(divisions: None) -> Callable[..., Any]:
    """Upload and read: the batch stands at its mapping."""
    from tenglong.apps.survey import service

    def go(actor: Any, file: Any, kind: str = "plots", **rest: Any) -> Any:
        return run_job(service.upload(actor, kind, file, **rest))

    return go


@pytest.fixture
def to_preview(to_mapping: Callable[..., Any]) -> Callable[..., Any]:
    from tenglong.apps.survey import service

    def go(actor: Any, file: Any, kind: str = "plots", crs: str = "EPSG:4490", **rest: Any) -> Any:
        batch = to_mapping(actor, file, kind, **rest)
        batch.crs = batch.crs or crs
        batch.save(update_fields=["crs"])
        service.stage(actor, batch)
        return run_job(batch)

    return go


@pytest.fixture
def to_done(to_preview: Callable[..., Any]) -> Callable[..., Any]:
    from datetime import date

    from tenglong.apps.survey import service

    def go(actor: Any, file: Any, kind: str = "plots", mode: str = "change", on: date = date(2024, 1, 1), **rest: Any) -> Any:
        batch = to_preview(actor, file, kind, **rest)
        service.confirm(actor, batch, mode, on)
        return run_job(batch)

    return go


@pytest.fixture
def enter() -> Callable[..., Any]:
    return run_job


@pytest.fixture
def line() -> Callable[..., str]:
    return line_text
