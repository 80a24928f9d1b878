"""Objections to published areas: the inbox, one written down for a firm, the answer; differences per plot."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import requires
from tenglong.apps.evaluation import queries, service, step_papers
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.forms_area import GapForm, ObjectionForm, ReplyForm
from tenglong.apps.evaluation.views.areas import area_or_404, page_of_area
from tenglong.apps.evaluation.views.common import CHINESE, cycle_or_404, done, head
from tenglong.apps.evaluation.views.cycle_listing import CycleListPage
from tenglong.apps.evaluation.words import OUTCOMES
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.web.listing import Column, Filter
from tenglong.web.twins import Twin

PAGE = 100


class ObjectionList(CycleListPage):
    id, title, noun, verb, tab = "area-objections", _("用地异议"), _("件"), "evaluation.view", "areas"
    key, order, row_url = "area__ulid", ("outcome", "created_at", "pk"), "evaluation:area"
    empty_title = _("没有用地异议")
    empty_text = _("公示期间企业在线提出、或由经办人代记的异议列在这里，答复要由另一个人办理。")
    caliber = _("本批次用地面积公示期间的异议")
    columns = (
        Column("name", _("企业名称"), source="area__name", lead=True),
        Column("town", _("镇街"), computed=True, source="area__division_code"),
        Column("text", _("异议内容")),
        Column("total_cm2", _("核定用地"), source="area__total_cm2", unit=_("亩"), format="mu"),
        Column("claimed_cm2", _("主张面积"), unit=_("亩"), format="mu"),
        Column("created_at", _("提出时间"), format="date"),
        Column("outcome_word", _("处理结果"), computed=True, source="outcome"),
        Column("reply", _("答复")),
    )
    filters = (
        Filter("q", _("企业名称或内容"), source=("area__name", "text")),
        Filter("town", _("镇街"), kind="choice", source="area__division_code", choices=town_choices),
        Filter("outcome", _("处理结果"), kind="choice", choices=[(key, label) for key, label in OUTCOMES.items() if key]),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("area__division_code", "outcome")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.objections(user, self.cycle)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns = town_names(self.user)
        for row in rows:
            row["town"] = towns.get(row["area__division_code"], row["area__division_code"])
            row["outcome_word"] = str(OUTCOMES[row["outcome"]])


@require_POST
@requires("evaluation.area")
def add(request: HttpRequest, ulid: str) -> HttpResponse:
    """Written down for the firm (by letter or telephone)."""
    area = area_or_404(request, ulid)
    form = ObjectionForm(request.POST, request.FILES, auto_id="o_%s")
    if not form.is_valid() or not file_objection(request, area, form, verb="document.add"):
        return page_of_area(request, area, 400, objection_form=form)
    return redirect("evaluation:area", ulid)


def file_objection(request: HttpRequest, area: Any, form: ObjectionForm, *, verb: str) -> bool:
    """The objection with its paper; a refusal stands on the form."""
    values = dict(form.cleaned_data)
    try:
        with transaction.atomic():
            paper = step_papers.keep(request.user, values.pop("file"), "other", enterprise_id=area.enterprise_id, verb=verb)
            service.object_area(request.user, area, document=paper, **values)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return False
    return True


@require_POST
@requires("evaluation.area")
def decide(request: HttpRequest, ulid: str) -> HttpResponse:
    """`ulid` of the area; its open objection is answered."""
    area = area_or_404(request, ulid)
    objection = queries.objections(request.user, area.cycle).filter(area=area, outcome="").first()
    if objection is None:
        raise Http404
    form = ReplyForm(request.POST, auto_id="r_%s")
    if not form.is_valid():
        return page_of_area(request, area, 400, reply_form=form)
    done(request, lambda: service.decide_objection(request.user, objection, **form.cleaned_data), _now("已答复"))
    return redirect("evaluation:area", ulid)


@require_GET
@requires("evaluation.view")
def gaps(request: HttpRequest, ulid: str) -> HttpResponse:
    """Plots whose assessed areas do not add up to the plot; `?all=1` also those that do or are explained."""
    cycle = cycle_or_404(request, ulid)
    every = queries.area_gaps(request.user, cycle)
    every.sort(key=lambda gap: (-abs(gap.gap_cm2), gap.code))
    wanted = every if request.GET.get("all") else [gap for gap in every if gap.open]
    towns = town_names(request.user)
    page = Paginator([(gap, towns.get(gap.division_code, gap.division_code)) for gap in wanted], PAGE).get_page(
        request.GET.get("page"))
    return render(request, "evaluation/area_gaps.html", {
        **head(request, cycle, "areas"), "page": page, "every": len(every), "all": bool(request.GET.get("all")),
        "explained": sum(1 for gap in every if gap.note is not None), "whole": sum(1 for gap in every if gap.within),
        "allowed": queries.gap_tolerance(cycle),
    })


@require_GET
@requires("evaluation.view")
def gaps_twin(request: HttpRequest, ulid: str) -> Twin:
    cycle = cycle_or_404(request, ulid)
    rows = [
        {"plot": gap.code, "name": gap.name, "division_code": gap.division_code, "plot_cm2": gap.plot_cm2,
         "assessed_cm2": gap.assessed_cm2, "gap_cm2": gap.gap_cm2, "within": gap.within,
         "note": gap.note.note if gap.note else ""}
        for gap in queries.area_gaps(request.user, cycle)
    ]
    return Twin({"rows": rows, "total": len(rows)}, json_dumps_params=CHINESE)


@requires("evaluation.area")
def gap(request: HttpRequest, ulid: str, pk: int) -> HttpResponse:
    """Why the areas on one plot differ from the plot."""
    cycle = cycle_or_404(request, ulid)
    found = next(iter(queries.area_gaps(request.user, cycle, plot_id=pk)), None)
    if found is None:
        raise Http404(_now("没有这块地的面积差，或它不在您的管辖范围内。"))
    form = GapForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _explained(request, cycle, found, form):
        return redirect("evaluation:area-gaps", ulid)
    firms = queries.areas(request.user, cycle).filter(items__plot_id=pk).distinct()
    return render(request, "evaluation/area_gap.html", {
        **head(request, cycle, "areas"), "gap": found, "form": form, "firms": firms,
    }, status=400 if form.is_bound else 200)


def _explained(request: HttpRequest, cycle: Any, gap: Any, form: GapForm) -> bool:
    values = dict(form.cleaned_data)
    try:
        with transaction.atomic():
            paper = step_papers.keep(request.user, values.pop("file"), "other", division_code=gap.division_code)
            service.explain_gap(request.user, cycle, gap.plot_id, document=paper, **values)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return False
    return True
