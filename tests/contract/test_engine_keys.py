"""A key that is missing or repeated is refused before anything is worked, from a table and from a file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenglong import engine
from tenglong.bench._evaluate_scheme import TEXT, scheme
from tenglong.domain.evaluation.checks import compile_scheme
from tenglong.domain.policy.document import load_yaml
from tenglong.engine import keys


def rows(*names):
    return pa.table({"key": pa.array(names, pa.string()), "tax_paid": pa.array([10**6] * len(names), pa.int64())})


def refusal(work):
    with pytest.raises(engine.EngineError) as found:
        work()
    return str(found.value)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("甲", "乙", "甲"), "key 一列有重复（甲），不能逐户给出结果；请先合并或删去重复的行"),
        (tuple("edcbaabcde"), "key 一列有重复（a、b、c 等），不能逐户给出结果；请先合并或删去重复的行"),
        (("甲", None, None), "key 一列有空值（2 行），不能逐户给出结果"),
    ],
)
def test_repeated_and_missing_keys_are_refused_by_name(tmp_path, names, told):
    source, target = tmp_path / "rows.parquet", tmp_path / "results.parquet"
    pq.write_table(rows(*names), source)
    assert refusal(lambda: engine.evaluate(scheme(), rows(*names))) == told
    assert refusal(lambda: engine.evaluate_parquet(scheme(), source, target)) == told
    assert not target.exists()


def test_a_file_without_keys_is_refused(tmp_path):
    source = tmp_path / "rows.parquet"
    pq.write_table(rows("甲").drop_columns(["key"]), source)
    assert refusal(lambda: engine.evaluate_parquet(scheme(), source, tmp_path / "results.parquet")) == "数据缺少 key 一列"


def test_hashes_that_meet_by_chance_refuse_nobody():
    """The keys themselves are asked before anyone is refused."""

    @dataclass
    class Answer:
        rows: list

        def fetchnumpy(self):
            return {"h": np.array([7, 7], dtype=np.uint64)}

        def fetchall(self):
            return self.rows

    class Meeting:
        asked: list = []  # noqa: RUF012

        def execute(self, text):
            self.asked.append(text)
            return Answer([(2,)] if "count(*) FROM" in text else [])

    keys.check(Meeting(), "rows_in")
    assert "GROUP BY key" in Meeting.asked[-1]


def test_a_figure_too_large_is_told_in_plain_words(tmp_path):
    source = tmp_path / "rows.parquet"
    emitted = dict.fromkeys(("value_added", "cod_t", "nh3n_t", "so2_t", "nox_t"), [1])
    pq.write_table(pa.table({"key": ["甲"], "scale": ["above"], "tax_paid": [2**62], "land_mu": [1], **emitted}), source)
    uncapped = compile_scheme(load_yaml(TEXT.replace("cap: 1.5", "cap: none"), kind="evaluation", id="bench"))
    told = refusal(lambda: engine.evaluate_parquet(uncapped, source, tmp_path / "results.parquet"))
    assert "请核对数据" in told
