"""How far each part of a cycle is: done of how many, with the page that shows the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation import queries


@dataclass(frozen=True)
class Progress:
    """`done` of `of` in `unit`; `url` leads to the rows, "" when there is no page."""

    id: str
    label: str | Promise
    unit: str | Promise
    done: int
    of: int
    url: str

    @property
    def tone(self) -> str:
        if not self.of:
            return ""
        return "ok" if self.done >= self.of else "run"


def readings(user: Any, cycle: Any) -> list[Progress]:
    """Areas settled, departments accepted, checks answered, sheets sealed, appeals answered."""
    areas, deliveries = queries.areas(user, cycle), queries.deliveries(user, cycle)
    findings, sheets = queries.findings(user, cycle).filter(severity="error"), _valid(user, cycle)
    appeals = queries.appeals(user, cycle)
    counted = (
        ("areas", _("用地核定"), _("家"), areas.filter(state="settled").count(), areas.count(), "evaluation:areas"),
        ("deliveries", _("部门数据"), _("份"), deliveries.filter(state="accepted").count(), deliveries.count(),
         "evaluation:deliveries"),
        ("findings", _("必须处理的问题"), _("条"), findings.exclude(waived_reason="").count(), findings.count(),
         "evaluation:findings"),
        ("sheets", _("一企一单盖章"), _("份"), sheets.filter(state="sealed").count(), sheets.count(), "evaluation:sheets"),
        ("appeals", _("申诉答复"), _("件"), appeals.exclude(outcome="").count(), appeals.count(), "evaluation:appeals"),
    )
    return [Progress(name, label, unit, done, of, _url(page, cycle)) for name, label, unit, done, of, page in counted]


def _valid(user: Any, cycle: Any) -> Any:
    """Sheets that stand: void ones are no longer anybody's to seal."""
    return queries.sheets(user, cycle).filter(voided_at__isnull=True)


def _url(name: str, cycle: Any) -> str:
    try:
        return reverse(name, args=[cycle.ulid])
    except NoReverseMatch:
        return ""
