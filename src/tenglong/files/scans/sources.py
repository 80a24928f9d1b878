"""Opening scans inside the child: PDF, JPEG, PNG, TIFF and zips of them, each page as an RGB picture."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageOps, UnidentifiedImageError

from tenglong.files.archive import extract, open_zip
from tenglong.files.detect import ZIPS
from tenglong.files.errors import FileError
from tenglong.files.scans.limits import ScanLimits

PICTURES: Final = ("JPEG", "PNG", "TIFF")
SUPPORTED: Final = "请扫描为 PDF，或 JPG、PNG、TIFF 图片，也可把它们打成一个 zip"
_PICTURE_MAGIC: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD of pdfium's fpdfview.h
_AGAIN: Final = "请重新扫描，或用扫描软件另存后再上传"


def kind_of(path: Path, name: str) -> str:
    """pdf, picture or zip, by the bytes. Raises FileError."""
    if path.is_dir():
        raise FileError("这是文件夹，不是扫描件", name, SUPPORTED)
    with path.open("rb") as file:
        head = file.read(1024)
    if not head:
        raise FileError("文件是空的（0 字节）", name, "请重新扫描")
    if head.startswith(_PICTURE_MAGIC):
        return "picture"
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(ZIPS):
        return "zip"
    raise FileError("这不是扫描件", name, SUPPORTED)


def inventory(path: Path, name: str, folder: Path, limits: ScanLimits) -> list[dict[str, Any]]:
    """[{path, name, pages, error}] of a file or of what a zip holds; `error` stands for a member that cannot be read."""
    if kind_of(path, name) != "zip":
        return [{"path": str(path), "name": name, "pages": pages_of(path, name, limits), "error": ""}]
    with open_zip(path, name, limits.as_limits()) as archive:
        files = sorted(extract(archive, folder, name))
    if not files:
        raise FileError("压缩包里没有扫描件", name, SUPPORTED)
    out, total = [], 0
    for file in files:
        out.append(_member(file, f"{name}/{file.relative_to(folder)}", limits))
        total += out[-1]["pages"]
    _bounded(total, name, limits)
    return out


def _member(file: Path, name: str, limits: ScanLimits) -> dict[str, Any]:
    """A broken picture among five hundred is one broken page, not a refused batch."""
    try:
        return {"path": str(file), "name": name, "pages": pages_of(file, name, limits), "error": ""}
    except FileError as error:
        return {"path": str(file), "name": name, "pages": 1, "error": str(error)}


def pages_of(path: Path, name: str, limits: ScanLimits) -> int:
    """Number of pages. Raises FileError."""
    kind = kind_of(path, name)
    if kind == "zip":
        raise FileError("压缩包里还套着压缩包", name, "请解开里层，只打包一层")
    if kind == "pdf":
        with open_pdf(path, name) as document:
            count = len(document)
    else:
        with open_picture(path, name, limits) as picture:
            count = int(getattr(picture, "n_frames", 1))
    _bounded(count, name, limits)
    if not count:
        raise FileError("文件里一页也没有", name, _AGAIN)
    return count


def _bounded(count: int, name: str, limits: ScanLimits) -> None:
    if count > limits.pages:
        raise FileError(f"共 {count} 页，超过 {limits.pages} 页", name, "请分成几批上传")


def open_pdf(path: Path, name: str) -> Any:
    """A pypdfium2 document. Raises FileError for one that is locked or broken."""
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD:
            raise FileError("PDF 加了密码", name, "请去掉密码后再上传") from error
        raise FileError("PDF 结构损坏，打不开", name, _AGAIN) from error


def open_picture(path: Path, name: str, limits: ScanLimits) -> Image.Image:
    """An opened, not yet decoded picture within the pixel limit. Raises FileError."""
    Image.MAX_IMAGE_PIXELS = None  # our own limit below refuses with a sentence
    try:
        picture = Image.open(path, formats=PICTURES)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise FileError("图片损坏，打不开", name, _AGAIN) from error
    _small_enough(picture, name, limits)
    return picture


def _small_enough(picture: Image.Image, name: str, limits: ScanLimits) -> None:
    if picture.width * picture.height > limits.page_pixels:
        told = f"图片有 {picture.width}×{picture.height} 点，超过 {limits.page_pixels // 1_000_000} 百万点"
        raise FileError(told, name, "请用 200 到 300 dpi 扫描")


def load(path: Path, name: str, page: int, dpi: int, limits: ScanLimits) -> Image.Image:
    """Page `page` (from 1) as RGB: a PDF page drawn at `dpi`, a picture as it is. Raises FileError."""
    if kind_of(path, name) == "pdf":
        return _drawn(path, name, page, dpi, limits)
    with open_picture(path, name, limits) as picture:
        try:
            picture.seek(page - 1)
            _small_enough(picture, name, limits)
            return _flat(ImageOps.exif_transpose(picture))
        except (OSError, EOFError, ValueError, SyntaxError) as error:
            if isinstance(error, FileError):
                raise
            raise FileError("图片损坏，读到一半就断了", name, _AGAIN) from error


def _flat(picture: Image.Image) -> Image.Image:
    """RGB on white: transparent parts of a picture are paper."""
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        paper = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(paper, picture.convert("RGBA")).convert("RGB")
    if picture.mode.startswith("I;16"):
        return picture.point(lambda level: level / 256).convert("L").convert("RGB")
    return picture.convert("RGB")


def _drawn(path: Path, name: str, page: int, dpi: int, limits: ScanLimits) -> Image.Image:
    with open_pdf(path, name) as document:
        try:
            sheet = document[page - 1]
            width, height = sheet.get_size()
            scale = min(dpi / 72, math.sqrt(limits.page_pixels / max(width * height, 1)))
            picture: Image.Image = sheet.render(scale=scale).to_pil()
        except (pypdfium2.PdfiumError, ValueError, IndexError) as error:
            raise FileError(f"第 {page} 页画不出来", name, _AGAIN) from error
    return picture.convert("RGB")
