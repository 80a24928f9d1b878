"""一企一单: the list by state, one sheet, delivered, objected, refused, overdue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.json import KT
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.evaluation import queries, service, step_papers
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_sheet import DeliverForm, OverdueForm, RefusedForm, SheetObjectionForm
from tenglong.apps.evaluation.sheet_print import figure
from tenglong.apps.evaluation.views.common import cycle_or_404, done, head, or_404
from tenglong.apps.evaluation.views.cycle_listing import CycleListPage
from tenglong.apps.evaluation.words import SHEET_STATES
from tenglong.apps.registry.places import town_choices
from tenglong.apps.registry.queries_sensitive import sensitive_measures
from tenglong.domain.evaluation.units import unit_label
from tenglong.web.listing import Action, Column, Filter

AREA_LABELS = {
    "titled_cm2": _("自有证载"), "untitled_cm2": _("无证占用"), "leased_in_cm2": _("租入"), "leased_out_cm2": _("租出"),
    "deducted_cm2": _("扣除"), "total_cm2": _("核定用地"),
}


class SheetList(CycleListPage):
    """Valid sheets; `?void=1` those that are no longer."""

    id, title, noun, verb, tab = "sheets", _("一企一单"), _("份"), "evaluation.view", "sheets"
    order, row_url, template = ("division_code", "firm_name", "-number"), "evaluation:sheet", "evaluation/sheet_list.html"
    empty_title = _("还没有一企一单")
    empty_text = _("部门数据验收、核查之后生成：每家企业一份，打印、送达、盖章、扫描归档。数据一变，旧单作废。")
    caliber = _("本批次有效的一企一单")
    columns = (
        Column("firm_name", _("企业名称"), lead=True),
        Column("uscc", _("统一社会信用代码"), source="enterprise__key", format="code"),
        Column("town", _("镇街"), computed=True, source="division_code"),
        Column("number", _("第几版"), format="int"),
        Column("state", _("状态"), format="chip", kind="sheet_state"),
        Column("delivered_on", _("送达日期"), format="date"),
        Column("due_on", _("反馈期限"), format="date"),
        Column("sealed_on", _("盖章日期"), format="date"),
        Column("code", _("核对码"), format="code", default=False),
    )
    filters = (
        Filter("q", _("企业名称或代码"), source=("firm_name", "enterprise__key", "code")),
        Filter("town", _("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("state", _("状态"), kind="choice", choices=list(SHEET_STATES.items())),
        Filter("due", _("反馈期限"), kind="date", source="due_on"),
    )
    actions = (
        Action(_("打印选中"), "evaluation:sheets-print", "evaluation.manage", icon="down"),
        Action(_("登记送达"), "evaluation:sheets-deliver", "evaluation.area"),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code",)

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        void = self.params.get("void") == "1"
        rows = queries.sheets(user, self.cycle).filter(voided_at__isnull=not void)
        return rows.annotate(firm_name=KT("content__name"))

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        self.name_towns(rows)

    def more(self) -> dict[str, Any]:
        rows = queries.sheets(self.user, self.cycle)
        counts = Counter(rows.filter(voided_at__isnull=True).order_by().values_list("state", flat=True))
        return {
            "counts": [
                {"id": key, "label": label, "n": counts[key], "of": counts.total()} for key, label in SHEET_STATES.items()
            ],
            "void": rows.filter(voided_at__isnull=False).count(), "shows_void": self.params.get("void") == "1",
            "open": self.cycle.stage in ("checks", "sheets"),
        }


def sheet_or_404(request: HttpRequest, ulid: str) -> Any:
    return or_404(lambda: queries.sheet(request.user, ulid), _now("没有这份单子，或它不在您的管辖范围内。"))


def content_of(sheet: Any, *, bare: bool) -> dict[str, Any]:
    """Figures as printed; sensitive ones only when `bare`."""
    hidden = frozenset() if bare else frozenset(sensitive_measures())
    data = sheet.content
    area = data.get("area") or {}
    return {
        "measures": [
            {**one, "unit": unit_label(one["unit"]), "value": HIDDEN if one["id"] in hidden else figure(one["value_e6"])}
            for one in data.get("measures", [])
        ],
        "attributes": data.get("attributes", []),
        "area": [{"label": label, "cm2": int(area[name])} for name, label in AREA_LABELS.items() if name in area],
    }


@require_GET
@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return page_of_sheet(request, sheet_or_404(request, ulid))


def page_of_sheet(request: HttpRequest, sheet: Any, status: int = 200, **forms: Any) -> HttpResponse:
    others = queries.sheets(request.user, sheet.cycle).filter(enterprise_id=sheet.enterprise_id).order_by("-number")
    return render(request, "evaluation/sheet.html", {
        **head(request, sheet.cycle, "sheets"), "sheet": sheet, "others": others,
        "told": content_of(sheet, bare=can(request.user, "sensitive.view")), "deliver": DeliverForm(auto_id="d_%s"),
        "object": SheetObjectionForm(auto_id="o_%s"), "refuse": RefusedForm(auto_id="r_%s"),
        "overdue": OverdueForm(auto_id="v_%s"), "open": sheet.cycle.stage in ("checks", "sheets") and not sheet.voided_at,
        **forms,
    }, status=status)


@require_POST
@requires("evaluation.manage")
def prepare(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    job = done(request, lambda: service.prepare_sheets(request.user, cycle), _now("已开始生成"))
    return redirect("jobs:show", job.ulid) if job else redirect("evaluation:sheets", ulid)


@requires("evaluation.area")
def deliver_many(request: HttpRequest, ulid: str) -> HttpResponse:
    """All picked sheets of one round of delivery, or none."""
    cycle = cycle_or_404(request, ulid)
    picks = request.POST.getlist("pick") or request.GET.getlist("pick")
    rows = list(queries.sheets(request.user, cycle).filter(ulid__in=picks, voided_at__isnull=True).defer(None))
    form = DeliverForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and rows:
        def step(paper: Any, values: dict[str, Any]) -> None:
            for sheet in rows:
                service.mark_delivered(request.user, sheet, proof=paper, **values)

        if _with_paper(request, form, step, division_code=_place(request, cycle, rows)):
            return redirect("evaluation:sheets", ulid)
    return render(request, "evaluation/sheets_deliver.html", {
        **head(request, cycle, "sheets"), "form": form, "sheets": rows,
    }, status=400 if form.is_bound else 200)


def _place(request: HttpRequest, cycle: Any, rows: list[Any]) -> str:
    """A proof for one town belongs to that town, for several to the county."""
    towns = {row.division_code for row in rows}
    return towns.pop() if len(towns) == 1 else str(cycle.division_code)


def _with_paper(request: HttpRequest, form: forms.Form, step: Callable[[Any, dict[str, Any]], Any], **place: Any) -> bool:
    """The uploaded paper and the step as one; a refusal stands on the form."""
    values = dict(form.cleaned_data)
    file = values.pop("file", None)
    try:
        with transaction.atomic():
            step(step_papers.keep(request.user, file, "other", **place), values)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return False
    return True


def _act(
    request: HttpRequest, ulid: str, name: str, form: forms.Form, step: Callable[[Any, Any, dict[str, Any]], Any]
) -> HttpResponse:
    """One step on one sheet: back to it, or the page again with the form and the reason."""
    sheet = sheet_or_404(request, ulid)
    if form.is_valid() and _with_paper(
        request, form, lambda paper, values: step(sheet, paper, values), enterprise_id=sheet.enterprise_id
    ):
        return redirect("evaluation:sheet", ulid)
    return page_of_sheet(request, sheet, 400, **{name: form})


@require_POST
@requires("evaluation.area")
def deliver(request: HttpRequest, ulid: str) -> HttpResponse:
    return _act(request, ulid, "deliver", DeliverForm(request.POST, request.FILES, auto_id="d_%s"),
                lambda sheet, paper, values: service.mark_delivered(request.user, sheet, proof=paper, **values))


@require_POST
@requires("evaluation.area")
def objected(request: HttpRequest, ulid: str) -> HttpResponse:
    return _act(request, ulid, "object", SheetObjectionForm(request.POST, request.FILES, auto_id="o_%s"),
                lambda sheet, paper, values: service.record_objection(request.user, sheet, document=paper, **values))


@require_POST
@requires("evaluation.area")
def refused(request: HttpRequest, ulid: str) -> HttpResponse:
    return _act(request, ulid, "refuse", RefusedForm(request.POST, request.FILES, auto_id="r_%s"),
                lambda sheet, paper, values: service.mark_refused(request.user, sheet, proof=paper, **values))


@require_POST
@requires("evaluation.area")
def overdue(request: HttpRequest, ulid: str) -> HttpResponse:
    return _act(request, ulid, "overdue", OverdueForm(request.POST, auto_id="v_%s"),
                lambda sheet, paper, values: service.mark_overdue(request.user, sheet, **values))
