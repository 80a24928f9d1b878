"""Explanation pages (“为什么是 C”) and publication notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from tenglong.files.pdf.engine import render
from tenglong.files.pdf.sheet import Shown, shown


@dataclass(frozen=True)
class Grid:
    """A table: every row has one cell per column; numbers are set right, None prints as —."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Shown]]

    def as_json(self) -> dict[str, object]:
        odd = next((number for number, row in enumerate(self.rows, 1) if len(row) != len(self.columns)), 0)
        if odd:
            raise ValueError(f"表“{self.title}”第 {odd} 行的格数与 {len(self.columns)} 个列标题不符")
        columns = range(len(self.columns))
        numeric = [index for index in columns if any(not isinstance(row[index], str | None) for row in self.rows)]
        rows = [[shown(cell, "—") for cell in row] for row in self.rows]
        return {"title": self.title, "columns": list(self.columns), "rows": rows, "numeric": numeric}


@dataclass(frozen=True)
class Explanation:
    """One printed page of reasons: sentences first, then tables, then numbered footnotes; `watermark` lies behind."""

    title: str
    summary: Sequence[str] = ()
    tables: Sequence[Grid] = ()
    footnotes: Sequence[str] = ()
    subtitle: str = ""
    watermark: str = ""


@dataclass(frozen=True)
class NoticeEntry:
    """What may be published of a firm, and nothing else."""

    name: str
    uscc: str
    grade: str


@dataclass(frozen=True)
class Notice:
    """A publication notice. Entries are printed in the order given (strokes or town, never score)."""

    title: str
    entries: Sequence[NoticeEntry]
    office: str
    date: date
    intro: Sequence[str] = ()
    closing: Sequence[str] = ()


def explanation_page(data: Explanation) -> bytes:
    """A4 PDF. Raises ValueError for a table whose rows do not fit its columns."""
    if not data.title:
        raise ValueError("说明页没有标题")
    return render("explanation", asdict(data) | {"tables": [grid.as_json() for grid in data.tables]})


def notice(data: Notice) -> bytes:
    """A4 PDF with name, credit code and grade only. Raises ValueError without entries."""
    if not data.entries:
        raise ValueError("公示名单是空的：请先确定公示范围")
    entries = [[entry.name, entry.uscc, entry.grade] for entry in data.entries]
    told = f"{data.date.year}年{data.date.month}月{data.date.day}日"
    return render("notice", asdict(data) | {"entries": entries, "date": told})
