"""Every packaged scheme on both engines: the same rows, the same grades, totals and points."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tenglong import engine
from tenglong.domain.evaluation.catalogue import load, presets
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.joint import UNIT_KEY
from tenglong.engine import spark


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
enterprises, table = worlds.enterprises, worlds.table
ROWS = 2_000
SCHEMES = [f"{ref.id}@{ref.version}" for ref in presets()]
pytestmark = [pytest.mark.spark, pytest.mark.skipif(bool(spark.why_not()), reason=spark.why_not() or "可用")]


@pytest.mark.parametrize("name", SCHEMES)
def test_both_engines_give_the_same_result(name):
    compiled = compile_scheme(load(name))
    if missing := compiled.lacks("score"):
        pytest.skip(f"{name} 尚不完整，不能算分：缺 {len(missing)} 项")
    rows = table(compiled, enterprises(random.Random(name), compiled, ROWS))
    ours, theirs = (engine.evaluate(compiled, rows, backend=backend) for backend in ("duckdb", "spark"))
    assert ours.column_names == theirs.column_names
    firms = [key for key in ours.column("key").to_pylist() if not key.startswith(UNIT_KEY)]
    assert firms == rows.column("key").to_pylist()
    for column in ours.column_names:
        assert ours.column(column).to_pylist() == theirs.column(column).to_pylist(), column


@pytest.mark.parametrize("seed", [0, 28])
def test_random_schemes_give_the_same_result(seed):
    """What few packaged schemes use: two stages, units, followers, percentiles, industries, items left out."""
    compiled, rows, last = worlds.world(seed, 500)
    ours, theirs = (
        engine.evaluate(compiled, table(compiled, rows), last_year=last, backend=backend) for backend in ("duckdb", "spark")
    )
    for column in ours.column_names:
        assert ours.column(column).to_pylist() == theirs.column(column).to_pylist(), column


def test_repeated_keys_are_refused_there_too():
    compiled = compile_scheme(load("demo@1"))
    twice = table(compiled, enterprises(random.Random(1), compiled, 3) * 2)
    with pytest.raises(engine.EngineError, match="重复（K00000、K00001、K00002）"):
        engine.evaluate(compiled, twice, backend="spark")
