"""Records entered by hand: plots, enterprises, titles, buildings."""

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
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.forms import VersionForm
from tenglong.apps.registry.forms_more import NewBuildingForm, NewEnterpriseForm, NewParcelForm
from tenglong.apps.registry.forms_new import NewPlotForm
from tenglong.apps.registry.forms_premises import NewParkForm, NewUnitForm


@dataclass(frozen=True)
class Maker:
    """How one noun comes into being; `named` are form fields that the service takes beside the values."""

    noun: str
    form: type[VersionForm]
    create: Callable[..., Any]
    title: str | Promise
    label: str | Promise
    note: str | Promise
    named: tuple[str, ...] = ()


PLOT = Maker("plot", NewPlotForm, service.create_plot, gettext_lazy("新增地块"), gettext_lazy("地块"),
             gettext_lazy("保存后系统按镇街赋地块码，码一经赋出不再重复。边界可以以后导入图形补上。"))
ENTERPRISE = Maker("enterprise", NewEnterpriseForm, service.create_enterprise, gettext_lazy("新增企业"), gettext_lazy("企业"),
                   gettext_lazy("先用上面的搜索框查一下，同一家企业不要建两次。"), ("uscc",))
PARCEL = Maker("parcel", NewParcelForm, service.create_parcel, gettext_lazy("新增宗地"), gettext_lazy("宗地与权证"),
               gettext_lazy("一宗地一条；边界可以以后导入图形补上。"), ("code",))
BUILDING = Maker("building", NewBuildingForm, service.create_building, gettext_lazy("新增厂房"), gettext_lazy("厂房"),
                 gettext_lazy("一幢一条；填了地块码，就会出现在那块地的档案里。"), ("code",))

PARK = Maker("park", NewParkForm, service.create_park, gettext_lazy("新增园区"), gettext_lazy("园区"),
             gettext_lazy("园区是一个运营单位管的几幢楼；建好后房源登记到园区里。"))
UNIT = Maker("unit", NewUnitForm, service.create_unit, gettext_lazy("新增房源"), gettext_lazy("载体房源"),
             gettext_lazy("一套一条，落在一幢已登记的厂房里；所属镇街随厂房。"))


def plot(request: HttpRequest) -> HttpResponse:
    return _new(request, PLOT)


def enterprise(request: HttpRequest) -> HttpResponse:
    return _new(request, ENTERPRISE)


def parcel(request: HttpRequest) -> HttpResponse:
    return _new(request, PARCEL)


def building(request: HttpRequest) -> HttpResponse:
    return _new(request, BUILDING, _plot_of(request))


def park(request: HttpRequest) -> HttpResponse:
    return _new(request, PARK)


def unit(request: HttpRequest) -> HttpResponse:
    """`?park=<ulid>` or `?building=<ulid>`: where the unit lies."""
    park = queries_premises.parks(request.user).filter(park__ulid=request.GET.get("park", "")).first()
    house = queries.buildings(request.user).filter(building__ulid=request.GET.get("building", "")).first()
    start = {"park_id": park.park_id if park else None, "building_id": house.building_id if house else None}
    return _new(request, UNIT, start)


def _plot_of(request: HttpRequest) -> dict[str, Any]:
    """`?plot=<ulid>`: the building stands on that plot."""
    row = queries.plots(request.user).filter(plot__ulid=request.GET.get("plot", "")).first()
    return {"plot_id": row.plot_id, "division_code": row.division_code} if row else {}


def _new(request: HttpRequest, maker: Maker, start: dict[str, Any] | None = None) -> HttpResponse:
    form = maker.form(request.POST or None, user=request.user, initial=start or {})
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, maker, form)
        except RegistryError as refused:
            form.add_error(None, str(refused))
    context = {"form": form, "maker": maker, "back": reverse(f"registry:{maker.noun}s")}
    return render(request, "registry/new.html", context, status=422 if form.errors else 200)


def _made(request: HttpRequest, maker: Maker, form: VersionForm) -> HttpResponse:
    data, values = form.cleaned_data, form.values()
    named = {name: data[name] for name in maker.named}
    if "division_code" in values:
        named["town"] = values.pop("division_code")
    version = maker.create(request.user, values, on=data["effective"], reason=data["reason"], **named)
    identity = getattr(version, maker.noun)
    if maker.noun == "plot":
        messages.success(request, _("已建档，并赋了地块码 %(code)s") % {"code": version.code})
    else:
        messages.success(request, _("已建档"))
    return HttpResponseRedirect(reverse(f"registry:{maker.noun}", args=[identity.ulid]) + "?saved=1")
