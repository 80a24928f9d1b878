"""用地关系 one at a time: new, corrected, ended, confirmed after a split."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tenglong.apps.registry import queries, service
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.forms_occupancy import EndForm, NewOccupancyForm, OccupancyForm
from tenglong.apps.registry.models import Occupancy, PlotParcel
from tenglong.apps.registry.places import enterprise_names, plot_labels
from tenglong.apps.registry.views._common import or_404
from tenglong.apps.registry.views.conflict import again, seal, unseal, worded
from tenglong.domain.delta import diff
from tenglong.web.answers import whole


def new(request: HttpRequest, ulid: str) -> HttpResponse:
    """A relation on a plot."""
    version = or_404(queries.plot, request.user, ulid)
    form = NewOccupancyForm(request.POST or None, user=request.user, plot_id=version.plot_id)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            values = {**form.values(), "plot_id": version.plot_id}
            service.create_occupancy(request.user, values, on=data["effective"], reason=data["reason"])
            messages.success(request, _("已登记用地关系"))
            return HttpResponseRedirect(place(ulid))
        except RegistryError as refused:
            form.add_error(None, str(refused))
    title = _("登记用地关系")
    return _page(request, form, title, version.name or version.code, place(ulid), NewOccupancyForm.field_order)


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    row, plot_id, back = _row(request, pk)
    held = {name: getattr(row, name) for name in OccupancyForm.record}
    start = {**held, "lock_version": row.lock_version, "base": seal(held)}
    known: dict[str, Any] = {"user": request.user, "plot_id": plot_id, "pk": pk}
    form = OccupancyForm(request.POST or None, initial=start, **known)
    conflict = None
    if request.method == "POST" and form.is_valid():
        seen = unseal(form.cleaned_data["base"], held)
        values = {name: value for name, value in form.values().items() if value != seen[name]}
        told = {"lock_version": form.cleaned_data["lock_version"], "reason": form.cleaned_data["reason"]}
        try:
            service.correct_occupancy(request.user, pk, values, **told)
            messages.success(request, _("已保存"))
            return HttpResponseRedirect(back)
        except Conflict as found:
            conflict = worded(form, Conflict(diff(seen, held), diff(held, {**held, **values}), found.lock_version))
            form = OccupancyForm(again(request.POST, form, held, found.lock_version), initial=start, **known)
        except RegistryError as refused:
            form.add_error(None, str(refused))
    return _page(request, form, _("更正用地关系"), _name(request, row), back, OccupancyForm.record, conflict)


def end(request: HttpRequest, pk: int) -> HttpResponse:
    row, _plot, back = _row(request, pk)
    form = EndForm(request.POST or None, initial={"lock_version": row.lock_version})
    conflict = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        told = {"lock_version": data["lock_version"], "reason": data["reason"]}
        try:
            service.end_occupancy(request.user, pk, on=data["effective"], **told)
            messages.success(request, _("已终止，历史里仍能看到"))
            return HttpResponseRedirect(back)
        except Conflict as found:
            conflict = found
            form = EndForm({**request.POST.dict(), "lock_version": str(found.lock_version)})
        except RegistryError as refused:
            form.add_error(None, str(refused))
    return _page(request, form, _("终止用地关系"), _name(request, row), back, ("effective",), conflict)


@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The relation that a split carried over is right as it stands."""
    _row_, _plot, back = _row(request, pk)
    lock = request.POST.get("lock_version", "")
    seen = whole(lock, -1)
    try:
        service.correct_occupancy(
            request.user, pk, {"needs_review": False}, lock_version=seen, reason=_("分割合并后复核")
        )
        messages.success(request, _("已复核"))
    except Conflict:
        messages.error(request, _("这条关系刚被别人改过，请看过最新情况再复核"))
    except RegistryError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(back)


@require_POST
def confirm_link(request: HttpRequest, pk: int) -> HttpResponse:
    row = _link(request, pk)
    try:
        service.confirm_link(request.user, pk, reason=_("分割合并后复核"))
        messages.success(request, _("已复核"))
    except RegistryError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("registry:plot", args=[row.plot.ulid]) + "?tab=titles#tabs")


def _link(request: HttpRequest, pk: int) -> PlotParcel:
    row = queries.parcel_links(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _row(request: HttpRequest, pk: int) -> tuple[Occupancy, int | None, str]:
    """The relation, the plot it lies on (through its building if need be), and the page to go back to."""
    row = queries.occupancies(request.user).filter(pk=pk).first()
    if row is None:
        raise Http404
    plot_id = row.plot_id
    if plot_id is None and row.building_id is not None:
        plot_id = queries.buildings(request.user).filter(building_id=row.building_id).values_list("plot_id", flat=True).first()
    spots = queries.plots(request.user).filter(plot_id=plot_id or 0)
    ulid = spots.values_list("plot__ulid", flat=True).first()
    return row, plot_id, place(ulid) if ulid else reverse("registry:occupancies")


def place(ulid: str) -> str:
    return reverse("registry:plot", args=[ulid]) + "?tab=occupancies#tabs"


def _name(request: HttpRequest, row: Occupancy) -> str:
    firm = enterprise_names(request.user, [row.enterprise_id]).get(row.enterprise_id or 0, ("", ""))[1]
    spot = plot_labels(request.user, [row.plot_id]).get(row.plot_id or 0, ("", ""))
    return " · ".join(part for part in (spot[1] or spot[0], firm) if part)


def _page(
    request: HttpRequest, form: Any, title: str, name: str, back: str, fields: tuple[str, ...], conflict: Conflict | None = None
) -> HttpResponse:
    status = 409 if conflict else 422 if form.errors else 200
    context = {"form": form, "title": title, "name": name, "back": back, "record_fields": fields, "conflict": conflict}
    return render(request, "registry/relation.html", context, status=status)
