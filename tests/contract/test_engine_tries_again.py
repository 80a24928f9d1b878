"""A rule that is tried with the SQL of another rule gets the table of its own SQL, to the last bit."""

from __future__ import annotations

import importlib.util
import random
import sys
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong import engine
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.scheme import Ratio
from tenglong.domain.evaluation.whatif import WhatIfError, changed
from tenglong.domain.policy.shelf import packaged
from tenglong.engine import kept
from tenglong.engine.symbols import NotSymbolic, as_double, shape_of

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
SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def moved(compiled, rng):
    """Other weights, caps and cuts, as the page would send them; None where the scheme refuses them."""
    def number(low, high):
        return Decimal(rng.randrange(low, high)) / 1000

    groups = compiled.scheme.groups.items()
    weights = {name: {next(iter(group.indicators)): number(1, 60_000)} for name, group in groups
               if next(iter(group.indicators.values())).weight}
    caps = {name: {one: number(1000, 3000) for one, rule in group.indicators.items()
                   if isinstance(rule.score, Ratio) and isinstance(rule.score.cap, Decimal)} for name, group in groups}
    cuts = {name: {grade: cut + number(1, 900) for grade, cut in held.items() if cut < 99}
            for name, group in groups if (held := getattr(group.grades, "cuts", None))}
    try:
        return changed(compiled, {"weights": weights, "caps": caps, "cuts": cuts, "rescale": True})
    except WhatIfError:
        return None


@FEW
@given(SEEDS)
def test_random_schemes_give_the_same_table_both_ways(seed):
    compiled, rows, last = world(seed)
    given_rows = table(compiled, rows)
    for rule in filter(None, (compiled, moved(compiled, random.Random(seed)))):
        direct = engine.evaluate(rule, given_rows, last_year=last)
        assert engine.evaluate_again(rule, given_rows, last_year=last).equals(direct)
        short = engine.evaluate_again(rule, given_rows, last_year=last, trace=False)
        assert short.equals(direct.select(short.column_names))


@pytest.fixture(scope="module")
def demo():
    return compile_scheme(packaged("evaluation", "demo@1"))


def test_other_numbers_take_the_text_that_is_there(demo):
    rows, rng = table(demo, enterprises(random.Random(5), demo, 120)), random.Random(6)
    first = engine.evaluate_again(demo, rows)
    texts, different = len(kept._TEXTS), 0
    for _ in range(3):
        draft = moved(demo, rng)
        found = engine.evaluate_again(draft, rows)
        assert found.equals(engine.evaluate(draft, rows))
        different += not found.equals(first)
    assert different == 3
    assert len(kept._TEXTS) == texts


def test_without_trace_the_wider_text_serves_until_the_narrower_one_is_written(demo):
    rows = table(demo, enterprises(random.Random(8), demo, 60)).append_column("spare", [[1] * 60])
    whole, texts = engine.evaluate_again(demo, rows), len(kept._TEXTS)
    short = engine.evaluate_again(demo, rows, trace=False)
    assert len(kept._TEXTS) == texts and short.num_columns < whole.num_columns
    kept.prepare(demo, rows, trace=False)
    assert len(kept._TEXTS) == texts + 1
    assert engine.evaluate_again(demo, rows, trace=False).equals(short)


def test_no_shape_of_the_demo_needs_the_long_way(demo):
    engine.evaluate_again(demo, table(demo, enterprises(random.Random(7), demo, 5)))
    assert None not in kept._TEXTS.values()


def test_a_weight_of_nothing_and_a_missing_cap_are_other_shapes(demo):
    name, one = next((name, one) for name, group in demo.scheme.groups.items() for one, rule in group.indicators.items()
                     if isinstance(rule.score, Ratio))
    changes = ({"weights": {name: {one: "0"}}, "rescale": True}, {"caps": {name: {one: "none"}}},
               {"caps": {name: {one: "1.7"}}}, {"caps": {name: {one: "1.9"}}})
    nothing, without, capped, other = (shape_of(changed(demo, change)).key for change in changes)
    assert len({nothing, without, capped}) == 3
    assert capped == other


def test_a_place_refuses_to_be_read_as_a_number(demo):
    place = next(rule.weight for group in shape_of(demo).compiled.scheme.groups.values() for rule in group.indicators.values())
    for read in (lambda: place > 1, lambda: int(place * 2), lambda: place == 1):
        with pytest.raises((ArithmeticError, ValueError)):
            read()
    assert issubclass(NotSymbolic, ArithmeticError)


@given(st.fractions(min_value=-10**6, max_value=10**6, max_denominator=10**9))
def test_a_place_holds_the_double_nearest_to_the_number(value):
    assert as_double(value) == float(value)
