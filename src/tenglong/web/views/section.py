"""The bare address of a section (`/supply/`, `/renewal/`): its first page in the menu that the user may open."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import verbs_of
from tenglong.web import menu


def show(request: HttpRequest, section: str) -> HttpResponse:
    """302 to the page; to the workbench, saying so, where the section holds nothing for the user. Http404 for no section."""
    if section not in menu.SECTIONS:
        raise Http404
    mine = {name: entries for name, _label, entries in menu.tree(verbs_of(request.user).__contains__)}
    if section in mine:
        return redirect(mine[section][0].url_name)
    messages.info(request, _("“%(section)s”一栏没有您能打开的页面。") % {"section": menu.SECTIONS[section]})
    return redirect("web:workbench")
