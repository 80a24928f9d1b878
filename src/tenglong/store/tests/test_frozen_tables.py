"""A frozen table is known by its rows: order, file and the last bit of a double do not matter, anything else does."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenglong.store.snapshots import SnapshotError, Snapshots, canonical


def table(**columns):
    return pa.table({"key": ["B", "A", "C"], "tax": pa.array([2, 1, None], pa.int64()), **columns})


def test_the_same_rows_in_another_order_are_the_same_snapshot(tmp_path: Path):
    store = Snapshots(tmp_path)
    first = store.put(table())
    turned = table().take([2, 0, 1]).select(["tax", "key"])
    assert store.put(turned) == first
    assert store.get(first.sha256)["key"].to_pylist() == ["A", "B", "C"]
    assert len(list((tmp_path / "snapshots").iterdir())) == 1


def test_one_figure_more_or_a_missing_figure_turned_to_zero_is_another_snapshot():
    assert canonical(table()) != canonical(pa.table({"key": ["B", "A", "C"], "tax": pa.array([2, 1, 0], pa.int64())}))
    assert canonical(table()) != canonical(table(more=[1, 2, 3]))


def test_the_last_bit_of_a_double_is_no_difference_and_negative_zero_is_zero():
    assert canonical(table(x=[0.1 + 0.2, 0.0, 1.0])) == canonical(table(x=[0.3, -0.0, 1.0]))
    assert canonical(table(x=[0.3, 0.0, 1.0])) != canonical(table(x=[0.300002, 0.0, 1.0]))


def test_a_file_that_was_touched_is_told_and_a_lost_one_too(tmp_path: Path):
    store = Snapshots(tmp_path)
    kept = store.put(table())
    pq.write_table(pa.table({"key": ["A"], "tax": [5]}), store.path(kept.sha256))
    with pytest.raises(SnapshotError, match="内容与编号不符"):
        store.get(kept.sha256)
    store.path(kept.sha256).unlink()
    with pytest.raises(SnapshotError, match="找不到"):
        store.get(kept.sha256)


def test_a_name_that_is_no_hash_never_becomes_a_path(tmp_path: Path):
    with pytest.raises(SnapshotError):
        Snapshots(tmp_path).path("../../etc/passwd")


def test_one_firm_is_read_without_the_rest(tmp_path: Path):
    kept = Snapshots(tmp_path).put(table())
    assert Snapshots(tmp_path).peek(kept.sha256, keys=["B"]).to_pylist() == [{"key": "B", "tax": 2}]
