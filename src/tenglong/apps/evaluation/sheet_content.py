"""What a 一企一单 says of a firm, and the hash that its QR holds: other data, other hash."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from tenglong.apps.evaluation.models import AssessedArea, Cycle
from tenglong.apps.evaluation.rows import Rows
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.domain.measures import packaged

AREA = ("titled_cm2", "untitled_cm2", "leased_in_cm2", "leased_out_cm2", "deducted_cm2", "total_cm2")


@dataclass(frozen=True)
class Content:
    """`data` is what is printed and hashed: identity, measures (value × 10⁶ as text), attributes, areas, sources."""

    enterprise_id: int
    division_code: str
    version_hash: str
    data: dict[str, Any]


def contents(cycle: Cycle, rule: Pinned, rows: Rows) -> Iterator[Content]:
    """One per firm, with the columns that the scheme reads."""
    measures, attributes = rule.compiled.measures, sorted(rule.compiled.attributes)
    areas = {pk: rest for pk, *rest in AssessedArea.objects.filter(cycle=cycle).values_list("enterprise_id", *AREA)}
    origins: dict[str, dict[str, str]] = defaultdict(dict)
    for line in rows.sources.select(["key", "column", "department"]).to_pylist():
        origins[line["key"]][line["column"]] = line["department"] or ""
    figures = [(name, packaged()[name].label, packaged()[name].unit) for name in measures]
    marks = [(name, rule.compiled.attributes[name].label) for name in attributes]
    for line in rows.table.select(["key", *measures, *attributes]).to_pylist():
        firm = rows.firms[line["key"]]
        area, origin = areas.get(firm.id), origins[firm.key]
        data = {
            "year": cycle.year, "scheme": rule.name, "key": firm.key, "uscc": firm.uscc, "name": firm.name,
            "measures": [
                {"id": name, "label": label, "unit": unit, "value_e6": _text(line[name]), "department": origin.get(name, "")}
                for name, label, unit in figures
            ],
            "attributes": [{"id": name, "label": label, "value": _text(line[name])} for name, label in marks],
            "area": dict(zip(AREA, map(str, area), strict=True)) if area else None,
        }
        yield Content(firm.id, firm.division_code, hash_of(data), data)


def hash_of(data: dict[str, Any]) -> str:
    """SHA-256 of the JSON with sorted keys."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
