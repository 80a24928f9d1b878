"""One random stream per named layer."""

from __future__ import annotations

import hashlib

import numpy as np

DEFAULT_SEED = 330604


def stream(seed: int, name: str) -> np.random.Generator:
    """The generator of layer `name`: depends on the seed and the name alone, never on what was drawn elsewhere."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.default_rng(np.random.SeedSequence([seed, key]))
