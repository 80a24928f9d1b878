"""The record of clearing land."""

from tenglong.apps.clearance.models.clearance import (
    Clearance,
    ClearedHolder,
    ClearedTarget,
    HolderKind,
    Role,
    State,
    Step,
    What,
)
from tenglong.apps.clearance.models.money import (
    Agreement,
    AgreementItem,
    AgreementState,
    Payment,
    Valuation,
    ValuationCause,
    Way,
)
from tenglong.apps.clearance.models.papers import ClearancePaper, Correction, CorrectionState

__all__ = [
    "Agreement",
    "AgreementItem",
    "AgreementState",
    "Clearance",
    "ClearancePaper",
    "ClearedHolder",
    "ClearedTarget",
    "Correction",
    "CorrectionState",
    "HolderKind",
    "Payment",
    "Role",
    "State",
    "Step",
    "Valuation",
    "ValuationCause",
    "Way",
    "What",
]
