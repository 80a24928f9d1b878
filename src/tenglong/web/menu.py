"""The left tree, in the order of the loop. Apps add entries from `AppConfig.ready()`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

#: section id → label, in the order of the loop
SECTIONS: dict[str, Text] = {
    "workbench": _("工作台"),
    "cockpit": _("驾驶舱"),
    "map": _("一张图"),
    "registry": _("底数"),
    "survey": _("摸排"),
    "evaluation": _("评价"),
    "renewal": _("整治"),
    "clearance": _("征迁"),
    "supply": _("供地"),
    "investment": _("招商"),
    "projects": _("项目"),
    "industry": _("产业"),
    "community": _("社区"),
    "talent": _("人才"),
    "data": _("数据与日志"),
    "system": _("系统"),
}


@dataclass(frozen=True)
class Entry:
    section: str
    label: Text
    url_name: str
    verb: str
    order: int


_entries: dict[str, Entry] = {}


def register(section: str, label: Text, url_name: str, verb: str, order: int = 100) -> None:
    """Adds one leaf; the same `url_name` again replaces it. Raises KeyError for a section that is not in SECTIONS."""
    if section not in SECTIONS:
        raise KeyError(f"菜单没有“{section}”这一栏，可用：{'、'.join(SECTIONS)}")
    _entries[url_name] = Entry(section, label, url_name, verb, order)


def tree(may: Callable[[str], bool]) -> Iterator[tuple[str, Text, list[Entry]]]:
    """(section id, label, entries) for sections that hold at least one entry whose verb passes `may`."""
    mine: dict[str, list[Entry]] = {}
    for entry in sorted(_entries.values(), key=lambda entry: (entry.order, entry.url_name)):
        if may(entry.verb):
            mine.setdefault(entry.section, []).append(entry)
    yield from ((section, label, mine[section]) for section, label in SECTIONS.items() if section in mine)
