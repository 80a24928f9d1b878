"""The stages of a cycle: the states of the case definition `evaluation-cycle`, in order."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STAGES: Final[dict[str, str | Promise]] = {
    "draft": _("筹备"), "land_review": _("用地核定"), "land_publicity": _("面积公示"), "data": _("部门数据"),
    "checks": _("数据核查"), "sheets": _("一企一单"), "frozen": _("数据冻结"), "trial": _("试算"), "publicity": _("结果公示"),
    "appeals": _("申诉处理"), "minutes": _("会议审定"), "final": _("公布"), "archived": _("归档"), "cancelled": _("批次撤销"),
}
#: transition → where it leads, for cycles without a case (years entered afterwards)
LEADS: Final[dict[str, str]] = {
    "begin": "land_review", "publish_land": "land_publicity", "reopen_land": "land_review", "collect": "data",
    "check": "checks", "send_sheets": "sheets", "freeze": "frozen", "try": "trial", "publish": "publicity",
    "hear": "appeals", "submit": "minutes", "finalise": "final", "archive": "archived",
}
