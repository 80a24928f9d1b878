"""用地核定: the list, one firm with its build-up, working it out, publishing and settling."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
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
from tenglong.apps.evaluation.forms_area import AreaPublicationForm, ItemForm, ObjectionForm, ReplyForm
from tenglong.apps.evaluation.terms import last_day
from tenglong.apps.evaluation.views.common import cycle_or_404, done, head, or_404
from tenglong.apps.evaluation.views.cycle_listing import CycleListPage
from tenglong.apps.evaluation.words import AREA_STATES, ITEM_KINDS
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_choices
from tenglong.web.answers import whole
from tenglong.web.listing import Column, Filter

#: rows of a list that was put up, on one page of the screen
PUBLISHED = 500
#: kind → sign in the sum
SIGNS = {"titled": 1, "untitled": 1, "leased_in": 1, "leased_out": -1, "deduction": -1}


class AreaList(CycleListPage):
    id, title, noun, verb, tab = "areas", _("用地核定"), _("家"), "evaluation.view", "areas"
    order, row_url, template = ("division_code", "name", "pk"), "evaluation:area", "evaluation/area_list.html"
    empty_title = _("还没有核定用地")
    empty_text = _("按用地核定日有效的权证和用地关系核定每家企业的面积；核定可以重做，人工添加的部分会保留。")
    caliber = _("核定用地 = 自有证载 + 无证占用 + 租入 − 租出 − 扣除")
    columns = (
        Column("name", _("企业名称"), lead=True),
        Column("town", _("镇街"), computed=True, source="division_code"),
        Column("titled_cm2", _("自有证载"), unit=_("亩"), format="mu", total=True),
        Column("untitled_cm2", _("无证占用"), unit=_("亩"), format="mu", total=True),
        Column("leased_in_cm2", _("租入"), unit=_("亩"), format="mu", total=True),
        Column("leased_out_cm2", _("租出"), unit=_("亩"), format="mu", total=True),
        Column("deducted_cm2", _("扣除"), unit=_("亩"), format="mu", total=True),
        Column("total_cm2", _("核定用地"), unit=_("亩"), format="mu", total=True),
        Column("state", _("状态"), format="chip", kind="area_state"),
    )
    filters = (
        Filter("q", _("企业名称或代码"), source=("name", "enterprise__key")),
        Filter("town", _("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("state", _("状态"), kind="choice", choices=list(AREA_STATES.items())),
        Filter("area", _("核定用地"), kind="range", source="total_cm2", unit="mu"),
        Filter("carrier", _("国有平台载体"), kind="flag"),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code",)

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.areas(user, self.cycle)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        self.name_towns(rows)

    def more(self) -> dict[str, Any]:
        waiting = queries.objections(self.user, self.cycle).filter(outcome="").count()
        before = self.cycle.stage in ("land_publicity", "data", "checks", "sheets")
        ready = before and queries.areas(self.user, self.cycle).filter(state="published").exists()
        return {"waiting": waiting, "may_assess": self.cycle.stage == "land_review", "may_settle": ready}


def area_or_404(request: HttpRequest, ulid: str) -> Any:
    return or_404(lambda: queries.area(request.user, ulid), _now("没有这家企业的用地核定，或它不在您的管辖范围内。"))


@require_POST
@requires("evaluation.area")
def assess(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    job = done(request, lambda: service.assess_areas(request.user, cycle), _now("已开始核定，完成后刷新列表"))
    return redirect("jobs:show", job.ulid) if job else redirect("evaluation:areas", ulid)


@require_POST
@requires("evaluation.area")
def settle(request: HttpRequest, ulid: str) -> HttpResponse:
    cycle = cycle_or_404(request, ulid)
    done(request, lambda: service.settle_areas(request.user, cycle), _now("公示期内没有异议和异议已答复的，已定稿"))
    return redirect("evaluation:areas", ulid)


@requires("evaluation.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    return page_of_area(request, area_or_404(request, ulid))


def page_of_area(request: HttpRequest, area: Any, status: int = 200, **forms: Any) -> HttpResponse:
    items = list(queries.area_items(request.user, area))
    codes = codes_of(request.user, area.cycle, items)
    context = {
        **head(request, area.cycle, "areas"), "area": area, "firm": _firm(request, area),
        "sums": build_up(area, items), "codes": codes,
        "plots": per_plot(request.user, area.cycle, items), "unknown": [item for item in items if not item.counted],
        "objections": list(queries.objections(request.user, area.cycle).filter(area=area)),
        "item_form": ItemForm(request.user, initial={"lock_version": area.lock_version}),
        "objection_form": ObjectionForm(auto_id="o_%s"), "reply_form": ReplyForm(auto_id="r_%s"), **forms,
    }
    return render(request, "evaluation/area.html", context, status=status)


def _firm(request: HttpRequest, area: Any) -> Any:
    return registry.enterprises(request.user, area.cycle.measure_day).filter(enterprise_id=area.enterprise_id).first()


def codes_of(user: Any, cycle: Any, items: list[Any]) -> dict[int, str]:
    """Plot → code, of the plots that this person may see."""
    wanted = {item.plot_id for item in items if item.plot_id}
    return dict(registry.plots(user, cycle.measure_day).filter(plot_id__in=wanted).values_list("plot_id", "code"))


def build_up(area: Any, items: list[Any]) -> list[dict[str, Any]]:
    """One line per kind: sign, sum, items; the sums are those of the area."""
    sums = {"titled": area.titled_cm2, "untitled": area.untitled_cm2, "leased_in": area.leased_in_cm2,
            "leased_out": area.leased_out_cm2, "deduction": area.deducted_cm2}
    return [
        {"kind": kind, "label": ITEM_KINDS[kind], "sign": "＋" if sign > 0 else "－", "cm2": sums[kind],
         "items": [item for item in items if item.kind == kind]}
        for kind, sign in SIGNS.items()
    ]


def per_plot(user: Any, cycle: Any, items: list[Any]) -> list[dict[str, Any]]:
    """What this firm holds on each plot, beside the plot itself and its page."""
    sums: dict[int, int] = defaultdict(int)
    for item in items:
        if item.plot_id and item.counted:
            sums[item.plot_id] += SIGNS[item.kind] * item.cm2
    plots = {row.plot_id: row for row in registry.plots(user, cycle.measure_day).filter(plot_id__in=sums)}
    return [{"plot": plots.get(pk), "cm2": cm2} for pk, cm2 in sorted(sums.items())]


@require_POST
@requires("evaluation.area")
def add_item(request: HttpRequest, ulid: str) -> HttpResponse:
    area = area_or_404(request, ulid)
    form = ItemForm(request.user, request.POST, request.FILES)
    if not form.is_valid():
        return page_of_area(request, area, 400, item_form=form)
    try:
        with transaction.atomic():
            values = dict(form.cleaned_data)
            paper = step_papers.keep(request.user, values.pop("file"), "approval", enterprise_id=area.enterprise_id)
            service.add_item(request.user, area, document=paper, **values)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return page_of_area(request, area, 409 if isinstance(error, service.Stale) else 400, item_form=form)
    return redirect("evaluation:area", ulid)


@require_POST
@requires("evaluation.area")
def remove_item(request: HttpRequest, ulid: str, pk: int) -> HttpResponse:
    area = area_or_404(request, ulid)
    item = queries.area_items(request.user, area).filter(pk=pk).first()
    if item is None:
        raise Http404
    version = request.POST.get("lock_version", "")
    done(request, lambda: service.remove_item(
        request.user, item, reason=request.POST.get("reason", ""), lock_version=whole(version, -1) if version else None,
    ), _now("已删除，面积已重算"))
    return redirect("evaluation:area", ulid)


@requires("evaluation.publish")
def publication(request: HttpRequest, ulid: str) -> HttpResponse:
    """The list of all firms is put up before any score is worked."""
    cycle = cycle_or_404(request, ulid)
    form = AreaPublicationForm(request.POST or None, request.FILES or None, last=last_day(cycle, "area_publication"))
    if request.method == "POST" and form.is_valid() and _published(request, cycle, form):
        return redirect("evaluation:area-publication", ulid)
    held = queries.publications(request.user, cycle).filter(kind="area")
    areas = queries.areas(request.user, cycle)
    return render(request, "evaluation/area_publication.html", {
        **head(request, cycle, "areas"), "form": form, "held": held, "firms": areas.count(),
        "total_cm2": sum(areas.values_list("total_cm2", flat=True)),
    }, status=400 if form.is_bound else 200)


def _published(request: HttpRequest, cycle: Any, form: AreaPublicationForm) -> bool:
    values = dict(form.cleaned_data)
    try:
        with transaction.atomic():
            notice = step_papers.keep(request.user, values.pop("file"), "approval", division_code=cycle.division_code)
            service.publish_areas(request.user, cycle, notice=notice, **values)
    except EvaluationError as error:
        form.add_error(None, str(error))
        return False
    return True


@require_POST
@requires("evaluation.publish")
def close_publication(request: HttpRequest, ulid: str) -> HttpResponse:
    """`ulid` of the publication."""
    try:
        found = queries.publication(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if found.kind != "area":
        raise Http404
    def step() -> Any:
        with transaction.atomic():
            town = found.cycle.division_code
            summary = step_papers.keep(request.user, request.FILES.get("file"), "other", division_code=town)
            return service.close_publication(request.user, found, objections=summary)

    done(request, step, _now("公示已结束，可以定稿"))
    return redirect("evaluation:area-publication", found.cycle.ulid)


@require_GET
@requires("evaluation.view")
def published_list(request: HttpRequest, ulid: str) -> HttpResponse:
    """The list as it is put up, for printing; `ulid` of the publication."""
    try:
        found = queries.publication(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if found.kind != "area":
        raise Http404
    rows = [{**row, "total_cm2": int(row["total_cm2"])} for row in found.rows]
    return render(request, "evaluation/area_published.html", {
        **head(request, found.cycle, "areas"), "publication": found, "n": len(rows),
        "page": Paginator(rows, len(rows) or 1 if request.GET.get("all") else PUBLISHED).get_page(request.GET.get("page")),
    })
