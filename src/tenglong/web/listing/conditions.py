"""Query string → conditions on a queryset, with an error per field in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.domain.units import AREA_UNITS, MONEY_UNITS, UnitError, to_cm2, to_fen
from tenglong.web.listing.columns import Filter

LARGEST = 10**9  # of any unit: beyond it the store's integers end
EMPTY = "-"  # a choice filter for rows that carry no value
UNIT_WORDS = {
    "mu": gettext_lazy("亩"), "m2": "m²", "ha": gettext_lazy("公顷"),
    "yuan": gettext_lazy("元"), "wan_yuan": gettext_lazy("万元"),
}


@dataclass
class Conditions:
    """What the query string asks for. `applied`: (label, text, keys to drop); `errors`: parameter → sentence."""

    where: Q = field(default_factory=Q)
    applied: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return "；".join(f"{label} {text}" for label, text, _keys in self.applied) or _("全部")


def read(filters: Iterable[Filter], params: Mapping[str, str], user: Any) -> Conditions:
    """Conditions of `params`; a value that cannot be read is told in `errors` and selects nothing (never everything)."""
    found = Conditions()
    for item in filters:
        readers = {"text": _text, "choice": _choice, "range": _range, "date": _range, "flag": _flag}
        readers[item.kind](item, params, user, found)
    if found.errors:
        found.where &= Q(pk__in=[])
    return found


def _text(item: Filter, params: Mapping[str, str], user: Any, found: Conditions) -> None:
    text = params.get(item.name, "").strip()
    if not text:
        return
    found.values[item.name] = text
    any_of = Q()
    for path in item.paths:
        any_of |= Q(**{f"{path}__{'startswith' if item.prefix else 'icontains'}": text})
    found.where &= any_of
    found.applied.append((str(item.label), f"“{text}”", (item.name,)))


def _choice(item: Filter, params: Mapping[str, str], user: Any, found: Conditions) -> None:
    value = params.get(item.name, "").strip()
    if not value:
        return
    found.values[item.name] = value
    words = {EMPTY: _("未填"), **{str(key): str(label) for key, label in item.choices_for(user)}}
    if value not in words:
        found.errors[item.name] = _("没有“%(value)s”这一项") % {"value": value}
        return
    found.where &= Q(**{item.paths[0]: "" if value == EMPTY else value})
    found.applied.append((str(item.label), words[value], (item.name,)))


def _flag(item: Filter, params: Mapping[str, str], user: Any, found: Conditions) -> None:
    value = params.get(item.name, "")
    if value not in ("1", "0"):
        return
    found.values[item.name] = value
    found.where &= Q(**{item.paths[0]: value == "1"})
    found.applied.append((str(item.label), _("是") if value == "1" else _("否"), (item.name,)))


def _range(item: Filter, params: Mapping[str, str], user: Any, found: Conditions) -> None:
    words = []
    for end, operator, sign in (("_min", "gte", "≥"), ("_max", "lte", "≤")):
        text = params.get(item.name + end, "").strip()
        if not text:
            continue
        found.values[item.name + end] = text
        try:
            value = _measure(item, text)
        except (UnitError, ValueError, InvalidOperation):
            what = _("日期，请写成 2026-11-22") if item.kind == "date" else _("数")
            found.errors[item.name + end] = _("“%(text)s”不是%(what)s") % {"text": text, "what": what}
            continue
        found.where &= Q(**{f"{item.paths[0]}__{operator}": value})
        words.append(f"{sign} {text} {UNIT_WORDS.get(item.unit, item.unit)}".strip())
    if words:
        found.applied.append((str(item.label), " ".join(words), (item.name + "_min", item.name + "_max")))


def _measure(item: Filter, text: str) -> int | Decimal | date:
    if item.kind == "date":
        return date.fromisoformat(text)
    clean = text.replace(",", "").replace("，", "")
    if not Decimal(clean).is_finite() or abs(Decimal(clean)) > LARGEST:
        raise ValueError(text)
    if item.unit in AREA_UNITS:
        return to_cm2(clean, item.unit)
    if item.unit in MONEY_UNITS:
        return to_fen(clean, item.unit)
    return Decimal(clean)
