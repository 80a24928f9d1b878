"""Tags of the shell: `{% load web %}`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tenglong.apps.accounts.scope import can, verbs_of
from tenglong.web import formats, menu, vendor
from tenglong.web.demo_mark import is_demo
from tenglong.web.listing import rows as listing_rows

register = template.Library()


def may(request: HttpRequest) -> Callable[[str], bool]:
    return verbs_of(getattr(request, "user", None)).__contains__


@register.simple_tag(name="vendor")
def vendor_url(name: str, file: str) -> str:
    return vendor.url(name, file)


@register.simple_tag(takes_context=True)
def menu_tree(context: dict[str, Any]) -> list[dict[str, Any]]:
    """Sections with their links; a link whose page is not there yet is left out."""
    request = context.get("request")
    if request is None:
        return []
    return [section for section in (_section(request, *found) for found in menu.tree(may(request))) if section["links"]]


def _section(request: HttpRequest, name: str, label: Any, entries: list[menu.Entry]) -> dict[str, Any]:
    links = [link for link in (_link(request, entry) for entry in entries) if link]
    _one_here(links)
    return {"id": name, "label": label, "links": links, "single": len(links) == 1 and str(links[0]["label"]) == str(label)}


@cache
def _address(name: str, _prefix: str) -> str | None:
    """None: the page is not there. Sixty of them on every page; an address without parts changes with the prefix alone."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _link(request: HttpRequest, entry: menu.Entry) -> dict[str, Any] | None:
    url = _address(entry.url_name, get_script_prefix())
    if url is None:
        return None
    return {"label": entry.label, "url": url, "here": _is_here(request.path, url)}


def _one_here(links: list[dict[str, Any]]) -> None:
    """Where one address begins another, only the longest is the page one stands on."""
    longest = max((len(link["url"]) for link in links if link["here"]), default=0)
    for link in links:
        link["here"] = link["here"] and len(link["url"]) == longest


def _is_here(path: str, url: str) -> bool:
    return path == url or (url != "/" and path.startswith(url))


@register.simple_tag(takes_context=True)
def may_do(context: dict[str, Any], verb: str) -> bool:
    """`{% may_do "plot.edit" as can_edit %}`."""
    request = context.get("request")
    return request is not None and can(getattr(request, "user", None), verb)


@register.simple_tag
def demo_marked() -> bool:
    """True when the record holds demo data: the ribbon 示范数据 shows on every page."""
    return is_demo()


@register.simple_tag
def list_rows(page: Any, rows: list[Any]) -> SafeString:
    """The `<tr>` of every row of a list page."""
    return listing_rows.body(page, rows)


@register.simple_tag
def icon(name: str) -> SafeString:
    """An icon of the sprite, hidden from screen readers: the text beside it says the same."""
    sprite = static("web/img/icons.svg")
    return format_html('<svg aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>', sprite, name)


@register.filter
def mu(cm2: int | None) -> str:
    return formats.mu(cm2)


@register.filter
def mu4(cm2: int | None) -> str:
    """亩 with four decimals, for differences."""
    return formats.mu(cm2, 4)


@register.filter
def listed(items: Iterable[object]) -> str:
    """Words in a row with the reader's own comma."""
    return formats.listed(items)


@register.filter
def mu0(cm2: int | None) -> str:
    """亩 without decimals, for pictures."""
    return formats.mu(cm2, 0)


@register.filter
def add_to(value: float, more: int) -> float:
    """Sum of two numbers, one decimal: places in an SVG."""
    return round(float(value) + float(more), 1)


@register.filter
def percent_bp(basis_points: int) -> str:
    """10000 → 100.00."""
    return f"{basis_points / 100:.2f}"


@register.filter
def m2(cm2: int | None) -> str:
    return formats.square_metres(cm2)


@register.filter
def wan(fen: int | None) -> str:
    """分 → 万元."""
    return formats.wan_yuan(fen)


@register.filter
def thousands(value: int | Decimal | None) -> str:
    return formats.thousands(value)


@register.filter
def iso(value: date | datetime | None) -> str:
    return formats.day(value)


@register.filter
def label_of(value: str, kind: str) -> str:
    """Chinese word of a coded value: `{{ plot.status|label_of:"status" }}`."""
    return str(formats.choice(kind, value))


@register.filter
def tone_of(value: str, kind: str) -> str:
    return formats.tone(kind, value)


@register.filter
def field_label(name: str) -> str:
    return str(formats.field_label(name))


@register.filter
def shown(value: Any, name: str) -> str:
    """A value as people read it, by its field name: `{{ delta.new|shown:delta.field }}`."""
    return formats.shown(name, value)


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    return mapping.get(key) if hasattr(mapping, "get") else None


@register.inclusion_tag("web/parts/field.html")
def field(bound: Any, unit: str = "", wide: bool = False) -> dict[str, Any]:
    """A form field: label above, unit inside, hint below, error beside in plain words."""
    widget = bound.field.widget
    kind = widget.__class__.__name__
    return {
        "bound": bound,
        "wide": wide,
        "unit": unit or getattr(bound.field, "unit", ""),
        "tick": kind == "CheckboxInput",
        "many": kind in ("RadioSelect", "CheckboxSelectMultiple"),
    }


@register.inclusion_tag("web/parts/empty.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "") -> dict[str, str]:
    """An empty state: what is missing and one button for the next step."""
    return {"title": title, "text": text, "url": url, "label": label}


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], **changes: Any) -> str:
    """The present query string with `changes`; None or "" drops a key: `{% query page=3 %}`."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            params.pop(key, None)
        else:
            params[key] = str(value)
    return f"?{params.urlencode()}"
