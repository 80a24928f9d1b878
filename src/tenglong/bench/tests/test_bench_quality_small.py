"""The benchmark itself is trusted because a small run of it is checked here."""

from __future__ import annotations

import orjson
from click.testing import CliRunner

from tenglong.bench import _parcels
from tenglong.bench.result import Alternative, BenchResult
from tenglong.cli.bench import command, names


def test_small_county_every_seeded_defect_is_found_and_nothing_else():
    result = CliRunner().invoke(command, ["quality", "--size", "4000", "--runs", "1", "--json"])
    assert result.exit_code == 0, result.output
    out = orjson.loads(result.stdout)
    facts = out["facts"]
    assert facts["布设缺陷"] == facts["检出"] > 30
    assert (facts["误报"], facts["重复报告"], facts["重复运行结果相同"]) == (0, 0, True)
    assert {"overlap", "gap", "invalid-geometry", "duplicate-geometry", "contained", "sliver"} == set(facts["按规则"])
    assert out["machine"]["peak_rss_mib"] > 0


def test_the_same_seed_gives_the_same_county():
    first, second = _parcels.make(2000, 7), _parcels.make(2000, 7)
    assert len(first.shapes) == 2000
    assert first.defects == second.defects
    assert [a.wkb for a in first.shapes] == [b.wkb for b in second.shapes]


def test_unknown_benchmark_is_bad_use():
    result = CliRunner().invoke(command, ["nope"])
    assert result.exit_code == 2 and "quality" in result.output
    assert "quality" in names()


def test_a_missed_promise_fails():
    result = BenchResult("x", "y", seconds={"total": [3.0, 1.0, 2.0]}, limits={"total": 1.5})
    assert result.medians() == {"total": 2.0}
    assert not result.passed()
    assert Alternative("loop", 2.0, 16.0).ratio == 8.0
