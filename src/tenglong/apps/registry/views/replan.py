"""Split by a drawn line, merge of neighbours: preview first, consequences said, then one transaction."""

from __future__ import annotations

from typing import Any

import shapely
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from shapely.geometry.base import BaseGeometry

from tenglong.apps.registry import minimap, queries, service
from tenglong.apps.registry.cutting import read_line
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.forms import ReplanForm
from tenglong.apps.registry.views._common import as_json, or_404
from tenglong.store.spatial import read
from tenglong.web import answers, formats

MOST_MERGED = 20
WIDTH, HEIGHT = 720.0, 460.0


def split(request: HttpRequest, ulid: str) -> HttpResponse:
    """Page with the plot, a line to draw, the pieces and the consequences."""
    version = or_404(queries.plot, request.user, ulid)
    shape = _shape(version)
    form = ReplanForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _split(request, version, form)
        except RegistryError as refused:
            form.add_error(None, str(refused))
    frame = minimap.frame_of(shape.bounds, WIDTH, HEIGHT, 0.25)
    context = {
        "version": version,
        "ulid": ulid,
        "form": form,
        "width": WIDTH,
        "height": HEIGHT,
        "here": frame.path(shape),
        "frame": {"minx": frame.minx, "maxy": frame.maxy, "scale": frame.scale, "squeeze": frame.squeeze},
        "consequences": consequences(request.user, [version]),
    }
    return render(request, "registry/split.html", context, status=422 if form.errors else 200)


def _split(request: HttpRequest, version: Any, form: ReplanForm) -> HttpResponse:
    data = form.cleaned_data
    made = service.split_plot(
        request.user,
        version.ulid,
        on=data["effective"],
        lock_version=whole(request.POST.get("lock_version")),
        reason=data["reason"],
        line=read_line(data["line"]),
    )
    messages.success(request, _("已分割为 %(count)s 块，各有新码，旧码仍可查到") % {"count": len(made)})
    return HttpResponseRedirect(reverse("registry:plot", args=[version.ulid]) + "?tab=history&saved=1#tabs")


def whole(text: str | None) -> int | None:
    """Lock version of the form; -1, which is never current, when it is no number."""
    return answers.whole(text or "", -1)


@require_POST
def preview(request: HttpRequest, ulid: str) -> HttpResponse:
    """Pieces of the cut as SVG paths with areas; nothing is written."""
    version = or_404(queries.plot, request.user, ulid)
    shape = _shape(version)
    frame = minimap.frame_of(shape.bounds, WIDTH, HEIGHT, 0.25)
    try:
        pieces = service.preview_split(request.user, ulid, line=read_line(request.body.decode("utf-8", "replace")))
    except RegistryError as refused:
        return as_json({"message": str(refused)}, 422)
    return as_json(
        {
            "pieces": [_told(piece, frame) for piece in pieces],
            "total_mu": formats.mu(sum(piece.area_cm2 for piece in pieces), 4),
        }
    )


def _told(piece: service.Piece, frame: minimap.Frame) -> dict[str, Any]:
    at = piece.geometry.representative_point()
    mu, m2 = formats.mu(piece.area_cm2, 4), formats.square_metres(piece.area_cm2)
    return {"path": frame.path(piece.geometry), "mu": mu, "m2": m2, "x": frame.x(at.x), "y": frame.y(at.y)}


def _shape(version: Any) -> BaseGeometry:
    """Raises Http404 for a plot without a boundary: there is nothing to cut."""
    wkb = read([version.shape_id]).get(version.shape_id) if version.shape_id else None
    if wkb is None:
        raise Http404(_("这块地没有边界，不能分割"))
    return shapely.from_wkb(wkb)


def merge(request: HttpRequest) -> HttpResponse:
    """`?pick=<ulid>` twice or more; a code typed into the form adds one."""
    picked = _picked(request)
    form = ReplanForm(request.POST or None)
    if request.method == "POST" and "merge" in request.POST and form.is_valid():
        try:
            return _merge(request, picked, form)
        except Conflict as found:
            form.add_error(None, _("有地块刚被别人改过，请核对下面的最新情况再合并"))
            messages.warning(request, str(found))
        except RegistryError as refused:
            form.add_error(None, str(refused))
    shapes = read([row.shape_id for row in picked if row.shape_id])
    pairs = [(row, shapely.from_wkb(shapes[row.shape_id])) for row in picked if row.shape_id in shapes]
    context = {
        "picked": picked,
        "form": form,
        "drawing": _drawing(pairs),
        "total": sum(row.surveyed_cm2 or 0 for row in picked),
        "shapeless": len(picked) - len(pairs),
        "most": MOST_MERGED,
        "consequences": consequences(request.user, picked),
        "towns": len({row.division_code for row in picked}),
    }
    return render(request, "registry/merge.html", context, status=422 if form.errors else 200)


def _picked(request: HttpRequest) -> list[Any]:
    """Current plots of the query, in order of their codes; unknown ones are dropped with a message."""
    wanted = list(dict.fromkeys([*request.GET.getlist("pick"), *request.POST.getlist("pick")]))[:MOST_MERGED]
    code = request.GET.get("add", "").strip().upper()
    rows = list(queries.plots(request.user).filter(plot__ulid__in=wanted).order_by("code"))
    if code:
        more = queries.plots(request.user).filter(code=code).first()
        if more is None:
            messages.error(request, _("没有找到在册地块“%(code)s”") % {"code": code})
        elif more.plot_id not in {row.plot_id for row in rows}:
            rows.append(more)
    if len(rows) < len(wanted):
        messages.warning(request, _("有 %(count)s 块已注销或不在您的管辖范围内，没有列入") % {"count": len(wanted) - len(rows)})
    return rows


def _merge(request: HttpRequest, picked: list[Any], form: ReplanForm) -> HttpResponse:
    locks = {
        ulid: answers.whole(lock) for ulid, _sep, lock in (text.partition(":") for text in request.POST.getlist("lock"))
        if lock.isdecimal()
    }
    data, ulids = form.cleaned_data, [row.ulid for row in picked]
    made = service.merge_plots(
        request.user,
        ulids,
        on=data["effective"],
        lock_versions={ulid: locks.get(ulid, -1) for ulid in ulids},
        reason=data["reason"],
    )
    messages.success(request, _("已合并，新地块有了新码，旧码仍可查到"))
    return HttpResponseRedirect(reverse("registry:plot", args=[made.plot.ulid]) + "?saved=1")


def _drawing(pairs: list[tuple[Any, BaseGeometry]]) -> dict[str, Any] | None:
    if not pairs:
        return None
    box = shapely.total_bounds([shape for _row, shape in pairs])
    west, south, east, north = (float(value) for value in box)
    frame = minimap.frame_of((west, south, east, north), WIDTH, HEIGHT, 0.15)
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "plots": [{"path": frame.path(shape), "label": row.name or row.code} for row, shape in pairs],
    }


def consequences(user: Any, versions: list[Any]) -> list[str]:
    """What the step does, in plain words, before it is done."""
    ids = [row.plot_id for row in versions]
    used = sum(queries.occupancies(user, plot_id=pk).count() for pk in ids)
    titles = sum(queries.parcel_links(user, plot_id=pk).count() for pk in ids)
    lines = [_("原地块码 %(codes)s 注销，不再使用，但永远查得到") % {"codes": "、".join(row.code for row in versions)}]
    if used:
        lines.append(_("%(count)s 条用地关系带到新地块，标为待复核") % {"count": used})
    if titles:
        lines.append(_("%(count)s 条权证对应带到新地块，标为待复核") % {"count": titles})
    return lines
