"""Broken and hostile scans: one Chinese sentence each, nothing left behind."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib

import pytest
from PIL import Image

from tenglong.files import FileError
from tenglong.files.scans import PageRef, ScanLimits, read_scans, split


def refusal(path, **over) -> str:
    with pytest.raises(FileError) as caught:
        list(read_scans(path, limits=ScanLimits(**over)))
    assert re.search(r"[\u4e00-\u9fff]", caught.value.message) and caught.value.fix
    return caught.value.message


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be of this size and holds next to nothing."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_what_is_no_scan_is_refused_by_its_bytes(tmp_path):
    for name, data, word in (
        ("a.pdf", b"", "0 字节"),
        ("a.pdf", b"MZ\x90\x00" * 9, "不是扫描件"),
        ("a.jpg", b"GIF89a", "不是扫描件"),
    ):
        (tmp_path / name).write_bytes(data)
        assert word in refusal(tmp_path / name)
    assert "找不到" in refusal(tmp_path / "没有.pdf")
    assert "文件夹" in refusal(tmp_path)
    assert "没有扫描件" in refusal([])


def test_broken_pdfs_and_pictures_are_refused(tmp_path, bench):
    good = bench.printed([bench.sheet(1)])
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\n" + good[1000:1400])
    assert "损坏" in refusal(tmp_path / "a.pdf")
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    assert "损坏" in refusal(tmp_path / "b.jpg")


def test_a_locked_pdf_is_refused_as_locked(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(LOCKED)
    assert "密码" in refusal(path)


def test_a_picture_cut_short_is_one_broken_page(tmp_path, bench):
    page = bench.drawn(bench.printed([bench.sheet(1)]), 100)[0]
    page.save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "b.png").write_bytes(data[: len(data) // 2])
    first, second = read_scans([tmp_path / "b.png", tmp_path / "a.png"])
    assert first.problem == "page-broken" and "损坏" in first.detail
    assert second.payloads == (bench.sheet(1).payload(1, 1),)


def test_too_many_points_pages_bytes_are_refused(tmp_path, bench):
    (tmp_path / "a.png").write_bytes(bomb(60_000, 60_000))
    assert "百万点" in refusal(tmp_path / "a.png")
    many = bench.as_pdf([Image.new("RGB", (50, 50), "white")] * 4, tmp_path / "b.pdf")
    assert "超过 3 页" in refusal(many, pages=3)
    assert "共 8 页，超过 7 页" in refusal([many, many], pages=7)
    assert "超过 1.0 KB" in refusal(many, file_bytes=1024)


def test_zip_bombs_and_zips_in_zips_are_refused(tmp_path, bench):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.jpg", b"\xff\xd8\xff" + b"\0" * (8 << 20))
    assert "压缩炸弹" in refusal(tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        archive.writestr("里层.zip", b"PK\x03\x04")
    assert "套着压缩包" in refusal(tmp_path / "b.zip")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("../外面.jpg", b"\xff\xd8\xff")
    assert "路径跳转" in refusal(tmp_path / "c.zip")


def test_one_bad_picture_in_a_zip_is_one_broken_page(tmp_path, bench):
    bench.drawn(bench.printed([bench.sheet(1)]), 150)[0].save(tmp_path / "2.jpg")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("1.txt", "说明")
        archive.write(tmp_path / "2.jpg", "2.jpg")
    first, second = read_scans(tmp_path / "a.zip")
    assert (first.problem, first.file) == ("page-broken", "a.zip/1.txt") and "不是扫描件" in first.detail
    assert second.payloads


def test_a_page_that_kills_its_reader_is_one_broken_page(tmp_path, bench):
    """Memory for ordinary pages only: the giant in the middle is refused, its neighbours are read."""
    page = bench.drawn(bench.printed([bench.sheet(1)]), 100)[0]
    page.save(tmp_path / "1.png")
    Image.new("L", (16_000, 16_000), 255).save(tmp_path / "2.png")
    page.save(tmp_path / "3.png")
    limits = ScanLimits(page_pixels=10**9, memory_bytes=1 << 30)
    read = list(read_scans([tmp_path / f"{n}.png" for n in (1, 2, 3)], limits=limits))
    assert [one.problem for one in read] == ["", "page-broken", ""]
    assert "内存" in read[1].detail or "损坏" in read[1].detail


def test_asking_for_pages_that_are_not_there_is_refused(tmp_path, bench):
    (tmp_path / "a.pdf").write_bytes(bench.printed([bench.sheet(1)]))
    with pytest.raises(FileError, match="没有第 2 页"):
        split(tmp_path / "a.pdf", {"A": [PageRef("a.pdf", 2)]})
    with pytest.raises(FileError, match="不在这一批"):
        split(tmp_path / "a.pdf", {"A": [PageRef("b.pdf", 1)]})


#: an empty page locked with RC4 and a user password (PDF 1.4): the dictionary alone makes a reader ask for it
LOCKED = (
    b"%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    b"3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>\nendobj\n"
    b"4 0 obj\n<</Filter/Standard/V 1/R 2/O<" + b"28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A" + b">"
    b"/U<" + b"11" * 32 + b">/P -4>>\nendobj\n"
    b"trailer\n<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\nstartxref\n0\n%%EOF\n"
)
