"""Groups too small are cut together with another: random chains of groups against exact fractions."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tenglong import engine


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
agree, results = beside("evaluation_agree").agree, beside("evaluation_oracle").results
#: group → the one it joins
CHAINS = (
    {"above": "below"},
    {"below": "above"},
    {"above": "below", "below": "rest"},
    {"above": "rest", "below": "rest"},
    {"rest": "above", "above": "below"},
)
WHEN = {"above": "scale == 'above'", "below": "revenue >= 4", "rest": "true"}


def world(seed):
    """Three groups that join one another when they are too few; some members do not count, some totals are equal."""
    rng = random.Random(seed)
    drawn = worlds._Scheme(rng)
    drawn.groups = list(WHEN)
    body = drawn.body()
    body["tenants"], body["joint"] = {"treatment": "separate"}, {"allowed": False}
    body["total"]["decimals"] = rng.choice([0, 1])
    joins, by = CHAINS[seed % len(CHAINS)], rng.random() < 0.4
    for name, group in body["groups"].items():
        group["when"] = WHEN[name]
        if by:  # equal totals of a pool are ordered by one indicator, which every group then has
            group["indicators"] = body["groups"]["above"]["indicators"]
        kept = list(group["indicators"].items())[:2]
        group["indicators"] = {key: {**one, "weight": 100 / len(kept)} for key, one in kept}
        group["grades"] = grades(rng, drawn, next(iter(group["indicators"])), joins.get(name), by)
    compiled = worlds.compiled(body)
    return compiled, worlds.enterprises(rng, compiled, 45)


def grades(rng, drawn, first, target, by):
    found = {}
    while found.get("method") != "rank_share":
        found = drawn.grades([first], "")
    ties = {"tie_by": first, "then": rng.choice(["all_up", "all_down"])} if by else {}
    kept = {name: value for name, value in found.items() if name not in ("tie_by", "then")}
    below = {"below": "merge", "merge_with": target} if target else {"below": rng.choice(["ungraded", "as_usual"])}
    return {**kept, "ties": "by" if by else rng.choice(["all_up", "all_down"]), **ties,
            "small_group": {"min": rng.choice([9, 15, 40]), **below}}


def joined(found):
    """Groups that were cut together with another: their n is more than they have themselves."""
    own = {}
    for row in found:
        own[row["group"]] = own.get(row["group"], 0) + (row["rank"] is not None)
    return {row["group"] for row in found if row["rank"] is not None and row["n"] > own[row["group"]]}


@pytest.mark.slow
def test_groups_that_join_are_cut_as_exact_fractions_say():
    together = 0
    for seed in range(8):
        compiled, rows = world(seed)
        found = engine.evaluate(compiled, worlds.table(compiled, rows)).to_pylist()
        agree(compiled, found, results(compiled, rows, {}))
        together += bool(joined(found))
    assert together >= 3, "too few worlds in which a group joined another"
