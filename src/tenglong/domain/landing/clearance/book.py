"""The policy of clearing by `ID@VERSION`, read once."""

from __future__ import annotations

from functools import lru_cache

from tenglong.domain.landing.clearance.policy import KIND, ClearancePolicy
from tenglong.domain.policy.shelf import packaged


@lru_cache(maxsize=8)
def load(name: str = "default@1") -> ClearancePolicy:
    """Raises LookupError with a sentence."""
    return ClearancePolicy.model_validate(packaged(KIND, name).data)
