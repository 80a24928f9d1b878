"""Random schemes over random enterprises: the engine against exact fractions, and what must hold of any result."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong import engine
from tenglong.bench._evaluate_scheme import scheme
from tenglong.engine.grouping import groups_of

#: minutes in all: once in `make test`, not in `make check`
pytestmark = pytest.mark.slow


def beside(name: str) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


worlds = beside("evaluation_worlds")
enterprises, table, world = worlds.enterprises, worlds.table, worlds.world
agree, results = beside("evaluation_agree").agree, beside("evaluation_oracle").results
SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=12, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@FEW
@given(SEEDS)
def test_engine_says_what_exact_fractions_say(seed):
    compiled, rows, last = world(seed)
    data = table(compiled, rows)
    found = engine.evaluate(compiled, data, last_year=last).to_pylist()
    agree(compiled, found, results(compiled, rows, last))
    keys = {row["key"] for row in rows}
    assert groups_of(compiled, data) == {row["key"]: row["group"] for row in found if row["group"] and row["key"] in keys}


@FEW
@given(SEEDS)
def test_order_of_rows_changes_nothing(seed):
    compiled, rows, last = world(seed)
    shuffled = random.Random(seed).sample(rows, len(rows))
    first, second = (engine.evaluate(compiled, table(compiled, some), last_year=last) for some in (rows, shuffled))
    assert first.equals(second)


@FEW
@given(SEEDS)
def test_more_tax_never_lowers_a_total(seed):
    """All indicators of this scheme rise with tax or do not read it, and its benchmarks are fixed."""
    compiled, rng = scheme(), random.Random(seed)
    rows = enterprises(rng, compiled, 80)
    more = [None if row["tax_paid"] is None else row["tax_paid"] + rng.randrange(5 * 10**6) for row in rows]
    richer = [{**row, "tax_paid": tax} for row, tax in zip(rows, more, strict=True)]
    results_of = (engine.evaluate(compiled, table(compiled, some), trace=False) for some in (rows, richer))
    before, after = (found.column("total").to_pylist() for found in results_of)
    assert all(a is None and b is None or a <= b for a, b in zip(before, after, strict=True))


def test_what_is_missing_is_named_and_never_a_number():
    compiled = scheme()
    rows = enterprises(random.Random(7), compiled, 60)
    for row in rows:
        row["tax_paid"] = None
    found = engine.evaluate(compiled, table(compiled, rows)).to_pylist()
    assert {row["standing_id"] for row in found if row["standing"] == "refused"} <= {"tax_paid", "land_mu"}
    assert all(row["total"] is None and row["grade"] is None for row in found)
    assert any(row["standing"] == "refused" for row in found)
