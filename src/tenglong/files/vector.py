"""Vector files, by GDAL through pyogrio, with every driver but the five we take switched off.

Runs in the child process only: `shut_doors` must be called before pyogrio is first imported.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import Any, Final

from tenglong.domain.survey.table import Cell, Fault, Table
from tenglong.files.errors import FileError, Limits
from tenglong.files.sheets import check_size
from tenglong.files.xmlcheck import check_kml

#: format → GDAL driver short names that may open it
DRIVERS: Final[dict[str, tuple[str, ...]]] = {
    "shp": ("ESRI Shapefile",),
    "gpkg": ("GPKG",),
    "gdb": ("OpenFileGDB",),
    "geojson": ("GeoJSON",),
    "kml": ("LIBKML", "KML"),
}
_AGAIN: Final = "请用 GIS 软件重新导出后再试"
#: the other vector drivers that GDAL may carry; GDAL itself needs MEM, and skips a name that it does not know
_OTHERS: Final = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRIJSON,Elasticsearch,FlatGeobuf,GDALG,GML,GPSBabel,"
    "GPX,GTFS,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,JSONFG,LVBAG,MBTiles,MVT,MapInfo File,MapML,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,"
    "OGR_GMT,OGR_PDS,OGR_VRT,OSM,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)


#: what pyogrio loads where it finds it, and this process has no use for: half a second of every read
_UNUSED: Final = ("geopandas", "pandas", "pyarrow")


def shut_doors() -> None:
    """Switch off drivers and network of GDAL by environment, and the libraries that are not used; effective when pyogrio is
    imported afterwards."""
    absent: dict[str, Any] = {name: None for name in _UNUSED if name not in sys.modules}
    sys.modules.update(absent)  # None: an import of it says that it is not there
    os.environ.update(
        {
            "OGR_SKIP": _OTHERS,
            "GDAL_DRIVER_PATH": "disable",
            "GDAL_PAM_ENABLED": "NO",
            "PROJ_NETWORK": "OFF",
            "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": ".none",
            "GDAL_HTTP_TIMEOUT": "1",
            "LIBKML_RESOLVE_STYLE": "NO",
            "OGR_GEOJSON_MAX_OBJ_SIZE": "200",
            "GDAL_CACHEMAX": "64",
        }
    )


def read_vector(path: Path, name: str, format: str, limits: Limits, layer: str | None, encoding: str | None) -> list[Table]:
    """One Table per layer that has rows (or the layer asked for). Raises FileError."""
    if format == "kml":
        check_kml(path, name)
    if format == "shp":
        _whole_set(path, name)
    try:
        tables = [_layer(path, name, format, limits, title, encoding) for title in _layers(path, name, format, limits, layer)]
    except FileError:
        raise
    except MemoryError:
        raise
    except Exception as error:  # GDAL's errors have many classes; the user needs one sentence
        raise FileError("图形文件损坏或内容与格式不符，读不出来", name, _AGAIN) from error
    kept = [table for table in tables if table is not None]
    if not kept:
        raise FileError("图形文件里没有要素", name, "请确认导出时选中了要素")
    return kept


def _whole_set(path: Path, name: str) -> None:
    have = {item.suffix.lower() for item in path.parent.iterdir() if item.stem == path.stem}
    lost = [suffix for suffix in (".shx", ".dbf") if suffix not in have]
    if lost:
        raise FileError(
            f"Shapefile 缺少同名的 {'、'.join(lost)}", name, "请把 .shp、.shx、.dbf、.prj、.cpg 整套打包成 zip 再导入"
        )


def _layers(path: Path, name: str, format: str, limits: Limits, layer: str | None) -> list[str]:
    import pyogrio

    titles = [str(title) for title, _ in pyogrio.list_layers(path)]
    if layer is not None:
        if layer not in titles:
            raise FileError(f"没有名为“{layer}”的图层", name, f"可选：{'、'.join(titles)}")
        return [layer]
    if len(titles) > limits.sheets:
        raise FileError(f"有 {len(titles)} 个图层，超过 {limits.sheets} 个", name, "请指定要导入的图层")
    return titles


def _layer(path: Path, name: str, format: str, limits: Limits, title: str, encoding: str | None) -> Table | None:
    import pyogrio

    where = f"{name} 图层“{title}”"
    raw = "ISO-8859-1" if format == "shp" else encoding
    info = pyogrio.read_info(path, layer=title, encoding=raw, force_feature_count=True)
    if info.get("driver") not in DRIVERS[format]:
        raise FileError(f"内容不是 {format}", where, _AGAIN)
    check_size(int(info["features"]), len(info["fields"]), where, limits)
    if not info["features"]:
        return None
    meta, _, wkb, columns = pyogrio.raw.read(path, layer=title, encoding=raw, force_2d=True, return_fids=False)
    names = [str(field) for field in meta["fields"]]
    notes: tuple[str, ...] = ()
    cells = [_column(values) for values in columns]
    if format == "shp":
        names, cells, notes = _recode(path, names, cells, where, encoding)
    count = len(wkb) if wkb is not None else len(cells[0]) if cells else 0
    geometry, faults = _geometry(wkb, limits) if wkb is not None else (None, ())
    rows: list[tuple[Cell, ...]] = list(zip(*cells, strict=True)) if cells else [()] * count
    return Table(title, name, format, tuple(names), rows, range(1, count + 1), geometry, meta.get("crs"), 1, notes, faults)


def _column(values: Any) -> list[Cell]:
    import numpy as np

    if np.issubdtype(values.dtype, np.datetime64):
        days = values.dtype == np.dtype("datetime64[D]")
        out = values.astype("datetime64[D]" if days else "datetime64[s]").tolist()
        return list(out)
    if np.issubdtype(values.dtype, np.floating):
        return [None if value != value else value for value in values.tolist()]  # noqa: PLR0124
    return [_plain(value) for value in values.tolist()]


def _plain(value: Any) -> Cell:
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, str):
        return value if value.strip() else None
    return str(value)


def _recode(
    path: Path, names: list[str], cells: list[list[Cell]], where: str, encoding: str | None
) -> tuple[list[str], list[list[Cell]], tuple[str, ...]]:
    """The .dbf was read byte for byte; settle its encoding: as told, .cpg, else UTF-8 or GB18030 by its bytes."""
    sample = b"\n".join(cell.encode("latin-1") for column in cells for cell in column if isinstance(cell, str))
    blob = b"\n".join(name.encode("latin-1", "replace") for name in names) + b"\n" + sample
    codec = _codec(path, blob, where, encoding)

    def redo(text: str) -> str:
        return text.encode("latin-1", "replace").decode(codec, "ignore")

    clean = [[redo(cell) if isinstance(cell, str) else cell for cell in column] for column in cells]
    return [redo(name) for name in names], clean, (f"属性表(.dbf)按 {codec.upper()} 编码读取",)


def _codec(path: Path, blob: bytes, where: str, encoding: str | None) -> str:
    if encoding:
        _known(encoding, where)
        return encoding
    told = _cpg(path)
    for codec in [*([told] if told else []), "utf-8", "gb18030"]:
        if _reads(blob, codec):
            return codec
    raise FileError(
        "属性表(.dbf)的文字编码不对：不是 UTF-8 或 GB18030", where, "请用 --encoding 指明编码，或重新导出并带上 .cpg"
    )


def _known(encoding: str, where: str) -> None:
    try:
        b"".decode(encoding)
    except LookupError as error:
        raise FileError(f"没有名为“{encoding}”的编码", where, "可用：utf-8、gb18030") from error


def _cpg(path: Path) -> str:
    for item in path.parent.iterdir():
        if item.stem == path.stem and item.suffix.lower() == ".cpg":
            word = item.read_bytes()[:40].decode("ascii", "ignore").strip().lower()
            codec = {"936": "gb18030", "cp936": "gb18030", "gbk": "gb18030", "gb2312": "gb18030", "65001": "utf-8"}.get(
                word, word
            )
            return codec if re.fullmatch(r"[\w.-]+", codec) and _exists(codec) else ""
    return ""


def _exists(codec: str) -> bool:
    try:
        b"".decode(codec)
    except LookupError:
        return False
    return True


def _reads(blob: bytes, codec: str) -> bool:
    """Lines decode, allowing a last character that a fixed-width field has cut."""
    try:
        blob.decode(codec)
        return True
    except UnicodeError:
        pass
    lines = blob.split(b"\n")
    bad = sum(not _line_reads(line, codec) for line in lines)
    return bad == 0


def _line_reads(line: bytes, codec: str) -> bool:
    for cut in range(4):
        try:
            line[: len(line) - cut].decode(codec)
            return True
        except UnicodeError:
            continue
    return False


def _geometry(wkb: Any, limits: Limits) -> tuple[Any, tuple[Fault, ...]]:
    """Geometries with the impossible ones taken out, each told as a Fault of its row."""
    import numpy as np
    import shapely

    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    faults = []
    for index in np.flatnonzero([item is not None for item in wkb] & shapely.is_missing(shapes)):
        faults.append(_fault(index, "geometry-unreadable", "图形数据损坏，读不出来", "请在 GIS 软件里重画或修复该图形"))
    sizes = shapely.get_num_coordinates(shapes)
    for index in np.flatnonzero(sizes > limits.vertices):
        text = f"图形有 {int(sizes[index]):,} 个顶点，超过 {limits.vertices:,} 个"
        faults.append(_fault(index, "geometry-too-many-vertices", text, "请在 GIS 软件里抽稀或拆分该图形"))
        shapes[index] = None
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    for index in np.unique(owner[~np.isfinite(coordinates).all(axis=1)]):
        faults.append(
            _fault(index, "non-finite-coordinates", "图形坐标里有非数字(NaN)或无穷大", "请检查该图形的坐标并重新导出")
        )
        shapes[index] = None
    return shapes, tuple(faults)


def _fault(index: Any, rule: str, message: str, fix: str) -> Fault:
    return Fault(int(index) + 1, -1, rule, "", message, fix)
