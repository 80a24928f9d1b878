"""All plots at once (`judge`) says what `find` says plot by plot, ties and gaps included; columns equal exact values."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tenglong.domain.evaluation.parse import parse
from tenglong.domain.evaluation.value import evaluate
from tenglong.domain.renewal.criteria.catalogue import load, presets
from tenglong.domain.renewal.criteria.columns import Columns, Flags, numbers
from tenglong.domain.renewal.criteria.find import find
from tenglong.domain.renewal.criteria.judge import judge
from tenglong.domain.renewal.criteria.rows import Plot, Record, Sheet

NAMES = sorted({f"{ref.id}@{ref.version}" for ref in presets()})
#: lines of the policies, values that only nearly reach them, and what no double holds
NUMBERS = [Fraction(text) for text in ("0", "0.6", "1", "2", "3", "5", "12", "25", "30", "50", "10/3", "100/3", "2/3")]
NUMBERS += [Fraction(5) - Fraction(1, 10**20), Fraction(1, 3) * 6, Fraction(10**400)]
INDUSTRIES = ["3311", "3312", "2645"]


def value(name: str, kind: str, choices: dict[str, str]) -> st.SearchStrategy[object]:
    if kind == "flag":
        return st.one_of(st.none(), st.booleans())
    if kind == "number":
        return st.one_of(st.none(), st.sampled_from(NUMBERS))
    return st.one_of(st.none(), st.sampled_from(sorted(choices) or INDUSTRIES if name != "industry" else INDUSTRIES))


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_every_plot_is_judged_as_it_is_found(name: str, data: st.DataObject) -> None:
    criteria = load(name)
    cells = {of: {one.id: value(one.id, one.type, dict(one.choices)) for id_ in criteria.used
                  if (one := criteria.inputs[id_]).of == of} for of in ("plot", "owner")}
    owners = {f"O{at}": Record(f"O{at}", data.draw(st.fixed_dictionaries(cells["owner"]))) for at in range(4)}
    plots = tuple(Plot(f"P{at}", data.draw(st.fixed_dictionaries(cells["plot"])), owner=f"O{at % 5}") for at in range(6))
    sheet = Sheet(plots, owners)
    made, found = judge(criteria, sheet), find(criteria, sheet)
    for at, one in enumerate(found.findings):
        held = made.class_of(at)
        assert made.verdict(at) == one.verdict
        assert (held.label if held else "") == one.class_label
        assert tuple(made.hits(at)) == one.hits
        assert list(made.lacks(at)) == [(gap.id, gap.label) for gap in one.missing]
        assert bool(made.unsettled[at]) == (one.verdict == "unclear" or bool(one.open_class))
    told = [(result.id, result.outcome) for one in found.findings for result in one.results]
    counts = {(id_, outcome): n for id_, outcomes in made.counts().items() for outcome, n in outcomes.items()}
    assert counts == {pair: told.count(pair) for pair in set(told)}


TEXTS = ("a / b < c", "a * b - c >= 0", "not (a > b) or c == b", "min(a, b) <= max(b, c)", "if(a > 0, b, c) != a",
         "known(a) and or_zero(b) > c", "floor(a / b) == 1", "a in [1, 2, 3]", "abs(-a) < b + c")


@pytest.mark.parametrize("text", TEXTS)
@given(rows=st.lists(st.tuples(*[st.one_of(st.none(), st.sampled_from(NUMBERS))] * 3), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_columns_equal_the_exact_value_or_say_that_they_doubt(text: str, rows: list[tuple[Fraction | None, ...]]) -> None:
    table, expr = Columns(len(rows)), parse(text)
    for at, name in enumerate("abc"):
        table.held[name] = numbers(row[at] for row in rows)
    found = table.work(expr)
    assert isinstance(found, Flags)
    for at, row in enumerate(rows):
        exact = evaluate(expr, dict(zip("abc", row, strict=True)))
        told = {1: True, 0: False, -1: None}[int(found.state[at])]
        assert table.doubt[at] or told is exact
    small = [at for at, row in enumerate(rows) if all(one is None or one.denominator == 1 and one < 100 for one in row)]
    if "/" not in text:
        assert np.count_nonzero(table.doubt[small]) == 0 or "+" in text or "*" in text or "-" in text
