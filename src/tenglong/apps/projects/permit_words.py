"""Words and tones of permit pages."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

STATES: Final[dict[str, Any]] = {
    "done": _("已办结"), "omitted": _("不涉及"), "held": _("卡住"), "running": _("办理中"), "reviewed": _("预审通过"),
    "reviewing": _("预审中"), "ready": _("可以办理"), "waiting": _("未到"),
}
TONES: Final = {
    "done": "ok", "omitted": "line", "held": "late", "running": "run", "reviewed": "run", "reviewing": "run", "ready": "warn",
    "waiting": "wait",
}
LIGHTS: Final[dict[str, Any]] = {"late": _("逾期"), "amber": _("临近"), "green": _("正常"), "none": _("未起算")}
LIGHT_TONES: Final = {"late": "late", "amber": "warn", "green": "ok", "none": "wait"}
BY: Final[dict[str, Any]] = {"pledge": _("承诺"), "legal": _("法定"), "plan": _("计划")}
CHANGES: Final[dict[str, Any]] = {
    "at_once": _("可办当天办结"), "one_day": _("提前 1 个工作日"), "early": _("提前到预审或并联"), "unblocked": _("解决卡点"),
}
ACTS: Final[dict[str, Any]] = {"review": _("预审"), "start": _("受理"), "done": _("办结")}
PAPERS: Final[dict[str, Any]] = {
    "have": _("已有"), "missing": _("缺"), "expired": _("已过期"), "made": _("内部调取"), "awaited": _("待前一步形成"),
    "later": _("容缺后补"),
}
PAPER_TONES: Final = {"have": "ok", "missing": "late", "expired": "late", "made": "ok", "awaited": "wait", "later": "warn"}


def register() -> None:
    from tenglong.web import formats

    for kind, words, tones in (("permit_state", STATES, TONES), ("permit_light", LIGHTS, LIGHT_TONES), ("permit_by", BY, {}),
                               ("permit_change", CHANGES, {}), ("permit_paper", PAPERS, PAPER_TONES)):
        formats.CHOICES[kind] = words
        if tones:
            formats.TONES[kind] = tones
