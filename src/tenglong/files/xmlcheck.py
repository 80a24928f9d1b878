"""XML of spreadsheets and KML is looked through before a parser sees it: no DTD, no entities."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from tenglong.files.archive import chunks
from tenglong.files.errors import FileError

SMALL_PARTS: Final = ("[Content_Types].xml", "xl/workbook.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels")
_MARKS: Final = (b"<!DOCTYPE", b"<!ENTITY")
_BOMB: Final = "文件里的 XML 带有实体或外部定义，疑似 XML 炸弹"
_SAVE: Final = "请用 Excel/WPS 打开后另存一份再导入"


def check_workbook(archive: zipfile.ZipFile, name: str) -> None:
    """Every part is read once: sizes and checksums hold, no XML part defines entities. Raises FileError.

    Parts of sheets run to hundreds of megabytes, so they are searched as bytes (a DTD cannot be hidden in UTF-8
    text, and other encodings are refused); the small parts that steer the reader are parsed.
    """
    for item in archive.infolist():
        xml = item.filename.lower().endswith((".xml", ".rels", ".vml"))
        _scan(archive, item, name, xml)
        if item.filename in SMALL_PARTS:
            _parse(b"".join(chunks(archive, item, name)), name, item.filename)


def _scan(archive: zipfile.ZipFile, item: zipfile.ZipInfo, name: str, xml: bool) -> None:
    tail = b""
    first = True
    for block in chunks(archive, item, name):
        if not xml:
            continue
        if first and (block.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in block[:64]):
            raise FileError("表格内部的 XML 不是 UTF-8 编码", f"{name} 内 {item.filename}", _SAVE)
        window = tail + block
        if any(mark in window for mark in _MARKS):
            raise FileError(_BOMB, f"{name} 内 {item.filename}", _SAVE)
        tail, first = block[-16:], False


def _parse(data: bytes, name: str, part: str) -> None:
    try:
        fromstring(data, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileError(_BOMB, f"{name} 内 {part}", _SAVE) from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileError("表格内部的 XML 损坏", f"{name} 内 {part}", _SAVE) from error


def check_kml(path: Path, name: str) -> None:
    """Parses the whole KML without keeping it. Raises FileError."""
    try:
        for _, element in iterparse(str(path), forbid_dtd=True):
            element.clear()
    except DefusedXmlException as error:
        raise FileError(_BOMB, name, "请用 GIS 软件重新导出 KML") from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileError(f"KML 的 XML 结构损坏：{error}", name, "请用 GIS 软件重新导出 KML") from error
