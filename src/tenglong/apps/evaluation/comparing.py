"""Two kept runs compared, over the firms that the reader may see in both."""

from __future__ import annotations

from typing import Any, Final

from tenglong.apps.evaluation import queries, tables
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.domain.evaluation.compare import Side, compare

MOVERS: Final = 100


def compared(user: Any, before: Any, after: Any, *, clear: bool) -> dict[str, Any]:
    """`domain.evaluation.compare.compare`, movers with name and town; points of items only when `clear`."""
    names = {row.key: (row.name, row.town) for run in (before, after) for row in queries.results(user, run)}
    sides = [_side(user, run) for run in (before, after)]
    order: dict[str, None] = {}
    for _rows, grades in sides:
        order.update(dict.fromkeys(grades))
    found = compare(sides[0][0], sides[1][0], tuple(order), movers=MOVERS)
    for one in found["movers"]:
        one["name"], one["town"] = names.get(one["key"], (one["key"], ""))
        one["to_there"] = one["after"]["group"] is not None or one["after"]["rank"] is not None
        if not clear:
            one["reasons"] = [{"label": reason["label"]} for reason in one["reasons"]]
    return found


def _side(user: Any, run: Any) -> tuple[Side, tuple[str, ...]]:
    import pyarrow.compute as pc

    from tenglong.engine import enterprises

    rule = Pinned.of(run.scheme_id, run.scheme_version, run.scheme_pin, run.scheme_text)
    scheme, table = rule.compiled.scheme, enterprises(tables.frozen(run.result_sha256))
    seen = list(queries.results(user, run).values_list("key", flat=True))
    mine = table if len(seen) == table.num_rows else table.filter(pc.is_in(table["key"], value_set=_keys(seen)))
    labels = {name: one.label for group in scheme.groups.values() for name, one in group.indicators.items()}
    grades = tuple(grade for group in scheme.groups.values() if group.grades is not None for grade in group.grades.order)
    label = f"{run.cycle.year} {run.get_kind_display()} {rule.name}"
    return Side(label, mine, scheme.total.decimals if scheme.total else 0, labels), grades


def _keys(keys: list[str]) -> Any:
    import pyarrow as pa

    return pa.array(keys, pa.string())
