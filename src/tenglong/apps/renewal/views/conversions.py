"""Conversions: list, page, form with parts, approval by a second person, phases done."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.forms_conversion import HeadForm, MoveForm, PartForms, PhaseForm
from tenglong.apps.renewal.models import ConversionState
from tenglong.apps.renewal.queries import conversions as queries
from tenglong.apps.renewal.queries import findings
from tenglong.apps.renewal.service import conversions as service
from tenglong.apps.renewal.views.common import done
from tenglong.web.answers import CHINESE, or_404
from tenglong.web.listing import Column, Filter, ListPage, Tool
from tenglong.web.twins import Twin

EDIT = "premises.edit"


class ConversionList(ListPage):
    id, title, noun, verb = "conversions", gettext_lazy("厂房改造"), gettext_lazy("个"), "renewal.view"
    order, row_url = ("-pk",), "renewal:conversion"
    crumbs = ((gettext_lazy("整治"), ""),)
    tools = (Tool(gettext_lazy("新建改造方案"), "renewal:conversion-new", EDIT, primary=True),)
    empty_title = gettext_lazy("还没有改造方案")
    empty_text = gettext_lazy("把闲置厂房改成创新中心，旁边的地块作智造组团：写明每处改成什么、多大、哪一期。")
    caliber = gettext_lazy("您管辖范围内的改造方案；面积为方案填报，投资为改造工程估算")
    columns = (
        Column("title", gettext_lazy("方案名称"), lead=True),
        Column("state", gettext_lazy("状态"), format="chip", kind="conversion_state"),
        Column("town", gettext_lazy("镇街"), computed=True, source="division_code"),
        Column("plot_code", gettext_lazy("地块码"), format="code"),
        Column("centre_cm2", gettext_lazy("创新中心"), unit="m²", format="m2"),
        Column("cluster_cm2", gettext_lazy("智造组团"), unit="m²", format="m2"),
        Column("cost_fen", gettext_lazy("改造投资估算"), unit=gettext_lazy("万元"), format="wan_yuan", total=True),
        Column("jobs", gettext_lazy("预计新增岗位"), format="int", total=True),
        Column("jobs_lost", gettext_lazy("腾退岗位"), format="int", total=True),
        Column("completed_on", gettext_lazy("完成日期"), format="date"),
    )
    filters = (
        Filter("q", gettext_lazy("名称、地块码、园区"), source=("title", "plot_code", "park_name")),
        Filter("town", gettext_lazy("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("state", gettext_lazy("状态"), kind="choice", choices=list(ConversionState.choices)),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code",)

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.conversions(user).annotate(
            centre_cm2=Sum("parts__area_cm2", filter=Q(parts__building__isnull=False)),
            cluster_cm2=Sum("parts__area_cm2", filter=Q(parts__plot__isnull=False)))

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns = town_names(self.user)
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])

    @cached_property
    def totals(self) -> dict[str, Any]:
        """Over the rows themselves: the sums of parts would count a row once for each part."""
        rows = queries.conversions(self.user).filter(pk__in=self.rows_query.order_by().values("pk"))
        sums: dict[str, Any] = {"rows": Count("pk")}
        for name in ("cost_fen", "jobs", "jobs_lost"):
            sums |= {f"sum_{name}": Sum(name), f"n_{name}": Count(name)}
        return rows.aggregate(**sums)


@require_GET
@requires("renewal.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.conversion(request.user, ulid))
    works, approves = can(request.user, EDIT), can(request.user, "renewal.approve")
    mine = request.user.pk in (row.created_by_id, row.submitted_by_id)
    context = {
        "row": row, "town": town_names(request.user).get(row.division_code, row.division_code),
        "works": works, "approves": approves, "mine": mine, "ended": row.state in ("completed", "retired"),
        "phase_form": PhaseForm(initial={"lock_version": row.lock_version}), **queries.shown(request.user, row),
    }
    return render(request, "renewal/conversion.html", context)


@require_GET
@requires("renewal.view")
def twin(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.conversion(request.user, ulid))
    return Twin(queries.as_json(request.user, row), json_dumps_params=CHINESE)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """`?finding=<ulid>` or `?plot=<ulid>`: where the plants stand."""
    finding = findings.findings(request.user).filter(ulid=request.GET.get("finding", "")).select_related("run", "plot").first()
    chosen = finding.plot.ulid if finding else request.GET.get("plot", "")
    plot = registry.plots(request.user).filter(plot__ulid=chosen).first()
    if plot is None:
        return _choose(request)
    head = HeadForm(request.POST or None, initial={"title": _("%(name)s 改造") % {"name": plot.name or plot.code}})
    houses = registry.buildings(request.user).filter(plot_id=plot.plot_id).order_by("building__code")[:20]
    start = [{"building_id": house.building_id, "area_cm2": house.floor_cm2} for house in houses]
    parts = PartForms(request.POST or None, initial=start, form_kwargs={"user": request.user}, prefix="p")
    if request.method == "POST" and head.is_valid() and parts.is_valid():
        try:
            made = service.draft(request.user, plot.plot.ulid, head.values(), _told(parts), finding=finding)
        except RenewalError as refused:
            head.add_error(None, str(refused))
        else:
            messages.success(request, _("改造方案已建立，核对后报批"))
            return redirect("renewal:conversion", made.ulid)
    return _form(request, head, parts, plot.name or plot.code, "")


def _choose(request: HttpRequest) -> HttpResponse:
    """Which plot: by its code."""
    code = request.POST.get("code", "").strip().upper()
    if code:
        found = registry.plots(request.user).filter(code=code).first()
        if found is not None:
            return redirect(f"{request.path}?plot={found.plot.ulid}")
        messages.error(request, _("没有找到“%(text)s”，或不在您的管辖范围内") % {"text": code[:40]})
    return render(request, "renewal/conversion_plot.html", status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires(EDIT)
def edit(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.conversion(request.user, ulid))
    if row.state != ConversionState.DRAFT:
        messages.error(request, _("只有草拟中的改造方案可以改；已报批的请先退回。"))
        return redirect("renewal:conversion", ulid)
    held = {name: getattr(row, name) for name in HeadForm.record}
    head = HeadForm(request.POST or None, initial={**held, "lock_version": row.lock_version})
    start = [{name: getattr(part, name) for name in service.PART} for part in row.parts.all()]
    parts = PartForms(request.POST or None, initial=start, form_kwargs={"user": request.user}, prefix="p")
    if request.method == "POST" and head.is_valid() and parts.is_valid():
        seen = head.cleaned_data["lock_version"]
        try:
            service.revise(request.user, row, head.values(), _told(parts), lock_version=-1 if seen is None else seen)
        except RenewalError as refused:
            head.add_error(None, str(refused))
        else:
            messages.success(request, _("已保存"))
            return redirect("renewal:conversion", ulid)
    return _form(request, head, parts, row.title, ulid)


def _told(parts: Any) -> list[dict[str, Any]]:
    return [told for form in parts if (told := form.told) is not None]


def _form(request: HttpRequest, head: Any, parts: Any, name: str, ulid: str) -> HttpResponse:
    bad = head.errors or (parts.is_bound and not parts.is_valid())
    context = {"head": head, "parts": parts, "name": name, "ulid": ulid}
    return render(request, "renewal/conversion_edit.html", context, status=422 if bad else 200)


@require_POST
@requires("renewal.view")
def move(request: HttpRequest, ulid: str, name: str) -> HttpResponse:
    """submit, approve, send-back, retire: the service asks for the verb of each."""
    row = or_404(lambda: queries.conversion(request.user, ulid))
    form = MoveForm(request.POST)

    def step() -> None:
        lock, reason = form.cleaned_data["lock_version"], form.cleaned_data["reason"]
        if name == "submit":
            service.submit(request.user, row, lock_version=lock)
        elif name == "approve":
            service.approve(request.user, row, lock_version=lock)
        elif name == "send-back":
            service.send_back(request.user, row, reason=reason, lock_version=lock)
        elif name == "retire":
            service.retire(request.user, row, reason=reason, lock_version=lock)
        else:
            raise Http404

    done(request, form, step, _("已办理"))
    return redirect("renewal:conversion", ulid)


@require_POST
@requires(EDIT)
def phase(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.conversion(request.user, ulid))
    form = PhaseForm(request.POST)

    def step() -> None:
        data = form.cleaned_data
        service.complete_phase(request.user, row, data["phase"], on=data["on"], lock_version=data["lock_version"])

    done(request, form, step, _("这一期已完成，厂房已登记为待租房源"))
    return redirect("renewal:conversion", ulid)
