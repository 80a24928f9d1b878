"""Findings about land and accounts: differences per plot, sums below zero, shares over 100 %, accounts without a place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.evaluation.models import AreaItem, AssessedArea, Cycle, Finding
from tenglong.apps.evaluation.queries.areas import area_gaps
from tenglong.apps.evaluation.rows import Firm, Rows
from tenglong.apps.evaluation.service.findings_data import about
from tenglong.apps.registry import queries_sensitive
from tenglong.apps.registry.queries_sensitive import masked_number
from tenglong.domain.units import area_text

WHOLE_BP: Final = 10_000
#: a meter stands somewhere; a tax number need not
PLACED: Final = ("power", "water")
KINDS: Final = {
    "power": gettext_lazy("电表户号"), "water": gettext_lazy("水表"), "discharge": gettext_lazy("排污许可证"),
    "tax": gettext_lazy("税号"),
}


def of_land(actor: Any, cycle: Cycle, rows: Rows) -> Iterator[Finding]:
    firms = {firm.id: firm for firm in rows.firms.values()}
    yield from _gaps(actor, cycle)
    yield from _sums(cycle, firms)
    yield from _parts(cycle, firms)
    yield from _accounts(actor, cycle, firms)
    for pk in rows.no_area:
        yield about(firms[pk], "no-area", "warning", "", measure="land_mu", message=_(
            "用地面积已公示，但这家企业不在核定名单里，用地面积按缺数处理。"), fix=_("退回用地核定补上，或确认它确无用地。"))


def _gaps(actor: Any, cycle: Cycle) -> Iterator[Finding]:
    for gap in area_gaps(actor, cycle):
        if gap.open:
            more = _("少") if gap.gap_cm2 > 0 else _("多")
            yield Finding(
                rule="area-gap", severity="warning", plot_id=gap.plot_id, division_code=gap.division_code,
                subject=gap.name or gap.code, key=gap.code, value=str(gap.assessed_cm2), expected=str(gap.plot_cm2), message=_(
                    "本地块各企业核定面积之和比地块面积%(more)s %(mu)s 亩，没有说明原因。") % {
                        "more": more, "mu": area_text(abs(gap.gap_cm2))}, fix=_("更正用地关系，或写明差异原因。"),
            )


def _sums(cycle: Cycle, firms: Mapping[int, Firm]) -> Iterator[Finding]:
    for area in AssessedArea.objects.filter(cycle=cycle):
        total = area.titled_cm2 + area.untitled_cm2 + area.leased_in_cm2 - area.leased_out_cm2 - area.deducted_cm2
        if total < 0 and area.enterprise_id in firms:
            yield about(firms[area.enterprise_id], "negative-area", "error", "", value=str(total), message=_(
                "租出和扣除的面积超过了它占有的面积，合计为负，该企业不能冻结。"), fix=_("核对租出面积和扣除项。"))


def _parts(cycle: Cycle, firms: Mapping[int, Firm]) -> Iterator[Finding]:
    """Parts without a figure, and deductions whose time is over."""
    items = AreaItem.objects.filter(area__cycle=cycle, counted=False).select_related("area")
    for item in items:
        firm = firms.get(item.area.enterprise_id)
        if firm is None:
            continue
        if item.kind == "deduction":
            told = _("扣除“%(type)s”已于 %(day)s 到期，没有扣。") % {"type": item.deduction_type, "day": item.expires_on}
            yield about(firm, "deduction-expired", "info", str(item.pk), message=told)
        else:
            place = f"{item.plot_id or ''} {item.occupancy_id or ''} {item.parcel_id or ''}"
            yield about(firm, "area-unknown", "warning", f"{item.kind} {place}", message=_(
                "有一处用地没有计入：%(why)s。") % {"why": item.note}, fix=_("在登记册补上面积后重新核定。"))


def _accounts(actor: Any, cycle: Cycle, firms: Mapping[int, Firm]) -> Iterator[Finding]:
    """Shares of one number that add up to more than the whole stop every firm on it; a meter without a plot stops its firm."""
    shares: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in queries_sensitive.accounts(actor, cycle.measure_day):
        shares[(row.kind, row.number)].append(row)
    for (kind, number), held in sorted(shares.items()):
        total, shown = sum(row.share_bp for row in held), masked_number(number)
        for row in held:
            firm = firms.get(row.enterprise_id)
            if firm is None:
                continue
            if total > WHOLE_BP:
                yield about(firm, "account-over", "error", f"{kind} {number}", value=f"{total / 100:g}%", message=_(
                    "%(kind)s %(number)s 的分摊合计超过 100%%，该企业不能冻结。") % {
                        "kind": KINDS.get(kind, kind), "number": shown},
                    fix=_("按分摊协议更正各企业的份额。"))
            if kind in PLACED and row.plot_id is None:
                yield about(firm, "account-unmapped", "error", f"{kind} {number}", message=_(
                    "%(kind)s %(number)s 没有落到地块，该企业不能冻结。") % {"kind": KINDS.get(kind, kind), "number": shown},
                    fix=_("在登记册写明这个户号在哪块地。"))
