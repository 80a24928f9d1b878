"""Finding the sheet's code on a page: cheap tries first, dearer ones only where those fail."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Final

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from tenglong.files.pdf.payload import Payload

Grey = NDArray[np.uint8]
#: pages as wide as 200 dpi A4 suffice: a module of the printed code is then five dots or more
WORKING: Final = 1700
SMALL: Final = 900
#: share of dark dots below which a page is empty paper (a back side; dust and a punch hole are darker than nothing)
_INK: Final = 0.0008
_QR: Final = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])


def payloads_of(page: Image.Image) -> tuple[tuple[Payload, ...], int]:
    """Codes of ours on the page (sorted, each once) and the page's rotation in quarter turns clockwise, as degrees."""
    for picture, binarizer in _attempts(page):
        found = _read(np.asarray(picture), binarizer)
        if found:
            return tuple(sorted(found)), next(iter(found.values()))
    return (), 0


def _read(grey: Grey, binarizer: zxingcpp.Binarizer) -> dict[Payload, int]:
    out = {}
    for code in zxingcpp.read_barcodes(grey, formats=_QR, binarizer=binarizer, text_mode=zxingcpp.TextMode.Plain):
        payload = Payload.parse(code.text)
        if payload:
            out[payload] = round(code.orientation / 90) * 90 % 360
    return out


def _attempts(page: Image.Image) -> Iterator[tuple[Image.Image, zxingcpp.Binarizer]]:
    """Red light first: a red seal over the code vanishes in it while black ink stays black."""
    local, whole = zxingcpp.Binarizer.LocalAverage, zxingcpp.Binarizer.GlobalHistogram
    red = page.getchannel("R")
    work = _sized(red, WORKING)
    yield work, local
    yield _sized(page.convert("L"), WORKING), local
    yield work.filter(ImageFilter.GaussianBlur(1.2)), local
    large = _sized(red, WORKING * 2)
    yield large.filter(ImageFilter.GaussianBlur(1.5)), local
    yield work.filter(ImageFilter.MedianFilter(3)), whole
    yield large.filter(ImageFilter.UnsharpMask(4, 200, 0)), local
    for angle in (4, -4, 20, -20, 45):
        yield work.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255), local


def _sized(picture: Image.Image, short: int) -> Image.Image:
    """The picture scaled so that its short side has `short` dots."""
    ratio = short / max(min(picture.size), 1)
    size = (max(round(picture.width * ratio), 1), max(round(picture.height * ratio), 1))
    return picture if size == picture.size or max(size) > 12_000 else picture.resize(size, Image.Resampling.BILINEAR)


def is_blank(page: Image.Image) -> bool:
    """Hardly any ink: the back side of a sheet scanned on both sides."""
    grey = np.asarray(_sized(page.convert("L"), 600))
    return bool((grey < 0.75 * float(np.median(grey))).mean() < _INK)


def small(page: Image.Image, rotation: int) -> bytes:
    """An upright JPEG whose long side has at most 900 dots."""
    shown = page.copy()
    shown.thumbnail((SMALL, SMALL), Image.Resampling.BILINEAR)
    out = io.BytesIO()
    shown.rotate(rotation, expand=True).save(out, "JPEG", quality=60)
    return out.getvalue()
