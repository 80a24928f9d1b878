"""The files of a publication, from the rows that were published and nothing else: every one of them says the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.service.publications import COLUMNS, WORDS, only_three
from tenglong.files.docx.layout import DocxTable
from tenglong.files.docx.letter import Letter, letter
from tenglong.files.evaluation import Published, publication_table
from tenglong.files.evaluation.publication import HEADINGS, PublicationError, publication_csv

KINDS: Final = ("xlsx", "csv", "docx", "pdf")


def listed(publication: Any) -> list[Published]:
    """The rows as they were put up. Raises EvaluationError for a list that holds anything else."""
    held = dict.fromkeys(name for names in (publication.columns, *publication.rows) for name in names)
    if strangers := [name for name in held if name not in COLUMNS]:
        raise EvaluationError(only_three(str(WORDS.get(name, name)) for name in strangers))
    return [Published(row["name"], row["uscc"], row["grade"]) for row in publication.rows]


def published_file(publication: Any, kind: str = "xlsx", office: str = "") -> bytes:
    """The list as .xlsx or .csv, the notice with the list as .docx or .pdf. Raises EvaluationError."""
    rows = listed(publication)
    try:
        if kind == "csv":
            return publication_csv(rows)
        if kind == "xlsx":
            return publication_table(rows, order="given")
    except PublicationError as error:
        raise EvaluationError(str(error)) from error
    return _docx(publication, rows, office) if kind == "docx" else _pdf(publication, rows, office)


def _period(publication: Any) -> str:
    return _("公示期 %(a)s 至 %(b)s。") % {"a": publication.starts_on, "b": publication.ends_on}


def _docx(publication: Any, rows: Sequence[Published], office: str) -> bytes:
    table = DocxTable(HEADINGS, [(row.name, row.uscc, row.grade) for row in rows])
    body: list[str | DocxTable] = [
        _period(publication), _("公示期内对评价等级有异议的，可以通过本系统或者向亩均办书面提出申诉，并附证明材料。"), table]
    return letter(Letter(publication.title, "", body, office, publication.starts_on))


def _pdf(publication: Any, rows: Sequence[Published], office: str) -> bytes:
    from tenglong.files.pdf.pages import Notice, NoticeEntry, notice

    entries = [NoticeEntry(row.name, row.uscc, row.grade) for row in rows]
    return notice(Notice(publication.title, entries, office, publication.starts_on, [_period(publication)]))
