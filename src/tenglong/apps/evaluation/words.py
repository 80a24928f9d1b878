"""Words and tones of coded values for lists and chips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise

from tenglong.apps.evaluation.models.area import AreaState, ItemKind, Outcome
from tenglong.apps.evaluation.models.cycle import Severity
from tenglong.apps.evaluation.models.delivery import DeliveryState
from tenglong.apps.evaluation.models.firm import DecisionState
from tenglong.apps.evaluation.models.sheet import SheetState
from tenglong.web import formats

AREA_STATES: Final = dict(AreaState.choices)
ITEM_KINDS: Final = dict(ItemKind.choices)
OUTCOMES: Final = dict(Outcome.choices)
SEVERITIES: Final = dict(Severity.choices)
DELIVERY_STATES: Final = dict(DeliveryState.choices)
DECISION_STATES: Final = dict(DecisionState.choices)
SHEET_STATES: Final = dict(SheetState.choices)
_WORDS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "area_state": AREA_STATES, "area_item": ITEM_KINDS, "area_outcome": OUTCOMES, "finding_level": SEVERITIES,
    "delivery_state": DELIVERY_STATES, "decision_state": DECISION_STATES, "sheet_state": SHEET_STATES,
}
_TONES: Final[dict[str, dict[str, str]]] = {
    "area_state": {"draft": "wait", "published": "run", "objected": "late", "settled": "ok"},
    "area_outcome": {"upheld": "ok", "rejected": "wait"},
    "finding_level": {"error": "late", "warning": "warn", "info": "wait"},
    "delivery_state": {"waiting": "wait", "delivered": "run", "returned": "late", "accepted": "ok"},
    "decision_state": {"effective": "late", "under_review": "warn", "revoked": "wait"},
    "sheet_state": {
        "undelivered": "wait", "delivered": "run", "sealed": "ok", "objected": "late", "refused": "late", "overdue": "warn",
    },
}


def register() -> None:
    """Into the word lists of the shell; called once from the wiring."""
    for kind, words in _WORDS.items():
        formats.CHOICES[kind] = dict(words)
    formats.TONES.update(_TONES)
