"""楼宇经济: the board, one tower by floor, and the steps on it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.forms_towers import RECORD, EndForm, FloorForm, TenantForm, TowerForm
from tenglong.apps.projects.models import Tower, TowerTenancy
from tenglong.apps.projects.queries import towers as queries
from tenglong.apps.projects.service import towers as service
from tenglong.apps.projects.tower_drawing import drawing, percent
from tenglong.apps.projects.views.tower_list import UNSAID
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import town_names
from tenglong.apps.registry.views._common import asked_day
from tenglong.domain.landing.towers import TaxShare
from tenglong.domain.units import from_fen
from tenglong.web import formats
from tenglong.web.twins import Twin


def tower_or_404(request: HttpRequest, ulid: str) -> Tower:
    try:
        return queries.tower(request.user, ulid)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这幢楼宇，或者它不在您的管辖范围内。")) from error


@require_GET
@requires("tower.view")
def board(request: HttpRequest) -> HttpResponse:
    """What was said of the tower projects; counts stand side by side."""
    held = queries.board(request.user)
    listed = list(queries.towers(request.user).order_by("name")[:200])
    found = queries.stacks(request.user, listed)
    rows = [(row, found[row.pk]) for row in listed]
    shown = [{"row": row, "stack": whole, "percent": percent(whole.vacancy)} for row, whole in rows]
    lettable, vacant = sum(whole.lettable_cm2 for _row, whole in rows), sum(whole.vacant_cm2 for _row, whole in rows)
    with_floors = sum(1 for _row, whole in rows if whole.lettable_cm2)
    return render(request, "projects/tower_board.html", {
        "board": held, "said": [(value or UNSAID, label, count) for value, label, count in held.said], "rows": shown,
        "lettable": lettable, "vacant": vacant, "with_floors": with_floors, "today": timezone.localdate(),
        "vacancy": percent(Fraction(vacant, lettable) if lettable else None), "may_work": can(request.user, "tower.work"),
        "invested": formats.thousands(from_fen(held.invested_fen, "yi_yuan", 2)),
    })


@require_GET
@requires("tower.view")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    row = tower_or_404(request, ulid)
    return render(request, "projects/tower.html", _context(request, row))


def _context(request: HttpRequest, row: Tower) -> dict[str, Any]:
    on = asked_day(request)
    held, floors = queries.picture(request.user, row, on), queries.floors(request.user, row)
    whole, typed = held.stack, any(not one.from_units for one in floors)
    may = can(request.user, "tower.work") and on is None
    head = registry.enterprises(request.user).filter(enterprise_id=row.headquarters_id or 0).first()
    return {
        "tower": row, "on": on, "day": on or timezone.localdate(), "held": held, "stack": whole,
        "drawing": drawing(whole), "percent": percent(whole.vacancy), "tax": told_tax(held.tax, held.period),
        "feature": percent(held.feature.share) if held.feature else "", "head": head,
        "town": town_names(request.user).get(row.division_code, row.division_code), "may_work": may,
        "floor_form": FloorForm() if may else None, "end_form": EndForm(),
        "tenant_form": TenantForm(user=request.user, floors=floors) if may and typed else None,
        "facts": [(_("坐落"), row.address), (_("运营单位"), row.operator), (_("来源"), row.source),
                  (_("计划投资"), formats.shown("investment_fen", row.investment_fen)),
                  (_("进度出处"), row.progress_source), (_("进度截至"), formats.day(row.progress_on))],
    }


def told_tax(tax: TaxShare | None, period: str) -> dict[str, Any]:
    """Words of tax a m²: hidden, not known, or the figure with those who count."""
    if tax is None:
        return {"hidden": True}
    price = tax.fen_per_m2
    return {
        "hidden": False, "period": period, "share": tax, "few": not tax.told and tax.counted > 0,
        "value": formats.thousands(from_fen(round(price), "yuan", 2)) if price is not None else formats.NONE,
        "area": formats.square_metres(tax.cm2, 0),
    }


@require_GET
@requires("tower.view")
def twin(request: HttpRequest, ulid: str) -> Twin:
    """Areas in cm² as text; tax a m² only for those who see figures of firms."""
    row = tower_or_404(request, ulid)
    on = asked_day(request)
    held = queries.picture(request.user, row, on)
    tax = held.tax.fen_per_m2 if held.tax else None
    body = {
        "ulid": row.ulid, "name": row.name, "town": row.division_code, "on": (on or timezone.localdate()).isoformat(),
        "progress": row.progress or None, "progress_source": row.progress_source, "feature": row.feature,
        "lettable_cm2": str(held.stack.lettable_cm2), "vacant_cm2": str(held.stack.vacant_cm2),
        "tenants": held.stack.count, "tax_yuan_per_m2": str(from_fen(round(tax), "yuan", 2)) if tax is not None else None,
        "tax_period": held.period or None,
        "floors": [{"floor": one.floor, "use": one.use, "lettable_cm2": str(one.lettable_cm2), "let_cm2": str(one.let_cm2),
                    "vacant_cm2": str(one.vacant_cm2), "from_units": one.from_units,
                    "tenants": [{"name": tenant.name, "area_cm2": str(tenant.area_cm2)} for tenant in one.tenants]}
                   for one in held.stack.levels],
    }
    return Twin(body)


# ---- steps


@require_http_methods(["GET", "POST"])
@requires("tower.work")
def new(request: HttpRequest) -> HttpResponse:
    form = TowerForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = _done(request, lambda: service.create(request.user, form.values()), _("已登记楼宇，下一步填楼层"))
        if made is not None:
            return redirect("projects:tower", made.ulid)
    return render(request, "projects/tower_edit.html", {"form": form, "tower": None}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires("tower.work")
def edit(request: HttpRequest, ulid: str) -> HttpResponse:
    row = tower_or_404(request, ulid)
    initial = {name: getattr(row, name) for name in RECORD} | {"lock_version": row.lock_version}
    form = TowerForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        lock = form.cleaned_data["lock_version"]
        if _done(request, lambda: service.change(request.user, row, form.values(), lock_version=lock), _("已保存")) is not None:
            return redirect("projects:tower", ulid)
    return render(request, "projects/tower_edit.html", {"form": form, "tower": row}, status=422 if form.errors else 200)


@require_POST
@requires("tower.work")
def floor(request: HttpRequest, ulid: str) -> HttpResponse:
    row, form = tower_or_404(request, ulid), FloorForm(request.POST)
    if request.POST.get("from_units"):
        _done(request, lambda: service.take_units(request.user, row), _("已按载体房源取楼层"))
    elif _sound(request, form):
        said = form.cleaned_data
        _done(request, lambda: service.put_floor(request.user, row, said["floor"], lettable_cm2=said["lettable_cm2"],
                                                 use=said["use"]), _("已登记楼层"))
    return redirect("projects:tower", ulid)


@require_POST
@requires("tower.work")
def tenant(request: HttpRequest, ulid: str) -> HttpResponse:
    row = tower_or_404(request, ulid)
    held = queries.floors(request.user, row)
    form = TenantForm(request.POST, user=request.user, floors=held)
    if _sound(request, form):
        said = dict(form.cleaned_data)
        chosen = next(one for one in held if one.pk == said.pop("floor"))
        _done(request, lambda: service.let_floor(request.user, chosen, **said), _("已登记租户"))
    return redirect("projects:tower", ulid)


@require_POST
@requires("tower.work")
def tenant_end(request: HttpRequest, ulid: str, pk: int) -> HttpResponse:
    row, form = tower_or_404(request, ulid), EndForm(request.POST)
    held = TowerTenancy.objects.filter(pk=pk, floor__tower=row).first()
    if held is None:
        raise Http404(_("没有这户租户。"))
    if _sound(request, form):
        _done(request, lambda: service.end_tenancy(request.user, held, until=form.cleaned_data["until"]), _("已登记退租"))
    return redirect("projects:tower", ulid)


def _sound(request: HttpRequest, form: Any) -> bool:
    if form.is_valid():
        return True
    for name, errors in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        messages.error(request, f"{label} {' '.join(str(error) for error in errors)}".strip())
    return False


def _done(request: HttpRequest, step: Any, told: str) -> Any:
    """What the step gave; None when it was refused, with the reason as a toast."""
    try:
        found = step()
    except ProjectError as error:
        messages.error(request, str(error))
        return None
    messages.success(request, told)
    return found
