"""How rows of a deals table meet the record: by contract number, else by what was published; for the whole county."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from tenglong.apps.accounts.scope import can
from tenglong.apps.registry import bulk
from tenglong.apps.supply import locate
from tenglong.apps.supply.bulk import natural_key
from tenglong.apps.survey import queries as imports
from tenglong.apps.survey.appliers import Held, Order, Prepared, Problem, Values
from tenglong.apps.survey.record.base import Found, RegistryApplier, text

SAME_NAME = (
    "contract_number",
    "region",
    "division",
    "division_code",
    "location",
    "land_use",
    "supply_method",
    "signed_on",
    "project_name",
    "project_location",
    "term_years",
    "industry",
    "land_grade",
    "instalments",
    "holder",
    "far_upper",
    "far_lower",
    "delivery_on",
    "start_on",
    "completion_on",
    "approver",
)
TWICE = Problem(
    "duplicate-key",
    "contract_number",
    "同一份文件里有两行是同一宗成交（合同编号，或签订日期、坐落、受让人、面积都相同）。",
    "请删去重复的一行；确是两宗的，请填各自的合同编号。",
)


class Deals(RegistryApplier):
    """Comparables belong to no town: a deal of another county is never outside anybody's scope."""

    kind = "deals"
    layers = ["deals"]
    columns: ClassVar[Mapping[str, str]] = {
        **{name: name for name in SAME_NAME},
        "area": "area_cm2",
        "source_area": "source_area_cm2",
        "price": "price_fen",
    }
    dates = frozenset({"signed_on", "delivery_on", "start_on", "completion_on"})

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        keys = [key_of(row) for row in rows]
        held = locate.deals_by_key(keys)
        first = {key: index for index, key in reversed(list(enumerate(keys)))}
        may = can(actor, "deal.view")
        return [
            Found(held.get(key), problems=() if first[key] == index else (TWICE,), reach=may) for index, key in enumerate(keys)
        ]

    def held(self, targets: set[int]) -> dict[int, Held]:
        found = locate.held(targets)
        return {pk: Held(pk, str(row["lock_version"]), "", self.spoken(row)) for pk, row in found.items()}

    def action(self, order: Order, row: Prepared) -> str:
        """A deal has no versions: a differing row mends it."""
        return "new" if row.target_id is None else "correct"

    def cells(self, rows: Sequence[Prepared]) -> dict[str, list[Any]]:
        keys = [key_of(row.values) for row in rows]
        first = {key: at for at, key in reversed(list(enumerate(keys)))}
        bulk.refuse([at for at, key in enumerate(keys) if first[key] != at], TWICE.message)
        given = [key if row.target_id is None else bulk.KEEP for key, row in zip(keys, rows, strict=True)]
        return super().cells(rows) | {"key": given}

    def table(self, order: Order, rows: Sequence[Prepared]) -> bulk.PreparedRows:
        made = super().table(order, rows)
        made.columns["source"] = [source_of(order)] * len(rows)
        return made


def key_of(row: Values) -> str:
    return natural_key({**row, "area_cm2": row.get("area"), "contract_number": text(row, "contract_number")})


def source_of(order: Order) -> str:
    """Name of the file, so that a figure leads back to where it was published."""
    names = imports.batches(order.actor).filter(pk=order.batch_id).values_list("file_name", flat=True)
    return (names.first() or "")[:64]
