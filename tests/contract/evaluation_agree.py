"""Comparison of engine and oracle: grades exactly, points to 1e-9, totals unless the exact value lies at a half unit."""

from __future__ import annotations

from fractions import Fraction

EXACT = ("group", "standing", "standing_id", "rank", "n", "rank_grade", "grade", "reasons")


def near(found, exact, what):
    if found is None or exact is None:
        assert found is None and exact is None, (what, found, exact)
        return
    assert abs(Fraction(found) - exact) <= Fraction(1, 10**9) * max(abs(exact), Fraction(1, 1000)), (what, found, float(exact))


def doubtful(compiled, exact):
    """Whether some total lies so near a half unit that doubles may round it the other way; then ranks may differ too."""
    scale = 10**compiled.scheme.total.decimals
    return any(
        abs(((row["raw"] * scale) % 1) - Fraction(1, 2)) < Fraction(1, 10**6) and ((row["raw"] * scale) % 1) != Fraction(1, 2)
        for row in exact.values()
        if row["raw"] is not None
    )


def agree(compiled, found, exact):
    """Every row in is one row out (with mixed evaluation one more for each unit), and says the same."""
    assert [row["key"] for row in found] == sorted(exact)
    if doubtful(compiled, exact):
        return
    joint = compiled.scheme.joint
    mixed = ("joint", "own_grade", "joint_grade") if joint is not None and joint.mixed == "both" else ()
    for row in found:
        wanted = exact[row["key"]]
        for name in (*EXACT, *mixed):
            assert (row[name] or None) == (wanted[name] or None), (name, row[name], wanted[name], row["key"], row, wanted)
        assert row["total"] == wanted["total"], (row["key"], row["total"], float(wanted["raw"] or 0))
        for name, points in wanted["s"].items():
            near(row[f"s_{name}"], points, f"s_{name}")
            near(row[f"x_{name}"], wanted["x"][name], f"x_{name}")
            near(row[f"b_{name}"], wanted["b"][name], f"b_{name}")
            if row[f"f_{name}"] >= 3 or wanted["f"][name] >= 3:
                assert row[f"f_{name}"] == wanted["f"][name], (name, row, wanted)
