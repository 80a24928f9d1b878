"""What differentiated treatment comes to in 万元 a year, and how that changes; without legal basis only an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from tenglong.domain.evaluation.compare import NONE
from tenglong.domain.evaluation.figures import fixed
from tenglong.domain.evaluation.given import expression
from tenglong.domain.evaluation.scheme import Consequence
from tenglong.domain.evaluation.vector import Rows, inputs, number_column, values_in, work

if TYPE_CHECKING:
    from tenglong.domain.evaluation.compiled import Compiled

WITHOUT_BASIS: Final = "无依据，仅测算"
_PLACES: Final = 4


def money(
    compiled: Compiled, rows: Rows, before: Sequence[str | None], after: Sequence[str | None], *, on: date,
    totals: Sequence[float | None] | None = None,
) -> list[dict[str, Any]]:
    """Per consequence of the scheme: 万元 a year under the grades `before` and `after`, by grade and in all.

    before, after: grades in the order of `rows` (positive amounts: the enterprises pay). `unknown` counts those whose amount
    cannot be worked for want of a figure. `on`: the day the legal basis must hold. totals: for amounts that read `total`.
    """
    columns = inputs(compiled, rows)
    if totals is not None:
        columns["total"] = number_column(np.array([np.nan if one is None else one for one in totals], dtype=np.float64))
    size = len(values_in(rows, "key"))
    found = []
    for name, rule in compiled.scheme.consequences.items():
        amounts = {grade: work(expression(compiled, f"consequences.{name}.amounts.{grade}", text), columns, size).floats()
                   for grade, text in rule.amounts.items()}
        sides = [_side(amounts, np.array([grade or NONE for grade in grades], dtype=object)) for grades in (before, after)]
        found.append({"id": name, "label": rule.label, "kind": rule.kind, "unit": "万元/年", "basis": basis_of(rule, on),
                      "active": active(rule, on), "before": sides[0], "after": sides[1],
                      "change": fixed(Decimal(sides[1]["amount"]) - Decimal(sides[0]["amount"]), _PLACES)})
    return found


def _side(amounts: dict[str, NDArray[np.float64]], grades: NDArray[Any]) -> dict[str, Any]:
    listed, whole, unknown = dict[str, Any](), 0.0, 0
    for grade, values in amounts.items():
        here = grades == grade
        held = values[here]
        lacking = int(np.isnan(held).sum())
        listed[grade] = {"n": int(here.sum()), "amount": fixed(float(np.nansum(held)), _PLACES), "unknown": lacking}
        whole, unknown = whole + float(np.nansum(held)), unknown + lacking
    return {"amount": fixed(whole, _PLACES), "n": len(grades), "unknown": unknown, "grades": listed}


def active(rule: Consequence, on: date) -> bool:
    """Whether every part of the legal basis is given and holds on that day (office practice 15)."""
    legal = rule.legal
    if not legal.complete or legal.valid_from is None or legal.fair_reviewed_on is None:
        return False
    return legal.valid_from <= on and (legal.valid_to is None or on < legal.valid_to) and legal.fair_reviewed_on <= on


def basis_of(rule: Consequence, on: date) -> str:
    """Document and article, or the watermark."""
    return f"{rule.legal.document} {rule.legal.article}".strip() if active(rule, on) else WITHOUT_BASIS
