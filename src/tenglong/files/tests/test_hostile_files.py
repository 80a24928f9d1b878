"""Hostile and broken files: one clear Chinese sentence each, and nothing left behind."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import shapely

from tenglong import files
from tenglong.files import FileError, Limits
from tenglong.files.safe import safe_text

pytestmark = pytest.mark.usefixtures("scratch")
SMALL = Limits(unpacked_bytes=8 << 20, members=20, rows=100, columns=20, cells=2_000, sheets=3, vertices=500, cell_chars=1_000)
ROWS = [["摸排编号", "所属镇街", "面积（亩）"], ["CE-001", "曹娥街道", 3.5]]


def refusal(path, limits=SMALL, **options) -> FileError:
    with pytest.raises(FileError) as caught:
        files.read(path, limits=limits, **options)
    error = caught.value
    assert re.search(r"[\u4e00-\u9fff]", error.message)
    assert error.fix
    return error


def written(tmp_path, name, data: bytes):
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


def test_an_empty_file_is_told_as_empty(tmp_path):
    assert "0 字节" in refusal(written(tmp_path, "空.xlsx", b"")).message


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("a.pdf", b"%PDF-1.7 ...", "PDF"),
        ("a.xlsx", b"MZ\x90\x00", "可执行程序"),
        ("a.csv", b"\x00\x01\x02\x03" * 50, "不是认识的格式"),
        ("a.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        ("a.docx", None, "Word"),
        ("a.rar", b"Rar!\x1a\x07", "RAR"),
        ("a.exe", "编号,镇街\n1,2\n".encode(), "不支持扩展名"),
        ("a.dbf", b"\x03\x7a\x01\x01 plain", "Shapefile 的附属文件"),
    ],
)
def test_wrong_types_are_named(name, data, word, tmp_path, zipped):
    path = (
        zipped({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}, name)
        if data is None
        else written(tmp_path, name, data)
    )
    assert word in refusal(path).message


def test_an_extension_that_lies_about_its_family_is_refused_with_both_names(tmp_path, excel, vector):
    error = refusal(written(tmp_path, "a.xlsx", "编号,镇街\n1,曹娥\n".encode()))
    assert "扩展名与内容不符" in error.message and ".xlsx" in error.message and "文本表格" in error.message
    vector("b.gpkg", "GPKG").rename(tmp_path / "b.shp")
    assert "GeoPackage" in refusal(tmp_path / "b.shp").message
    excel(ROWS).rename(tmp_path / "c.csv")
    assert "Excel" in refusal(tmp_path / "c.csv").message


def test_a_broken_workbook_is_refused(excel, tmp_path):
    data = excel(ROWS).read_bytes()
    assert "损坏" in refusal(written(tmp_path, "截断.xlsx", data[: len(data) // 2])).message
    body = bytearray(data)
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    body[at : at + 30] = b"\xff" * 30
    assert "损坏" in refusal(written(tmp_path, "坏字节.xlsx", bytes(body))).message


def test_a_zip_whose_directory_lies_about_sizes_is_refused(zipped, tmp_path):
    data = bytearray(zipped({"a.csv": b"1,2\n" * 1000}).read_bytes())
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 10)
    assert "校验不符" in refusal(written(tmp_path, "说小.zip", bytes(data))).message
    struct.pack_into("<I", data, at + 24, 0x7FFFFFFF)
    assert "2.0 GB" in refusal(written(tmp_path, "说大.zip", bytes(data))).message
    struct.pack_into("<I", data, at + 24, 4000)
    struct.pack_into("<I", data, at + 20, 0x00FFFFFF)
    assert "假话" in refusal(written(tmp_path, "压缩后说大.zip", bytes(data))).message


def test_a_file_of_two_gigabytes_is_refused_before_it_is_opened(tmp_path):
    path = tmp_path / "大.csv"
    with path.open("wb") as file:
        file.truncate(2 << 30)
    assert "2.0 GB" in refusal(path, Limits()).message


def test_a_zip_bomb_is_refused_by_its_ratio(zipped):
    assert "压缩炸弹" in refusal(zipped({"a.csv": b"0" * (4 << 20)})).message
    many = {f"{number}.csv": b"0" * (1 << 20) for number in range(12)}
    assert "解压后" in refusal(zipped(many)).message


def test_too_many_members_are_refused(zipped):
    assert "个文件" in refusal(zipped({f"{number}.csv": b"a,b\n1,2" for number in range(30)})).message


@pytest.mark.parametrize("name", ["../../etc/cron.d/a.csv", "/etc/a.csv", "C:\\a.csv", "x/../../a.csv", "..\\..\\a.csv"])
def test_paths_in_archives_cannot_leave_their_folder(name, zipped, tmp_path):
    assert "路径跳转" in refusal(zipped({name: b"a,b\n1,2"})).message
    assert not (tmp_path.parent / "a.csv").exists()


def test_links_in_archives_are_refused(tmp_path):
    info = zipfile.ZipInfo("a.csv")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "链接.zip", "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "链接" in refusal(tmp_path / "链接.zip").message


def test_nested_archives_are_refused(zipped):
    inner = zipped({"a.csv": b"a,b\n1,2"}, "inner.zip").read_bytes()
    assert "套着压缩包" in refusal(zipped({"inner.zip": inner})).message
    assert "压缩包" in refusal(zipped({"不是表格.xlsx": inner})).message


def test_encrypted_members_are_refused(zipped, tmp_path):
    data = bytearray(zipped({"a.csv": b"a,b\n1,2"}).read_bytes())
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    assert "密码" in refusal(written(tmp_path, "密.zip", bytes(data))).message


def test_an_empty_zip_and_one_without_data_are_told(zipped):
    assert "没有文件" in refusal(zipped({})).message
    assert "没有能导入的数据" in refusal(zipped({"说明.docx": b"x"})).message


BILLION = b"""<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>"""


def test_entity_bombs_in_a_workbook_are_refused_in_every_part(excel, tmp_path):
    source = excel(ROWS)
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"):
        out = tmp_path / f"{part.replace('/', '_')}.xlsx"
        with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
            for item in old.infolist():
                data = old.read(item)
                new.writestr(item.filename, BILLION + data.split(b"?>", 1)[-1] if item.filename == part else data)
        error = refusal(out)
        assert "XML 炸弹" in error.message and part in error.where


def test_entity_bombs_in_kml_are_refused(tmp_path):
    body = BILLION + b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&b;</name></Document></kml>'
    assert "XML 炸弹" in refusal(written(tmp_path, "a.kml", body)).message
    outside = b'<!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><Document><name>&x;</name></Document></kml>'
    assert "XML 炸弹" in refusal(written(tmp_path, "b.kml", outside)).message


@pytest.mark.parametrize("name", ["a.vrt", "a.shp", "a.gpkg", "a.kml", "a.csv", "a.geojson"])
def test_virtual_sources_are_refused_under_any_name(name, tmp_path):
    body = (
        b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    )
    assert "虚拟数据源" in refusal(written(tmp_path, name, body)).message


def test_network_services_are_refused_and_network_links_are_not_followed(tmp_path):
    assert (
        "网络服务" in refusal(written(tmp_path, "a.kml", b"<OGRWFSDataSource><URL>http://x</URL></OGRWFSDataSource>")).message
    )
    link = (
        b'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>http://127.0.0.1:9/a.kml</href></Link>'
        b"</NetworkLink></Document></kml>"
    )
    assert refusal(written(tmp_path, "b.kml", link)).message
    assert "不是 GeoJSON" in refusal(written(tmp_path, "c.json", b'{"type":"gdal_streamed_alg","gdalVersion":"3"}')).message


def test_only_our_drivers_are_left_in_the_parsing_process(tmp_path):
    import subprocess
    import sys

    code = (
        "from tenglong.files.vector import shut_doors; shut_doors(); import pyogrio;"
        "print(','.join(sorted(pyogrio.list_drivers())))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    assert set(out.split(",")) <= {"ESRI Shapefile", "GPKG", "OpenFileGDB", "GeoJSON", "KML", "LIBKML", "MEM", "GPX"} | {
        "Memory"
    }


def test_a_wrong_encoding_names_the_line(tmp_path):
    error = refusal(written(tmp_path, "a.csv", "编号,镇街\n1,曹娥\n2,".encode() + b"\x81\xff\xff\n"))
    assert "编码" in error.message and "第 3 行" in error.where
    assert "没有名为" in refusal(written(tmp_path, "b.csv", b"a,b\n1,2"), encoding="klingon").message


def test_a_quote_that_is_never_closed_is_told(tmp_path):
    body = '编号,镇街\n1,"曹娥\n' + "2,东关\n" * 400
    assert "引号" in refusal(written(tmp_path, "a.csv", body.encode())).message


def test_too_many_rows_columns_and_sheets_are_refused(tmp_path, excel):
    assert "行" in refusal(written(tmp_path, "a.csv", b"a,b\n" + b"1,2\n" * 200)).message
    assert "列" in refusal(written(tmp_path, "b.csv", b",".join([b"a"] * 30) + b"\n" + b",".join([b"1"] * 30))).message
    path = excel(ROWS)
    import openpyxl

    book = openpyxl.load_workbook(path)
    for number in range(5):
        book.create_sheet(f"表{number}").append(["a", "b"])
    book.save(path)
    assert "工作表" in refusal(path).message


def test_a_sheet_that_claims_a_corner_cell_far_away_does_not_eat_the_memory(excel, tmp_path):
    import openpyxl

    path = excel(ROWS)
    book = openpyxl.load_workbook(path)
    book.active["XFD1048576"] = "x"
    book.save(path)
    assert refusal(path, replace(Limits(), memory_bytes=1 << 30)).message


def test_time_and_memory_limits_stop_the_child(tmp_path):
    path = written(tmp_path, "a.csv", b"a,b\n" + b"1,2\n" * 400_000)
    assert "秒" in refusal(path, replace(Limits(), wall_seconds=0)).message
    assert "内存" in refusal(path, replace(Limits(), memory_bytes=180 << 20)).message


def test_a_ring_of_200_000_vertices_rejects_its_row_only(vector):
    angles = np.linspace(0, 2 * np.pi, 200_000, endpoint=False)
    ring = shapely.Polygon(np.column_stack([120.9 + 0.01 * np.cos(angles), 30 + 0.01 * np.sin(angles)]))
    table = files.read(vector("大环.gpkg", "GPKG", shapes=[shapely.box(120, 30, 120.1, 30.1), ring]))[0]
    assert len(table.rows) == 2
    assert table.geometry[0] is not None and table.geometry[1] is None
    assert [(fault.row, fault.rule) for fault in table.faults] == [(2, "geometry-too-many-vertices")]
    assert "200,001" in table.faults[0].message


def test_nan_and_infinite_coordinates_reject_their_rows_only(vector):
    bad = [
        shapely.from_wkb(shapely.to_wkb(shapely.Polygon([(120, 30), (120.1, 30), (120.1, value), (120, 30)])))
        for value in (float("nan"), float("inf"))
    ]
    table = files.read(vector("坏坐标.gpkg", "GPKG", shapes=[shapely.box(120, 30, 120.1, 30.1), *bad]))[0]
    assert [(fault.row, fault.rule) for fault in table.faults] == [(2, "non-finite-coordinates"), (3, "non-finite-coordinates")]


def test_a_shapefile_without_its_table_is_told_what_to_send(vector):
    path = vector("地块.shp", "ESRI Shapefile")
    path.with_suffix(".dbf").unlink()
    assert ".dbf" in refusal(path).message


@pytest.mark.parametrize(
    ("name", "driver"), [("a.shp", "ESRI Shapefile"), ("a.gpkg", "GPKG"), ("a.geojson", "GeoJSON"), ("a.kml", "LIBKML")]
)
def test_random_damage_never_crashes_the_caller(name, driver, vector):
    path = vector(name, driver)
    clean = path.read_bytes()
    random = np.random.default_rng(7)
    for _ in range(3):
        data = bytearray(clean)
        for at in random.integers(100, len(data), 60):
            data[at] = int(random.integers(0, 256))
        path.write_bytes(bytes(data))
        try:
            assert files.read(path, limits=SMALL)
        except FileError as error:
            assert re.search(r"[\u4e00-\u9fff]", error.message)


def test_formula_text_stays_text_on_the_way_in(tmp_path, excel):
    path = written(tmp_path, "a.csv", "编号,名称\n1,\"=cmd|' /C calc'!A0\"\n".encode())
    assert files.read(path)[0].rows[0][1] == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
def test_formula_text_is_made_harmless_on_the_way_out(text):
    assert safe_text(text) == f"'{text}"


def test_ordinary_text_is_left_alone_on_the_way_out():
    assert [safe_text(text) for text in ("曹娥街道", "-", "3-1", "")] == ["曹娥街道", "-", "3-1", ""]
