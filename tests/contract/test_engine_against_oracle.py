"""Random schemes over random enterprises: what the engine says against exact fractions."""

from __future__ import annotations

from evaluation_agree import agree
from evaluation_oracle import results
from evaluation_worlds import table, world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenglong import engine

SEEDS = st.integers(0, 10**6)
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@FEW
@given(SEEDS)
def test_engine_says_what_exact_fractions_say(seed):
    compiled, rows, last = world(seed)
    found = engine.evaluate(compiled, table(compiled, rows), last_year=last).to_pylist()
    agree(compiled, found, results(compiled, rows, last))
