"""Tabs of 一地一档 and 一企一档. Higher apps add theirs through `web.tabs`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.registry import queries, queries_sensitive, service
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.history import steps
from tenglong.apps.registry.places import enterprise_names, plot_labels
from tenglong.apps.registry.sources import source_names
from tenglong.apps.registry.views._common import asked_day
from tenglong.domain.measures import packaged
from tenglong.web import formats


@dataclass
class Node:
    """A land-use relation with those who rent from it."""

    row: Any
    firm: tuple[str, str]
    place: tuple[str, str] = ("", "")
    tenants: list[Node] = field(default_factory=list)


def forest(user: Any, rows: list[Any], on: Any) -> list[Node]:
    """Landlords with their tenants below them, to any depth; a chain that bites its own tail is shown flat."""
    names = enterprise_names(user, [row.enterprise_id for row in rows], on)
    places = plot_labels(user, [row.plot_id for row in rows], on)
    nodes = {row.pk: Node(row, names.get(row.enterprise_id, ("", "")), places.get(row.plot_id, ("", ""))) for row in rows}
    roots = []
    for node in nodes.values():
        landlord = nodes.get(node.row.landlord_link_id)
        if landlord is None or _above(nodes, landlord.row, node.row.pk):
            roots.append(node)
        else:
            landlord.tenants.append(node)
    return roots


def _above(nodes: dict[int, Node], row: Any, pk: int) -> bool:
    """True if `pk` stands somewhere above `row`."""
    seen: set[int] = set()
    while row is not None and row.pk not in seen:
        if row.pk == pk:
            return True
        seen.add(row.pk)
        up = nodes.get(row.landlord_link_id)
        row = up.row if up else None
    return False


def plot_occupancies(request: HttpRequest, version: Any) -> str:
    on = asked_day(request)
    rows = list(queries.occupancies(request.user, on, plot_id=version.plot_id).order_by("valid_from", "pk"))
    context = {"forest": forest(request.user, rows, on), "version": version, "rows": rows, "of_plot": True}
    return render_to_string("registry/tabs/occupancies.html", context, request)


def plot_titles(request: HttpRequest, version: Any) -> str:
    on = asked_day(request)
    links = list(queries.parcel_links(request.user, on, plot_id=version.plot_id))
    titles = queries.parcels(request.user, on).filter(parcel_id__in=[link.parcel_id for link in links])
    by_id = {title.parcel_id: title for title in titles}
    return render_to_string(
        "registry/tabs/titles.html",
        {
            "links": [(link, by_id.get(link.parcel_id)) for link in links],
            "version": version,
            "buildings": queries.buildings(request.user, on).filter(plot_id=version.plot_id).order_by("building__code"),
        },
        request,
    )


def plot_documents(request: HttpRequest, version: Any) -> str:
    return _documents(request, "plot", version.plot_id, version.ulid)


def enterprise_documents(request: HttpRequest, version: Any) -> str:
    return _documents(request, "enterprise", version.enterprise_id, version.ulid)


def _documents(request: HttpRequest, subject: str, subject_id: int, ulid: str) -> str:
    from tenglong.apps.registry.forms_document import DocumentForm

    found = queries.documents(request.user, subject_type=subject, subject_id=subject_id)
    context = {"documents": found, "form": DocumentForm(), "subject": subject, "ulid": ulid}
    return render_to_string("registry/tabs/documents.html", context, request)


def plot_history(request: HttpRequest, version: Any) -> str:
    past = list(queries.plot_history(request.user, version.ulid))
    lineage = list(queries.lineage(request.user, version.plot_id))
    labels = plot_labels(request.user, [key for row in lineage for key in (row.parent_id, row.child_id)])
    events = [
        (row, row.child if row.parent_id == version.plot_id else row.parent, row.parent_id == version.plot_id)
        for row in lineage
    ]
    return render_to_string(
        "registry/tabs/history.html",
        {
            "steps": steps(past),
            "sources": source_names(request.user, past),
            "now": version,
            "url_name": "registry:plot",
            "undoable": undoable(request.user, version.ulid) if lineage else None,
            "lineage": [(row, other, labels.get(other.pk, ("", "")), forth) for row, other, forth in events],
        },
        request,
    )


def undoable(user: Any, ulid: str) -> service.LastEvent | None:
    """The split or merge that the user may take back."""
    if not can(user, "plot.split"):
        return None
    try:
        return service.last_event(user, ulid)
    except RegistryError:
        return None


def enterprise_history(request: HttpRequest, version: Any) -> str:
    past = list(queries.enterprise_history(request.user, version.ulid).defer("contact_cipher"))
    context = {
        "steps": steps(past),
        "sources": source_names(request.user, past),
        "now": version,
        "url_name": "registry:enterprise",
    }
    return render_to_string("registry/tabs/history.html", context, request)


def plot_issues(request: HttpRequest, version: Any) -> str:
    """What the record itself lacks; issues of imports are added by the survey."""
    on = asked_day(request)
    used = list(queries.occupancies(request.user, on, plot_id=version.plot_id))
    links = list(queries.parcel_links(request.user, on, plot_id=version.plot_id))
    return render_to_string("registry/tabs/issues.html", {"issues": list(_lacks(version, used, links))}, request)


def _lacks(version: Any, used: list[Any], links: list[Any]) -> Any:
    occupied = sum(row.area_cm2 or 0 for row in used if row.role != "idle" and row.landlord_link_id is None)
    if version.shape_id is None:
        yield "warning", "no-geometry", _("缺边界"), _("导入图形，或在图上画出边界")
    if not used:
        yield "warning", "plot-without-enterprise", _("没有用地关系，不知道谁在用这块地"), _("导入用地关系表")
    if version.surveyed_cm2 and occupied > version.surveyed_cm2:
        areas = {"used": formats.mu(occupied), "surveyed": formats.mu(version.surveyed_cm2)}
        text = _("各户占地合计 %(used)s 亩，大于实测 %(surveyed)s 亩") % areas
        yield "error", "occupied-exceeds-plot", text, _("核对各户面积，厂中厂只算实际使用部分")
    if version.stated_cm2 and version.surveyed_cm2 and abs(version.stated_cm2 - version.surveyed_cm2) * 20 > version.stated_cm2:
        areas = {"stated": formats.mu(version.stated_cm2), "surveyed": formats.mu(version.surveyed_cm2), "limit": "5%"}
        text = _("证载 %(stated)s 亩与实测 %(surveyed)s 亩相差超过 %(limit)s") % areas
        yield "warning", "area-mismatch", text, _("以权证和实测成果核对")
    for row in (*used, *links):
        if row.needs_review:
            yield "warning", "needs-review", _("分割或合并时带过来的关系还没有复核"), _("在用地关系或权证里逐条确认")


def plot_loop(request: HttpRequest, version: Any) -> str:
    order = list(formats.STAGES)
    at = order.index(version.stage) if version.stage in order else -1
    stages = [(name, formats.STAGES[name], index < at, index == at) for index, name in enumerate(order)]
    following = formats.STAGES[order[(at + 1) % len(order)]] if at >= 0 else ""
    return render_to_string("registry/tabs/loop.html", {"stages": stages, "following": following, "version": version}, request)


def enterprise_occupancies(request: HttpRequest, version: Any) -> str:
    on = asked_day(request)
    mine = list(queries.occupancies(request.user, on, enterprise_id=version.enterprise_id).order_by("valid_from", "pk"))
    tenants = list(queries.occupancies(request.user, on).filter(landlord_link__enterprise_id=version.enterprise_id))
    rows = list({row.pk: row for row in (*mine, *tenants)}.values())
    context = {"forest": forest(request.user, rows, on), "version": version, "rows": rows, "of_enterprise": True}
    return render_to_string("registry/tabs/occupancies.html", context, request)


def enterprise_facts(request: HttpRequest, version: Any) -> str:
    """Measures by period: a row per measure and department, a column per period."""
    rows = queries_sensitive.fact_rows(request.user, subject_type="enterprise", subject_ids=[version.enterprise_id])
    measures = packaged()
    periods = sorted({row.period for row in rows})
    table: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        table.setdefault((row.measure, row.department), {})[row.period] = row
    lines = [
        (measures.get(measure), measure, department, [cells.get(period) for period in periods], next(iter(cells.values())))
        for (measure, department), cells in sorted(table.items(), key=lambda item: item[0])
    ]
    return render_to_string("registry/tabs/facts.html", {"periods": periods, "lines": lines}, request)


def enterprise_accounts(request: HttpRequest, version: Any) -> str:
    on = asked_day(request)
    rows = queries_sensitive.accounts(request.user, on, enterprise_id=version.enterprise_id)
    labels = plot_labels(request.user, [row.plot_id for row in rows], on)
    pairs = [(row, labels.get(row.plot_id or 0, ("", ""))) for row in rows]
    return render_to_string("registry/tabs/accounts.html", {"rows": pairs}, request)
