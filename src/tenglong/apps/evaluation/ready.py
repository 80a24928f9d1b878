"""What stands between a cycle and its freeze, as people read it; the service decides again by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation import queries


@dataclass(frozen=True)
class Obstacle:
    """`left` of `of`; `hard`: the freeze is refused while any is left, else the firms concerned are left out or noted."""

    label: str | Promise
    left: int
    of: int
    hard: bool
    then: str | Promise
    url: str

    @property
    def blocks(self) -> bool:
        return self.hard and (self.left > 0 or self.of == 0)

    @property
    def tone(self) -> str:
        if self.blocks:
            return "late"
        return "warn" if self.left else "ok"


def obstacles(user: Any, cycle: Any) -> list[Obstacle]:
    """Areas and deliveries stop the freeze; findings leave firms out; sheets without a seal are noted."""
    areas, rows = queries.areas(user, cycle), queries.deliveries(user, cycle)
    errors = queries.findings(user, cycle).filter(severity="error")
    sheets = queries.sheets(user, cycle).filter(voided_at__isnull=True)
    return [
        Obstacle(_("用地面积没有定稿的企业"), areas.exclude(state="settled").count(), areas.count(), True,
                 _("全部定稿才能冻结"), reverse("evaluation:areas", args=[cycle.ulid])),
        Obstacle(_("没有验收的部门"), rows.exclude(state="accepted").count(), rows.count(), True,
                 _("全部验收才能冻结，数据不齐只能试算"), reverse("evaluation:deliveries", args=[cycle.ulid])),
        Obstacle(_("没有处理的错误"), errors.filter(waived_at__isnull=True).count(), errors.count(), False,
                 _("这些企业不进入冻结数据，名单写进快照"), reverse("evaluation:findings", args=[cycle.ulid])),
        Obstacle(_("没有盖章的一企一单"), sheets.exclude(state="sealed").count(), sheets.count(), False,
                 _("可以冻结，各种状态的份数写进快照"), reverse("evaluation:sheets", args=[cycle.ulid])),
    ]
