"""The file of a publication, from the rows that were published and nothing else."""

from __future__ import annotations

from typing import Any

from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.files.evaluation import Published, publication_table
from tenglong.files.evaluation.publication import PublicationError


def published_file(publication: Any) -> bytes:
    """.xlsx of name, USCC and grade in the order of the codes. Raises EvaluationError."""
    rows = [Published(row["name"], row["uscc"], row["grade"]) for row in publication.rows]
    order = {row["uscc"]: f"{place:09d}" for place, row in enumerate(publication.rows)}
    try:
        if publication.order == "town" and len(order) == len(rows):
            return publication_table(rows, order="town", towns=order)
        return publication_table(rows)
    except PublicationError as error:
        raise EvaluationError(str(error)) from error
