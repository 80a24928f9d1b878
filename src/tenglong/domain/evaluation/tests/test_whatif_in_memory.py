"""Trying a change in memory is the same rule as the draft that would be kept."""

from __future__ import annotations

import pytest

from tenglong.domain.evaluation.catalogue import load
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.whatif import WhatIfError, apply_changes, changed
from tenglong.domain.policy import load_yaml

CHANGES = (
    {"weights": {"above": {"tax_per_mu": "35"}}, "rescale": True},
    {"caps": {"above": {"tax_per_mu": "none"}}, "floors": {"tenant": {"tax_per_mu": "0.5"}}},
    {"benchmarks": {"below": {"tax_per_mu": "3.5"}}},
    {"cuts": {"above": {"A": "30", "B": "70"}}},
)


@pytest.mark.parametrize("changes", CHANGES)
def test_the_rule_in_memory_is_the_one_of_the_draft(changes):
    document = load("demo@1")
    kept = compile_scheme(load_yaml(apply_changes(document.text, changes, id="demo"), kind="evaluation", id="demo"))
    tried = changed(compile_scheme(document), changes)
    noted = tried.scheme.model_copy(update={"note": kept.scheme.note})  # the draft says where it comes from
    assert noted == kept.scheme and tried.version == kept.version
    assert tried.pin != compile_scheme(document).pin


@pytest.mark.parametrize("changes", [
    {"weights": {"above": {"tax_per_mu": "99"}}}, {"cuts": {"above": {"A": "70"}}}, {"caps": {"nowhere": {"tax": "1"}}},
])
def test_what_the_draft_refuses_is_refused_in_memory_too(changes):
    document = load("demo@1")
    with pytest.raises(WhatIfError):
        apply_changes(document.text, changes, id="demo")
    with pytest.raises(WhatIfError):
        changed(compile_scheme(document), changes)
