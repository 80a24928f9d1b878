"""The four tables are read as they are written, and the set found is the best of all sets."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tenglong.bench._marxan_data import AMOUNTS, EDGES, FEATURES, INSIDE, UNITS, texts
from tenglong.domain.renewal.portfolio.answer import Status
from tenglong.domain.renewal.portfolio.marxan import LOCKED_IN, LOCKED_OUT, MarxanError, Reserve, read_reserve
from tenglong.domain.renewal.portfolio.reserve import solve_reserve
from tenglong.domain.renewal.portfolio.watch import Watch

UNIT_TABLE = "id,cost,status\n1,5,0\n2,3,0\n3,4,2\n4,9,3\n"
SPEC = "id\tprop\tname\n10\t0.5\t林地\n11\t0.2\t湿地\n"
AMOUNT = "species,pu,amount\n10,1,4\n10,2,4\n10,4,2\n11,3,1\n11,2,1\n"
BOUND = '"id1" "id2" "boundary"\n1 2 2.5\n2 1 2.5\n2 3 1\n1 1 3\n'


def tables(**changes: str) -> dict[str, str]:
    return {"pu": UNIT_TABLE, "spec": SPEC, "puvspr": AMOUNT, "bound": BOUND} | changes


def test_tables_of_any_separator_are_read() -> None:
    reserve = read_reserve(tables())
    assert reserve.names == ("1", "2", "3", "4") and reserve.features == ("林地", "湿地")
    assert reserve.target.tolist() == [5.0, 0.4]
    assert (
        reserve.edges.tolist() == [[0, 1], [1, 2]]
        and reserve.lengths.tolist() == [2.5, 1.0]
        and reserve.own.tolist() == [3, 0, 0, 0]
    )


def test_the_outline_equals_the_matrix_form_of_the_penalty() -> None:
    """Σ B_ii x_i − 2 Σ B_ij z_ij with B_ii the whole outline of a unit."""
    reserve = read_reserve(tables())
    whole = reserve.own.copy()
    np.add.at(whole, reserve.edges.ravel(), np.repeat(reserve.lengths, 2))
    for bits in product([False, True], repeat=4):
        chosen = np.array(bits)
        both = chosen[reserve.edges].all(axis=1)
        assert reserve.boundary(chosen) == pytest.approx(whole[chosen].sum() - 2 * reserve.lengths[both].sum())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"pu": UNIT_TABLE.replace("1,5", "1,甲")}, "pu.dat 第 2 行的 cost 是“甲”"),
        ({"puvspr": "species,pu\n1,1\n"}, "puvspr.dat 缺少列：amount"),
        ({"puvspr": "species,pu,amount\n10,77,1\n"}, "不认识的编号：77"),
        ({"spec": "id,name\n10,a\n11,b\n"}, "没有 prop 或 target 列"),
        ({"bound": "id1,id2,boundary\n1,2,-1\n"}, "负的边界长度"),
    ],
)
def test_a_wrong_table_is_told_in_a_sentence(changes: dict[str, str], told: str) -> None:
    with pytest.raises(MarxanError, match=told):
        read_reserve(tables(**changes))


def small(seed: int) -> Reserve:
    rng = np.random.default_rng(seed)
    units = 10
    pairs = np.array([(a, b) for a in range(units) for b in range(a + 1, units) if rng.random() < 0.3])
    status = rng.choice([0, 0, 0, 0, LOCKED_IN, LOCKED_OUT], units)
    value = rng.uniform(1, 9, units * 2)
    feature = np.tile([0, 1], units)
    return Reserve(
        tuple(map(str, range(units))),
        ("a", "b"),
        rng.uniform(1, 9, units),
        status,
        rng.uniform(0, 2, units),
        np.repeat(np.arange(units), 2),
        feature,
        value,
        np.array([0.3, 0.4]) * 50,
        pairs,
        rng.uniform(0.1, 3, len(pairs)),
    )


def test_the_set_found_is_the_best_of_all_sets() -> None:
    sets = np.array(list(product([False, True], repeat=10)))
    proven = 0
    for seed in range(12):
        reserve = small(seed)
        good = [
            chosen
            for chosen in sets
            if (reserve.held(chosen) >= reserve.target).all()
            and chosen[reserve.status == LOCKED_IN].all()
            and not chosen[reserve.status == LOCKED_OUT].any()
        ]
        answer = solve_reserve(reserve, 0.7, Watch(20.0), 1e-6)
        if not good:
            assert answer.status is Status.NONE and answer.missing
            continue
        assert answer.status is Status.PROVEN
        assert answer.value == pytest.approx(min(reserve.worth(chosen, 0.7) for chosen in good), rel=1e-5)
        proven += 1
    assert proven > 6


def test_the_invented_instance_has_the_shape_of_the_public_one() -> None:
    reserve = read_reserve(texts(1), 0.3)
    assert (len(reserve.names), len(reserve.features), len(reserve.value), len(reserve.edges)) == (
        UNITS,
        FEATURES,
        AMOUNTS,
        EDGES,
    )
    assert ((reserve.status == LOCKED_IN).sum(), (reserve.status == LOCKED_OUT).sum()) == (INSIDE, 1)
