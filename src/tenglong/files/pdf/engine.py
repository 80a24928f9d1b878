"""One door to Typst: a template of ours, data as JSON, our own fonts, no clock, no network."""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, Final

import orjson
import pylopdf_fonts_zh_cn
import typst

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
    """`data` with every text made printable: control and direction characters off, line breaks kept."""
    if isinstance(data, str):
        return "".join(filter(_printable, data.replace("\t", " ").replace("\r\n", "\n")))
    if isinstance(data, dict):
        return {key: plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    return data


def _printable(sign: str) -> bool:
    return sign == "\n" or (sign not in _HIDDEN and unicodedata.category(sign) not in {"Cc", "Cs"})


@cache
def _fonts() -> typst.Fonts:
    folder = pylopdf_fonts_zh_cn.sans_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
