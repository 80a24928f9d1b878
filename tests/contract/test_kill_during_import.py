"""Must-show 8: a worker that dies in the middle leaves all of an import or none, and says which."""

from __future__ import annotations

import pytest

from tenglong.bench.kill import deaths_of, faults


@pytest.mark.slow
def test_a_killed_import_leaves_all_or_none_and_can_be_finished() -> None:
    deaths, _whole = deaths_of(2_500, range(1, 5))
    assert [(death.seed, death.faults) for death in deaths if death.faults] == []


def test_half_an_import_would_be_noticed() -> None:
    whole = {
        "batch": "done",
        "rows": {"Plot": 9, "PlotVersion": 9, "PlotCode": 9},
        "shapes": 9,
        "index_ok": True,
        "audit_ok": True,
        "unfinished": 0,
        "staged": 9,
    }
    none = {**whole, "batch": "preview", "rows": {"Plot": 0, "PlotVersion": 0, "PlotCode": 0}, "shapes": 0}
    assert faults(whole, whole, 9) == [] and faults(none, whole, 9) == []
    assert faults({**whole, "batch": "preview"}, whole, 9)
    assert faults({**whole, "rows": {"Plot": 9, "PlotVersion": 5, "PlotCode": 9}}, whole, 9)
    assert faults({**whole, "shapes": 8}, whole, 9)
    assert faults(none, none, 9)
