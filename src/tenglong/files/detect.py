"""What a file really is: by its bytes, never by its name; a name that claims another family is refused."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from pathlib import Path
from typing import Final

from tenglong.files.errors import FileError

HEAD: Final = 4096
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SQLITE: Final = b"SQLite format 3\x00"
SHP: Final = b"\x00\x00\x27\x0a"
ZIPS: Final = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

LABELS: Final = {
    "xlsx": "Excel 工作簿(.xlsx)",
    "xls": "Excel 97/WPS 表格(.xls、.et)",
    "csv": "文本表格(.csv)",
    "shp": "Shapefile(.shp)",
    "gpkg": "GeoPackage(.gpkg)",
    "gdb": "文件地理数据库(.gdb)",
    "geojson": "GeoJSON",
    "kml": "KML",
    "zip": "压缩包(.zip)",
}
#: extension → formats its content may have; office users rename xls, xlsx and et at will
FAMILIES: Final[dict[str, frozenset[str]]] = {
    **dict.fromkeys(("xlsx", "xlsm", "xls", "et"), frozenset({"xlsx", "xls"})),
    "csv": frozenset({"csv"}),
    "txt": frozenset({"csv"}),
    "tsv": frozenset({"csv"}),
    "shp": frozenset({"shp"}),
    "gpkg": frozenset({"gpkg"}),
    "gdb": frozenset({"gdb"}),
    "geojson": frozenset({"geojson"}),
    "json": frozenset({"geojson"}),
    "kml": frozenset({"kml"}),
    "kmz": frozenset({"zip"}),
    "zip": frozenset({"zip"}),
}
SUPPORTED: Final = "xlsx、xls、et、csv、shp、gpkg、gdb（打包成 zip）、geojson、kml，或装有它们的 zip"
#: other first bytes, to name what somebody sent by mistake
FOREIGN: Final = (
    (b"%PDF", "PDF 文档"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"MZ", "可执行程序"),
    (b"\x7fELF", "可执行程序"),
    (b"AC10", "AutoCAD 图纸(.dwg)"),
    (b"{\\rtf", "RTF 文档"),
)


def extension(name: str) -> str:
    return Path(name).suffix.lower().lstrip(".")


def detect(path: Path, name: str) -> str:
    """Format of `path`: xlsx, xls, csv, shp, gpkg, gdb, geojson, kml or zip. Raises FileError."""
    if path.is_dir():
        return _directory(path, name)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise FileError("文件是空的（0 字节）", name, "请重新导出或重新传送后再试")
    found = _binary(path, head, name) or _text(head, name)
    _agree(found, name)
    return found


def _directory(path: Path, name: str) -> str:
    if extension(name) == "gdb" and any(path.glob("*.gdbtable")):
        return "gdb"
    raise FileError(
        "这是文件夹，不是数据文件", name, "请给出文件；整个文件夹请用 tenglong import folder；.gdb 文件夹须含 .gdbtable"
    )


def _binary(path: Path, head: bytes, name: str) -> str:
    if head.startswith(ZIPS):
        return _zip_kind(path, name)
    if head.startswith(OLE):
        return "xls"
    if head.startswith(SQLITE):
        return _sqlite_kind(path, name)
    if head.startswith(SHP):
        return "shp"
    for magic, label in FOREIGN:
        if head.startswith(magic):
            raise FileError(f"这是{label}，不能导入", name, f"可导入：{SUPPORTED}")
    return ""


def _zip_kind(path: Path, name: str) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileError("压缩结构损坏，打不开", name, "请用原软件重新保存，或重新传送后再试") from error
    if "[Content_Types].xml" not in names:
        return "zip"
    if "xl/workbook.xml" in names:
        return "xlsx"
    what = "Word 文档" if any(item.startswith("word/") for item in names) else "不认识的 Office 文件"
    raise FileError(f"这是{what}，不是表格", name, "请另存为 .xlsx 后再导入")


def _sqlite_kind(path: Path, name: str) -> str:
    try:
        base = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            found = base.execute("SELECT count(*) FROM sqlite_master WHERE name = 'gpkg_contents'").fetchone()[0]
        finally:
            base.close()
    except sqlite3.DatabaseError as error:
        raise FileError("数据库文件损坏，打不开", name, "请重新导出 GeoPackage") from error
    if found:
        return "gpkg"
    raise FileError("这是 SQLite 数据库，但不是 GeoPackage", name, "请导出为 GeoPackage(.gpkg)")


def _text(head: bytes, name: str) -> str:
    plain = _start(head)
    if plain.startswith("<"):
        return _xml_kind(plain, name)
    if plain.startswith("{"):
        return _json_kind(plain, name)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FileError("文件内容不是认识的格式", name, f"可导入：{SUPPORTED}")
    return "csv"


def _start(head: bytes) -> str:
    for mark, codec in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(codec, "replace").lstrip()
    return head.decode("utf-8", "replace").lstrip()


def _xml_kind(text: str, name: str) -> str:
    body = re.sub(r"<\?.*?\?>|<!--.*?-->", "", text, flags=re.S)
    root = re.search(r"<(?:\w+:)?(\w+)", re.sub(r"<!DOCTYPE[^>\[]*(\[.*?\])?\s*>?", "", body, flags=re.S))
    tag = root.group(1) if root else ""
    if tag == "kml":
        return "kml"
    told = {
        "OGRVRTDataSource": "这是虚拟数据源(VRT)，会去读取别的文件或网络，不能导入",
        "VRTDataset": "这是虚拟数据源(VRT)，会去读取别的文件或网络，不能导入",
        "OGRWFSDataSource": "这是网络服务(WFS)的连接文件，不能导入",
        "WMS_Capabilities": "这是网络服务的描述文件，不能导入",
        "html": "这是网页，不是表格（扩展名可能被改过）",
        "Workbook": "这是 XML 表格（2003 格式）",
    }
    raise FileError(
        told.get(tag, f"这是 XML 文件（{tag or '没有根元素'}），不是 KML"),
        name,
        "请用 Excel/WPS 或 GIS 软件打开后另存为 .xlsx 或 .gpkg",
    )


def _json_kind(text: str, name: str) -> str:
    if re.search(r'"type"\s*:\s*"(FeatureCollection|Feature|GeometryCollection|(Multi)?(Point|LineString|Polygon))"', text):
        return "geojson"
    if re.search(r'"type"\s*:\s*"(Topology|gdal_)', text) or '"gdalVersion"' in text or '"esriGeometry' in text:
        raise FileError("这是别的 JSON 图形格式，不是 GeoJSON", name, "请导出为 GeoJSON（RFC 7946）或 GeoPackage")
    if '"features"' in text or len(text) > HEAD - 200:
        return "geojson"
    raise FileError("这个 JSON 文件不是 GeoJSON", name, "GeoJSON 的最外层应为 FeatureCollection")


def _agree(found: str, name: str) -> None:
    claimed = extension(name)
    if not claimed or found in FAMILIES.get(claimed, frozenset()):
        return
    if claimed in FAMILIES:
        raise FileError(
            f"扩展名与内容不符：名为 .{claimed}，内容却是{LABELS[found]}",
            name,
            f"请确认文件无误后，把扩展名改为 .{found} 再导入",
        )
    if claimed in {"dbf", "shx", "prj", "cpg"}:
        raise FileError(f"这是 Shapefile 的附属文件(.{claimed})", name, "请选择同名的 .shp，或把整套文件打包成 zip")
    raise FileError(f"不支持扩展名 .{claimed}", name, f"可导入：{SUPPORTED}")
