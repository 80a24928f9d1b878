"""What a dry run tells besides the issues: the mapping, the totals, the rows that name a former place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tenglong.domain.quality.issue import Report
from tenglong.domain.survey.kinds import KindSpec
from tenglong.domain.survey.mapping import Mapping
from tenglong.domain.survey.table import Batch, Table
from tenglong.domain.units import area_text, from_fen


@dataclass
class FolderReport(Report):
    """Counts over several data sets: a row is rejected in its own file."""

    refused: int = 0

    @property
    def rejected(self) -> int:
        return self.refused


def shown_mapping(mapping: Mapping) -> list[dict[str, Any]]:
    """One entry per field, for people and for JSON."""
    return [dict(item) for item in mapping.as_json()["columns"]]


def totals(spec: KindSpec, batch: Batch) -> dict[str, dict[str, str]]:
    """Sum and count of each area (m², ha, mu) and money (万元) field as exact text."""
    out: dict[str, dict[str, str]] = {}
    for field in spec.fields:
        values = [value for value in batch.column(field.id) if isinstance(value, int) and not isinstance(value, bool)]
        if not values or field.type not in {"area", "money"}:
            continue
        whole = sum(values)
        if field.type == "area":
            out[field.id] = {
                "rows": str(len(values)),
                "m2": area_text(whole, "m2"),
                "ha": area_text(whole, "ha"),
                "mu": area_text(whole),
            }
        else:
            out[field.id] = {"rows": str(len(values)), "wan_yuan": f"{from_fen(whole, 'wan_yuan', 6):f}"}
    return out


def areas_of_rows(spec: KindSpec, batch: Batch) -> list[dict[str, Any]]:
    """Every row with its areas in ha and mu as exact text, so that a conversion can be followed."""
    names = [field.id for field in spec.fields if field.type == "area" and field.id in batch.fields]
    out = []
    for at, row in enumerate(batch.rows):
        cells = {name: value for name in names if isinstance(value := batch.fields[name][at], int)}
        texts = {name: {"ha": area_text(cm2, "ha"), "mu": area_text(cm2)} for name, cm2 in cells.items()}
        out.append({"row": row, "key": batch.keys[at], **texts})
    return out


def choose_table(tables: Iterable[Table], spec: KindSpec) -> tuple[Table, list[str]]:
    """The table that fits the kind best, and the names of the others."""
    from tenglong.domain.survey.mapping import fit

    ranked = sorted(tables, key=lambda table: (-fit(spec, table), -len(table.rows)))
    return ranked[0], [f"{table.source}：{table.name}（{len(table.rows)} 行）" for table in ranked[1:]]
