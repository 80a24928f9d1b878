"""Rows of lists: every value escaped, labels for a phone, long texts told in full."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tenglong.web.listing import rows
from tenglong.web.listing.columns import Column
from tenglong.web.listing.page import Cell, Row

NAME, AREA = Column("name", "名称", lead=True), Column("area", "面积", unit="亩", format="mu")
CODE = Column("code", "编码", format="code")


def page(*columns: Column, actions: Any = ()) -> Any:
    return SimpleNamespace(chosen=list(columns), actions=actions)


def test_values_are_escaped_and_the_first_one_leads_to_its_page() -> None:
    row = Row("K", "/x/?a=1&b", [Cell(NAME, "<b>甲&乙", ""), Cell(AREA, "1.00", ""), Cell(CODE, "", "")])
    assert rows.body(page(NAME, AREA, CODE), [row]) == (
        '<tr data-href="/x/?a=1&amp;b" tabindex="0"><td data-label="名称" class="lead ">'
        '<a href="/x/?a=1&amp;b">&lt;b&gt;甲&amp;乙</a></td>'
        '<td data-label="面积 亩" class="n ">1.00</td><td data-label="编码" class="blank"><span class="code"></span></td></tr>'
    )


def test_rows_to_tick_chips_and_long_texts() -> None:
    long = '"' + "很" * 25
    row = Row("K'", "", [Cell(NAME, long, "late")])
    made = rows.body(page(NAME, actions=("one",)), [row])
    assert 'value="K&#x27;" data-pick aria-label="选择 &quot;很' in made
    assert 'title="&quot;很' in made
    assert '<span class="chip late">&quot;很' in made
    assert made.startswith('<tr><td class="pick">')
