"""Whether a firm may still object to its published area, until when, and what remains to it afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.evaluation.deadlines import Until, until
from tenglong.apps.evaluation.models import AssessedArea, Publication


@dataclass(frozen=True)
class Window:
    """`until` is None while the figures that were changed after the publication are not settled: then there is no last day.
    `why`: the sentence that stands in place of the form."""

    open: bool
    until: Until | None = None
    why: str = ""


def window(area: AssessedArea, today: date | None = None) -> Window:
    """Of the publication that stands (not one that was taken down)."""
    held = list(Publication.objects.filter(cycle=area.cycle_id, kind="area").exclude(state="expired").order_by("-pk")[:1])
    last = until(held[0].ends_on, today or timezone.localdate()) if held else None
    if area.state == "settled":
        return Window(False, last, _("用地面积已定稿，不再受理面积异议。%(then)s") % {"then": remains()})
    if area.state == "draft" or not held or last is None:
        return Window(False, None, _("这份面积现在没有公示，公示之后才能提出异议。"))
    if changed_since(area, held[0]):
        return Window(True)
    if not last.passed:
        return Window(True, last)
    told = {"day": last.day.isoformat(), "then": remains()}
    return Window(False, last, _("用地面积公示已于 %(day)s 期满，不再受理面积异议。%(then)s") % told)


def remains() -> str:
    return _("面积登记有误的，可以向亩均办提交权属材料申请更正；评价结果公示之后，还可以就用地面积提出申诉。")


def changed_since(area: AssessedArea, publication: Any) -> bool:
    """The figure differs from what was published of this firm: it has a right to object to the new one."""
    key = area.enterprise.key
    rows = [row for row in publication.rows if row["uscc"] == key] or [
        row for row in publication.rows if not row["uscc"] and row["name"] == area.name]
    return len(rows) == 1 and int(rows[0]["total_cm2"]) != area.total_cm2
