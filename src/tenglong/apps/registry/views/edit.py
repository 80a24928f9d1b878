"""Forms of plots and enterprises: change or correction, effective date, reason, lock, conflict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.apps.registry import queries, queries_premises, service
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.forms import EnterpriseForm, PlotForm, VersionForm
from tenglong.apps.registry.forms_more import BuildingForm, ParcelForm
from tenglong.apps.registry.forms_premises import ParkForm, UnitForm
from tenglong.apps.registry.views._common import or_404
from tenglong.apps.registry.views.conflict import again, plain, seal, unseal, worded


@dataclass(frozen=True)
class Editor:
    """How one noun is edited."""

    noun: str
    form: type[VersionForm]
    find: Callable[..., Any]
    change: Callable[..., Any]
    correct: Callable[..., Any]
    url_name: str
    list_name: str
    label: str | Promise


PLOT = Editor("plot", PlotForm, queries.plot, service.change_plot, service.correct_plot, "registry:plot", "registry:plots",
              gettext_lazy("地块"))
ENTERPRISE = Editor("enterprise", EnterpriseForm, queries.enterprise, service.change_enterprise, service.correct_enterprise,
                    "registry:enterprise", "registry:enterprises", gettext_lazy("企业"))
PARCEL = Editor("parcel", ParcelForm, queries.parcel, service.change_parcel, service.correct_parcel, "registry:parcel",
                "registry:parcels", gettext_lazy("宗地与权证"))
BUILDING = Editor("building", BuildingForm, queries.building, service.change_building, service.correct_building,
                  "registry:building", "registry:buildings", gettext_lazy("厂房"))

PARK = Editor("park", ParkForm, queries_premises.park, service.change_park, service.correct_park, "registry:park",
              "registry:parks", gettext_lazy("园区"))
UNIT = Editor("unit", UnitForm, queries_premises.unit, service.change_unit, service.correct_unit, "registry:unit",
              "registry:units", gettext_lazy("载体房源"))


def plot(request: HttpRequest, ulid: str) -> HttpResponse:
    return _edit(request, ulid, PLOT)


def enterprise(request: HttpRequest, ulid: str) -> HttpResponse:
    return _edit(request, ulid, ENTERPRISE)


def parcel(request: HttpRequest, ulid: str) -> HttpResponse:
    return _edit(request, ulid, PARCEL)


def building(request: HttpRequest, ulid: str) -> HttpResponse:
    return _edit(request, ulid, BUILDING)


def park(request: HttpRequest, ulid: str) -> HttpResponse:
    return _edit(request, ulid, PARK)


def unit(request: HttpRequest, ulid: str) -> HttpResponse:
    return _edit(request, ulid, UNIT)


def _edit(request: HttpRequest, ulid: str, editor: Editor) -> HttpResponse:
    version = or_404(editor.find, request.user, ulid)
    held = {name: getattr(version, name) for name in editor.form.record}
    start = {**held, "lock_version": version.lock_version, "base": seal(held)}
    form = editor.form(request.POST or None, user=request.user, initial=start)
    conflict = None
    if request.method == "POST" and form.is_valid():
        try:
            return _save(request, ulid, editor, form, held)
        except Conflict as found:
            conflict = worded(form, found)
            form = editor.form(again(request.POST, form, held, found.lock_version), user=request.user, initial=start)
        except RegistryError as refused:
            form.add_error(None, str(refused))
    context = {
        "form": form,
        "version": version,
        "ulid": ulid,
        "editor": editor,
        "conflict": conflict,
        "record_fields": editor.form.record,
    }
    return render(request, "registry/edit.html", context, status=409 if conflict else 422 if form.errors else 200)


def _save(request: HttpRequest, ulid: str, editor: Editor, form: VersionForm, held: dict[str, Any]) -> HttpResponse:
    data, base = form.cleaned_data, unseal(form.cleaned_data["base"], held)
    values = {name: value for name, value in form.values().items() if plain(value) != plain(base[name])}
    told = {"lock_version": data["lock_version"], "reason": data["reason"], "base": base}
    if data["how"] == "change":
        editor.change(request.user, ulid, values, on=data["effective"], **told)
    else:
        editor.correct(request.user, ulid, values, **told)
    messages.success(request, _("已保存"))
    return HttpResponseRedirect(reverse(editor.url_name, args=[ulid]) + "?saved=1")
