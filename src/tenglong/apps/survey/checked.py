"""Imports that a program makes of tables it has checked itself: the file kept, the batch done, its rows, its facts.

A person's file goes through `service.upload` … `service.confirm`, where every row is examined; this door is for programs
alone (the demo county), whose tables are made and checked before they come here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.accounts.service import SYSTEM
from tenglong.apps.registry import bulk
from tenglong.apps.survey import intake
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import Action, ImportBatch, Mode, StagedRow, State
from tenglong.apps.survey.pipeline import summary
from tenglong.domain.survey.table import Table
from tenglong.store.bulk import insert_rows

#: lines of the table that the batch shows as a sample
SAMPLE = 50
#: the line of a file's first row; the heading stands above it
FIRST_ROW = 2


class _File:
    """A written table as an upload."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name: str | None = name
        self.content = content

    def chunks(self, chunk_size: int | None = None) -> Iterable[bytes]:
        return [self.content]


@dataclass(frozen=True)
class CheckedFacts:
    """Yearly facts of firms from one department. `lines`: the file's rows as text; `rows`: credit code → measure → value."""

    file_name: str
    content: bytes
    columns: tuple[str, ...]
    lines: Sequence[tuple[str, ...]]
    mapping: Mapping[str, Any]
    year: int
    department: str
    legal_basis: str
    legal_document: str
    sent_on: date
    rows: Mapping[str, Mapping[str, Decimal]]


def record_facts(
    actor: Any, given: CheckedFacts, firm_ids: Mapping[str, int], *, names: Mapping[str, str] | None = None
) -> int:
    """One finished batch with its facts; how many facts. Call inside a transaction. Raises SurveyError.

    `names` (credit code → name): keep the rows of the file too, so that a figure leads to its line.
    """
    if actor != SYSTEM:
        raise SurveyError(_("成批登记已核对的数据只供程序使用；请上传文件，经核对和确认后入库。"))
    if unknown := set(given.rows) - set(firm_ids):
        raise SurveyError(_("%(file)s：登记册里没有 %(n)s 家企业。") % {"file": given.file_name, "n": len(unknown)})
    batch = _batch(given)
    written = _facts(actor, given, firm_ids, batch)
    if names is not None:
        _rows(given, names, firm_ids, batch)
    return written


def _batch(given: CheckedFacts) -> ImportBatch:
    """The batch as it stands after its import."""
    name = given.file_name
    sha256, size, path = intake.keep(_File(name, given.content), name)
    some = list(given.lines[:SAMPLE])
    table = Table(name.rpartition(".")[0], name, name.rpartition(".")[2], given.columns, some,
                  range(FIRST_ROW, FIRST_ROW + len(some)))
    total = len(given.lines)
    return ImportBatch.objects.create(
        kind="facts", state=State.DONE, mode=Mode.CHANGE, sha256=sha256, file_name=name, file_size=size, stored_path=path,
        table_name=table.name, tables=[summary(table) | {"rows": total}], mapping=dict(given.mapping),
        survey_date=given.sent_on, counts={"rows": total, "new": total, "changed": 0, "unchanged": 0, "rejected": 0},
        confirmed_at=datetime.combine(given.sent_on, time(8), UTC),
        applied={"counts": {"new": total}, "mode": Mode.CHANGE, "valid_from": given.sent_on.isoformat()},
    )


def _facts(actor: Any, given: CheckedFacts, firm_ids: Mapping[str, int], batch: ImportBatch) -> int:
    cells = [(firm_ids[uscc], name, value) for uscc, values in given.rows.items() for name, value in values.items()]
    size = len(cells)
    rows = bulk.PreparedRows(["new"] * size, [None] * size, {
        "subject_type": ["enterprise"] * size, "subject_id": [firm for firm, _, _ in cells],
        "measure": [name for _, name, _ in cells], "period": [str(given.year)] * size,
        "value_e6": [int(value.scaleb(6)) for _, _, value in cells], "given": [f"{value:f}" for _, _, value in cells],
        "department": [given.department] * size, "legal_basis": [given.legal_basis] * size,
        "legal_document": [given.legal_document] * size,
    })
    bulk.apply("facts", rows, actor=actor, on=given.sent_on, batch_id=batch.pk)
    return size


def _rows(given: CheckedFacts, names: Mapping[str, str], firm_ids: Mapping[str, int], batch: ImportBatch) -> None:
    """The rows of the file: a figure leads to its line."""
    told = {"period": str(given.year), "department": given.department, "legal_basis": given.legal_basis,
            "legal_document": given.legal_document}
    lines = (
        (batch.pk, place, FIRST_ROW + place, uscc, Action.NEW.value, Action.NEW.value,
         {"uscc": uscc, "enterprise_name": names[uscc], **told, **{name: f"{value:f}" for name, value in values.items()}},
         {"enterprise_id": firm_ids[uscc]})
        for place, (uscc, values) in enumerate(given.rows.items())
    )
    insert_rows(StagedRow, ["batch_id", "position", "row", "key", "action", "verdict", "values", "links"], lines)
