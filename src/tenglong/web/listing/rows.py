"""The rows of a list as HTML, made here: a page of 200 rows by ten columns is too much for tags that ask for each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tenglong.web.listing.columns import Column

if TYPE_CHECKING:
    from tenglong.web.listing.page import Cell, ListPage, Row

#: a longer text is told in full when one points at it
LONG = 24


def body(page: ListPage, rows: list[Row]) -> SafeString:
    """`<tr>…</tr>` of every row; each value escaped."""
    heads = {item.name: _head(item) for item in page.chosen}
    pick = _("选择") if page.actions else ""
    return mark_safe("".join(_row(row, heads, pick) for row in rows))  # noqa: S308 - escaped piece by piece


def _head(item: Column) -> tuple[str, str]:
    """(label for a phone, classes) of a column, the same in every row."""
    classes = [name for name, there in (("n ", item.numeric), ("lead ", item.lead), ("wrap ", item.wrap)) if there]
    return escape(f"{item.label} {item.unit}" if item.unit else item.label), "".join(classes)


def _row(row: Row, heads: dict[str, tuple[str, str]], pick: str) -> str:
    open_ = format_html('<tr data-href="{}" tabindex="0">', row.url) if row.url else "<tr>"
    cells = (_cell(cell, row.url if at == 0 else "", *heads[cell.column.name]) for at, cell in enumerate(row.cells))
    return f"{open_}{_box(row, pick) if pick else ''}{''.join(cells)}</tr>"


def _box(row: Row, pick: str) -> str:
    """To tick the row for what is done to many."""
    frame = '<td class="pick"><input type="checkbox" form="picked" name="pick" value="{}" data-pick aria-label="{} {}"></td>'
    return format_html(frame, row.key, pick, row.cells[0].text)


def _cell(cell: Cell, url: str, label: str, classes: str) -> str:
    text = conditional_escape(cell.text)
    title = f' title="{text}"' if len(cell.text) > LONG else ""
    blank = "" if cell.text else "blank"
    return f'<td data-label="{label}" class="{classes}{blank}"{title}>{_inside(cell, text, url)}</td>'


def _inside(cell: Cell, text: str, url: str) -> str:
    code = ' class="code"' if cell.column.format == "code" else ""
    if cell.tone:
        return f'<span class="chip {escape(cell.tone)}">{text}</span>'
    if url:
        return f'<a href="{escape(url)}"{code}>{text or "—"}</a>'
    return f"<span{code}>{text}</span>" if code else text
