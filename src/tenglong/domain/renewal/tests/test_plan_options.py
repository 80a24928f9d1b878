"""Plots and routes become the options of a plan; what does not is told, and the plan solves."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tenglong.domain.evaluation.expression import Value
from tenglong.domain.renewal.economics.checks import load as load_economics
from tenglong.domain.renewal.economics.groups import Holding
from tenglong.domain.renewal.economics.options import offer
from tenglong.domain.renewal.routes import load as load_routes

MODEL, BOOK = load_economics(), load_routes()
PLOT: dict[str, Value] = {
    "plot_mu": Fraction(30), "plot_floor_m2": Fraction(12000), "plot_tax": Fraction(60), "plot_value_added": Fraction(300),
    "plot_energy_tce": Fraction(400), "plot_jobs": Fraction(120), "tenants": Fraction(3), "households": Fraction(0),
    "soil": "none", "soil_key_unit": False, "leased_out_share": Fraction(0), "in_control_line": True, "titled": True,
    "disputed": False, "reserve_body_listed": True, "stopped_months": Fraction(0),
}


def test_every_pair_of_plot_and_route_is_an_option_or_left_out_with_its_reason() -> None:
    rows = [Holding(f"P{place}", f"h{place}", "章镇", PLOT) for place in range(6)]
    rows.append(Holding("Q", "hq", "章镇", {**PLOT, "plot_floor_m2": None, "in_control_line": False}))
    found = offer(MODEL, BOOK, rows)
    pairs = [(one.candidate, one.route) for one in found.options] + [(one.plot, one.route) for one in found.left_out]
    assert sorted(pairs) == sorted((row.plot, route) for row in rows for route in BOOK.ids)
    why = {(one.plot, one.route): one.why for one in found.left_out}
    assert why["Q", "rebuild"] == "在工业区块控制线内：在工业区块控制线内（否）"
    assert why["Q", "reserve"] == "测算缺 地块建筑面积"
    assert why["P0", "state_purchase"] == "收购方是国有企业：不能判断，缺 收购方为国有企业"
    reserve = next(one for one in found.options if (one.candidate, one.route) == ("P0", "reserve"))
    assert (reserve.group, reserve.chance_bp, reserve.released_cm2) == ("章镇", 5000, 200_000_000)


def test_routes_may_be_asked_by_any_of_their_names() -> None:
    rows = [Holding("P", "h", "章镇", PLOT)]
    found = offer(MODEL, BOOK, rows, ["收储", "R1"], years=(2026, 2027))
    assert [(one.route, one.years, one.chance_bp) for one in found.options] == [
        ("reserve", (2026, 2027), 5000), ("close", (2026, 2027), 5000)]
    hidden = found.groups["reserve"][0]
    assert (hidden.chance, hidden.note) == (None, "不足 5 户，不显示；方案按办法写明的缺省值 50% 计")
    with pytest.raises(LookupError, match="没有路径“炸掉”"):
        offer(MODEL, BOOK, rows, ["炸掉"])
