"""One door to Typst: a template of ours, data as JSON, our own fonts, no clock, no network."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
import pylopdf_fonts_zh_cn
import typst
from PIL import ImageFont

TEMPLATES: Final = Path(__file__).parent / "templates"
#: characters that turn the reading direction or hide inside a word: a name must print as it is stored
_HIDDEN: Final = frozenset(
    "\u200b\u200e\u200f\u2028\u2029\ufeff" + "".join(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
)


def render(template: str, data: Any, *, tagged: bool = True) -> bytes:
    """The PDF of `templates/<template>.typ` filled with `data` (anything JSON can say).

    The same data gives the same bytes: no creation date, no system fonts. `tagged` writes the structure tree that
    screen readers use (off for mass print). Raises `typst.TypstError` when the template itself complains.
    """
    return typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": orjson.dumps(plain(data)).decode()},
        timestamp=0,
        pdf_tags=tagged,
    )


def plain(data: Any) -> Any:
    """`data` with every text made printable: control and direction characters off, line breaks kept, and a character
    that the fonts do not hold (a rare one in a name) as 〓U+20BB7, to be written in by hand rather than lost."""
    if isinstance(data, str):
        return data if data.isascii() and data.isprintable() else "".join(map(_printed, data.replace("\r\n", "\n")))
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    return data


@cache
def _printed(sign: str) -> str:
    if sign in "\n\t":
        return sign.replace("\t", " ")
    if sign in _HIDDEN or unicodedata.category(sign) in {"Cc", "Cs"}:
        return ""
    return sign if any(bytes(font.getmask(sign)) != missing for font, missing in _glyphs()) else f"〓U+{ord(sign):04X}"


@cache
def _glyphs() -> tuple[tuple[ImageFont.FreeTypeFont, bytes], ...]:
    """Each font with the picture it shows for a character it lacks (asked with a private one that none has)."""
    fonts = [ImageFont.truetype(str(path), 20) for path in (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path())]
    return tuple((font, bytes(font.getmask("\U000ffffd"))) for font in fonts)


@cache
def _fonts() -> typst.Fonts:
    folder = pylopdf_fonts_zh_cn.sans_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
