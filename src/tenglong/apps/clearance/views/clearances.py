"""A project: its page of rates, curve, map and those who have not signed; setting it up; steps, start, end; export."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework.pinning import calendar
from tenglong.apps.clearance import forms, picture, policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import Clearance, State
from tenglong.apps.clearance.queries import figures, papers
from tenglong.apps.clearance.queries import rows as queries
from tenglong.apps.clearance.queries.corrections import corrections as asked
from tenglong.apps.clearance.service import books, clearances, corrections, gathering, holders
from tenglong.apps.clearance.views.common import day_of, done, download, mark_of
from tenglong.apps.clearance.words import BASES, RATES, STAGES, SURVEYED, UNITS
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_names
from tenglong.domain.landing.clearance import rates as counting
from tenglong.domain.landing.clearance import steps
from tenglong.domain.landing.clearance.policy import STAGES as ORDER
from tenglong.domain.landing.clearance.rates import Rates
from tenglong.web import formats
from tenglong.web.answers import CHINESE, or_404

MOST_LISTED = 100


@require_GET
@requires("clearance.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = or_404(lambda: queries.clearance(request.user, ulid))
    on, wrong = day_of(request)
    base = request.GET.get("base", "holders")
    base = base if base in BASES else "holders"
    held = figures.lines(request.user, row)
    found = counting.rates(held.lines, on)
    points = figures.curve_of(row, held, timezone.localdate(), base)  # type: ignore[arg-type]
    waiting = list(queries.unsigned(request.user, row, on)[:MOST_LISTED])
    tenants = list(queries.tenants(request.user, row)[:MOST_LISTED])
    context = {
        "row": row, "on": on, "today": timezone.localdate(), "wrong": wrong, "mark": mark_of(row, on), "rates": found,
        "table": _table(row, found), "money": found.money if held.money else None, "base": base,
        "bases": [(name, word) for name, word in BASES.items()], "kind": policies.taking_of(row),
        "chart": json.dumps(_chart(points), ensure_ascii=False), "points": _twin_rows(points),
        "curves": [STAGES[stage] for stage in figures.CURVES],
        "map": _map(request.user, row, counting.colours(held.lines, on)),
        "waiting": _reasons(waiting), "more": found.listed["holders"] - found.cells["signed"]["holders"].done - len(waiting),
        "tenants": tenants, "n_tenants": queries.tenants(request.user, row).count(),
        "town": town_names(request.user).get(row.division_code, row.division_code), **_work(request, row, on),
    }
    return render(request, "clearance/clearance.html", context)


def _map(user: Any, row: Clearance, colours: dict[int, str]) -> dict[str, Any] | None:
    """A survey has no stages: its plots are grey, whatever may come."""
    if row.state == State.SURVEY:
        return picture.picture(user, dict.fromkeys(colours, "surveyed"), SURVEYED)
    return picture.picture(user, colours)


def _table(row: Clearance, found: Rates) -> list[dict[str, Any]]:
    """Stage by stage, each base with both its parts and the rows behind them."""
    lists = {"holders": "clearance:holders", "area": "clearance:holders", "plots": "clearance:plots"}
    told = []
    for stage in ORDER:
        cells = []
        for base, cell in found.cells[stage].items():
            asked = {"project": row.ulid, "on": found.on.isoformat()}
            url = reverse(lists[base])
            cells.append({
                "base": BASES[base], "unit": UNITS[base], "done": _said(base, cell.done), "of": _said(base, cell.of),
                "percent": cell.percent, "bar": f"{float(cell.value or 0):.4f}",
                "url": f"{url}?{urlencode(asked | {stage: '1'})}", "url_of": f"{url}?{urlencode(asked)}"})
        told.append({"id": stage, "label": RATES[stage], "cells": cells})
    return told


def _said(base: str, value: int) -> str:
    return formats.mu(value) if base == "area" else formats.thousands(value)


def _chart(points: list[Any]) -> dict[str, Any]:
    def share(value: Any) -> Any:
        return None if value is None else round(float(value) * 100, 2)

    series = []
    for stage in figures.CURVES:
        series.append({"name": str(STAGES[stage]), "plan": False, "data": [share(one.actual[stage]) for one in points]})
        if points and stage in points[0].planned:
            word = _("%(stage)s计划") % {"stage": STAGES[stage]}
            series.append({"name": word, "plan": True, "data": [share(one.planned[stage]) for one in points]})
    return {"days": [one.on.isoformat() for one in points], "series": series}


def _twin_rows(points: list[Any]) -> list[dict[str, Any]]:
    def text(value: Any) -> str:
        return "—" if value is None else f"{float(value) * 100:.2f}%"

    return [{"on": one.on, "cells": [(text(one.actual[stage]), text(one.planned.get(stage))) for stage in figures.CURVES]}
            for one in points]


def _reasons(waiting: list[Any]) -> list[dict[str, Any]]:
    known = policies.current().reasons
    return [{"row": one, "why": known.get(one.reason)} for one in waiting]


def _work(request: HttpRequest, row: Clearance, on: date) -> dict[str, Any]:
    """Steps as of the day, and the forms that the reader may use."""
    taking, done = policies.taking_of(row), {one.step: one for one in row.steps.all()}
    standing = steps.stand(taking, clearances.done_of(row), row.state == State.SURVEY, on, calendar())
    files, fixes = papers.kept(request.user, row), list(asked(request.user).filter(clearance=row, step__isnull=False))
    alive = row.state in (State.SURVEY, State.STARTED)
    works, decides = alive and can(request.user, "clearance.work"), alive and can(request.user, "clearance.decide")
    lock = {"lock_version": row.lock_version}
    return {
        "steps": [{"is": one, "row": done.get(one.step.id), "files": files.get((one.step.id, 0)),
                   "corrections": [fix for fix in fixes if fix.step and fix.step.step == one.step.id],
                   "second": corrections.needs_second(one.step)} for one in standing], "me": request.user.pk,
        "works": works, "decides": decides, "start_form": forms.FiledForm(initial=lock, auto_id="start_%s"),
        "may_start": decides and row.state == State.SURVEY and row.created_by_id != request.user.pk,
        "end_form": forms.EndForm(initial=lock, auto_id="end_%s"), "give_form": forms.GiveForm(auto_id="give_%s"),
        "asks_form": forms.AsksForm(initial={**lock, "asks": row.asks, "asks_phone": row.asks_phone}, auto_id="asks_%s"),
        "plan_form": forms.PlanForm(plan=row.plan, initial=lock, auto_id="plan_%s"),
        "may_give": can(request.user, "export.make"), "may_money": figures.may_money(request.user, row),
    }


@require_GET
@requires("clearance.view")
def twin(request: HttpRequest, ulid: str) -> JsonResponse:
    row = or_404(lambda: queries.clearance(request.user, ulid))
    on, _wrong = day_of(request)
    held = figures.lines(request.user, row)
    found = counting.rates(held.lines, on)
    body: dict[str, Any] = {
        "ulid": row.ulid, "title": row.title, "state": row.state, "kind": row.kind, "division_code": row.division_code,
        "policy": row.policy, "mark": mark_of(row, on), "on": on, "plan": row.plan, "lock_version": row.lock_version,
        "steps": [{"step": one.step, "done_on": one.done_on, "number": one.number} for one in row.steps.all()],
        "rates": {stage: {base: {"done": str(cell.done), "of": str(cell.of)} for base, cell in cells.items()}
                  for stage, cells in found.cells.items()},
    }
    if held.money:
        body["money_fen"] = {"due": str(found.money.due), "funded": str(found.money.funded), "paid": str(found.money.paid)}
    return JsonResponse(body, json_dumps_params=CHINESE)


@require_http_methods(["GET", "POST"])
@requires("clearance.work")
def new(request: HttpRequest) -> HttpResponse:
    form = forms.NewForm(request.POST or None, user=request.user)
    if request.method == "POST":
        made = done(request, form, lambda: clearances.create(request.user, form.values()),
                    _("已建立，现在是摸底：仅作摸底，不是征收决定"))
        if made:
            return redirect("clearance:gather", made.ulid)
    return render(request, "clearance/new.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires("clearance.work")
def gather(request: HttpRequest, ulid: str) -> HttpResponse:
    """Plots in, holders out: what the register says of them."""
    row = or_404(lambda: queries.clearance(request.user, ulid))
    form = forms.GatherForm(request.POST or None, initial={"on": row.surveyed_on})

    def step() -> Any:
        codes = form.cleaned_data["codes"]
        known = dict(registry.plots(request.user).filter(code__in=codes).values_list("code", "plot__ulid"))
        if lost := [code for code in codes if code not in known]:
            raise ClearanceError(_("没有找到地块 %(code)s，或不在您的管辖范围内。") % {"code": lost[0][:40]})
        return gathering.gather(request.user, row, list(known.values()), on=form.cleaned_data["on"])

    if request.method == "POST":
        made = done(request, form, step, "")
        if made:
            messages.success(request, _("已列入 %(n)s 户（含承租户）") % {"n": len(made)})
            return redirect("clearance:clearance", ulid)
    context = {"row": row, "form": form, "mark": mark_of(row)}
    return render(request, "clearance/gather.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
@requires("clearance.work")
def add(request: HttpRequest, ulid: str) -> HttpResponse:
    """A holder by hand."""
    row = or_404(lambda: queries.clearance(request.user, ulid))
    form = forms.HolderForm(request.POST or None, user=request.user)

    def step() -> Any:
        values = form.cleaned_data
        plot = registry.plots(request.user).filter(plot_id=values["plot_id"] or 0).first()
        return holders.add(request.user, row, values, plot.plot.ulid if plot else "", values["area_cm2"] or 0)

    if request.method == "POST":
        made = done(request, form, step, _("已列入名单"))
        if made:
            return redirect("clearance:holder", made.ulid)
    context = {"row": row, "form": form, "mark": mark_of(row)}
    return render(request, "clearance/add.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@requires("clearance.decide")
def start(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = or_404(lambda: queries.clearance(request.user, ulid)), forms.FiledForm(request.POST, request.FILES)
    done(request, form, lambda: clearances.start(
        request.user, row, number=form.cleaned_data["number"], on=form.cleaned_data["on"], file=form.cleaned_data["file"],
        amounts=form.cleaned_data["amounts"], lock_version=form.cleaned_data["lock_version"]), _("已启动"))
    return redirect("clearance:clearance", ulid)


@require_POST
@requires("clearance.decide")
def end(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = or_404(lambda: queries.clearance(request.user, ulid)), forms.EndForm(request.POST)
    done(request, form, lambda: clearances.end(
        request.user, row, number=form.cleaned_data["number"], on=form.cleaned_data["on"], stop=form.cleaned_data["stop"]),
        _("已办理"))
    return redirect("clearance:clearance", ulid)


@require_POST
@requires("clearance.work")
def plan(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = or_404(lambda: queries.clearance(request.user, ulid)), forms.PlanForm(request.POST)
    done(request, form, lambda: clearances.replan(
        request.user, row, form.plan, lock_version=form.cleaned_data["lock_version"]), _("计划已改，原计划留在审计里"))
    return redirect("clearance:clearance", ulid)


@require_POST
@requires("clearance.work")
def asks(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = or_404(lambda: queries.clearance(request.user, ulid)), forms.AsksForm(request.POST)
    done(request, form, lambda: clearances.answerable(
        request.user, row, asks=form.cleaned_data["asks"], phone=form.cleaned_data["asks_phone"],
        lock_version=form.cleaned_data["lock_version"]), _("已登记"))
    return redirect("clearance:clearance", ulid)


@require_POST
@requires("export.make")
def export(request: HttpRequest, ulid: str) -> HttpResponse:
    """Rates of a day as a workbook with a number in the ledger."""
    row, form = or_404(lambda: queries.clearance(request.user, ulid)), forms.GiveForm(request.POST)
    on, _wrong = day_of(request)
    made = done(request, form, lambda: books.rates_book(
        request.user, row, on, mark_of(row, on), **form.cleaned_data, request=request), "")
    if not made:
        return redirect("clearance:clearance", ulid)
    answer = download(made.content, made.name)
    answer["X-Figure-Number"] = made.number
    return answer
