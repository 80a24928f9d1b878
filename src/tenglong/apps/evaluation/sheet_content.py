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
    areas = {area.enterprise_id: area for area in AssessedArea.objects.filter(cycle=cycle)}
    origins: dict[str, dict[str, str]] = defaultdict(dict)
    for line in rows.sources.select(["key", "column", "department"]).to_pylist():
        origins[line["key"]][line["column"]] = line["department"] or ""
    for line in rows.table.select(["key", *measures, *attributes]).to_pylist():
        firm = rows.firms[line["key"]]
        area = areas.get(firm.id)
        data = {
            "year": cycle.year, "scheme": rule.name, "key": firm.key, "uscc": firm.uscc, "name": firm.name,
            "measures": [
                {"id": name, "label": packaged()[name].label, "unit": packaged()[name].unit, "value_e6": _text(line[name]),
                 "department": origins[firm.key].get(name, "")} for name in measures
            ],
            "attributes": [
                {"id": name, "label": rule.compiled.attributes[name].label, "value": _text(line[name])} for name in attributes
            ],
            "area": {name: str(getattr(area, name)) for name in AREA} if area else None,
        }
        yield Content(firm.id, firm.division_code, hash_of(data), data)


def hash_of(data: dict[str, Any]) -> str:
    """SHA-256 of the JSON with sorted keys."""
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
