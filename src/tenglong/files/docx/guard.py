"""A template is a stranger's file: what could act, fetch or hide is refused before it is opened."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from tenglong.files.archive import check_members, chunks
from tenglong.files.errors import FileError, Limits, size_text

LIMITS: Final = Limits(file_bytes=5 << 20, unpacked_bytes=20 << 20, members=200)
_NAME: Final = "模板"
_SAVE: Final = "请在 Word/WPS 里新建空白文档，只写文字、表格和 {{名称}}，另存为 .docx"
_MAIN: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_PARTS: Final = re.compile(r"vbaProject|vbaData|activeX|/embeddings/|oleObject|\.bin$|afchunk|/externalLinks/", re.I)
_RELATIONS: Final = re.compile(
    r"/(aFChunk|oleObject|package|control|activeXControlBinary|vbaProject|attachedTemplate|subDocument|frame|keyMapCustomizations"
    r"|attachedToolbars|externalLink)$",
    re.I,
)
#: fields that say something about the document itself; any other may read files, run programs or ask the network
_FIELDS: Final = re.compile(
    r"(PAGE|NUMPAGES|SECTIONPAGES|SECTION|DATE|TIME|CREATEDATE|SAVEDATE|PRINTDATE|TITLE|SUBJECT|AUTHOR|TOC|REF|PAGEREF|NOTEREF"
    r"|STYLEREF|SEQ|FORMTEXT|FORMCHECKBOX|FORMDROPDOWN|EQ|SYMBOL|ADVANCE)( .*)?|HYPERLINK \\L .*",
    re.I,
)


def check_template(data: bytes) -> None:
    """Raises FileError for what is no plain .docx: macros, external relations, embedded objects, active fields, bombs."""
    if len(data) > LIMITS.file_bytes:
        raise FileError(f"模板有 {size_text(len(data))}，超过 {size_text(LIMITS.file_bytes)}", _NAME, "请删去模板里的大图片")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise FileError("模板不是 .docx 文件，或已损坏", _NAME, _SAVE) from error
    with archive:
        check_members(archive.infolist(), len(data), _NAME, LIMITS)
        _check_parts(archive)


def _check_parts(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(set(names)) != len(names):
        raise FileError("模板里有同名的部件", _NAME, _SAVE)
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise FileError("模板不是 Word 文档(.docx)", _NAME, _SAVE)
    for item in archive.infolist():
        if _PARTS.search(item.filename):
            raise FileError("模板里带有宏、控件或嵌入的对象", f"{_NAME} 内 {item.filename}", _SAVE)
        body = b"".join(chunks(archive, item, _NAME))
        if Path(item.filename).suffix.lower() in {".xml", ".rels", ".vml"}:
            _check_xml(item.filename, body)


def _check_xml(name: str, body: bytes) -> None:
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileError("模板里的 XML 带有实体或外部定义，疑似 XML 炸弹", f"{_NAME} 内 {name}", _SAVE) from error
    except (ParseError, ValueError, LookupError) as error:
        raise FileError("模板里的 XML 损坏", f"{_NAME} 内 {name}", _SAVE) from error
    if name == "[Content_Types].xml":
        _check_types(root)
    elif name.endswith(".rels"):
        _check_relations(root, name)
    else:
        _check_fields(root, name)


def _check_types(root: Element) -> None:
    kinds = {element.get("PartName"): element.get("ContentType", "") for element in root}
    if any("macro" in kind.lower() or "vba" in kind.lower() for kind in kinds.values()):
        raise FileError("模板里带有宏", _NAME, _SAVE)
    if kinds.get("/word/document.xml") != _MAIN:
        raise FileError("模板不是普通 Word 文档(.docx)", _NAME, "请把 .dotx、.docm、.doc 另存为 .docx")


def _check_relations(root: Element, name: str) -> None:
    for element in root:
        if element.get("TargetMode", "Internal").lower() == "external":
            raise FileError(
                "模板里有指向外部文件或网址的链接", f"{_NAME} 内 {name}", "请去掉超链接、链接的图片和附加的模板后另存"
            )
        if _RELATIONS.search(element.get("Type", "")):
            raise FileError("模板里带有宏、控件或嵌入的对象", f"{_NAME} 内 {name}", _SAVE)


def _check_fields(root: Element, name: str) -> None:
    codes, open_fields = [], [""]
    for element in root.iter():
        kind = _local(element)
        if kind == "fldSimple":
            codes.append(_attribute(element, "instr"))
        elif kind == "instrText":
            open_fields[-1] += element.text or ""
        elif kind == "fldChar" and _attribute(element, "fldCharType") == "begin":
            open_fields.append("")
        elif kind == "fldChar" and _attribute(element, "fldCharType") == "end" and len(open_fields) > 1:
            codes.append(open_fields.pop())
    codes += open_fields[1:] + [open_fields[0]] * bool(open_fields[0])
    if not all(map(_harmless, codes)):
        raise FileError("模板里有会读取其他文件、打开网址或运行程序的域", f"{_NAME} 内 {name}", _SAVE)


def _harmless(code: str) -> bool:
    return _FIELDS.fullmatch(" ".join(code.split())) is not None


def _attribute(element: Element, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]
