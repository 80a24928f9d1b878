"""临界名单: who stands within a few ranks of each cut, to be looked at once more before anything is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tenglong.domain.evaluation.figures import total_text
from tenglong.domain.evaluation.grading import TwoStage
from tenglong.domain.evaluation.vector import Rows, values_in

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

NEAR: Final = 3
_COLUMNS: Final = ("key", "group", "rank", "n", "total", "rank_grade", "grade")


def borders(compiled: Compiled, results: Rows, *, near: int = NEAR) -> list[dict[str, Any]]:
    """Per group and cut: the last `near` ranked members above it and the first `near` below, equal ranks all included.

    `gap` is the difference in total to the nearest member of the other side. Rules in two stages have no single order of ranks:
    for them `members` is empty and `note` says so. `results` with trace (`rank_grade`).
    """
    columns = [values_in(results, name) for name in _COLUMNS]
    rows = [dict(zip(_COLUMNS, values, strict=True)) for values in zip(*columns, strict=True)]
    decimals = compiled.scheme.total.decimals if compiled.scheme.total else 0
    found = list[dict[str, Any]]()
    for name, group in compiled.scheme.groups.items():
        if group.grades is None:
            continue
        ranked = sorted((row for row in rows if row["group"] == name and row["rank"] is not None and row["rank_grade"]),
                        key=lambda row: (row["rank"], row["key"]))
        order = group.grades.order
        for better, worse in zip(order, order[1:], strict=False):
            head = {"group": name, "label": group.label, "better": better, "worse": worse, "n": ranked[0]["n"] if ranked else 0}
            if isinstance(group.grades, TwoStage):
                found.append({**head, "members": [], "note": "分两段排序的办法没有统一的位次分界，不列临界名单"})
            else:
                found.append({**head, "members": _members(ranked, order, better, near, decimals), "note": ""})
    return found


def _members(
    ranked: list[dict[str, Any]], order: tuple[str, ...], better: str, near: int, decimals: int
) -> list[dict[str, Any]]:
    above = [row for row in ranked if order.index(row["rank_grade"]) <= order.index(better)]
    below = ranked[len(above):]
    if not above or not below:
        return []
    first, last = above[-near:][0]["rank"], below[:near][-1]["rank"]
    chosen = [row for row in ranked if first <= row["rank"] <= last]
    edges = (below[0]["total"], above[-1]["total"])
    return [_member(row, edges[0] if row["rank"] <= above[-1]["rank"] else edges[1], decimals) for row in chosen]


def _member(row: Mapping[str, Any], other: int, decimals: int) -> dict[str, Any]:
    return {"key": row["key"], "rank": row["rank"], "total": total_text(row["total"], decimals),
            "gap": total_text(row["total"] - other, decimals), "rank_grade": row["rank_grade"], "grade": row["grade"]}
