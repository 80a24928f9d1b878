"""In which group each enterprise stands, asked without working any point: the first stages alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import duckdb
import ibis
import pyarrow as pa

from tenglong.engine.placed import filled, merged, placed
from tenglong.engine.plan import Plan
from tenglong.engine.run import plain
from tenglong.engine.sql import duckdb_text

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

_ROWS: Final = "rows_in"


def groups_of(compiled: Compiled, rows: pa.Table) -> dict[str, str]:
    """Key → group as `evaluate` gives it, of those that have one. Raises PartialScheme, EngineError."""
    compiled.require("score")
    rows, plan = plain(rows), Plan(compiled)
    names = {number: name for number, name, _ in plan.groups}
    units = merged(plan, filled(plan, ibis.table(ibis.Schema.from_pyarrow(rows.schema), name=_ROWS)))
    stand = placed(plan, units.rows).select("key", "grp")
    with duckdb.connect() as connection:
        connection.register(_ROWS, rows)
        placing = connection.execute(duckdb_text(stand)).fetchall()
        members = connection.execute(duckdb_text(units.members)).fetchall() if units.members is not None else []
    found = {key: names[number] for key, number in placing if number is not None}
    found |= {key: found[head] for key, head in members if head in found}
    return {key: found[key] for key in rows["key"].to_pylist() if key in found}
