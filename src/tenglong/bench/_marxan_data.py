"""An invented instance in the shape of the well-known example of the Marxan format: as many units, features, amounts
and edges."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tenglong.bench._plan_county import planar
from tenglong.domain.renewal.portfolio.marxan import LOCKED_IN, LOCKED_OUT

UNITS, FEATURES, AMOUNTS, EDGES, INSIDE = 1_751, 17, 4_662, 5_029, 317


def texts(seed: int) -> dict[str, str]:
    """The four tables: costs and amounts vary smoothly over the plane, a block of units is locked in, one is locked out."""
    rng = np.random.default_rng(seed)
    points, graph = planar(UNITS, rng)
    gaps = np.linalg.norm(points[graph.edges[:, 0]] - points[graph.edges[:, 1]], axis=1)
    edges = graph.edges[np.argsort(gaps, kind="stable")[:EDGES]]
    lengths = rng.uniform(0.1, 0.6, len(edges)).round(3)
    cost = np.maximum(0.5, 8 * np.exp(_smooth(points, rng) * 0.5) * rng.lognormal(0, 0.3, UNITS)).round(3)
    status = np.zeros(UNITS, dtype=int)
    status[np.argsort(-_smooth(points, rng))[:INSIDE]] = LOCKED_IN
    status[np.flatnonzero(status == 0)[0]] = LOCKED_OUT
    pu = ["id,cost,status", *(f"{at + 1},{value},{mark}" for at, (value, mark) in enumerate(zip(cost, status, strict=True)))]
    spec = ["id,prop,spf,name", *(f"{at + 1},0.3,1,feature {at + 1}" for at in range(FEATURES))]
    bound = ["id1,id2,boundary", *(f"{a + 1},{b + 1},{length}" for (a, b), length in zip(edges.tolist(), lengths, strict=True))]
    outer = np.flatnonzero(np.bincount(edges.ravel(), minlength=UNITS) < 5)
    bound += [
        f"{at + 1},{at + 1},{length}"
        for at, length in zip(outer.tolist(), rng.uniform(0.1, 0.6, len(outer)).round(3), strict=True)
    ]
    return {"pu": "\n".join(pu), "spec": "\n".join(spec), "puvspr": "\n".join(_amounts(points, rng)), "bound": "\n".join(bound)}


def _smooth(points: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A field of a few hills, mean 0 and deviation 1."""
    centres = rng.random((12, 2)) * points.max()
    width = points.max() * rng.uniform(0.08, 0.25, 12)
    field = sum(
        rng.uniform(0.4, 1) * np.exp(-((points - centre) ** 2).sum(axis=1) / (2 * each**2))
        for centre, each in zip(centres, width, strict=True)
    )
    return np.asarray((field - np.mean(field)) / np.std(field))


def _amounts(points: np.ndarray, rng: np.random.Generator) -> list[str]:
    shares = rng.dirichlet(np.full(FEATURES, 2.0))
    count = np.maximum(20, (shares * AMOUNTS).astype(int))
    count[np.argmax(count)] += AMOUNTS - count.sum()
    rows = []
    for feature, number in enumerate(count.tolist()):
        field = _smooth(points, rng) + rng.normal(0, 0.3, UNITS)
        for unit in np.argsort(-field)[: min(number, UNITS)].tolist():
            rows.append((unit, feature, round(float(np.exp(field[unit]) * 10), 3)))
    return ["species,pu,amount", *(f"{feature + 1},{unit + 1},{value}" for unit, feature, value in sorted(rows))]


def write(folder: Path, seed: int) -> None:
    """The instance as a folder that `tenglong plan --marxan` reads."""
    for name, text in texts(seed).items():
        (folder / f"{name}.dat").write_text(text + "\n", encoding="utf-8")
