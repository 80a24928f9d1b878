"""The scheme of `_evaluate_scheme` as one would write it with pandas: whole columns, floats, `groupby().rank()`.

A key that is missing or repeated is refused, as the engine does. With trace each item keeps its value, benchmark, points
and flag: the engine's columns `x_`, `b_`, `s_`, `f_`.
"""

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
#: the trace tells values in the scheme's units: 元 per kWh
UNITS = {"tax_per_kwh": 10_000}
#: what the result has besides the trace
RESULT = ["key", "group", "standing", "total", "rank", "n", "grade"]
KEPT = ["bonus", "deduction", "rank_grade", "reasons"]


def run(source: Path, target: Path, trace: bool = False) -> int:
    """Parquet → Parquet; rows."""
    frame = pd.read_parquet(source)
    if frame["key"].isna().any() or frame["key"].duplicated().any():
        raise ValueError("key 一列有空值或重复")
    for name in FIGURES:
        frame[name] = frame[name] / 1e6
    frame["emission"] = frame["cod_t"] + frame["nh3n_t"] + frame["so2_t"] + frame["nox_t"]
    above = frame["scale"] == "above"
    known = above | frame["land_mu"].notna()
    inside = (above | (frame["land_mu"] >= 3)) & ~frame["public_service"] & known
    above_rows, below_rows = frame[inside & above], frame[inside & ~above]
    told: list[pd.DataFrame] | None = [] if trace else None
    points = pd.concat([_points(above_rows, ABOVE, told, mean_of="value_added_per_t"), _points(below_rows, BELOW, told)])
    frame["group"] = pd.Series("above", index=frame.index).where(above, "below").where(inside, None)
    bonus = _bonus(frame)
    deduction = np.where(above & (frame["tenants_below"] > 1), -5 * (frame["tenants_below"] - 1), 0)
    _finish(frame, points.reindex(frame.index) + bonus + deduction, trace)
    if told is None:
        frame[RESULT].to_parquet(target, index=False)
        return len(frame)
    frame["bonus"], frame["deduction"] = bonus, deduction
    kept = frame[RESULT + KEPT].join(pd.concat(told))
    kept.to_parquet(target, index=False)
    return len(frame)


def _points(
    rows: pd.DataFrame, indicators: dict[str, tuple[str, str, int, float]], told: list[pd.DataFrame] | None, mean_of: str = ""
) -> pd.Series:
    """Sum of points; NaN where the first figure of all is missing. Columns of every item go to `told`."""
    total = pd.Series(0.0, index=rows.index)
    columns: dict[str, pd.Series] = {}
    for name, (top, bottom, weight, base) in indicators.items():
        raw = rows[top] / rows[bottom].replace(0, np.nan) / base * weight
        points = raw.clip(0, 1.5 * weight)
        if name == mean_of:
            points = points.fillna(points.mean())
        elif name != "tax_per_mu":
            points = points.fillna(0.0)
        if told is not None:
            absent = 8 if name == "tax_per_mu" else 4 if name == mean_of else 3
            flag = np.select([raw.isna(), raw > 1.5 * weight, raw < 0], [absent, 1, 2], default=0)
            unit = UNITS.get(name, 1)
            columns[f"x_{name}"] = rows[top] / rows[bottom].replace(0, np.nan) * unit
            columns |= {f"b_{name}": pd.Series(base * unit, index=rows.index), f"s_{name}": points}
            columns[f"f_{name}"] = pd.Series(flag, index=rows.index, dtype="Int8")
        del raw
        total = total + points
    if told is not None:
        told.append(pd.DataFrame(columns))
    return total


def _bonus(frame: pd.DataFrame) -> np.ndarray:
    ladder = np.where(frame["little_giant"], 5.0, np.where(frame["high_tech"], 3.0, 0.0))
    points: np.ndarray = np.minimum(ladder + np.where(frame["green_plant"], 2.0, 0.0), 10.0)
    return points


def _finish(frame: pd.DataFrame, total: pd.Series, trace: bool) -> None:
    """Standing, total, rank, n and grade as columns of `frame`; with trace also the grade by rank and what changed it."""
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
    by_rank = grade.copy() if trace else grade
    saved, vetoed = frame.loc[graded, "newly_founded"] & (grade == "D"), frame.loc[graded, "accident"]
    grade[saved] = "C"
    grade[vetoed] = "D"
    frame["standing"] = np.select([graded, construction, grouped], ["graded", "ungraded", "refused"], default="outside")
    for name, column in {"total": ranked["total"], "rank": rank, "n": n, "grade": grade}.items():
        frame[name] = column
    if trace:
        words = ["newly_founded;accident", "newly_founded", "accident"]
        reasons = np.select([saved & vetoed, saved, vetoed], words, default="")
        frame["rank_grade"] = by_rank
        frame["reasons"] = pd.Series(reasons, index=ranked.index).reindex(frame.index, fill_value="")
