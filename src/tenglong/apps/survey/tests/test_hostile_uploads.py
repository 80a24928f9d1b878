"""Hostile files through the upload page: a clear sentence, an audit entry, and nothing left behind."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
import shapely
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tenglong.apps.audit.models import AuditEntry
from tenglong.apps.registry.models import PlotVersion
from tenglong.apps.survey import intake
from tenglong.apps.survey.models import ImportBatch, StagedIssue, StagedRow, State

HAN = re.compile(r"[\u4e00-\u9fff]")
VRT = b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
BILLION = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
KML = BILLION + b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&b;</name></Document></kml>'


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def kept() -> list[Path]:
    """Files below files/, drafts included."""
    folder = Path(settings.TENGLONG_HOME) / "files"
    return [path for path in folder.rglob("*") if path.is_file()] if folder.exists() else []


def post(client: Any, name: str, body: bytes, kind: str = "plots") -> Any:
    return client.post(reverse("survey:upload"), {"kind": kind, "file": SimpleUploadedFile(name, body)})


def refusals() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="survey.refuse"))


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.TENGLONG_HOME = tmp_path
    return tmp_path


@pytest.mark.parametrize(
    ("name", "body", "word"),
    [
        ("空.xlsx", b"", "0 字节"),
        ("坏.exe", b"MZ\x90\x00", "不认识"),
        ("源.vrt", VRT, "不认识"),
        ("a.shp", b"\x00\x00\x27\x0a", "单独一个 .shp"),
        ("../../etc/cron.d/坏", b"x", "没有扩展名"),
    ],
)
def test_a_file_refused_at_the_door_leaves_only_an_audit_entry(
    cast: Any, sign_in: Any, home: Path, name: str, body: bytes, word: str
) -> None:
    page = post(sign_in(cast.officer), name, body)
    assert page.status_code == 400 and word in page.content.decode()
    assert not ImportBatch.objects.exists() and kept() == []
    [entry] = refusals()
    assert word in entry.reason and entry.result == "refused"


def test_a_file_beyond_the_limit_is_refused_and_never_wholly_stored(
    cast: Any, sign_in: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LARGEST_BYTES", 1 << 20)
    stored: list[int] = []
    write = intake._write

    def measured(upload: Any, draft: Path) -> tuple[str, int]:
        stored.append(upload.file.seek(0, io.SEEK_END))
        upload.file.seek(0)
        return write(upload, draft)

    monkeypatch.setattr(intake, "_write", measured)
    page = post(sign_in(cast.officer), "大.csv", b"a,b\n" * (1 << 20))
    assert page.status_code == 400 and "文件超过 1 MB" in page.content.decode()
    assert not ImportBatch.objects.exists() and kept() == [] and len(refusals()) == 1
    assert stored and stored[0] < 2 << 20


@pytest.mark.parametrize(
    ("name", "make", "word"),
    [
        ("谎.xlsx", lambda: "编号,镇街\n1,曹娥\n".encode(), "扩展名与内容不符"),
        ("炸.zip", lambda: zipped({"a.csv": b"0" * (64 << 20)}), "压缩炸弹"),
        ("跳.zip", lambda: zipped({"../../etc/cron.d/a.csv": b"a,b\n1,2"}), "路径跳转"),
        ("虚.csv", lambda: VRT, "虚拟数据源"),
        ("虚.kml", lambda: VRT, "虚拟数据源"),
        ("实体.kml", lambda: KML, "XML 炸弹"),
        ("断.xlsx", lambda: b"PK\x03\x04 no", "损坏"),
    ],
)
def test_a_file_that_cannot_be_read_is_removed_and_its_batch_says_why(
    cast: Any, sign_in: Any, home: Path, divisions: None, enter: Any, name: str, make: Callable[[], bytes], word: str
) -> None:
    client = sign_in(cast.officer)
    assert post(client, name, make()).status_code == 302
    batch = enter(ImportBatch.objects.get())
    assert batch.state == State.REJECTED and word in batch.problem
    shown = client.get(reverse("survey:batch", args=[batch.ulid])).content.decode()
    assert "读不出来" in shown and word in shown
    assert HAN.search(batch.job.message)
    assert kept() == [] and not StagedRow.objects.exists() and not PlotVersion.objects.exists()
    [entry] = refusals()
    assert entry.batch_id == batch.pk and word in entry.reason
    assert not (home.parent / "etc").exists()


def test_formula_cells_come_in_as_text_and_go_out_harmless(
    cast: Any, sign_in: Any, home: Path, to_preview: Any, line: Any, csv_file: Any
) -> None:
    batch = to_preview(cast.officer, csv_file(line(1, name="=cmd|' /C calc'!A0", area="不详")))
    assert StagedRow.objects.get(batch=batch).values["name"] == "=cmd|' /C calc'!A0"
    answer = sign_in(cast.officer).get(reverse("survey:annotated", args=[batch.ulid]))
    sheets = openpyxl.load_workbook(io.BytesIO(answer.content))
    cells = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert any("calc" in str(cell.value) for cell in cells)


def ring(points: int, bad: float | None = None) -> bytes:
    """GeoJSON with a good plot and one whose ring has `points` corners, or a corner that is no number."""
    angles = np.linspace(0, 2 * np.pi, points, endpoint=False)
    corners = np.column_stack([120.9 + 0.01 * np.cos(angles), 30 + 0.01 * np.sin(angles)])
    body = shapely.to_geojson(shapely.Polygon(corners)).encode()
    if bad is not None:
        body = b'{"type":"Polygon","coordinates":[[[120,30],[120.1,30],[120.1,NaN],[120,30]]]}'
    good = shapely.to_geojson(shapely.box(120.80, 30.0, 120.801, 30.001)).encode()
    row = '{"type":"Feature","properties":{"摸排编号":"%s","所属镇街":"百官街道","地块名称":"厂"},"geometry":'
    features = [(row % number).encode() + shape + b"}" for number, shape in (("A-1", good), ("A-2", body))]
    return b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"


@pytest.mark.parametrize(
    ("points", "bad", "rule"),
    [(200_000, None, "geometry-too-many-vertices"), (4, float("nan"), "non-finite-coordinates")],
)
def test_a_monstrous_shape_rejects_its_row_and_lets_the_others_in(
    cast: Any, home: Path, to_preview: Any, points: int, bad: float | None, rule: str
) -> None:
    batch = to_preview(cast.officer, SimpleUploadedFile("大环.geojson", ring(points, bad)), crs="EPSG:4326")
    assert batch.state == State.PREVIEW, batch.problem
    assert batch.counts["new"] == 1 and batch.counts["rejected"] == 1
    issue = StagedIssue.objects.get(batch=batch, severity="error")
    assert issue.rule == rule and issue.key.endswith("A-2") and HAN.search(issue.message)
