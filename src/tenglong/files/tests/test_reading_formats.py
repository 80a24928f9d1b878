"""Every format is written, read back, and says the same."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import shapely

from tenglong import files
from tenglong.files import FileError

HEADINGS = ("摸排编号", "所属镇街", "占地面积（亩）", "调查日期")
ROW = ["CE-001", "曹娥街道", "11.223200", "2017年01月03日"]


def test_excel_keeps_text_as_text_and_dates_as_dates(excel, scratch):
    table = files.read(
        excel([HEADINGS, ["CE-001", "曹娥街道", "11.223200", datetime(2017, 1, 3)], ["CE-002", None, 12.5, None]])
    )[0]
    assert (table.name, table.format, table.columns, list(table.row_numbers)) == ("摸排", "xlsx", HEADINGS, [2, 3])
    assert table.rows[0][:3] == ("CE-001", "曹娥街道", "11.223200")
    assert table.rows[0][3] in (datetime(2017, 1, 3), date(2017, 1, 3))
    assert table.rows[1] == ("CE-002", None, 12.5, None)


def test_headings_below_merged_titles_are_found_and_row_numbers_stay_those_of_excel(excel, scratch):
    rows = [["某县工业用地摸排表"], ["填报单位：", "曹娥街道"], HEADINGS, ROW, [], ["CE-002", *ROW[1:]]]
    table = files.read(excel(rows, merges=["A1:D1"]))[0]
    assert table.columns == HEADINGS
    assert table.header_row == 3
    assert list(table.row_numbers) == [4, 6]


def test_repeated_headings_stay_apart_by_position(excel, scratch):
    table = files.read(excel([["土地用途", "面积", "土地用途"], ["工业用地", 1.0, "工业用地（第二列）"]]))[0]
    assert table.columns == ("土地用途", "面积", "土地用途")
    assert table.rows[0][2] == "工业用地（第二列）"


def test_grouped_headings_in_two_rows_are_joined(excel, scratch):
    rows = [["编号", "面积（亩）", None, "镇街"], [None, "证载", "实测", None], ["A1", 10.0, 11.0, "曹娥街道"]]
    table = files.read(excel(rows, merges=["A1:A2", "B1:C1", "D1:D2"]))[0]
    assert table.columns == ("编号", "面积（亩）证载", "面积（亩）实测", "镇街")
    assert list(table.row_numbers) == [3]


def test_a_cell_merged_over_rows_speaks_for_all_of_them(excel, scratch):
    rows = [HEADINGS, ROW, ["CE-002", None, "3", "2017-01-04"], ["CE-003", None, "4", "2017-01-05"]]
    table = files.read(excel(rows, merges=["B2:B4"]))[0]
    assert [row[1] for row in table.rows] == ["曹娥街道"] * 3
    assert "合并单元格" in table.notes[0]


def test_old_excel_and_et_are_read_by_content(old_excel, tmp_path, scratch):
    rows = [list(HEADINGS), ["CE-001", "曹娥街道", 11.2232, "2017-01-03"]]
    for name in ("旧表.xls", "金山表格.et"):
        table = files.read(old_excel(rows, name))[0]
        assert table.format == "xls"
        assert table.rows == [("CE-001", "曹娥街道", 11.2232, "2017-01-03")]


def test_an_xlsx_renamed_to_xls_is_read(excel, scratch):
    assert files.read(excel([HEADINGS, ROW], "改过名.xls"))[0].format == "xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_every_encoding_and_delimiter(encoding, delimiter, tmp_path, scratch):
    path = tmp_path / "地块.csv"
    path.write_text("\r\n".join(delimiter.join(row) for row in (HEADINGS, ROW)), encoding=encoding)
    table = files.read(path)[0]
    assert table.columns == HEADINGS
    assert list(table.rows[0]) == ROW


def test_quoted_line_breaks_stay_inside_their_cell(tmp_path, scratch):
    path = tmp_path / "a.csv"
    path.write_text('编号,说明\nA1,"第一行\n第二行"\nA2,"有""引号"""\n', encoding="utf-8")
    assert files.read(path)[0].rows == [("A1", "第一行\n第二行"), ("A2", '有"引号"')]


