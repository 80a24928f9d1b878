"""`benchmarks()`: this year's means are exact, hold before any factor, and serve the next year's scheme as they stand."""

from __future__ import annotations

import importlib.util
import random
import sys
from decimal import Decimal
from fractions import Fraction
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
VALUES = {"ratio": ("tax_paid / land_mu", "wan_yuan/mu"), "product": ("revenue / employees", "yuan/person"),
          "plain": ("rd_expense", "wan_yuan")}


def indicator(name, weight, benchmark):
    value, unit = VALUES[name]
    score = {"family": "ratio", "benchmark": benchmark, "cap": "none", "floor": "none"}
    return {"label": name, "value": value, "unit": unit, "missing": "zero", "weight": weight, "score": score}


def scheme(**benchmarks):
    """Two groups with the same indicators; one enterprise in ten is outside the scope."""
    drawn = worlds._Scheme(random.Random(3))
    drawn.groups = ["above", "below"]
    body = drawn.body()
    attributes = {"scale": {"if_absent": "below"}, "industry": {"if_absent": None}, "public_service": {"if_absent": False}}
    weights = dict(zip(benchmarks, (50, 30, 20), strict=True))
    held = {name: indicator(name, weights[name], one) for name, one in benchmarks.items()}
    cut = {"method": "score", "order": ["A", "B"], "cuts": {"A": 50}, "counts_in_n": {"ungraded": False, "vetoed": True}}
    groups = {name: {"label": name, "when": when, "indicators": held, "grades": cut}
              for name, when in (("above", "scale == 'above'"), ("below", "true"))}
    none = dict.fromkeys(("deductions", "vetoes", "protections", "ungraded"), "none")
    return worlds.compiled({
        **body, **none, "attributes": attributes, "groups": groups, "bonuses": {"total_cap": "none", "ladders": {}},
        "scope": {"include": "not public_service", "exclude": {}}, "tenants": {"treatment": "separate"},
        "joint": {"allowed": False}, "total": {"full_marks": 100, "decimals": 4, "cap": "none"}})


def mean(kind, rows, top, bottom=None, factor=1):
    """Of the rows that have the value, in fractions."""
    known = [row for row in rows if row[top] is not None and (bottom is None or row[bottom])]
    tops = [Fraction(row[top], 10**6) * factor for row in known]
    if kind == "of_sums":
        return sum(tops) / sum(Fraction(row[bottom], 10**6) for row in known)
    ratios = [a / (Fraction(row[bottom], 10**6) if bottom else 1) for a, row in zip(tops, known, strict=True)]
    return sum(ratios) / len(ratios)


def near(found, exact):
    assert abs(Fraction(found) - exact) <= abs(exact) / 10**12, (found, float(exact))


def world(compiled):
    return worlds.enterprises(random.Random(11), compiled, 120)


def test_means_are_those_of_exact_fractions():
    compiled = scheme(
        ratio={"kind": "group", "factor": 3, "mean": "of_sums"},
        product={"kind": "last_year", "factor": 2, "mean": "of_ratios"},
        plain={"kind": "last_year", "factor": 1, "mean": "of_ratios", "per": "industry", "digits": 2},
    )
    rows = world(compiled)
    found = engine.benchmarks(compiled, worlds.table(compiled, rows))
    inside = [row for row in rows if not row["public_service"]]
    for group in ("above", "below"):
        members = [row for row in inside if (row["scale"] == "above") == (group == "above")]
        near(found.pop((group, "ratio")), mean("of_sums", members, "tax_paid", "land_mu"))
        near(found.pop((group, "product")), mean("of_ratios", members, "revenue", "employees", factor=10**4))
        for prefix in {row["industry"][:2] for row in members if row["industry"]}:
            of_industry = [row for row in members if row["industry"] and row["industry"][:2] == prefix]
            near(found.pop((group, f"plain/{prefix}")), mean("of_ratios", of_industry, "rd_expense"))
    assert not found, "a mean of nobody"


@pytest.mark.slow
def test_this_years_means_are_next_years_benchmarks():
    """The group mean that this year divides by is what a scheme of the next year is given, each with its own factor."""
    rule = {"factor": 2, "mean": "of_ratios"}
    this, later = (scheme(**dict.fromkeys(VALUES, {"kind": kind, **rule})) for kind in ("group", "last_year"))
    rows = worlds.table(this, world(this))
    means = engine.benchmarks(this, rows)
    now, then = (engine.evaluate(one, rows, last_year=last).to_pylist() for one, last in ((this, None), (later, means)))
    assert sum(row["total"] is not None for row in now) > 90
    for a, b in zip(now, then, strict=True):
        assert abs((a["total"] or 0) - (b["total"] or 0)) <= 1, (a, b)


def test_a_group_without_the_figure_has_no_mean():
    compiled = scheme(**dict.fromkeys(VALUES, {"kind": "group", "factor": 1, "mean": "of_ratios"}))
    rows = [{**row, "rd_expense": None if row["scale"] == "above" else row["rd_expense"]} for row in world(compiled)]
    found = engine.benchmarks(compiled, worlds.table(compiled, rows))
    assert ("above", "plain") not in found
    assert isinstance(found["below", "plain"], Decimal)


def test_a_scheme_that_takes_no_means_gives_none():
    compiled = scheme(**dict.fromkeys(VALUES, {"kind": "fixed", "value": 2}))
    assert engine.benchmarks(compiled, worlds.table(compiled, world(compiled))) == {}
