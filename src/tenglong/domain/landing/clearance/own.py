"""What the firm in a clearing does next. Nothing is told of a survey: it is no decision and asks nothing of anybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Next = Literal["dropped", "stopped", "move_out", "moved_out", "talk", "sign", "wait_to_sign", "tenants", "vacate", "hand_over",
               "settled", "paid"]


@dataclass(frozen=True)
class Standing:
    """`agreement`: "" while the office still drafts, "approved", "signed". `gates`: steps that signing waits for; `tenants`:
    how many have not left; `unpaid`: instalments that wait."""

    tenant: bool = False
    dropped: bool = False
    stopped: bool = False
    agreement: str = ""
    gates: int = 0
    tenants: int = 0
    vacated: date | None = None
    delivered: date | None = None
    unpaid: int = 0


def next_step(it: Standing) -> Next:
    """The first that holds, from the end of the project to the first talk."""
    if it.dropped:
        return "dropped"
    if it.stopped:
        return "stopped"
    if it.tenant:
        return "moved_out" if it.vacated else "move_out"
    if it.agreement != "signed":
        if it.gates:
            return "wait_to_sign"
        return "sign" if it.agreement == "approved" else "talk"
    if it.vacated is None:
        return "tenants" if it.tenants else "vacate"
    if it.delivered is None:
        return "hand_over"
    return "settled" if it.unpaid else "paid"
