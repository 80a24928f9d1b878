"""Declared cut-offs hold for every n from 1 to 2,000 under every rounding and direction; the published test counts come out."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

import ibis
import pyarrow as pa
import pytest

from tenglong.domain.evaluation.grading import RankShare
from tenglong.engine.ranks import last_rank

ROUND = {"floor": floor, "ceil": ceil, "half_up": lambda value: floor(value + Fraction(1, 2))}
SHARES = ([20, 60, 95], [25, 70, 95], ["0.5", "33.3", "99.9"])


def rule(shares, counted_from="top", rounding="floor"):
    return RankShare(
        method="rank_share",
        order=("A", "B", "C", "D"),
        cuts=dict(zip("ABC", map(Decimal, map(str, shares)), strict=True)),
        counted_from=counted_from,
        rounding=rounding,
        ties="all_up",
        counts_in_n={"ungraded": False, "vetoed": True},
        small_group={"min": 1, "below": "as_usual"},
    )


def lasts(grades, numbers):
    """K of every cut for every n, as the engine works it."""
    table = ibis.memtable(pa.table({"n": pa.array(numbers, pa.int64())}))
    columns = {f"k{index}": last_rank(grades, percent, table["n"]) for index, percent in enumerate(grades.cuts.values())}
    found = ibis.duckdb.connect().to_pyarrow(table.mutate(**columns).order_by("n")).to_pylist()
    return [[row[f"k{index}"] for index in range(3)] for row in found]


@pytest.mark.parametrize("shares", SHARES)
@pytest.mark.parametrize("rounding", list(ROUND))
@pytest.mark.parametrize("counted_from", ["top", "bottom"])
def test_cuts_are_exact_for_every_n(shares, rounding, counted_from):
    grades = rule(shares, counted_from, rounding)
    for n, found in zip(range(1, 2001), lasts(grades, list(range(1, 2001))), strict=True):
        for share, last in zip(grades.cuts.values(), found, strict=True):
            exact = Fraction(share) * n / 100
            wanted = ROUND[rounding](exact) if counted_from == "top" else n - ROUND[rounding](n - exact)
            assert last == wanted, (n, share)


@pytest.mark.parametrize(
    ("shares", "n", "counts"),
    [
        ([20, 60, 95], 10, [2, 4, 3, 1]),
        ([20, 60, 95], 37, [7, 15, 13, 2]),
        ([20, 60, 95], 101, [20, 40, 35, 6]),
        ([25, 70, 95], 10, [2, 5, 2, 1]),
        ([25, 70, 95], 37, [9, 16, 10, 2]),
        ([25, 70, 95], 101, [25, 45, 25, 6]),
    ],
)
def test_published_counts_come_out(shares, n, counts):
    (found,) = lasts(rule(shares), [n])
    edges = [0, *found, n]
    assert [b - a for a, b in zip(edges, edges[1:], strict=False)] == counts
