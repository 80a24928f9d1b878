"""Lists inside a cycle: the list page of the shell under the cycle's head, its twin and its export."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import require
from tenglong.apps.evaluation.views.common import cycle_or_404, head
from tenglong.apps.registry.places import town_names
from tenglong.web.listing import Action, ListPage, Tool, views
from tenglong.web.listing.page import SIZES


class CycleListPage(ListPage):
    """`cycle` is bound for each request; addresses of tools and actions take its ulid."""

    cycle: ClassVar[Any] = None
    tab = ""
    template = "evaluation/cycle_list.html"

    def tool_links(self) -> list[tuple[Tool, str]]:
        wanted = [tool for tool in self.tools if self.may(tool.verb)]
        return [(tool, reverse(tool.url_name, args=[self.cycle.ulid]) + tool.query) for tool in wanted]

    def action_links(self) -> list[tuple[Action, str]]:
        wanted = [action for action in self.actions if self.may(action.verb)]
        return [(action, reverse(action.url_name, args=[self.cycle.ulid])) for action in wanted]

    def more(self) -> dict[str, Any]:
        """What the template shows above the rows."""
        return {}

    def name_towns(self, rows: list[dict[str, Any]]) -> None:
        towns = town_names(self.user)
        for row in rows:
            row["town"] = towns.get(row["division_code"], row["division_code"])


def cycle_list_paths(route: str, page: type[CycleListPage], name: str) -> list[URLPattern]:
    """`evaluation/<ulid>/{route}/`, `.json`, `export/`, named `name`, `name-json`, `name-export`."""
    stem = f"evaluation/<str:ulid>/{route}"
    return [
        path(f"{stem}/", _bound(_show, page, f"{name}_show"), name=name),
        path(f"{stem}.json", _bound(views.twin, page, f"{name}_twin"), name=f"{name}-json"),
        path(f"{stem}/export/", _bound(views.export, page, f"{name}_export"), name=f"{name}-export"),
    ]


def _bound(view: Callable[..., HttpResponseBase], page: type[CycleListPage], name: str) -> Callable[..., HttpResponseBase]:
    methods = require_POST if name.endswith("_export") else require_GET

    def bound(request: HttpRequest, ulid: str) -> HttpResponseBase:
        require(request.user, page.verb)
        return view(request, type(page.__name__, (page,), {"cycle": cycle_or_404(request, ulid)}))

    bound.__name__ = name.replace("-", "_")
    return methods(bound)


def _show(request: HttpRequest, page: type[CycleListPage]) -> HttpResponseBase:
    listing = page(request)
    context = {
        "page": listing, "rows": listing.table(), "sizes": SIZES, "export_url": request.path + "export/",
        **head(request, page.cycle, page.tab), **listing.more(),
    }
    return render(request, page.template, context)
