"""The scheme of `_evaluate_scheme` as one would write it with pandas: whole columns, floats, `groupby().rank()`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

ABOVE = {
    "tax_per_mu": ("tax_paid", "land_mu", 30, 24.097),
    "value_added_per_mu": ("value_added", "land_mu", 20, 136.16),
    "value_added_per_tce": ("value_added", "energy_tce", 20, 2.694),
    "value_added_per_t": ("value_added", "emission", 10, 4929.81),
    "labour_productivity": ("value_added", "employees", 10, 18.14),
    "rd_intensity": ("rd_expense", "revenue", 10, 0.0302),
}
BELOW = {"tax_per_mu": ("tax_paid", "land_mu", 50, 11.5932), "tax_per_kwh": ("tax_paid", "electricity_kwh", 50, 0.00002352)}
FIGURES = (
    "land_mu",
    "tax_paid",
    "revenue",
    "value_added",
    "employees",
    "rd_expense",
    "energy_tce",
    "electricity_kwh",
    "cod_t",
    "nh3n_t",
    "so2_t",
    "nox_t",
    "tenants_below",
)


def run(source: Path, target: Path) -> int:
    """Parquet → Parquet; rows."""
    frame = pd.read_parquet(source)
    for name in FIGURES:
        frame[name] = frame[name] / 1e6
    frame["emission"] = frame["cod_t"] + frame["nh3n_t"] + frame["so2_t"] + frame["nox_t"]
    above = frame["scale"] == "above"
    known = above | frame["land_mu"].notna()
    inside = (above | (frame["land_mu"] >= 3)) & ~frame["public_service"] & known
    above_rows, below_rows = frame[inside & above], frame[inside & ~above]
    points = pd.concat([_points(above_rows, ABOVE, mean_of="value_added_per_t"), _points(below_rows, BELOW)])
    frame["group"] = pd.Series("above", index=frame.index).where(above, "below").where(inside, None)
    total = (
        points.reindex(frame.index)
        + _bonus(frame)
        + np.where(above & (frame["tenants_below"] > 1), -5 * (frame["tenants_below"] - 1), 0)
    )
    _finish(frame, total)
    frame[["key", "group", "standing", "total", "rank", "n", "grade"]].to_parquet(target, index=False)
    return len(frame)


def _points(rows: pd.DataFrame, indicators: dict[str, tuple[str, str, int, float]], mean_of: str = "") -> pd.Series:
    """Sum of points; NaN where the first figure of all is missing."""
    total = pd.Series(0.0, index=rows.index)
    for name, (top, bottom, weight, base) in indicators.items():
        points = (rows[top] / rows[bottom].replace(0, np.nan) / base * weight).clip(0, 1.5 * weight)
        if name == mean_of:
            points = points.fillna(points.mean())
        elif name != "tax_per_mu":
            points = points.fillna(0.0)
        total = total + points
    return total


def _bonus(frame: pd.DataFrame) -> np.ndarray:
    ladder = np.where(frame["little_giant"], 5.0, np.where(frame["high_tech"], 3.0, 0.0))
    points: np.ndarray = np.minimum(ladder + np.where(frame["green_plant"], 2.0, 0.0), 10.0)
    return points


def _finish(frame: pd.DataFrame, total: pd.Series) -> None:
    """Standing, total, rank, n and grade as columns of `frame`."""
    grouped = frame["group"].notna()
    construction = grouped & frame["under_construction"]
    graded = grouped & ~construction & total.notna()
    ranked = frame.loc[graded, ["group"]].assign(total=(total[graded] * 1e4).round())
    by_group = ranked.groupby("group")["total"]
    rank, n = by_group.rank(method="min", ascending=False), by_group.transform("size")
    grade = pd.Series(
        np.select([rank * 100 <= 20 * n, rank * 100 <= 60 * n, rank * 100 <= 95 * n], ["A", "B", "C"], default="D"),
        index=ranked.index,
    )
    grade[frame.loc[graded, "newly_founded"] & (grade == "D")] = "C"
    grade[frame.loc[graded, "accident"]] = "D"
    frame["standing"] = np.select([graded, construction, grouped], ["graded", "ungraded", "refused"], default="outside")
    for name, column in {"total": ranked["total"], "rank": rank, "n": n, "grade": grade}.items():
        frame[name] = column
