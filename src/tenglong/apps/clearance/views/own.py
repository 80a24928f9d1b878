"""我的腾退: a firm's own holdings in a clearing that has started; nothing of others, of sums of the project, of a survey."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.models import Role
from tenglong.apps.clearance.queries import own as queries
from tenglong.apps.clearance.queries.own import OWN, Seen
from tenglong.apps.clearance.service import agreements, papers
from tenglong.apps.clearance.views.common import mark_of
from tenglong.apps.clearance.views.files import given
from tenglong.apps.clearance.views.holders import quantity
from tenglong.apps.clearance.words import STAGES
from tenglong.apps.registry.places import plot_labels
from tenglong.domain.landing.clearance.policy import STAGES as ORDER
from tenglong.web.answers import or_404


@require_GET
@requires(OWN)
def mine(request: HttpRequest) -> HttpResponse:
    return render(request, "clearance/own_list.html", {"rows": _rows(request)})


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    found = [queries.seen(request.user, row) for row in queries.holdings(request.user)]
    return [{"row": one.row, "mark": mark_of(one.row.clearance), "next": said(one)} for one in found]


def panel(request: HttpRequest) -> str:
    """On the workbench of the firm; silent without a holding."""
    rows = _rows(request)
    return render_to_string("clearance/own_panel.html", {"rows": rows}, request) if rows else ""


def said(it: Seen) -> str:
    """The next step in a sentence."""
    day = it.agreement.vacate_by if it.agreement else None
    left = ngettext("请先与承租户结清，还有 %(n)s 户没有搬出。", "请先与承租户结清，还有 %(n)s 户没有搬出。", it.tenants)
    words = {
        "dropped": _("已从名单移出，不用再办。"), "stopped": _("项目已停止，不用再办。"),
        "move_out": _("请与出租方商定搬迁，搬出后由工作人员登记。"), "moved_out": _("已搬出，不用再办。"),
        "talk": _("与工作人员协商补偿协议；协议审定以后在这里看得到。"),
        "sign": _("协议已审定：请核对项目和金额，约定时间签约。"),
        "wait_to_sign": _("还没有到签约的时候：%(why)s。") % {"why": "；".join(it.gates)},
        "tenants": left % {"n": it.tenants},
        "vacate": _("请按协议腾空，约定 %(day)s 前。") % {"day": day} if day else _("请按协议约定的时间腾空。"),
        "hand_over": _("已腾空，等拆除和交付验收，由工作人员登记。"), "settled": _("已交付，等结清余款。"),
        "paid": _("已交付并结清。"),
    }
    return words[it.next]


@require_GET
@requires(OWN)
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.holding(request.user, ulid))
    it, files = queries.seen(request.user, row), queries.kept(request.user, row)
    land = list(queries.targets(request.user, row))
    shown = [one for one in ORDER if one != "funded"] if row.role == Role.HOLDER else ["vacated"]
    reason = policies.current().reasons.get(row.reason) if it.next == "talk" else None
    office, phone = queries.asked(row.clearance)
    return render(request, "clearance/own.html", {
        "row": row, "clearance": row.clearance, "mark": mark_of(row.clearance), "today": timezone.localdate(), "next": said(it),
        "why": reason, "targets": land, "plots": plot_labels(request.user, [one.plot_id for one in land]),
        "line": [(STAGES[stage], getattr(row, f"{stage}_on")) for stage in shown], "office": office, "phone": phone,
        "notices": [(step, done, files.get((step.id, 0))) for step, done in queries.notices(row.clearance)],
        **_money(it, files),
    })


def _money(it: Seen, files: Any) -> dict[str, Any]:
    """The agreement from its approval on, with what is due and what was paid."""
    held, kinds = it.agreement, policies.current().items
    if held is None:
        return {"agreement": None}
    today, parts = timezone.localdate(), list(held.payments.all())
    paid = [one for one in parts if one.paid_on]
    return {
        "agreement": held, "agreement_files": files.get((papers.AGREEMENT, 0)), "paid_fen": sum(one.amount_fen for one in paid),
        "n_paid": len(paid), "parts": [{"is": one, "files": files.get((papers.VOUCHER, one.ordinal)),
                                        "late": one.paid_on is None and one.due_on < today} for one in parts],
        "items": [{"row": one, "kind": kinds.get(one.kind), "quantity": quantity(one.quantity_e4),
                   "unit": f"{one.unit_fen / agreements.FEN:,.2f}"} for one in held.items.all()],
    }


@require_POST
@requires(OWN)
def download(request: HttpRequest, ulid: str) -> HttpResponseBase:
    return given(request, or_404(lambda: queries.files(request.user).get(ulid=ulid)))
