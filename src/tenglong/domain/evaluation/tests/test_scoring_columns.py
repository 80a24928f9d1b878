"""The frozen field works benchmarks as the engine does, for every kind."""

from __future__ import annotations

import numpy as np
import pytest

from tenglong.domain.evaluation.frozen import field_of
from tenglong.domain.evaluation.scoring import Values, benchmark
from tenglong.domain.evaluation.tests import trace_county as county
from tenglong.engine import evaluate

KINDS = ["{kind: group, factor: 1.2, mean: of_sums}", "{kind: group, factor: 0.7, mean: of_ratios}", "{kind: max}",
         "{kind: min}", *(f"{{kind: percentile, percentile: {share}}}" for share in (1, 50, 80, 99.5, 100))]


@pytest.mark.parametrize("kind", KINDS)
def test_a_benchmark_of_the_group_is_the_engines(kind):
    compiled, rows = county.compiled(county.SCHEME.replace(KINDS[0], kind)), county.data(41)
    results = evaluate(compiled, rows)
    key = next(row["key"] for row in results.to_pylist() if row["group"] == "above")
    item = next(one for one in field_of(compiled, key, rows, results).items if one.id == "revenue_per_mu")
    found = benchmark(item.upper, Values(item.value, item.top, item.bottom, float(item.factor)))
    assert np.allclose(found, item.base, rtol=1e-14)
