"""Blocks of the workbench: the loop, changes on my plots, imports waiting. Apps add theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

#: request → HTML fragment, "" to stay silent
Builder = Callable[[HttpRequest], str]


@dataclass(frozen=True)
class Panel:
    id: str
    label: str | Promise
    builder: Builder
    verb: str
    order: int
    side: bool


_panels: dict[str, Panel] = {}


def register(id: str, label: str | Promise, builder: Builder, verb: str, order: int = 100, side: bool = False) -> None:  # noqa: A002
    """`side` puts it in the narrow column."""
    _panels[id] = Panel(id, label, builder, verb, order, side)


def built(request: HttpRequest, may: Callable[[str], bool]) -> list[tuple[Panel, str]]:
    mine = sorted((panel for panel in _panels.values() if may(panel.verb)), key=lambda panel: (panel.order, panel.id))
    pairs = [(panel, panel.builder(request)) for panel in mine]
    return [(panel, html) for panel, html in pairs if html]
