"""One holder: what is taken, how far it is, what stands in the way, its money and contacts for those who may see them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.masking import mask
from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.clearance import forms, policies
from tenglong.apps.clearance.models import AgreementState, ClearedHolder, Role, State
from tenglong.apps.clearance.queries import figures, money
from tenglong.apps.clearance.queries import rows as queries
from tenglong.apps.clearance.queries.corrections import corrections as asked
from tenglong.apps.clearance.queries.papers import kept
from tenglong.apps.clearance.service import agreements, contacts, corrections, holders, papers
from tenglong.apps.clearance.views.common import done, mark_of, tell
from tenglong.apps.clearance.words import STAGES
from tenglong.apps.registry.places import enterprise_names, plot_labels
from tenglong.domain.landing.clearance import consistency, stages
from tenglong.domain.landing.clearance.policy import STAGES as ORDER
from tenglong.web.answers import CHINESE, or_404

Act = Callable[[Any, ClearedHolder, dict[str, Any]], Any]


@require_GET
@requires("clearance.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.holder(request.user, ulid))
    return render(request, "clearance/holder.html", _context(request, row))


def _context(request: HttpRequest, row: ClearedHolder, clear: dict[str, str] | None = None) -> dict[str, Any]:
    user, clearance = request.user, row.clearance
    targets = list(row.targets.all())
    firms = enterprise_names(user, [row.enterprise_id])
    sees, files = figures.may_money(user, clearance), kept(user, clearance, row)
    return {
        "row": row, "clearance": clearance, "mark": mark_of(clearance), "targets": targets, "today": timezone.localdate(),
        "plots": plot_labels(user, [one.plot_id for one in targets]), "firm": firms.get(row.enterprise_id or 0),
        "tenants": list(row.tenants.all()), "line": _line(user, row), "why": policies.current().reasons.get(row.reason),
        "colour": stages.standing(holders.dates_of(row), timezone.localdate()),
        "contacts": clear or _masked(row), "clear": clear,
        "plan_files": files.get((holders.PAPERS[0], 0)), "soil": policies.current().soil, 
        "gates": [holders.gate_of(user, row, one) for one in ("demolished", "delivered")] if row.role == Role.HOLDER else [],
        **_forms(user, row), **(_money(user, row, files) if sees else {}),
        "sees_money": sees,
    }


def _line(user: Any, row: ClearedHolder) -> list[dict[str, Any]]:
    """Each stage with its day, or what stands in the way of it today."""
    told = []
    shown = ORDER if row.role == Role.HOLDER else ("vacated",)
    for stage in shown:
        at = getattr(row, f"{stage}_on")
        blocks = [] if at or stage == "funded" else holders.blocks_of(user, row, stage, timezone.localdate())
        if stage == "signed" and not at and not blocks and not agreements.approved(row):
            blocks = [_("协议还没有审定")]
        told.append({"id": stage, "label": STAGES[stage], "on": at, "blocks": blocks,
                     "by_day": stage in holders.BY_DAY and not at and not blocks})
    return told


def quantity(e4: int) -> str:
    return f"{Decimal(e4) / agreements.E4:,.4f}".rstrip("0").rstrip(".")


def _masked(row: ClearedHolder) -> dict[str, str]:
    """What is on file, masked for everybody."""
    held = contacts.opened(row)
    fields = {"person": "contact", "phone": "phone", "id_number": "id_number", "bank_account": "bank_account"}
    return {name: str(mask(None, fields[name], value)) for name, value in held.items()}


def _forms(user: Any, row: ClearedHolder) -> dict[str, Any]:
    alive = row.clearance.state in (State.SURVEY, State.STARTED) and row.dropped_on is None
    lock = {"lock_version": row.lock_version}
    return {
        "works": alive and can(user, "clearance.work"), "decides": alive and can(user, "clearance.decide"),
        "surveying": row.clearance.state == State.SURVEY, "day_form": forms.DayForm(initial=lock, auto_id=False),
        "correct_form": forms.CorrectForm(initial=lock, auto_id="fix_%s"),
        "reason_form": forms.ReasonForm(initial={**lock, "reason": row.reason, "next_on": row.next_on}, auto_id="why_%s"),
        "contact_form": forms.ContactForm(initial=lock, auto_id="contact_%s"),
        "purpose_form": forms.PurposeForm(auto_id="look_%s"),
        "paper_form": forms.SoilPaperForm(initial=lock, auto_id="paper_%s"),
        "drop_form": forms.PaperForm(initial=lock, auto_id="drop_%s"),
    }


def _money(user: Any, row: ClearedHolder, files: dict[tuple[str, int], Any]) -> dict[str, Any]:
    """Valuations, the agreement that stands with items and payments; only built for those who may see amounts."""
    held = money.agreements(user).filter(holder=row).exclude(state=AgreementState.VOID).first()
    fixes = list(asked(user).filter(payment__agreement=held)) if held else []
    kinds = policies.current().items
    items = [{"row": one, "kind": kinds.get(one.kind), "quantity": quantity(one.quantity_e4),
              "unit": f"{one.unit_fen / agreements.FEN:,.2f}", "range": consistency.range_of(kinds[one.kind])
              if one.kind in kinds else ""} for one in (held.items.all() if held else ())]
    return {
        "agreement": held, "agreement_files": files.get((papers.AGREEMENT, 0)), "items": items,
        "parts": [{"is": one, "files": files.get((papers.VOUCHER, one.ordinal)),
                   "corrections": [fix for fix in fixes if fix.payment_id == one.pk]}
                  for one in (held.payments.all() if held else ())], "me": user.pk,
        "outside": {one.pk for one in agreements.outside(held)} if held else set(),
        "valuations": list(money.valuations(user, row)), "valuation_form": forms.ValuationForm(auto_id="value_%s"),
        "mine": held is not None and user.pk in (held.created_by_id, held.submitted_by_id),
        "back_form": forms.PaperForm(auto_id="back_%s"),
    }


@require_GET
@requires("clearance.view")
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    row = or_404(lambda: queries.holder(request.user, ulid))
    body: dict[str, Any] = {
        "ulid": row.ulid, "clearance": row.clearance.ulid, "mark": mark_of(row.clearance), "number": row.number,
        "name": row.name, "kind": row.kind, "role": row.role, "reason": row.reason,
        "land_cm2": str(row.land_cm2), "floor_cm2": str(row.floor_cm2),
        "listed_on": row.listed_on, "dropped_on": row.dropped_on, "lock_version": row.lock_version,
        **{f"{stage}_on": getattr(row, f"{stage}_on") for stage in ORDER},
        "targets": [{"what": one.what, "code": one.code, "area_cm2": str(one.area_cm2), "floor_cm2": str(one.floor_cm2)}
                    for one in row.targets.all()],
    }
    if figures.may_money(request.user, row.clearance):
        held = money.agreements(request.user).filter(holder=row).exclude(state=AgreementState.VOID).first()
        body["agreement"] = None if held is None else {
            "number": held.number, "state": held.state, "amount_fen": str(held.amount_fen)}
    return JsonResponse(body, json_dumps_params=CHINESE)


@require_POST
@requires("clearance.work")
def reveal(request: HttpRequest, ulid: str) -> HttpResponse:
    """The page once, with clear contacts; who looked and why is in the audit."""
    row, form = or_404(lambda: queries.holder(request.user, ulid)), forms.PurposeForm(request.POST)
    clear = done(request, form, lambda: contacts.reveal(request.user, row, form.cleaned_data["purpose"]), "")
    if not isinstance(clear, dict):
        return redirect("clearance:holder", ulid)
    answer = render(request, "clearance/holder.html", _context(request, row, clear or {}))
    answer["Cache-Control"] = "no-store"
    return answer


# ---- steps


def _by_day(stage: Any) -> tuple[type[Any], Act]:
    return forms.DayForm, lambda user, row, told: holders.reach(
        user, row, stage, on=told["on"], lock_version=told["lock_version"])


#: what the office does → its form and the step
WORKS: Final[dict[str, tuple[type[Any], Act]]] = {
    "vacated": _by_day("vacated"), "demolished": _by_day("demolished"), "delivered": _by_day("delivered"),
    "sign": (forms.DayForm, lambda user, row, told: agreements.sign(
        user, row, on=told["on"], lock_version=told["lock_version"])),
    "correct": (forms.CorrectForm, lambda user, row, told: holders.correct(
        user, row, told["stage"], on=told["on"], number=told["number"], lock_version=told["lock_version"])),
    "explain": (forms.ReasonForm, lambda user, row, told: holders.explain(
        user, row, told["reason"], next_on=told["next_on"], lock_version=told["lock_version"])),
    "paper": (forms.SoilPaperForm, lambda user, row, told: holders.paper(
        user, row, holders.PAPERS[0], number=told["number"], on=told["on"], file=told["file"])),
    "paper-file": (forms.HolderFileForm, lambda user, row, told: papers.add_to_holder(
        user, row, holders.PAPERS[0], told["file"])),
    "drop": (forms.PaperForm, lambda user, row, told: holders.drop(
        user, row, number=told["number"], on=told["on"], lock_version=told["lock_version"])),
    "contact": (forms.ContactForm, lambda user, row, told: contacts.put(
        user, row, told, lock_version=told["lock_version"])),
}
MONEYS: Final[dict[str, tuple[type[Any], Act]]] = {
    "value": (forms.ValuationForm, lambda user, row, told: agreements.value(user, row, **told)),
    "submit": (forms.LockForm, lambda user, row, told: agreements.submit(user, row, lock_version=told["lock_version"])),
    "fund": (forms.PartForm, lambda user, row, told: agreements.fund(
        user, row, told["ordinal"], on=told["on"], voucher=told["number"])),
    "pay": (forms.PartForm, lambda user, row, told: agreements.pay(
        user, row, told["ordinal"], on=told["on"], voucher=told["number"])),
    "agreement-file": (forms.HolderFileForm, lambda user, row, told: papers.add_to_holder(
        user, row, papers.AGREEMENT, told["file"])),
    "voucher-file": (forms.HolderFileForm, lambda user, row, told: papers.add_to_holder(
        user, row, papers.VOUCHER, told["file"], part=told["part"] or 0)),
    "correct-part": (forms.CorrectPartForm, lambda user, row, told: corrections.correct_part(user, row, **told)),
}
DECISIONS: Final[dict[str, tuple[type[Any], Act]]] = {
    "approve": (forms.LockForm, lambda user, row, told: agreements.approve(user, row, lock_version=told["lock_version"])),
    "send-back": (forms.PaperForm, lambda user, row, told: agreements.send_back(user, row, number=told["number"])),
    "void": (forms.PaperForm, lambda user, row, told: agreements.void(user, row, number=told["number"])),
}


def _act(request: HttpRequest, ulid: str, known: dict[str, tuple[type[Any], Act]], name: str) -> HttpResponse:
    if name not in known:
        raise Http404
    row = or_404(lambda: queries.holder(request.user, ulid))
    form_of, act = known[name]
    form = form_of(request.POST, request.FILES)
    made = done(request, form, lambda: act(request.user, row, form.cleaned_data), "")
    if made:
        tell(request, made, _("已登记"))
    return redirect("clearance:holder", ulid)


@require_POST
@requires("clearance.work")
def work(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    return _act(request, ulid, WORKS, name)


@require_POST
@requires("clearance.money")
def pay(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    return _act(request, ulid, MONEYS, name)


@require_POST
@requires("clearance.decide")
def decide(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    return _act(request, ulid, DECISIONS, name)


# ---- the agreement


@require_http_methods(["GET", "POST"])
@requires("clearance.money")
@requires("clearance.work")
def agreement(request: HttpRequest, ulid: str) -> HttpResponse:
    """The draft of an agreement with items and instalments."""
    row = or_404(lambda: queries.holder(request.user, ulid))
    if not figures.may_money(request.user, row.clearance):
        raise Http404
    held = money.agreements(request.user).filter(holder=row, state=AgreementState.DRAFT).first()
    start = {name: getattr(held, name) for name in ("number", "way", "basis", "vacate_by", "lock_version")} if held else {}
    head = forms.AgreementForm(request.POST or None, initial=start)
    lines = [{"kind": one.kind, "quantity": quantity(one.quantity_e4).replace(",", ""), "unit_fen": one.unit_fen}
             for one in (held.items.all() if held else ())]
    parts = [{"amount_fen": one.amount_fen, "due_on": one.due_on} for one in (held.payments.all() if held else ())]
    items = forms.ItemForms(request.POST or None, initial=lines, prefix="i")
    payments = forms.InstalmentForms(request.POST or None, initial=parts, prefix="p")
    if request.method == "POST" and all(one.is_valid() for one in (head, items, payments)):
        told = {name: head.cleaned_data[name] for name in ("number", "way", "basis", "vacate_by")}
        if done(request, None, lambda: agreements.draft(
                request.user, row, items=_told(items), payments=_told(payments), **told), _("协议草稿已保存")):
            return redirect("clearance:holder", ulid)
    context = {"row": row, "head": head, "items": items, "payments": payments, "mark": mark_of(row.clearance),
               "kinds": [(one, consistency.range_of(one)) for one in policies.current().items.values()]}
    return render(request, "clearance/agreement.html", context, status=422 if request.method == "POST" else 200)


def _told(formset: Any) -> list[dict[str, Any]]:
    return [told for form in formset if (told := form.told) is not None]
