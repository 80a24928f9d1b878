"""Enterprises of a country as Parquet: figures × 10⁶, about 3 % missing, written in slices so that it fits in little memory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

SLICE = 500_000
#: measure → typical value of a large and of a small enterprise
TYPICAL = {
    "land_mu": (35.0, 6.0),
    "tax_paid": (900.0, 60.0),
    "revenue": (25_000.0, 1_500.0),
    "value_added": (5_000.0, 300.0),
    "employees": (160.0, 20.0),
    "rd_expense": (700.0, 10.0),
    "energy_tce": (1_800.0, 90.0),
    "electricity_kwh": (4.0e6, 2.4e5),
    "cod_t": (0.4, 0.05),
    "nh3n_t": (0.05, 0.01),
    "so2_t": (0.3, 0.03),
    "nox_t": (0.5, 0.05),
}
FLAGS = {
    "public_service": 0.01,
    "under_construction": 0.01,
    "newly_founded": 0.04,
    "high_tech": 0.1,
    "little_giant": 0.02,
    "green_plant": 0.01,
    "accident": 0.002,
}


def write(path: Path, rows: int, seed: int) -> Path:
    """`rows` enterprises, 12 % of them large; the same seed gives the same file."""
    rng = np.random.default_rng(seed)
    writer = None
    for start in range(0, rows, SLICE):
        part = _slice(rng, start, min(SLICE, rows - start))
        writer = writer or pq.ParquetWriter(path, part.schema, compression="snappy")
        writer.write_table(part)
    if writer is not None:
        writer.close()
    return path


def _slice(rng: np.random.Generator, start: int, count: int) -> pa.Table:
    above = rng.random(count) < 0.12
    columns: dict[str, Any] = {
        "key": pa.array([f"91330604{number:010d}" for number in range(start, start + count)]),
        "scale": pa.array(np.where(above, "above", "below")),
    }
    for name, (large, small) in TYPICAL.items():
        value = rng.lognormal(-0.5, 1.0, count) * np.where(above, large, small)
        figures = (np.round(value, 2) * 100).astype(np.int64) * 10_000
        columns[name] = pa.array(figures, mask=rng.random(count) < 0.03)
    for name, share in FLAGS.items():
        columns[name] = pa.array(rng.random(count) < share)
    columns["tenants_below"] = pa.array(rng.poisson(0.3, count).astype(np.int64) * 1_000_000)
    return pa.table(columns)
