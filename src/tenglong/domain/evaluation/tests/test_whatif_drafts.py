"""A draft is the old text with the asked values changed and nothing else; what cannot be is refused with its reason."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenglong.domain.evaluation.catalogue import presets
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.evaluation.tests import trace_county as county
from tenglong.domain.evaluation.whatif import Override, WhatIfError, apply_changes, draft_version, override_rows, rescaled
from tenglong.domain.policy import load_yaml
from tenglong.domain.presets import preset
from tenglong.engine import evaluate

WEIGHTS = {"weights": {"above": {"tax_per_mu": "40", "revenue_per_mu": "30"}}}


def made(changes, text=county.SCHEME, **more):
    return apply_changes(text, changes, **more)


def test_every_kind_of_change_reaches_the_scheme_and_leaves_the_rest_alone():
    text = made({**WEIGHTS, "benchmarks": {"above": {"tax_per_mu": "25.5"}}, "factors": {"above": {"revenue_per_mu": "1.5"}},
                 "caps": {"above": {"tax_per_mu": "none"}}, "floors": {"above": {"rd_intensity": "0.1"}},
                 "cuts": {"above": {"A": "25"}}})
    before, after = county.compiled(), county.compiled(text)
    items = after.scheme.groups["above"].indicators
    assert (items["tax_per_mu"].weight, items["revenue_per_mu"].weight) == (40, 30)
    assert items["tax_per_mu"].score.benchmark.value == Decimal("25.5") and items["tax_per_mu"].score.cap == "none"
    assert items["revenue_per_mu"].score.benchmark.factor == Decimal("1.5")
    assert items["rd_intensity"].score.floor == Decimal("0.1")
    assert after.scheme.groups["above"].grades.cuts["A"] == 25
    assert after.scheme.groups["below"] == before.scheme.groups["below"], "an alias shared by another group stays as it was"
    assert after.scheme.groups["above"].indicators["tax_per_tce"] == before.scheme.groups["above"].indicators["tax_per_tce"]


def test_comments_stay_the_version_is_a_draft_and_old_values_are_noted():
    text = made(WEIGHTS)
    assert "# 说明：测试用的办法" in text and "# 首要指标" in text and "# 权重" in text
    document = load_yaml(text, kind="evaluation", id="test-county")
    assert document.version == "2023-draft-1" and "未经批准" in document.data["note"]
    assert "weight: 30 # 试算改动，原为 25" in " ".join(text.split())
    assert load_yaml(made(WEIGHTS, text, draft=2), kind="evaluation", id="test-county").version == "2023-draft-2"
    assert draft_version("2022-draft-9", 10) == "2022-draft-10"


def test_weights_that_do_not_sum_are_refused_with_an_offer_and_rescaled_only_when_asked():
    changes = {"weights": {"above": {"tax_per_mu": "60"}}}
    with pytest.raises(WhatIfError, match="60 ＋ 25 ＋ 15 ＋ 15 ＝ 115，应为 100") as refused:
        made(changes)
    offer = refused.value.offer["above"]
    assert sum(Decimal(weight) for weight in offer.values()) == 100 and offer["tax_per_mu"] == "52.1739"
    items = county.compiled(made({**changes, "rescale": True})).scheme.groups["above"].indicators
    assert {name: item.weight for name, item in items.items()} == {name: Decimal(weight) for name, weight in offer.items()}


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.decimals("0.01", "99", places=2), min_size=1, max_size=9))
def test_rescaled_weights_sum_exactly_and_keep_their_order(weights):
    found = rescaled(weights, Decimal(100))
    assert sum(found.values()) == 100
    for one in weights:
        assert abs(found[one] - weights[one] * 100 / sum(weights.values())) < Decimal("0.0001")


@pytest.mark.parametrize(("changes", "reason"), [
    ({"weights": {"nobody": {"tax_per_mu": "1"}}}, "没有这个评价组或指标"),
    ({"benchmarks": {"above": {"revenue_per_mu": "9"}}}, "由数据或行业表确定"),
    ({"benchmarks": {"above": {"tax_per_tce": "9"}}}, "没有单一的基准值"),
    ({"factors": {"above": {"tax_per_mu": "2"}}}, "不用系数"),
    ({"caps": {"above": {"tax_per_tce": "2"}}}, "没有封顶"),
    ({"caps": {"above": {"tax_per_mu": "-1"}}}, "封顶 -1 须大于保底 0"),
    ({"cuts": {"above": {"A": "70"}}}, "等级分界重叠"),
    ({"cuts": {"above": {"D": "99"}}}, "没有这一级"),
    ({"cuts": {"above": {"C": "101"}}}, "应小于 100"),
    ({"weights": {"above": {"tax_per_mu": "-5"}}}, "不能小于 0"),
    ({"weights": {"above": {"tax_per_mu": "许多"}}}, "应是数"),
    ({"vetoes": {}}, "没有这一种改动"),
])
def test_a_change_that_cannot_be_is_refused_with_its_reason(changes, reason):
    with pytest.raises(WhatIfError, match=reason):
        made(changes)


def test_a_value_that_was_unknown_is_known_in_the_draft():
    text = preset("evaluation/zj-huangyan@2022.yaml")
    draft = made({"benchmarks": {"above": {"tax_per_mu": "25"}}}, text)
    assert "groups.above.grades" in draft and "&published" in draft
    assert county.SCHEME.count("\n") <= made({}).count("\n")


def test_every_packaged_scheme_survives_the_round_trip():
    for reference in presets():
        text = preset(f"evaluation/{reference.id}@{reference.version}.yaml")
        before = load_yaml(text, kind="evaluation", id=reference.id)
        draft = load_yaml(made({}, text, id=reference.id), kind="evaluation", id=reference.id)
        old, new = (dict(document.data) | {"note": ""} for document in (before, draft))
        assert old == new, reference
        compile_scheme(draft)


def test_overrides_replace_single_figures_and_nothing_else():
    compiled, rows = county.compiled(), county.data(30)
    changed = override_rows(compiled, rows, (Override(key="E00001", measure="tax_paid", value=Decimal("99.5")),
                                             Override(key="E00002", measure="revenue", value=None)))
    before, after = rows.to_pylist(), changed.to_pylist()
    assert after[1]["tax_paid"] == 99_500_000 and after[2]["revenue"] is None
    assert [{**row, "tax_paid": 0, "revenue": 0} for row in before] == [{**row, "tax_paid": 0, "revenue": 0} for row in after]
    assert evaluate(compiled, changed).num_rows == 30
    for key, measure, value in (("X", "tax_paid", 1), ("E00001", "water_t", 1), ("E00001", "land_mu", -1)):
        with pytest.raises(WhatIfError):
            override_rows(compiled, rows, (Override(key=key, measure=measure, value=Decimal(value)),))
