"""Named readers of a plan or a site search."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.renewal import forms_plan, plan_view
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.service import readers
from tenglong.apps.renewal.views.plan_common import done, plan_or_404, site_or_404


def _thing(request: HttpRequest, what: str, ulid: str) -> Any:
    return plan_or_404(request, ulid) if what == "plan" else site_or_404(request, ulid)


@require_GET
@requires("renewal.secret")
def show(request: HttpRequest, ulid: str, what: str) -> HttpResponse:
    thing = _thing(request, what, ulid)
    maker = can(request.user, "renewal.plan")
    form = forms_plan.ReaderForm(queries.may_be_named(request.user, thing)) if maker else None
    return render(request, "renewal/plan_readers.html", {
        "thing": thing, "what": what, "readers": queries.readers(request.user, thing), "form": form,
        "back": f"renewal:{what}", "add": f"renewal:{what}-reader-add", "drop": f"renewal:{what}-reader-drop",
        "creator": queries.person(thing.created_by_id), "mark": plan_view.mark_of(request.user)})


@require_POST
@requires("renewal.plan")
def add(request: HttpRequest, ulid: str, what: str) -> HttpResponse:
    thing = _thing(request, what, ulid)
    person = next((one for one in queries.may_be_named(request.user, thing) if one.ulid == request.POST.get("person")), None)
    if person is None:
        raise Http404(_("没有这个人，或者他的角色不能查看方案和选址。"))
    done(request, lambda: readers.add(request.user, thing, person, reason=request.POST.get("reason", "")),
         _("已指定 %(name)s 查看") % {"name": person})
    return redirect(f"renewal:{what}-readers", ulid)


@require_POST
@requires("renewal.plan")
def drop(request: HttpRequest, ulid: str, pk: int, what: str) -> HttpResponse:
    thing = _thing(request, what, ulid)
    found = queries.readers(request.user, thing).filter(pk=pk).first()
    if found is None:
        raise Http404(_("名单里没有这个人。"))
    done(request, lambda: readers.drop(request.user, thing, found, reason=request.POST.get("reason", "")),
         _("已移除 %(name)s") % {"name": found.user})
    return redirect(f"renewal:{what}-readers", ulid) if queries.still(request.user, thing) else redirect(f"renewal:{what}s")
