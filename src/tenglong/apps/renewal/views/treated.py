"""整治成效: the counters, the rows behind them, the effect on one firm, and taking back what was counted wrongly."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import enterprise_names, town_choices, town_names
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.forms_plan import GiveForm, ReasonForm
from tenglong.apps.renewal.models import Treated
from tenglong.apps.renewal.queries import treated as queries
from tenglong.apps.renewal.queries.effect import Cell, Effect, effect
from tenglong.apps.renewal.service import treated as service
from tenglong.apps.renewal.service.treated_book import treated_book
from tenglong.apps.renewal.views.common import done
from tenglong.apps.renewal.views.plan_common import XLSX, download
from tenglong.apps.renewal.views.plan_common import done as given
from tenglong.web.answers import CHINESE, or_404
from tenglong.web.listing import Column, Filter, ListPage
from tenglong.web.twins import Twin

# ---- counters


@require_GET
@requires("renewal.view")
def counters(request: HttpRequest) -> HttpResponse:
    held = queries.board(request.user, timezone.localdate())
    towns = town_names(request.user)
    return render(request, "renewal/treated.html", {
        "board": held, "chart": json.dumps(_chart(held), ensure_ascii=False),
        "years": [(year, [(one, one.years.get(year)) for one in held.shown]) for year in held.years],
        "towns": [(town, towns.get(town, town), [(one, one.towns.get(town)) for one in held.shown]) for town in held.towns],
        "silent": [one for one in held.counters if not one.shown], "give_form": GiveForm(),
        "may_give": can(request.user, "export.make"),
    })


def _chart(held: queries.Board) -> dict[str, Any]:
    """Mu by year beside the target of each year, for the first counter of land that has a yearly target."""
    yearly = [one for one in held.targets if one.first == one.last and one.wanted.unit == "mu"]
    name = yearly[0].counter if yearly else queries.MAIN[0]
    counted = next((one for one in held.counters if one.id == name), None)
    wanted = {one.first: float(one.wanted.number) for one in yearly if one.counter == name}
    years = sorted({*wanted, *(counted.years if counted else ())})
    values = [float(counted.years[year].number) if counted and year in counted.years else 0 for year in years]
    return {"years": years, "values": values, "targets": [wanted.get(year) for year in years]}


@require_GET
@requires("renewal.view")
def counters_json(request: HttpRequest) -> Twin:
    held = queries.board(request.user, timezone.localdate())
    body = {
        "counters": [_counter(one) for one in held.counters], "policy": held.pin, "voided": held.voided,
        "targets": [{"label": one.label, "counter": one.counter, "first": one.first, "last": one.last, "basis": one.basis,
                     "wanted": str(one.wanted.number), "reached": str(one.reached.number), "unit": one.wanted.unit}
                    for one in held.targets],
    }
    return Twin(body, json_dumps_params=CHINESE)


def _counter(one: queries.Counted) -> dict[str, Any]:
    return {
        "id": one.id, "label": one.label, "unit": one.counter.unit, "scope": one.scope,
        "value": str(one.total.number), "years": {str(year): str(value.number) for year, value in one.years.items()},
        "towns": {town: str(value.number) for town, value in one.towns.items()},
    }


@require_POST
@requires("export.make")
def export(request: HttpRequest) -> HttpResponse:
    """The workbook; its number stands in the ledger."""
    form = GiveForm(request.POST)
    if not form.is_valid():
        done(request, form, lambda: None, "")
        return redirect("renewal:treated")
    made = given(request, lambda: treated_book(request.user, **form.cleaned_data, request=request))
    if made is None:
        return redirect("renewal:treated")
    answer = download(made.content, made.name, XLSX)
    answer["X-Figure-Number"] = made.number
    return answer


# ---- rows behind a figure


def counter_choices(user: Any) -> list[tuple[str, str]]:
    return [(name, _(one.label)) for name, one in plan_policies.in_force().book.policy.counters.items()]


def route_choices(user: Any) -> list[tuple[str, str]]:
    return [(name, _(one.label)) for name, one in plan_policies.in_force().book.policy.routes.items()]


def year_choices(user: Any) -> list[tuple[str, str]]:
    years = queries.rows(user).order_by().values_list("done_on__year", flat=True).distinct()
    return [(str(year), str(year)) for year in sorted(years, reverse=True)]


class TreatedList(ListPage):
    id, title, noun, verb = "treated-rows", gettext_lazy("整治明细"), gettext_lazy("条"), "renewal.view"
    order, row_url = ("-done_on", "-pk"), "renewal:treated-row"
    crumbs = ((gettext_lazy("整治"), ""), (gettext_lazy("整治成效"), "renewal:treated"))
    empty_title = gettext_lazy("还没有计入的整治成果")
    empty_text = gettext_lazy("整治案件凭证据验收销号后，自动计入所走路径的计数。")
    caliber = gettext_lazy("您管辖范围内计入各计数的明细；一个案件在它路径的每个计数里各有一条，不同计数的条数和面积不能相加")
    filters = (
        Filter("q", gettext_lazy("地块码"), source=("plot_code",)),
        Filter("counter", gettext_lazy("计入"), kind="choice", choices=counter_choices),
        Filter("year", gettext_lazy("完成年度"), kind="choice", source="done_on__year", choices=year_choices),
        Filter("town", gettext_lazy("镇街"), kind="choice", source="division_code", choices=town_choices),
        Filter("route", gettext_lazy("路径"), kind="choice", choices=route_choices),
        Filter("state", gettext_lazy("是否撤销"), kind="choice", source="void", choices=[
            ("live", gettext_lazy("计入")), ("void", gettext_lazy("已撤销"))]),
    )

    @property
    def columns(self) -> tuple[Column, ...]:  # type: ignore[override]
        """Land adds up only inside one counter, and only where that counter is one of land."""
        counter = plan_policies.in_force().book.policy.counters.get(self.params.get("counter", ""))
        one = counter is not None and counter.unit == "mu"
        return (
            Column("counter_label", gettext_lazy("计入"), computed=True, source="counter", lead=True),
            Column("firm", gettext_lazy("企业"), computed=True),
            Column("plot_code", gettext_lazy("地块码"), format="code"),
            Column("town", gettext_lazy("镇街"), computed=True, source="division_code"),
            Column("route_label", gettext_lazy("路径"), computed=True, source="route"),
            Column("land_cm2", gettext_lazy("面积"), unit=gettext_lazy("亩"), format="mu", total=one),
            Column("done_on", gettext_lazy("完成日期"), format="date"),
            Column("origin", gettext_lazy("来源"), computed=True, wrap=True),
        )

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "enterprise_id", "counter", "route", "source", "case__title", "voided_at")

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        found = queries.rows(user).annotate(void=Case(When(voided_at__isnull=True, then=Value("live")), default=Value("void")))
        return found if self.params.get("state") else found.filter(voided_at__isnull=True)

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        towns, book = town_names(self.user), plan_policies.in_force().book.policy
        names = enterprise_names(self.user, [row["enterprise_id"] for row in rows])
        for row in rows:
            row["land_cm2"] = row.get("land_cm2") or None  # a counter of firms counts no land
            row["town"] = towns.get(row["division_code"], row["division_code"])
            row["firm"] = names.get(row.pop("enterprise_id"), ("", ""))[1]
            row["counter_label"] = queries.label_of(book.counters, row["counter"])
            row["route_label"] = queries.label_of(book.routes, row["route"])
            told = row.pop("case__title") or row["source"]
            row["origin"] = _("%(told)s（已撤销）") % {"told": told} if row.pop("voided_at") else told


# ---- one row


@require_GET
@requires("renewal.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    held = or_404(lambda: queries.row(request.user, ulid))
    may = can(request.user, service.VERB) and held.voided_at is None and held.created_by_id != request.user.pk
    return render(request, "renewal/treated_row.html", {
        **context(request, held), "void_form": ReasonForm() if may else None})


@require_GET
@requires("renewal.own")
def own(request: HttpRequest, ulid: str) -> HttpResponse:
    """The firm's own row."""
    held = or_404(lambda: queries.live(request.user).get(ulid=ulid))
    return render(request, "renewal/treated_row.html", {**context(request, held), "own": True})


