"""All confirmation sheets of a round as one PDF, rendered batch by batch."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Final

import orjson
import typst

from tenglong.files.pdf.engine import render
from tenglong.files.pdf.merge import merge
from tenglong.files.pdf.sheet import LAND_FOOTNOTE, Sheet

#: Typst remembers its last ten compilations: small batches keep a county within about half a gigabyte
BATCH: Final = 20
#: how many times the page counts may be corrected before giving up; the second pass already knows them
_PASSES: Final = 3
_COUNTED: Final = re.compile(r"pages=\[([\d,\s]+)\]")


class RenderCancelled(Exception):
    """Somebody asked for the rendering to stop; nothing was kept."""


def confirmation_sheets(
    sheets: Sequence[Sheet],
    *,
    title: str,
    year: int,
    office: str,
    note: str,
    on_progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    batch: int = BATCH,
) -> bytes:
    """A4 PDF of every sheet in order, one page each (more where its tables are long), each page with its own code.

    `note` is printed above the signatures (how and until when to object). `on_progress(done, total)` is told after
    each batch; `cancelled()` is asked before each one. Raises ValueError without sheets, RenderCancelled.
    """
    if not sheets:
        raise ValueError("没有可打印的确认单：请先选择企业")
    _refuse_twins(sheets)
    common = {"title": title, "year": year, "office": office, "note": note, "footnote": LAND_FOOTNOTE}
    parts = []
    for start in range(0, len(sheets), batch):
        if cancelled and cancelled():
            raise RenderCancelled
        some = sheets[start : start + batch]
        parts.append(_batch(some, common))
        if on_progress:
            on_progress(start + len(some), len(sheets))
    return merge(parts)


def _refuse_twins(sheets: Sequence[Sheet]) -> None:
    seen: set[str] = set()
    for sheet in sheets:
        if sheet.id in seen:
            raise ValueError(f"确认单编号“{sheet.id}”（{sheet.enterprise}）出现两次：一个编号只能印一张单")
        seen.add(sheet.id)


def _batch(sheets: Sequence[Sheet], common: dict[str, Any]) -> bytes:
    """Render once with one page each; the template reports the true counts where that was wrong."""
    pages = [1] * len(sheets)
    for _ in range(_PASSES):
        data = common | {"sheets": [sheet.as_json(count) for sheet, count in zip(sheets, pages, strict=True)]}
        try:
            return render("confirmation", data, tagged=False)
        except typst.TypstError as error:
            pages = _true_pages(error, len(sheets))
    raise ValueError("确认单的页数定不下来：请减少一张单上的行数后再试")


def _true_pages(error: typst.TypstError, count: int) -> list[int]:
    found = _COUNTED.search(error.message)
    if not found:
        raise error
    pages: list[int] = orjson.loads(f"[{found[1]}]")
    if len(pages) != count:
        raise error
    return pages
