"""Words and tones of coded values for lists and chips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

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
#: rules of the checks, as people say them
RULES: Final[dict[str, str | Promise]] = {
    "statistics": _("统计资料"), "conflict": _("部门数据不一致"), "elsewhere": _("责任部门没有报"), "missing": _("缺数"),
    "unit-slip": _("疑似单位错"), "jump": _("突变"), "outlier": _("异常值"), "negative-value": _("负数"),
    "zero-land": _("用地报为零"), "area-gap": _("面积差"), "negative-area": _("面积合计为负"), "area-unknown": _("面积不清"),
    "no-area": _("不在核定名单"), "deduction-expired": _("扣除已到期"), "account-over": _("户号分摊超额"),
    "account-unmapped": _("户号没有地块"), "decision-under-review": _("决定复议中"),
}
_WORDS: Final[Mapping[str, Mapping[str, str | Promise]]] = {
    "area_state": AREA_STATES, "area_item": ITEM_KINDS, "area_outcome": OUTCOMES, "finding_level": SEVERITIES,
    "delivery_state": DELIVERY_STATES, "decision_state": DECISION_STATES, "sheet_state": SHEET_STATES,
    "finding_rule": RULES,
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
