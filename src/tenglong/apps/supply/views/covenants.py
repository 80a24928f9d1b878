"""履约监管: the list, 五未, one covenant with its papers, and the steps on it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import service as register
from tenglong.apps.registry.places import enterprise_names, town_choices, town_names
from tenglong.apps.supply.beside import cards
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.forms_covenant import ExtensionForm, FigureForm, FirmForm, NewForm, NodeForm, PaperForm, VoidForm
from tenglong.apps.supply.models import Covenant, CovenantPaper, Listing, NodeReminder
from tenglong.apps.supply.queries import covenants as queries
from tenglong.apps.supply.queries import listings
from tenglong.apps.supply.service import covenants as service
from tenglong.apps.supply.service import covenants_extensions
from tenglong.apps.supply.service.covenants_picture import picture, rules
from tenglong.apps.supply.standard_promises import attached, offered, prefilled
from tenglong.domain.measures import packaged
from tenglong.domain.units import from_cm2, from_fen
from tenglong.web import answers
from tenglong.web.answers import CHINESE, or_404
from tenglong.web.listing import Column, Filter, ListPage, Tool

WORK = service.VERB
NEW = Tool(gettext_lazy("登记约定"), "supply:covenant-new", WORK, primary=True)


done = partial(answers.done, refused=CovenantError)


def keep(actor: Any, file: Any, kind: str, held: Covenant, *, number: str = "", dated: date | None = None) -> Any:
    """The uploaded file as a document of the enterprise; None without a file. Raises CovenantError."""
    if not file:
        return None
    try:
        return register.add_document(
            actor, file.name, file.read(), kind=kind, subject_type="enterprise", subject_id=held.enterprise_id, number=number,
            dated=dated, verb=WORK)
    except register.RegistryError as error:
        raise CovenantError(str(error)) from error


def lacks(user: Any) -> list[tuple[str, Any]]:
    return [(name, _(one.lacks)) for name, one in rules().policy.nodes.items()]


class CovenantList(ListPage):
    id, title, noun, verb = "covenants", gettext_lazy("履约监管"), gettext_lazy("份"), "covenant.view"
    order, row_url = ("due_on", "pk"), "supply:covenant"
    crumbs = ((gettext_lazy("供地"), ""),)
    tools = (NEW,)
    empty_tool = NEW
    empty_title = gettext_lazy("还没有登记履约约定")
    empty_text = gettext_lazy("从投资协议、监管协议、出让合同登记约定的指标和节点，到期自动提醒，一键核查。")
    caliber = gettext_lazy("您管辖范围内的约定；五未取第一个没有完成的节点，逾期天数按今天计，没有约定日期的不计天数；不含金额")
    columns = (
        Column("project_name", gettext_lazy("项目"), lead=True),
        Column("number", gettext_lazy("监管编号"), format="code"),
        Column("firm", gettext_lazy("企业"), computed=True, source="enterprise_id"),
        Column("town", gettext_lazy("镇街"), computed=True, source="division_code"),
        Column("land_cm2", gettext_lazy("宗地面积"), unit=gettext_lazy("亩"), format="mu", total=True),
        Column("lack", gettext_lazy("五未"), computed=True, source="lacking"),
        Column("due_on", gettext_lazy("约定日期"), format="date"),
        Column("late", gettext_lazy("逾期"), unit=gettext_lazy("天"), format="int", computed=True, sortable=False),
        Column("ended_on", gettext_lazy("监管结束"), format="date", default=False),
    )
    filters = (
        Filter("q", gettext_lazy("项目、监管编号"), source=("project_name", "number")),
        Filter("town", gettext_lazy("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("lacking", gettext_lazy("五未"), kind="choice", choices=lacks),
        Filter("due", gettext_lazy("约定日期"), kind="date", source="due_on"),
        Filter("state", gettext_lazy("状态"), kind="choice", choices=[
            ("live", gettext_lazy("监管中")), ("ended", gettext_lazy("监管已结束"))]),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "enterprise_id", "lacking", "due_on", "ended_on")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        """Those under supervision, as 五未 counts them, unless the state is asked for."""
        word = Case(When(ended_on__isnull=True, then=Value("live")), default=Value("ended"))
        found = queries.covenants(user).annotate(state=word)
        return found if self.params.get("state") else found.filter(ended_on=None)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns, words, today = town_names(self.user), dict(lacks(self.user)), timezone.localdate()
        names = enterprise_names(self.user, [row["enterprise_id"] for row in rows])
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])
            row["firm"] = names.get(row.pop("enterprise_id"), ("", ""))[1]
            row["lack"] = words.get(row["lacking"], _("均已完成"))
            due = row["due_on"]
            row["late"] = max(0, (today - due).days) if row["lacking"] and due and not row["ended_on"] else None


@require_GET
@requires("covenant.view")
def five(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    near = queries.near(request.user, today)[:50]
    return render(request, "supply/covenant_five.html", {
        "five": queries.five(request.user, today), "today": today, "near": worded(near, today)})


def worded(rows: Iterable[NodeReminder], today: date) -> list[tuple[NodeReminder, str, int]]:
    """Reminders with the name of the node and the days left; of each node the tightest step alone."""
    nodes, seen, found = rules().policy.nodes, set[tuple[int, str]](), []
    for row in rows:
        key = (row.covenant_id, row.kind)
        if key not in seen and not row.covenant.done.filter(kind=row.kind).exists():
            seen.add(key)
            label = nodes[row.kind].label if row.kind in nodes else row.kind
            found.append((row, label, (row.agreed_on - today).days))
    return found


@require_GET
@requires("covenant.view")
def five_json(request: HttpRequest) -> JsonResponse:
    found = queries.five(request.user, timezone.localdate())
    rows = [{**vars(one), "land_cm2": str(one.land_cm2)} for one in found.lacks]
    body = {"lacks": rows, "total": found.total, "reached": found.reached, "land_cm2": str(found.land_cm2)}
    return JsonResponse(body, json_dumps_params=CHINESE)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def new(request: HttpRequest) -> HttpResponse:
    form = NewForm(request.POST or None, initial=_begin(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = service.create(
                request.user, **form.values(), listing=_contracted(request.user, form.cleaned_data["listing"]))
        except CovenantError as error:
            form.add_error(None, str(error))
        else:
            return redirect("supply:covenant", made.ulid)
    return render(request, "supply/covenant_new.html", {"form": form}, status=400 if form.is_bound else 200)


def _contracted(user: Any, ulid: str) -> Listing | None:
    """A listing in sight whose contract is signed."""
    return listings(user).filter(ulid=ulid, state="contracted").select_related("plot", "winner").first() if ulid else None


def _begin(request: HttpRequest) -> dict[str, Any]:
    """First values: of the plot and firm asked for, or of the listing that was contracted."""
    row = _contracted(request.user, request.GET.get("listing", ""))
    if row is None:
        return {"plots": request.GET.get("plot", ""), "uscc": request.GET.get("uscc", "")}
    plot = registry.plots(request.user).filter(plot_id=row.plot_id or 0).first()
    return {
        "project_name": row.title, "uscc": row.winner.uscc if row.winner else "", "plots": plot.code if plot else "",
        "land": from_cm2(row.area_cm2, "m2", 4), "listing": row.ulid,
        "price": None if row.price_fen is None else from_fen(row.price_fen, "wan_yuan", 6)}


# ---- one covenant


@require_GET
@requires("covenant.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: queries.covenant(request.user, ulid))
    works = can(request.user, WORK) and held.ended_on is None
    policy = rules(held.policy).policy
    forms = {"node_form": NodeForm(policy), "firm_form": FirmForm(), "figure_form": FigureForm(policy),
             "extension_form": ExtensionForm(policy), "void_form": VoidForm()} if works else {}
    return render(request, "supply/covenant.html", {
        **context(request, held), "works": works, "beside": cards(request, "covenant", held), **forms,
        "sold": listings(request.user).filter(pk=held.listing_id or 0).first()})


def context(request: HttpRequest, held: Covenant) -> dict[str, Any]:
    """What the page of offices and that of the enterprise share."""
    seen = picture(held, timezone.localdate())
    user = request.user
    return {
        "covenant": held, "seen": seen, "standing": queries.standing_rows(seen), "nodes": queries.node_rows(seen),
        "firm": enterprise_names(user, [held.enterprise_id]).get(held.enterprise_id, ("", "")),
        "town": town_names(user).get(held.division_code, held.division_code), "plots": plots(user, held),
        "papers": papers(user, seen), "firms": _firms(user, held), "figures": _figures(user, held),
        "checks": queries.checks(user).filter(covenant=held)[:20], "stages": seen.policy.stages,
        "extensions": [(row, seen.policy.nodes[row.kind].label) for row in queries.extensions(user, held)]}


def plots(user: Any, held: Covenant) -> list[tuple[str, str]]:
    """(ulid or "", code) of each plot."""
    rows = list(held.plots.values_list("plot_id", "plot_code"))
    known = dict(registry.plots(user).filter(plot_id__in=[pk for pk, _code in rows]).values_list("plot_id", "plot__ulid"))
    return [(known.get(pk, ""), code) for pk, code in rows]


def papers(user: Any, seen: Any) -> list[dict[str, Any]]:
    """Papers, the newest first, each with the file that the reader may open."""
    rows = list(seen.papers.values())
    keys = [row.document_id for row in rows if row.document_id]
    files = {one.pk: one for one in registry.documents(user).filter(pk__in=keys)}
    return [{"row": row, "label": seen.policy.papers[row.kind].label, "file": files.get(row.document_id),
             "may_void": can(user, "covenant.decide") and row.created_by_id != user.pk} for row in reversed(rows)]


def _firms(user: Any, held: Covenant) -> list[dict[str, Any]]:
    rows = list(queries.firms(user, held))
    names = enterprise_names(user, [row.enterprise_id for row in rows])
    return [{"row": row, "name": names.get(row.enterprise_id, ("", "—"))[1], "ulid": names.get(row.enterprise_id, ("", ""))[0],
             "share": row.share_bp / 100, "on_land": service.on_land(user, held, row.enterprise_id)} for row in rows]


def _figures(user: Any, held: Covenant) -> list[dict[str, Any]]:
    if not can(user, "covenant.view"):
        return []
    from tenglong.apps.supply.service.covenants_facts import sensitive

    found = []
    for row in held.figures.select_related("document"):
        hidden = sensitive([row.measure]) and not can(user, "sensitive.view")
        label = packaged()[row.measure].label if row.measure in packaged() else "建筑面积"
        found.append({"row": row, "label": label, "value": "***" if hidden else f"{row.value_e6 / 10**6:,.6g}"})
    return found


@require_GET
@requires("covenant.view")
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    held = or_404(lambda: queries.covenant(request.user, ulid))
    seen = picture(held, timezone.localdate())
    body = {
        "ulid": held.ulid, "number": held.number, "project_name": held.project_name, "town": held.division_code,
        "land_cm2": str(held.land_cm2), "price_fen": None if held.price_fen is None else str(held.price_fen),
        "policy": held.policy, "standing": queries.standing_rows(seen), "nodes": queries.node_rows(seen),
        "gaps": list(seen.progress.gaps)}
    return JsonResponse(body, json_dumps_params=CHINESE)


@require_http_methods(["GET", "POST"])
@requires(WORK)
def paper(request: HttpRequest, ulid: str) -> HttpResponse:
    """A paper with what it agrees; `?row=` fills in the standard-land indicators of an industry (标准地)."""
    held = or_404(lambda: queries.covenant(request.user, ulid))
    policy = rules(held.policy).policy
    chosen = request.GET.get("row", attached(held))
    form = PaperForm(policy, request.POST or None, request.FILES or None, initial=prefilled(chosen))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data

        @transaction.atomic
        def step() -> None:
            file = keep(request.user, data["document"], "agreement", held, number=data["number"], dated=data["signed_on"])
            service.add_paper(
                request.user, held, data["kind"], number=data["number"], signed_on=data["signed_on"],
                effective_on=data["effective_on"] or data["signed_on"], promises=form.promises(), nodes=form.node_days(),
                document=file, note=data["note"])

        try:
            step()
        except CovenantError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("已登记文书"))
            return redirect("supply:covenant", ulid)
    return render(request, "supply/covenant_paper.html", {
        "covenant": held, "form": form, "standards": offered(), "row": chosen},
        status=400 if form.is_bound else 200)


@require_POST
@requires("covenant.decide")
def void(request: HttpRequest, ulid: str, pk: int) -> HttpResponse:
    held, form = or_404(lambda: queries.covenant(request.user, ulid)), VoidForm(request.POST)
    row = or_404(lambda: CovenantPaper.objects.get(pk=pk, covenant=held))
    done(request, form, lambda: service.void_paper(request.user, row, reason=form.cleaned_data["reason"]), _("文书已作废"))
    return redirect("supply:covenant", ulid)


@require_POST
@requires("covenant.decide")
def end(request: HttpRequest, ulid: str) -> HttpResponse:
    held, form = or_404(lambda: queries.covenant(request.user, ulid)), VoidForm(request.POST)
    done(request, form, lambda: service.end(request.user, held, reason=form.cleaned_data["reason"]), _("监管已结束"))
    return redirect("supply:covenant", ulid)


@require_POST
@requires(WORK)
def node(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: queries.covenant(request.user, ulid))
    form = NodeForm(rules(held.policy).policy, request.POST, request.FILES)

    @transaction.atomic
    def step() -> None:
        data = form.cleaned_data
        file = keep(request.user, data["document"], "evidence", held)
        service.reach_node(request.user, held, data["kind"], done_on=data["done_on"], document=file)

    done(request, form, step, _("已登记节点"))
    return redirect("supply:covenant", ulid)


@require_POST
@requires(WORK)
def firm(request: HttpRequest, ulid: str) -> HttpResponse:
    held, form = or_404(lambda: queries.covenant(request.user, ulid)), FirmForm(request.POST)

    def step() -> None:
        service.put_firm(request.user, held, form.cleaned_data["uscc"], **form.values())

    done(request, form, step, _("已登记企业"))
    return redirect("supply:covenant", ulid)


@require_POST
@requires(WORK)
def figure(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: queries.covenant(request.user, ulid))
    form = FigureForm(rules(held.policy).policy, request.POST, request.FILES)

    @transaction.atomic
    def step() -> None:
        data = form.cleaned_data
        file = keep(request.user, data["document"], "evidence", held)
        service.prove(
            request.user, held, data["measure"], data["year"] or 0, data["value"], document=file, so_far=data["so_far"])

    done(request, form, step, _("已登记证明数据"))
    return redirect("supply:covenant", ulid)


@require_POST
@requires(WORK)
def extension(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: queries.covenant(request.user, ulid))
    ask(request, held)
    return redirect("supply:covenant", ulid)


def ask(request: HttpRequest, held: Covenant) -> bool:
    """An extension, by the office or by the enterprise itself."""
    form = ExtensionForm(rules(held.policy).policy, request.POST)

    def step() -> None:
        data = form.cleaned_data
        covenants_extensions.ask(request.user, held, data["kind"], asked_on=data["asked_on"], reason=data["reason"])

    return done(request, form, step, _("已提交延期申请"))
