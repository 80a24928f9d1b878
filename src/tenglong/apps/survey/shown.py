"""Staged values as people read them: the cell as given, areas in 亩, words for codes; sensitive ones masked."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from tenglong.apps.accounts import cipher
from tenglong.apps.accounts.masking import is_personal, mask
from tenglong.apps.registry import queries as registry
from tenglong.apps.survey.models import ImportBatch, StagedRow
from tenglong.domain.survey.kinds import FieldSpec, spec_of
from tenglong.domain.units import from_cm2, from_fen

#: columns of the preview table beside row number and key
MOST_COLUMNS = 7


def columns(batch: ImportBatch) -> list[FieldSpec]:
    """The first mapped fields of the kind, in its own order."""
    mapped = {item["field"] for item in batch.mapping.get("columns", [])}
    fields = [field for field in spec_of(batch.kind).fields if field.id in mapped and field.type != "geometry"]
    return fields[:MOST_COLUMNS]


def label(kind: str, name: str) -> str:
    spec = {field.id: field for field in spec_of(kind).fields}
    others = {"geometry": _("图形"), "stated_text": _("证载面积（原文）")}
    return _(spec[name].label) if name in spec else others.get(name, name)


def value(user: Any, kind: str, name: str, plain: Any) -> str:
    """One value with its unit, or a dash."""
    if plain in (None, ""):
        return "—"
    if is_personal(name):
        return "***"
    field = next((one for one in spec_of(kind).fields if one.id == name), None)
    seen = mask(user, name, plain)
    if field is None or seen != plain:
        return str(seen)
    if field.type == "area":
        return _("%(number)s 亩") % {"number": _trim(from_cm2(int(plain), "mu", 4))}
    if field.type == "money":
        return _("%(number)s 万元") % {"number": _trim(from_fen(int(plain), "wan_yuan", 6))}
    if field.type == "division":
        return town_names(user).get(str(plain), str(plain))
    words = {choice.id: _(choice.label) for choice in field.choices}
    return words.get(str(plain), str(plain))


def town_names(user: Any) -> dict[str, str]:
    """Code → name of the towns in the register, read once per user object."""
    names: dict[str, str] | None = getattr(user, "_town_names", None)
    if names is None:
        names = dict(registry.divisions(user, level="town").values_list("code", "name"))
        user._town_names = names
    return names


def _trim(number: Decimal) -> str:
    text = f"{number:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def row(user: Any, batch: ImportBatch, staged: StagedRow) -> dict[str, Any]:
    kind = batch.kind
    return {
        "row": staged.row,
        "key": staged.key,
        "action": staged.action,
        "cells": [value(user, kind, field.id, staged.values.get(field.id)) for field in columns(batch)],
        "delta": [change(user, kind, item) for item in staged.delta],
    }


def change(user: Any, kind: str, item: dict[str, Any]) -> dict[str, Any]:
    """One differing field in words; personal ones masked."""
    name = item["field"]
    if is_personal(name):
        seen = covered(item)
        return {"label": label(kind, name), "old": seen["old"] or "—", "new": seen["new"] or "—"}
    return {"label": label(kind, name), **{end: value(user, kind, name, item[end]) for end in ("old", "new")}}


def row_as_json(user: Any, staged: StagedRow) -> dict[str, Any]:
    """Raw values; personal ones are left out, sensitive ones masked."""
    values = {name: mask(user, name, plain) for name, plain in staged.values.items() if not is_personal(name)}
    delta = [
        {**item, "old": mask(user, item["field"], item["old"]), "new": mask(user, item["field"], item["new"])}
        for item in staged.delta
        if not is_personal(item["field"])
    ]
    delta += [covered(item) for item in staged.delta if is_personal(item["field"])]
    return {"row": staged.row, "key": staged.key, "action": staged.action, "values": values, "delta": delta}


def covered(item: dict[str, Any]) -> dict[str, Any]:
    """A change of a personal field as everybody sees it: both values masked, whoever looks."""
    nobody = AnonymousUser()
    seen = {end: mask(nobody, item["field"], cipher.decrypt(item[end] or "")) for end in ("old", "new")}
    return {"field": item["field"], **seen}
