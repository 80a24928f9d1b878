"""Words and tones of coded values for lists and chips."""

from __future__ import annotations

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.models import Change, IdleState, Verdict
from tenglong.web import formats

APPEALS: Final[dict[str, str | Promise]] = {
    "open": _("待答复"), "upheld": _("异议成立"), "rejected": _("异议不成立"), "withdrawn": _("已撤回"),
}
WAIVERS: Final[dict[str, str | Promise]] = {
    "proposed": _("待批准"), "approved": _("已批准"), "refused": _("不批准"), "ended": _("已终止"),
}
#: facts of idle land
FACTS: Final[dict[str, Any]] = {
    "started": _("是否已动工开发"), "agreed_start": _("约定动工开发日期"), "stopped": _("是否中止开发"),
    "stopped_on": _("中止开发日期"), "built_share": _("已动工开发面积占比"), "invested_share": _("已投资额占比"),
}
_TONES: Final[dict[str, dict[str, str]]] = {
    "finding_verdict": {"hit": "warn", "clear": "ok", "unknown": "wait", "waived": "run", "outside": "line"},
    "finding_change": {"new": "late", "still": "warn", "gone": "ok", "same": "line"},
    "finding_appeal": {"open": "run", "upheld": "ok", "rejected": "wait", "withdrawn": "line"},
    "finding_waiver": {"proposed": "run", "approved": "ok", "refused": "wait", "ended": "line"},
    "idle_state": {
        "clue": "wait", "inquiry": "run", "recognised": "warn", "hearing": "warn", "fee_decided": "late",
        "take_back_decided": "late", "agreed": "run", "dismissed": "ok", "closed": "ok",
    },
}


def register() -> None:
    """Into the word lists of the shell; called once from the wiring."""
    formats.CHOICES["finding_verdict"] = dict(Verdict.choices)
    formats.CHOICES["finding_change"] = dict(Change.choices)
    formats.CHOICES["idle_state"] = dict(IdleState.choices)
    formats.CHOICES["finding_appeal"], formats.CHOICES["finding_waiver"] = APPEALS, WAIVERS
    formats.TONES.update(_TONES)
