"""Site searches: the list, a new one, the ranked alternatives of one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tenglong.apps.accounts.scope import can, require, requires
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry.places import town_choices, town_names, zone_choices
from tenglong.apps.renewal import forms_plan, forms_site, plan_ground, plan_map, plan_policies, plan_view, site_view
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import SiteSearch
from tenglong.apps.renewal.plan_asked import fill_words
from tenglong.apps.renewal.plan_map import Group
from tenglong.apps.renewal.service import giving, sites
from tenglong.apps.renewal.views.plan_common import CHINESE, XLSX, done, download, site_or_404
from tenglong.apps.renewal.views.plans import route_labels
from tenglong.domain.units import from_cm2
from tenglong.web.twins import Twin

WHY = {
    "nothing": gettext_lazy("没有一块地符合条件"), "land": gettext_lazy("相连的地都不够大"),
    "gate": gettext_lazy("够大的连片用地都不靠近道路"), "none": gettext_lazy("已证明没有一处用地同时满足全部要求"),
    "time": gettext_lazy("时限内没有找到，也没有证明不存在；请延长时限"),
}

COMPARED = {"cost": gettext_lazy("比的是成本"), "owners": gettext_lazy("比的是户数"),
            "land": gettext_lazy("比的是用地")}


@require_GET
@requires("renewal.secret")
def listing(request: HttpRequest) -> HttpResponse:
    return render(request, "renewal/site_list.html", {
        "sites": [(one, state_of(one)) for one in queries.sites(request.user).defer("answer")],
        "mark": plan_view.mark_of(request.user)})


@require_GET
@requires("renewal.secret")
def listing_json(request: HttpRequest) -> Twin:
    rows = [{"ulid": one.ulid, "title": one.title, "state": one.state, "created_at": one.created_at.isoformat()}
            for one in queries.sites(request.user).defer("answer")]
    return Twin({"rows": rows, "mark": plan_view.mark_of(request.user).text}, json_dumps_params=CHINESE)


def state_of(site: SiteSearch) -> tuple[str, str]:
    """Word and tone."""
    if sites.running(site):
        return _("搜索中"), "run"
    return {"solved": (_("有方案"), "ok"), "none": (_("没有方案"), "warn")}.get(site.state, (_("没有完成"), "late"))


@require_http_methods(["GET", "POST"])
@requires("renewal.plan")
def new(request: HttpRequest) -> HttpResponse:
    form = forms_site.SiteForm(plan_policies.in_force(), town_choices(request.user), zone_choices(request.user),
                               request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = sites.ask(request.user, form.cleaned_data["title"], form.wanted())
        except RenewalError as error:
            form.add_error(None, str(error))
        else:
            return redirect("renewal:site", made.ulid)
    return render(request, "renewal/site_new.html", {"form": form}, status=400 if form.is_bound else 200)


@require_GET
@requires("renewal.secret")
def show(request: HttpRequest, ulid: str) -> HttpResponse:
    site = site_or_404(request, ulid)
    answer, wanted = site.answer, sites.Wanted.of(site.wanted)
    found, unmet, job = _found(request, answer), answer.get("unmet") or {}, jobs.find(site.job_ulid)
    return render(request, "renewal/site.html", {
        "site": site, "state": state_of(site), "wanted": wanted, "asked": _asked(request, wanted), "answer": answer,
        "sites": found, "lines": site_view.lines(found), "unmet": unmet, "why": WHY.get(unmet.get("why", ""), ""),
        "running": sites.running(site),
        "failed": job.message if job is not None and job.ended and job.state != "done" else "",
        "compared": COMPARED.get(answer.get("aim", "")), "said": job.message if job is not None else "",
        "map": plan_map.county_map(request.user, _places(found, unmet)), "mark": plan_view.mark_of(request.user),
        "maker": can(request.user, "renewal.plan"), "may_give": can(request.user, "export.make"),
        "give_form": forms_plan.GiveForm(),
        "filled": [(dict(fill_words()).get(name, name), n) for name, n in answer.get("filled", {}).items()],
    })


def _found(request: HttpRequest, answer: dict[str, Any]) -> list[dict[str, Any]]:
    """The alternatives with their pictures close by, coloured by phase where there are phases."""
    listed = answer.get("sites", [])
    shapes = plan_ground.shapes_of(request.user, {plot for one in listed for plot in one["plots"]}) if listed else {}
    return [one | {"map": plan_map.near_map(request.user, _phases(one, at), shapes)}
            for at, one in enumerate(listed, 1)]


def _phases(one: dict[str, Any], at: int) -> list[Group]:
    keys = dict(zip(one["codes"], one["plots"], strict=True))
    parts = [Group(_("第 %(n)s 期") % {"n": n}, [keys[code] for code in part["codes"]])
             for n, part in enumerate(one["phases"], 1)]
    return parts or [Group(_("方案 %(n)s") % {"n": at}, one["plots"])]


def _places(found: list[dict[str, Any]], unmet: dict[str, Any]) -> list[Group]:
    """Where the alternatives lie; without any, the largest connected land there is."""
    if unmet.get("plots"):
        return [Group(_("最大的连片用地"), unmet["plots"])]
    return [Group(_("方案 %(n)s") % {"n": at}, one["plots"]) for at, one in enumerate(found, 1)]


def _mu(cm2: int) -> str:
    return f"{from_cm2(cm2, 'mu', 2):,f}"


def _asked(request: HttpRequest, wanted: sites.Wanted) -> list[str]:
    """The question in words."""
    towns, zones = town_names(request.user), dict(zone_choices(request.user))
    told = [_("至少 %(mu)s 亩") % {"mu": _mu(wanted.min_cm2)}]
    if wanted.phases:
        told.append(_("分 %(n)s 期：%(mu)s 亩") % {
            "n": len(wanted.phases), "mu": "、".join(_mu(one) for one in wanted.phases)})
    if wanted.towns:
        told.append(_("镇街：%(names)s") % {"names": "、".join(towns.get(one, one) for one in wanted.towns)})
    if wanted.zones:
        told.append(_("片区：%(names)s") % {"names": "、".join(zones.get(one, one) for one in wanted.zones)})
    lines: tuple[tuple[Any, str], ...] = (
        (wanted.control_line, _("工业区块控制线内")),
        (wanted.within is not None, _("%(n)s 个月内腾得出") % {"n": wanted.within}),
        (wanted.gate_m is not None, _("离道路不超过 %(n)s 米") % {"n": wanted.gate_m}),
        (wanted.span_m is not None, _("跨度不超过 %(n)s 米") % {"n": wanted.span_m}))
    told += [words for asked, words in lines if asked]
    return [*told, _("成本和时间按“%(route)s”测算") % {"route": route_labels().get(wanted.route, wanted.route)},
            _("隔着窄于 %(road)s 米的路、或共边 %(shared)s 米以上算相邻") % {"road": wanted.road_m, "shared": wanted.shared_m}]


@require_GET
@requires("renewal.secret")
def twin(request: HttpRequest, ulid: str) -> Twin:
    site = site_or_404(request, ulid)
    return Twin({"ulid": site.ulid, "title": site.title, "state": site.state, "wanted": site.wanted,
                         "answer": site.answer, "mark": plan_view.mark_of(request.user).text}, json_dumps_params=CHINESE)


@require_POST
@requires("renewal.plan")
def again(request: HttpRequest, ulid: str) -> HttpResponse:
    site = site_or_404(request, ulid)
    done(request, lambda: sites.again(request.user, site), _("已开始搜索"))
    return redirect("renewal:site", ulid)


@require_POST
@requires("renewal.secret")
def export(request: HttpRequest, ulid: str) -> HttpResponse:
    require(request.user, "export.make")
    site = site_or_404(request, ulid)
    given = done(request, lambda: giving.site_book(
        request.user, site, recipient=request.POST.get("recipient", ""), purpose=request.POST.get("purpose", ""),
        request=request))
    return redirect("renewal:site", ulid) if given is None else download(given.content, given.name, XLSX)
