"""Every packaged scheme that can score: each enterprise's trace adds up, its page is written, and advice never breaks."""

from __future__ import annotations

import random

import pyarrow as pa
import pytest

from tenglong.domain.evaluation.catalogue import load, presets
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.explain import explain
from tenglong.domain.evaluation.joint import UNIT_KEY, unit_inputs, works_the_unit
from tenglong.domain.evaluation.lift import lift
from tenglong.domain.evaluation.trace import adds_up, trace
from tenglong.engine import evaluate

NAMES = [f"{reference.id}@{reference.version}" for reference in presets()]
SCHEMES = {name: compile_scheme(load(name)) for name in NAMES}
SCORING = [name for name, compiled in SCHEMES.items() if not compiled.lacks("score")]
TYPES = {"number": pa.int64(), "text": pa.string(), "flag": pa.bool_()}


def data(compiled, n=36, seed=11):
    """Random rows: figures of the size firms have, some missing, attributes from their choices."""
    draw, columns = random.Random(seed), {"key": pa.array([f"E{i:03d}" for i in range(n)])}
    for name in compiled.measures:
        values = [None if draw.random() < 0.05 else draw.randint(10, 4000) * 10**5 for _ in range(n)]
        columns[name] = pa.array(values, pa.int64())
    for name, attribute in compiled.attributes.items():
        if attribute.type == "number":
            values = [None if draw.random() < 0.05 else draw.randint(0, 9) * 10**6 for _ in range(n)]
        elif attribute.type == "flag":
            values = [draw.choice([None, False, False, False, True]) for _ in range(n)]
        elif name in ("landlord", "unit"):
            values = [draw.choice([None, f"E{draw.randrange(n):03d}"]) for _ in range(n)]
        else:
            values = [draw.choice(list(attribute.choices) or ["A", "B", "C", "D", "1751", "3525"]) for _ in range(n)]
        columns[name] = pa.array(values, TYPES[attribute.type])
    return pa.table(columns)


def means(compiled):
    """Last year's means that the scheme asks for."""
    from decimal import Decimal

    return {(group, name): Decimal("7.5") for group, body in compiled.scheme.groups.items() for name in body.indicators}


def given(compiled, row, inputs):
    """What a row was worked from: its own figures or those of its joint unit."""
    mine = inputs.get(row["key"]) or {"unit": row["key"].removeprefix(UNIT_KEY)}
    if not works_the_unit(compiled, row, mine):
        return mine
    return unit_inputs(compiled, [one for one in inputs.values() if one["unit"] == mine["unit"]])


def test_there_are_schemes_to_try():
    assert len(SCORING) >= 3


@pytest.mark.parametrize("name", SCORING)
def test_every_enterprise_of_every_scheme_is_explained(name):
    compiled = SCHEMES[name]
    rows = data(compiled)
    results = evaluate(compiled, rows, last_year=means(compiled))
    inputs = {row["key"]: row for row in rows.to_pylist()}
    scored = 0
    for row in results.to_pylist():
        found = trace(compiled, row, given(compiled, row, inputs))
        if row["standing"] != "merged":
            assert adds_up(found), row
        advice = lift(compiled, row["key"], rows, results)
        assert advice.lifts or advice.reason
        page = explain(found, advice=advice.as_json())
        assert page.title.startswith("为什么") and len(page.main_text) < 2000
        scored += row["total"] is not None
    assert scored or compiled.lacks("grade")
