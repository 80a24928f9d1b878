"""Milestones of the county in force, and the calendar of working days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from tenglong.apps.casework import pinning
from tenglong.apps.policy import service as policy
from tenglong.apps.projects.errors import ProjectError
from tenglong.domain.casework.calendar import WorkCalendar
from tenglong.domain.landing.projects.policy import KIND, Milestones

DEFAULT: Final = "shangyu"
#: texts of the policy that comes with the program, for readers of another language; a county's own stay as written
TEXTS: Final = (
    gettext_noop("专班进驻"), gettext_noop("启动建设"), gettext_noop("控规公示"), gettext_noop("控规批复"),
    gettext_noop("出让公告"), gettext_noop("挂牌开始"), gettext_noop("成交"), gettext_noop("19 天服务到启动"),
    gettext_noop("百日落地"), gettext_noop("成交到开工"),
    gettext_noop("年化产值 = 达产年产值 × 爬坡比例；爬坡比例按“投产后的月数 ÷ 投产到达产的月数”在各点之间线性取值，"
                 "给出低（P10）、中（P50）、高（P90）"),
)

_read: dict[str, Milestones] = {}


@dataclass(frozen=True)
class Rules:
    """`pin` goes into the record; `verified`: somebody compared the text with its source."""

    body: Milestones
    pin: str
    verified: bool


def in_force() -> Rules:
    """Raises ProjectError naming what is wrong with the text."""
    try:
        one = policy.current(KIND, DEFAULT)
    except KeyError as error:
        raise ProjectError(_("没有“项目节点和卡点”这份政策参数，请在“政策参数”里启用。")) from error
    if one.sha256 not in _read:
        _read[one.sha256] = Milestones.model_validate(_body(one.data))
    return Rules(_read[one.sha256], f"{one.id}@{one.version} {one.document.pin}", one.data.get("verified") == "verified")


def _body(data: Any) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in Milestones.model_fields}


def calendar() -> WorkCalendar:
    return pinning.calendar()


def labels() -> dict[str, str]:
    """Words of every event in the reader's language."""
    return {name: _(one.label) for name, one in in_force().body.events.items()}
