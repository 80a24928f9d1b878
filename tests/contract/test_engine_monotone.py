"""What the judge of monotony proves holds in the engine and in exact fractions: one enterprise's figure grows, nothing else."""

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
from tenglong.domain.evaluation.catalogue import load, presets
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.monotone import monotone, verdicts
from tenglong.domain.measures import packaged


def beside(name: str) -> ModuleType:
    """A helper of these tests, loaded once: the folder is no package."""
    key = f"tenglong_contract_{name}"
    if key not in sys.modules:
        spec = importlib.util.spec_from_file_location(key, Path(__file__).with_name(f"{name}.py"))
        assert spec and spec.loader
        sys.modules[key] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[key])
    return sys.modules[key]


worlds, oracle = beside("evaluation_worlds"), beside("evaluation_oracle")
SCHEMES = [f"{ref.id}@{ref.version}" for ref in presets()]
FEW = settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def possible(rows):
    """Figures as the dictionary of measures bounds them: only those that may be below 0 are."""
    never = {name for name, one in packaged().items() if one.min is not None and one.min >= 0}
    return [{name: abs(value) if name in never and value is not None else value for name, value in row.items()} for row in rows]


def comparable(verdict, before, after):
    """Whether the premises of the verdict hold: same place, same figures to be had, benchmarks above 0 where that is asked."""
    same = before["group"] == after["group"] and before["standing"] == after["standing"]
    if not same or before["total"] is None or after["total"] is None:
        return False
    for row, other in ((before, after), (after, before)):
        if any((value is None) != (other["x"][name] is None) for name, value in row["x"].items()):
            return False
        asked = any("基准值" in premise for premise in verdict.premises)
        if asked and any(value is not None and value <= 0 for value in row["b"].values()):
            return False
    return True


def held(verdict, key, before, after, alone):
    """Whether the premises held; fails where the verdict does not."""
    if not comparable(verdict, before[key], after[key]):
        return False
    sign = 1 if verdict.direction == "rising" else -1
    moved = sign * (after[key]["total"] - before[key]["total"])
    assert moved >= 0 if verdict.direction != "unread" else moved == 0, (verdict.sentence, key, before[key], after[key])
    ranks = before[key]["rank"], after[key]["rank"]
    if verdict.ranks and None not in ranks:
        assert sign * (ranks[1] - ranks[0]) <= 0, (verdict.sentence, key, ranks)
        if alone:
            assert all(before[other]["total"] == after[other]["total"] for other in before if other != key), verdict.sentence
    return True


def grown(rng, rows, key, measure):
    """The same rows with one figure of one enterprise raised."""
    more = rng.choice([10_000, 10**6, rng.randrange(1, 10**7), 10**8])
    return [{**row, measure: row[measure] + more} if row["key"] == key else row for row in rows]


def as_oracle(found):
    """Rows of the engine by key, in the oracle's shape."""
    rows = {row["key"]: row for row in found.to_pylist()}
    for row in rows.values():
        row["x"] = {name[2:]: value for name, value in row.items() if name.startswith("x_")}
        row["b"] = {name[2:]: value for name, value in row.items() if name.startswith("b_")}
    return rows


def tried(rng, compiled, rows, work, verdict, times):
    """How often the verdict could be tested."""
    tenants, joint = compiled.scheme.tenants, compiled.scheme.joint
    alone = (tenants is None or tenants.treatment != "merge") and not (joint is not None and joint.allowed)
    before, met = work(rows), 0
    keys = [row["key"] for row in rows if row[verdict.measure] is not None and before[row["key"]]["total"] is not None]
    for key in rng.sample(keys, min(times, len(keys))):
        after = work(grown(rng, rows, key, verdict.measure))
        met += held(verdict, key, before, after, alone)
    return met


@pytest.mark.slow
@FEW
@given(st.integers(0, 10**6))
def test_what_is_proved_holds_in_exact_fractions(seed):
    compiled, rows, last = worlds.world(seed, 30)
    rng, rows = random.Random(seed), possible(rows)
    for verdict in verdicts(compiled):
        if verdict.direction != "unproven":
            tried(rng, compiled, rows, lambda some: oracle.results(compiled, some, last), verdict, 6)


@pytest.mark.slow
def test_random_schemes_put_the_judge_to_the_test():
    """Both ways, with and without ranks, are proved and tried many times over."""
    tally = {}
    for seed in range(40):
        compiled, rows, last = worlds.world(seed, 30)
        rng, rows = random.Random(seed), possible(rows)
        for verdict in verdicts(compiled):
            if verdict.direction != "unproven":
                met = tried(rng, compiled, rows, lambda some: oracle.results(compiled, some, last), verdict, 6)  # noqa: B023
                tally[verdict.direction, verdict.ranks] = tally.get((verdict.direction, verdict.ranks), 0) + met
    assert all(tally.get((way, ranks), 0) >= 10 for way in ("rising", "falling") for ranks in (True, False)), tally


@pytest.mark.slow
@pytest.mark.parametrize("name", SCHEMES)
def test_what_is_proved_of_a_packaged_scheme_holds_in_the_engine(name):
    compiled, rng = compile_scheme(load(name)), random.Random(name)
    if lacks := compiled.lacks("score"):
        assert monotone(compiled, "tax_paid").direction == "unproven"
        pytest.skip(f"{name} 尚不完整，不能算分：{'、'.join(lacks)}")
    rows = possible(worlds.enterprises(rng, compiled, 60))
    last = {(group, indicator): 2 for group, indicator, _ in compiled.needs_last_year()}

    def work(some):
        return as_oracle(engine.evaluate(compiled, worlds.table(compiled, some), last_year=last))

    met = [tried(rng, compiled, rows, work, verdict, 2) for verdict in verdicts(compiled) if verdict.direction == "rising"]
    assert sum(met) >= 3, "没有一户可比，等于没有试"


@pytest.mark.parametrize("name", SCHEMES)
def test_more_tax_is_never_worse_in_any_packaged_scheme_that_can_be_scored(name):
    compiled = compile_scheme(load(name))
    if compiled.lacks("score"):
        pytest.skip("尚不完整，不能算分")
    verdict = monotone(compiled, "tax_paid")
    assert verdict.direction == "rising" or "tax_paid" not in compiled.measures, verdict.sentence