def context(request: HttpRequest, held: Treated) -> dict[str, Any]:
    policy, found = plan_policies.in_force().book.policy, effect(request.user, held)
    firm = enterprise_names(request.user, [held.enterprise_id]).get(held.enterprise_id or 0, ("", ""))
    plot = registry.last_plot(request.user, held.plot_id) if held.plot_id else None
    papers = registry.documents(request.user)
    counter = policy.counters.get(held.counter)
    return {
        "row": held, "effect": found, "firm": firm, "plot": plot, "counter": counter,
        "counter_label": queries.label_of(policy.counters, held.counter),
        "route_label": queries.label_of(policy.routes, held.route),
        "town": town_names(request.user).get(held.division_code, held.division_code),
        "document": papers.filter(pk=held.document_id).first() if held.document_id else None,
        "gone": plot is not None and plot.valid_to is not None,
    }


@require_GET
@requires("renewal.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    held = or_404(lambda: queries.row(request.user, ulid))
    told = context(request, held)
    body = {
        "ulid": held.ulid, "counter": held.counter, "route": held.route, "plot": held.plot_code, "firm": told["firm"][1],
        "town": held.division_code, "land_cm2": held.land_cm2, "done_on": held.done_on, "source": held.source,
        "case": held.case.ulid if held.case else None, "voided_at": held.voided_at, "effect": _lines(told["effect"]),
    }
    return Twin(body, json_dumps_params=CHINESE)


def _lines(found: Effect) -> list[dict[str, Any]]:
    def cell(one: Cell) -> dict[str, Any]:
        return {"value": one.text, "period": one.period, "source": one.source, "fact": one.fact}

    return [{"measure": line.id, "unit": line.unit, "before": cell(line.before), "after": cell(line.after),
             "times": line.times} for line in found.lines]


@require_POST
@requires("renewal.approve")
def take_back(request: HttpRequest, ulid: str) -> HttpResponse:
    held, form = or_404(lambda: queries.row(request.user, ulid)), ReasonForm(request.POST)
    done(request, form, lambda: service.take_back(request.user, held, reason=form.cleaned_data["reason"]),
         _("已撤销计入，明细保留"))
    return redirect("renewal:treated-row", ulid)
