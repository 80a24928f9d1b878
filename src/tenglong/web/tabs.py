"""Tabs of record pages: a higher app adds one to a lower app's page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

#: (request, subject version row) → HTML fragment (a SafeString from render_to_string)
Builder = Callable[[HttpRequest, Any], str]


@dataclass(frozen=True)
class Tab:
    subject: str
    id: str
    label: str | Promise
    builder: Builder
    verb: str
    order: int


_tabs: dict[tuple[str, str], Tab] = {}


def register(subject: str, id: str, label: str | Promise, builder: Builder, verb: str, order: int = 100) -> None:  # noqa: A002
    """`subject` is `plot`, `enterprise`, …; `id` names the tab in the address (`?tab=id`)."""
    _tabs[subject, id] = Tab(subject, id, label, builder, verb, order)


def of(subject: str, may: Callable[[str], bool]) -> list[Tab]:
    mine = [tab for tab in _tabs.values() if tab.subject == subject and may(tab.verb)]
    return sorted(mine, key=lambda tab: (tab.order, tab.id))
