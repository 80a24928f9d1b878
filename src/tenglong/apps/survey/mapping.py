"""Which column is which field: proposed with reasons, corrected by a person, kept as a template of the department."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require
from tenglong.apps.audit import service as audit
from tenglong.apps.survey import pipeline, place, queries
from tenglong.apps.survey.intake import SurveyError
from tenglong.apps.survey.models import ImportBatch, MappingTemplate, State
from tenglong.domain.survey.headings import plain
from tenglong.domain.survey.kinds import spec_of
from tenglong.domain.survey.mapping import ColumnMap, Mapping, MappingError, fit, missing, propose, validate
from tenglong.domain.survey.table import Table

CHANGEABLE = (State.MAPPING, State.PREVIEW, State.INTERRUPTED)


def fingerprint(columns: Sequence[str]) -> str:
    """Equal for tables with the same headings in whatever order."""
    return hashlib.sha256("\n".join(sorted(plain(name) for name in columns)).encode()).hexdigest()


def begin(batch: ImportBatch, actor: Any, tables: Sequence[Table]) -> None:
    """After reading: note what the file holds, choose the table that fits the kind best, and propose a mapping."""
    batch.tables = [pipeline.summary(table) for table in tables]
    best = max(tables, key=lambda table: (fit(batch.kind, table), len(table.rows)))
    choose_table(batch, actor, best)


def choose_table(batch: ImportBatch, actor: Any, table: Table) -> None:
    batch.table_name = table.name
    template = _template_of(batch, actor, table)
    mapping = propose(batch.kind, table, [Mapping.from_json(template.mapping)] if template else [])
    batch.template = template
    batch.mapping_reason = _("表头与模板“%(name)s”一致，已沿用上次的对应关系") % {"name": template.name} if template else ""
    batch.mapping = mapping.as_json()
    place.weigh(batch, table, pipeline.county(actor))
    batch.state = State.MAPPING
    batch.save()


def _template_of(batch: ImportBatch, actor: Any, table: Table) -> MappingTemplate | None:
    return queries.templates(actor, batch.kind).filter(fingerprint=fingerprint(table.columns)).order_by("-id").first()


def set_mapping(actor: Any, batch: ImportBatch, chosen: MappingType[int, tuple[str, str]], crs: str = "") -> None:
    """`chosen`: column index → (field id or "", unit or ""). Raises SurveyError with every fault."""
    require(actor, "survey.import")
    if batch.state not in CHANGEABLE:
        raise SurveyError(_("这一批已是“%(state)s”，不能再改对应关系。") % {"state": batch.get_state_display()})
    headings = shown_table(batch)["columns"]
    before = {item["index"]: item for item in batch.mapping.get("columns", [])}
    columns = tuple(
        _column(index, headings[index], field, unit, before.get(index))
        for index, (field, unit) in sorted(chosen.items())
        if field and 0 <= index < len(headings)
    )
    ignored = tuple(name for index, name in enumerate(headings) if not chosen.get(index, ("", ""))[0])
    mapping = Mapping(batch.kind, columns, ignored)
    refuse(mapping)
    with transaction.atomic():
        batch.mapping, batch.crs, batch.state = mapping.as_json(), crs or batch.crs, State.MAPPING
        batch.save(update_fields=["mapping", "crs", "state"])
        audit.record(actor, "survey.mapping", "import_batch", batch.ulid, batch_id=batch.pk, count=len(columns))


def _column(index: int, heading: str, field: str, unit: str, old: dict[str, Any] | None) -> ColumnMap:
    if old and old["field"] == field and (old.get("unit") or "") == unit:
        return Mapping.from_json({"kind": "", "columns": [old]}).columns[0]
    return ColumnMap(field, index, heading, unit, "user" if unit else "", 1.0, str(_("您选定的")))


def refuse(mapping: Mapping) -> None:
    """Raises SurveyError naming what is twice, unknown, or still missing."""
    faults = validate(mapping)
    if lost := missing(mapping):
        faults.append(_("还没有指定：%(names)s") % {"names": "、".join(lost)})
    if not mapping.columns:
        faults.append(_("一列都没有对上。"))
    if faults:
        raise SurveyError("；".join(str(fault) for fault in faults))


def shown_table(batch: ImportBatch) -> dict[str, Any]:
    """Summary of the chosen table."""
    found = [table for table in batch.tables if table["name"] == batch.table_name]
    if not found:
        raise SurveyError(_("文件里没有名为“%(name)s”的表。") % {"name": batch.table_name})
    return dict(found[0])


def save_template(actor: Any, batch: ImportBatch, name: str) -> MappingTemplate:
    """Kept for the department; the same headings find it again."""
    require(actor, "survey.import")
    if not name.strip():
        raise SurveyError(_("请给模板起个名字，例如“曹娥街道摸排表 2024”。"))
    made, _new = MappingTemplate.objects.update_or_create(
        kind=batch.kind,
        department_id=actor.department_id,
        fingerprint=fingerprint(shown_table(batch)["columns"]),
        defaults={"name": name.strip()[:120], "mapping": batch.mapping, "created_by_id": actor.pk},
    )
    audit.record(actor, "survey.template", "mapping_template", made.pk, reason=made.name)
    return made


def fields_for_choice(kind: str) -> list[dict[str, Any]]:
    return [
        {"id": field.id, "label": _(field.label), "unit": field.unit, "required": field.required, "type": field.type}
        for field in spec_of(kind).fields
    ]


__all__ = ["MappingError", "begin", "choose_table", "save_template", "set_mapping"]