@pytest.mark.parametrize(
    ("name", "driver", "encoding"),
    [
        ("地块.shp", "ESRI Shapefile", "UTF-8"),
        ("plots.shp", "ESRI Shapefile", "GB18030"),
        ("地块.gpkg", "GPKG", None),
        ("地块.geojson", "GeoJSON", None),
        ("地块.kml", "LIBKML", None),
    ],
)
def test_vector_formats_give_the_same_rows_and_shapes(name, driver, encoding, vector, scratch):
    table = files.read(vector(name, driver, encoding))[0]
    number, town = table.columns.index("TBBH"), table.columns.index("XZQMC")
    assert [row[number] for row in table.rows] == ["CE-0", "CE-1"]
    assert [row[town] for row in table.rows] == ["曹娥街道"] * 2
    assert shapely.get_type_id(table.geometry).tolist() == [3, 3]
    assert shapely.equals_exact(
        shapely.normalize(table.geometry[0]), shapely.normalize(shapely.box(120.87, 30.02, 120.874, 30.023)), 1e-9
    )
    assert table.crs in {"EPSG:4490", "EPSG:4326"}
    assert list(table.row_numbers) == [1, 2]


def test_gbk_attributes_without_cpg_are_detected(vector, scratch):
    path = vector("plots.shp", "ESRI Shapefile", "GB18030")
    path.with_suffix(".cpg").unlink(missing_ok=True)
    table = files.read(path)[0]
    assert table.rows[0][table.columns.index("XZQMC")] == "曹娥街道"
    assert any("GB18030" in note for note in table.notes)


def test_a_cpg_that_lies_is_not_believed(vector, scratch):
    path = vector("plots.shp", "ESRI Shapefile", "GB18030")
    path.with_suffix(".cpg").write_text("UTF-8")
    table = files.read(path)[0]
    assert table.rows[0][table.columns.index("XZQMC")] == "曹娥街道"


def test_geojson_crs_member_is_honoured(tmp_path, scratch):
    path = tmp_path / "a.geojson"
    path.write_text(
        '{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4549"}},"features":[{"type":"Feature",'
        '"properties":{"编号":"A1"},"geometry":{"type":"Polygon","coordinates":[[[584000,3322000],[584100,3322000],[584100,3322200],'
        "[584000,3322200],[584000,3322000]]]}}]}",
        encoding="utf-8",
    )
    table = files.read(path)[0]
    assert table.crs == "EPSG:4549"
    assert table.geometry[0].area == pytest.approx(20_000)


def test_zipped_shapefile_and_zipped_geodatabase_are_read(vector, tmp_path, scratch):
    vector("地块.shp", "ESRI Shapefile", "GB18030")
    vector("county.gdb", "OpenFileGDB", layer="地块")
    for name, parts in (("shp.zip", tmp_path.glob("地块.*")), ("county.gdb.zip", (tmp_path / "county.gdb").iterdir())):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for part in list(parts):
                archive.write(part, part.relative_to(tmp_path))
    for name, format in (("shp.zip", "shp"), ("county.gdb.zip", "gdb")):
        table = files.read(tmp_path / name)[0]
        assert (table.format, len(table.rows)) == (format, 2)
        assert table.rows[1][table.columns.index("XZQMC")] == "曹娥街道"
    assert files.read(tmp_path / "county.gdb")[0].format == "gdb"


def test_a_zip_may_hold_several_files_with_gbk_names(tmp_path, scratch):
    path = tmp_path / "包.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("AAAA.csv", "BBBB.csv"):
            archive.writestr(name, ",".join(HEADINGS) + "\n" + ",".join(ROW))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"AAAA", "企业".encode("gb18030")).replace(b"BBBB", "地块".encode("gb18030")))
    assert sorted(table.source for table in files.read(path)) == ["包.zip/企业.csv", "包.zip/地块.csv"]


def test_a_sheet_can_be_picked_and_a_wrong_name_lists_those_there_are(excel, scratch):
    path = excel([HEADINGS, ROW])
    assert files.read(path, layer="摸排")[0].name == "摸排"
    with pytest.raises(FileError, match="没有名为“汇总”的工作表.*摸排"):
        files.read(path, layer="汇总")


def test_reading_a_geopackage_leaves_nothing_beside_it(vector, tmp_path, scratch):
    path = vector("地块.gpkg", "GPKG")
    before = sorted(item.name for item in tmp_path.iterdir())
    files.read(path)
    assert sorted(item.name for item in tmp_path.iterdir()) == before


def test_real_deals_are_read_whole():
    path = _shared("land_deals_industrial_2017-01.xlsx")
    table = files.read(path)[0]
    assert (len(table.rows), len(table.columns), table.row_numbers[0], table.row_numbers[-1]) == (745, 27, 2, 746)
    assert table.columns.count("土地用途") == 2
    assert table.rows[0][4] == "11.223200"


def _shared(name: str) -> Path:
    import os

    root = os.environ.get("TENGLONG_SHARED_DATA") or Path(__file__).resolve().parents[5] / "shared" / "data"
    path = Path(root) / name
    if not path.exists():
        pytest.skip(f"real input {name} is not on this machine (set TENGLONG_SHARED_DATA)")
    return path
