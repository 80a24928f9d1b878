"""The last split or merge taken back: what comes back and what goes is said first."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.registry import queries, service
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.forms_occupancy import UndoForm
from tenglong.apps.registry.views._common import or_404


def undo(request: HttpRequest, ulid: str) -> HttpResponse:
    version = or_404(queries.plot, request.user, ulid)
    try:
        event = service.last_event(request.user, ulid)
    except RegistryError as nothing:
        raise Http404(str(nothing)) from nothing
    form = UndoForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            back = service.undo_event(request.user, ulid, reason=form.cleaned_data["reason"])
            messages.success(request, _("已撤销，原地块已恢复"))
            return HttpResponseRedirect(reverse("registry:plot", args=[back[0].plot.ulid]) + "?tab=history&saved=1#tabs")
        except RegistryError as refused:
            form.add_error(None, str(refused))
    context = {"version": version, "ulid": ulid, "event": event, "form": form, "consequences": consequences(event)}
    return render(request, "registry/undo.html", context, status=422 if form.errors else 200)


def consequences(event: service.LastEvent) -> list[str]:
    lines = [
        _("恢复原地块码 %(codes)s") % {"codes": "、".join(event.back)},
        _("新地块码 %(codes)s 停用，以后查这些码会找到恢复的地块") % {"codes": "、".join(event.closed)},
    ]
    if event.relations:
        lines.append(_("带到新地块的 %(count)s 条关系回到原地块") % {"count": event.relations})
    lines.append(_("新地块上如果已经登记了别的内容，则不能撤销"))
    return lines
