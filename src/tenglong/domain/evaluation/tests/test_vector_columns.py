"""The column evaluator says of every row what the exact evaluator says of it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.value import evaluate
from tenglong.domain.evaluation.vector import Column, work

ROWS = [{"a": a, "b": b, "f": f, "t": t} for a in (None, -2, 0, 7) for b in (None, 0, 3)
        for f in (None, True, False) for t in (None, "x", "y")]


def columns():
    def column(name, kind):
        values = [row[name] for row in ROWS]
        known = np.array([value is not None for value in values])
        blank = {"n": 0.0, "f": False, "t": ""}[kind]
        dtype = {"n": float, "f": bool, "t": object}[kind]
        return Column(np.array([blank if value is None else value for value in values], dtype=dtype), known)

    return {"a": column("a", "n"), "b": column("b", "n"), "f": column("f", "f"), "t": column("t", "t")}


@pytest.mark.parametrize("text", [
    "a / b", "a + b * 2 - 1", "(a - b) / (a + 2)", "-a", "min(a, b)", "max(a, b, 1)", "abs(a)",
    "round_down(a / 3)", "floor(a / 3)",
    "or_zero(a) + or_zero(b / a)", "known(a)", "if(f, a, b)", "if(a > b, a / b, b)", "f and a > 0", "f or a > 0", "not f",
    "t in ['x', 'z']", "t == 'y'", "t != 'y' or known(b)", "a in [7, -2]", "not (f and t == 'x')", "a <= b", "a == b", "a >= 0",
])
def test_a_column_is_worked_as_each_of_its_rows(text):
    expr = parse(text)
    found = work(expr, columns(), len(ROWS))
    for index, row in enumerate(ROWS):
        exact = evaluate(expr, {name: Fraction(v) if type(v) is int else v for name, v in row.items()})
        assert bool(found.known[index]) is (exact is not None), (text, row)
        if exact is not None:
            assert found.values[index] == (float(exact) if isinstance(exact, Fraction) else exact), (text, row)


def test_a_name_without_a_column_is_missing():
    assert not work(parse("z + 1"), {}, 3).known.any()
