"""Idle land: list, page with clock and steps, facts, causes, team."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_choices, town_names
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.forms_findings import CauseForm, ClueForm, FactsForm, MemberForm, StepForm
from tenglong.apps.renewal.models import IdleState
from tenglong.apps.renewal.queries import idle as queries
from tenglong.apps.renewal.service import idle as service
from tenglong.apps.renewal.views.common import done, keep, plot_map
from tenglong.domain.renewal import idle as rule
from tenglong.web.answers import CHINESE, or_404
from tenglong.web.listing import Column, Filter, ListPage, Tool
from tenglong.web.twins import Twin

VERB = "renewal.idle"


class IdleList(ListPage):
    id, title, noun, verb = "idle-lands", gettext_lazy("闲置土地"), gettext_lazy("件"), "renewal.view"
    order, row_url = ("-pk",), "renewal:idle-land"
    crumbs = ((gettext_lazy("整治"), ""),)
    tools = (Tool(gettext_lazy("登记线索"), "renewal:idle-new", VERB, primary=True),)
    empty_title = gettext_lazy("还没有闲置土地线索")
    empty_text = gettext_lazy("从线索登记起，按调查、认定、告知听证、决定一步步办理。")
    caliber = gettext_lazy("您管辖范围内的线索和案件；认定之前一律是疑似闲置；不含金额")
    columns = (
        Column("plot_code", gettext_lazy("地块码"), format="code", lead=True),
        Column("town", gettext_lazy("镇街"), computed=True, source="division_code"),
        Column("land_cm2", gettext_lazy("面积"), unit=gettext_lazy("亩"), format="mu", total=True),
        Column("says", gettext_lazy("称谓"), computed=True),
        Column("state", gettext_lazy("状态"), format="chip", kind="idle_state"),
        Column("closed_on", gettext_lazy("办结日期"), format="date"),
    )
    filters = (
        Filter("q", gettext_lazy("地块码"), source=("plot_code",)),
        Filter("town", gettext_lazy("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("state", gettext_lazy("状态"), kind="choice", choices=list(IdleState.choices)),
    )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "state")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return queries.idle_lands(user)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns, book = town_names(self.user), rule.load()
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])
            word = rule.says(book, row["state"])
            row["says"] = _(word) if word else ""


@require_http_methods(["GET", "POST"])
@requires(VERB)
def new(request: HttpRequest) -> HttpResponse:
    form = ClueForm(request.POST or None, initial={"plot": request.GET.get("plot", "")})
    if request.method == "POST" and form.is_valid():
        plot = registry.plots(request.user).filter(code=form.cleaned_data["plot"].strip()).first()
        try:
            if plot is None:
                raise RenewalError(_("没有这块地，或者它不在您的管辖范围内。"))
            made = service.open_clue(request.user, plot.plot.ulid, note=form.cleaned_data["note"])
        except RenewalError as error:
            form.add_error(None, str(error))
        else:
            return redirect("renewal:idle-land", made.ulid)
    return render(request, "renewal/idle_new.html", {"form": form}, status=400 if form.is_bound else 200)


@require_GET
@requires("renewal.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.idle_land(request.user, ulid))
    works = can(request.user, VERB) and queries.is_member(request.user, found) and found.state not in service.ENDED
    return render(request, "renewal/idle_land.html", {
        "idle": found, "told": queries.shown(request.user, found), "works": works, "step_form": StepForm(),
        "facts_form": FactsForm(), "cause_form": CauseForm(), "member_form": MemberForm(),
        "team": found.members.select_related("user").order_by("pk"),
        "map": plot_map(request.user, found.plot_id),
        "holder": registry.enterprises(request.user).filter(enterprise_id=found.holder_id or 0).first(),
    })


@require_GET
@requires("renewal.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    found = or_404(lambda: queries.idle_land(request.user, ulid))
    return Twin(queries.shown(request.user, found), json_dumps_params=CHINESE)


@require_POST
@requires(VERB)
def facts(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.idle_land(request.user, ulid))
    form = FactsForm(request.POST, request.FILES)

    @transaction.atomic
    def step() -> None:
        paper = keep(request, form.cleaned_data["document"], "other", found.plot_id, VERB)
        service.enter_facts(request.user, found, form.values(), document=paper, price_fen=form.price_fen())

    done(request, form, step, _("已记录"))
    return redirect("renewal:idle-land", ulid)


@require_POST
@requires(VERB)
def cause(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.idle_land(request.user, ulid))
    form = CauseForm(request.POST, request.FILES)

    @transaction.atomic
    def step() -> None:
        data = form.cleaned_data
        paper = keep(request, data["document"], "other", found.plot_id, VERB)
        service.add_cause(request.user, found, data["cause"], start=data["start"], end=data["end"], document=paper)

    done(request, form, step, _("已记录"))
    return redirect("renewal:idle-land", ulid)


@require_POST
@requires(VERB)
def move(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.idle_land(request.user, ulid))
    form = StepForm(request.POST, request.FILES)

    @transaction.atomic
    def step() -> None:
        data = form.cleaned_data
        try:
            rule.load().state(data["state"])
        except LookupError as error:
            raise RenewalError(str(error)) from error
        paper = keep(request, data["document"], "approval", found.plot_id, VERB)
        service.step(request.user, found, data["state"], document=paper, on=data["on"])

    done(request, form, step, _("已办理"))
    return redirect("renewal:idle-land", ulid)


@require_POST
@requires(VERB)
def member(request: HttpRequest, ulid: str) -> HttpResponse:
    found = or_404(lambda: queries.idle_land(request.user, ulid))
    form = MemberForm(request.POST)

    def step() -> None:
        person = get_user_model().objects.filter(username=form.cleaned_data["username"], is_active=True).first()
        if person is None:
            raise RenewalError(_("这个人没有办理闲置土地的权限，或者这块地不在其管辖范围内。"))
        service.add_member(request.user, found, person)

    done(request, form, step, _("已加入案件组"))
    return redirect("renewal:idle-land", ulid)
