"""Tabs of a cycle, in the order of the work: each page of a cycle adds its own from its wiring."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True)
class CycleTab:
    id: str
    label: str | Promise
    url_name: str
    verb: str
    order: int


_tabs: dict[str, CycleTab] = {}


def register(id: str, label: str | Promise, url_name: str, verb: str, order: int) -> None:  # noqa: A002
    """`url_name` takes the ulid of the cycle."""
    _tabs[id] = CycleTab(id, label, url_name, verb, order)


def of(ulid: str, here: str, may: Callable[[str], bool]) -> list[dict[str, Any]]:
    """`{"label", "url", "here"}` of the tabs whose verb passes `may`."""
    mine = sorted((tab for tab in _tabs.values() if may(tab.verb)), key=lambda tab: tab.order)
    return [{"label": tab.label, "url": reverse(tab.url_name, args=[ulid]), "here": tab.id == here} for tab in mine]
