"""Who may see an amount: 核查 → 告知 → 决定. Until 告知 only the people of the case, then the enterprise, offices only when it
is decided."""

from __future__ import annotations

from collections.abc import Collection

from tenglong.domain.landing.covenant.policy import CovenantPolicy, Reader


def may_see_amount(policy: CovenantPolicy, stage: str, readers: Collection[Reader]) -> bool:
    """`readers`: what the person is to the case. A stage that the policy does not know shows nothing to anybody."""
    known = policy.stages.get(stage)
    return known is not None and not set(readers).isdisjoint(known.readers)
