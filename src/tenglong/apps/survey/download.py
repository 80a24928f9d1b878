"""Faults as files: the user's own workbook with coloured cells, or the faulty rows with their row numbers."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from tenglong import files
from tenglong.apps.survey import pipeline, queries
from tenglong.apps.survey.intake import SurveyError, file_of
from tenglong.apps.survey.models import ImportBatch
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.mapping import Mapping
from tenglong.files.templates import write_template
from tenglong.files.workbook import annotate


def annotated(actor: Any, batch: ImportBatch, out: Path) -> str:
    """Write `out` (.xlsx). Returns "copy" or "rows". Raises SurveyError."""
    issues = [issue.as_issue() for issue in queries.issues(actor, batch)]
    try:
        return annotate(file_of(batch), pipeline.table_of(batch), Mapping.from_json(batch.mapping), issues, out)
    except files.FileError as error:
        raise SurveyError(str(error)) from error


def annotated_bytes(actor: Any, batch: ImportBatch) -> tuple[bytes, str]:
    """Content and file name of the download."""
    with tempfile.TemporaryDirectory(prefix="tenglong-out-") as folder:
        out = Path(folder) / "out.xlsx"
        made = annotated(actor, batch, out)
        stem = Path(batch.file_name).stem
        name = _("%(stem)s-问题标注.xlsx") if made == "copy" else _("%(stem)s-问题行.xlsx")
        return out.read_bytes(), name % {"stem": stem}


def template_bytes(kind: str) -> tuple[bytes, str]:
    with tempfile.TemporaryDirectory(prefix="tenglong-out-") as folder:
        out = Path(folder) / "out.xlsx"
        write_template(kind, out)
        return out.read_bytes(), f"{spec_of(kind).title}.xlsx"
