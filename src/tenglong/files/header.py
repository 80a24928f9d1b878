"""Finding the heading row of a sheet: below merged titles, above the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from tenglong.domain.survey.table import Cell

LOOK: Final = 10
#: rows that our own templates write below the headings
NOTE_MARK: Final = "※"
#: sheets that our own templates and annotated copies carry beside the data
OWN_SHEETS: Final = frozenset({"填写说明", "可选值", "问题清单"})

Row = Sequence[Cell]
Merge = tuple[int, int, int, int]


def filled(row: Row) -> int:
    return sum(cell is not None for cell in row)


def find_header(rows: Sequence[Row]) -> int:
    """Index of the heading row: the first of the top rows that is mostly filled, all text, and not a title."""
    top = rows[: LOOK * 3]
    width = max((filled(row) for row in top), default=0)
    if width <= 1:
        return next((index for index, row in enumerate(rows) if filled(row)), 0)
    for share in (0.6, 0.4):
        for index, row in enumerate(rows[:LOOK]):
            if filled(row) >= max(2, share * width) and _headings(row):
                return index
    return next((index for index, row in enumerate(rows) if filled(row) >= 2), 0)


def _headings(row: Row) -> bool:
    cells = [cell for cell in row if cell is not None]
    texts = [cell for cell in cells if isinstance(cell, str) and not _figure(cell)]
    return len(texts) >= 0.9 * len(cells) and len(set(texts)) >= 0.5 * len(texts)


def _figure(text: str) -> bool:
    return text.strip().replace(".", "", 1).replace(",", "").isdigit()


def headings(rows: Sequence[Row], at: int, merges: Sequence[Merge] = ()) -> tuple[list[str], int]:
    """Heading texts and how many rows they take: two where row `at` holds merged groups above sub-headings.

    `merges` are (first row, first column, last row, last column), 0-based.
    """
    row = rows[at]
    groups = [merge for merge in merges if merge[0] == at == merge[2] and merge[3] > merge[1]]
    if not groups or at + 1 >= len(rows):
        return [_text(cell) for cell in row], 1
    below = rows[at + 1]
    if not all(isinstance(below[column], str) for group in groups for column in range(group[1], min(group[3] + 1, len(below)))):
        return [_text(cell) for cell in row], 1
    names = [_text(cell) for cell in row]
    for _, first, _, last in groups:
        for column in range(first, min(last + 1, len(names))):
            names[column] = f"{names[first] if column == first else _text(row[first])}{_text(below[column])}"
    return names, 2


def _text(cell: Cell) -> str:
    return "" if cell is None else " ".join(str(cell).split())
