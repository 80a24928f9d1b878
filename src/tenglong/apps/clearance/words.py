"""Words and tones of coded values for lists, chips and pages."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenglong.apps.clearance.models import AgreementState, CorrectionState, HolderKind, Role, State
from tenglong.web import formats

STAGES: Final[dict[str, str | Promise]] = {
    "signed": _("签约"), "funded": _("资金到位"), "vacated": _("腾空"), "demolished": _("拆除"), "delivered": _("交付"),
}
RATES: Final[dict[str, str | Promise]] = {
    "signed": _("签约率"), "funded": _("资金到位率"), "vacated": _("腾空率"), "demolished": _("拆除率"),
    "delivered": _("交付率"),
}
BASES: Final[dict[str, str | Promise]] = {"holders": _("按户"), "area": _("按面积"), "plots": _("按地块")}
UNITS: Final[dict[str, str | Promise]] = {"holders": _("户"), "area": _("亩"), "plots": _("块")}
#: colours of the map, least advanced first
COLOURS: Final[dict[str, str | Promise]] = {
    "unsigned": _("未签约"), "signed": _("已签约"), "vacated": _("已腾空"), "demolished": _("已拆除"),
}
SURVEYED: Final[dict[str, str | Promise]] = {"surveyed": _("摸底范围")}
RULES: Final[dict[str, str | Promise]] = {
    "range": _("超出政策幅度"), "spread": _("同类项目单价偏离"), "sum": _("金额不等于数量乘单价"),
    "plan": _("付款计划与协议金额不符"), "split": _("疑似拆分付款"), "revalued": _("评估结果变更"),
}


def register() -> None:
    """Into the word lists of the shell; called once from the wiring."""
    formats.CHOICES["clearance_state"] = dict(State.choices)
    formats.CHOICES["holder_kind"], formats.CHOICES["holder_role"] = dict(HolderKind.choices), dict(Role.choices)
    formats.CHOICES["agreement_state"] = dict(AgreementState.choices)
    formats.CHOICES["cleared_colour"] = COLOURS
    formats.CHOICES["correction_state"] = dict(CorrectionState.choices)
    formats.TONES["correction_state"] = {"waiting": "wait", "done": "ok", "refused": "line"}
    formats.TONES["clearance_state"] = {"survey": "wait", "started": "run", "closed": "ok", "stopped": "line"}
    formats.TONES["agreement_state"] = {
        "draft": "wait", "submitted": "run", "approved": "warn", "signed": "ok", "void": "line"}
    formats.TONES["cleared_colour"] = {"unsigned": "late", "signed": "run", "vacated": "warn", "demolished": "ok"}
