"""PDF for print: confirmation sheets with a code that finds them again, explanation pages, publication notices.

Templates are Typst files beside this module; data reaches them as JSON and is never read as template text.
"""

from __future__ import annotations

from tenglong.files.pdf.confirm import RenderCancelled, confirmation_sheets
from tenglong.files.pdf.engine import render
from tenglong.files.pdf.pages import Explanation, Grid, Notice, NoticeEntry, explanation_page, notice
from tenglong.files.pdf.payload import Payload
from tenglong.files.pdf.sheet import LAND_FOOTNOTE, AreaKind, AreaRow, MeasureRow, Sheet

__all__ = [
    "LAND_FOOTNOTE",
    "AreaKind",
    "AreaRow",
    "Explanation",
    "Grid",
    "MeasureRow",
    "Notice",
    "NoticeEntry",
    "Payload",
    "RenderCancelled",
    "Sheet",
    "confirmation_sheets",
    "explanation_page",
    "notice",
    "render",
]
