"""What a form showed, sealed into it, so that a second editor's conflict is told exactly and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict

from tenglong.apps.registry.errors import Conflict
from tenglong.apps.registry.form_fields import KeyField
from tenglong.domain.delta import Delta

SALT = "tenglong.registry.edit"
DAYS = frozenset({"registered_on", "granted_on", "ends_on", "free_from"})


def seal(held: dict[str, Any]) -> str:
    """What the form showed, signed: on a conflict the other person's changes are told against it."""
    return signing.dumps({name: plain(value) for name, value in held.items()}, salt=SALT, compress=True)


def unseal(text: str, held: dict[str, Any]) -> dict[str, Any]:
    """Values that the form showed, in the types of `held`; what stands now if the seal is broken."""
    try:
        seen = signing.loads(text, salt=SALT)
    except signing.BadSignature:
        return held
    days = {name: date.fromisoformat(seen[name]) for name in DAYS & seen.keys() if seen[name]}
    return {**held, **{name: value for name, value in {**seen, **days}.items() if name in held}}


def plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def again(posted: QueryDict, form: Any, held: dict[str, Any], lock_version: int) -> QueryDict:
    """What this editor typed, on top of what stands now: fields that they did not touch take the other person's value."""
    made, seen = posted.copy(), unseal(form.cleaned_data["base"], held)
    for name, value in form.values().items():
        if plain(value) == plain(seen.get(name)):
            shown = form.fields[name].prepare_value(held[name])
            made[name] = "" if shown is None else str(plain(shown))
    made["lock_version"], made["base"] = str(lock_version), seal(held)
    return made


def worded(form: Any, found: Conflict) -> Conflict:
    """Keys of other records as people know them: a plot's code, an enterprise's code, the name of a choice."""
    return Conflict(_said(form, found.theirs), _said(form, found.mine), found.lock_version)


def _said(form: Any, deltas: Sequence[Delta]) -> list[Delta]:
    return [Delta(delta.field, _word(form, delta.field, delta.old), _word(form, delta.field, delta.new)) for delta in deltas]


def _word(form: Any, name: str, value: Any) -> Any:
    field = form.fields.get(name)
    if isinstance(field, KeyField):
        return field.prepare_value(value)
    if isinstance(field, forms.TypedChoiceField) and value is not None:
        offered: list[tuple[Any, Any]] = list(field.widget.choices)
        return next((str(label) for key, label in offered if key == value), str(value))
    return value
