"""One PDF out of pages of scans, holding the paper and nothing that acts."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pypdfium2
from pypdfium2 import raw

from tenglong.files.errors import FileError
from tenglong.files.pdf.merge import saved
from tenglong.files.scans.limits import ScanLimits
from tenglong.files.scans.sources import kind_of, load, open_pdf

#: a scanner's PDF has no use for any of these; names as pdfium writes them, escapes resolved
_ACTIVE: Final = re.compile(
    rb"/(JavaScript|JS|AA|OpenAction|Launch|URI|GoToR|GoToE|SubmitForm|ImportData|RichMedia|EmbeddedFile|XFA|Annots)\b"
)
#: pdfium escapes line breaks in texts, so this matches nothing but the data of a stream
_STREAM: Final = re.compile(rb"stream\r\n.*?endstream", re.S)
_PICTURE_DPI: Final = 200


def gathered(files: Mapping[str, Path], pages: Sequence[tuple[str, int]], limits: ScanLimits) -> bytes:
    """PDF of the pages in order. Pages of a PDF are taken over as they are unless they carry anything active, then redrawn."""
    plain = _assembled(files, pages, limits, redraw=False)
    return _assembled(files, pages, limits, redraw=True) if _ACTIVE.search(_STREAM.sub(b"", plain)) else plain


def _assembled(files: Mapping[str, Path], pages: Sequence[tuple[str, int]], limits: ScanLimits, *, redraw: bool) -> bytes:
    whole = pypdfium2.PdfDocument.new()
    try:
        for name, page in pages:
            if name not in files:
                raise FileError("要拆分的扫描件不在这一批文件里", name, "请用读取时的同一批文件拆分")
            if redraw or kind_of(files[name], name) != "pdf":
                _draw(whole, files[name], name, page, limits)
            else:
                _take(whole, files[name], name, page)
        return saved(whole)
    finally:
        whole.close()


def _take(whole: Any, path: Path, name: str, page: int) -> None:
    with open_pdf(path, name) as document:
        if not 1 <= page <= len(document):
            raise FileError(f"没有第 {page} 页", name, "请用读取时的同一批文件拆分")
        try:
            whole.import_pages(document, [page - 1])
        except pypdfium2.PdfiumError as error:
            raise FileError(f"第 {page} 页取不出来", name, "请重新扫描这一页") from error


def _draw(whole: Any, path: Path, name: str, page: int, limits: ScanLimits) -> None:
    """The page as one JPEG on a page of the same proportions, A4 wide on its short side."""
    picture = load(path, name, page, _PICTURE_DPI, limits)
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=80)
    scale = 595.276 / min(picture.size)
    width, height = picture.width * scale, picture.height * scale
    image = pypdfium2.PdfImage.new(whole)
    image.load_jpeg(data)
    image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
    sheet = whole.new_page(width, height)
    sheet.insert_obj(image)
    sheet.gen_content()
    raw.FPDFPage_SetRotation(sheet, 0)
    sheet.close()
