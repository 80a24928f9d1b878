"""Sensitive fields: what a role without `sensitive.view` sees instead of the value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tenglong.apps.accounts.scope import Actor, can

HIDDEN = "***"


def _phone(value: str) -> str:
    return f"{value[:3]}****{value[-4:]}" if len(value) >= 11 else HIDDEN


def _name(value: str) -> str:
    return f"{value[:1]}**" if value else value


def _id_number(value: str) -> str:
    return f"{value[:3]}***********{value[-2:]}" if len(value) >= 15 else HIDDEN


def _all(value: str) -> str:
    return HIDDEN


#: personal fields (office-rules 22): encrypted at rest, and audit keeps a hash instead of the value
_personal: dict[str, Callable[[str], str]] = {
    "contact": _name, "phone": _phone, "mobile": _phone, "id_number": _id_number, "bank_account": _all, "contact_cipher": _all,
    "phone_cipher": _all, "password": _all,
}
#: business figures of one firm; measures marked sensitive in `policies/measures.yaml` are added at start-up
_sensitive: set[str] = {"tax_paid", "revenue", "profit", "electricity_kwh", "value_added"}


def add_sensitive(fields: Iterable[str]) -> None:
    """Fields (measure ids) that need `sensitive.view`."""
    _sensitive.update(fields)


def is_personal(field: str) -> bool:
    return field in _personal


def is_sensitive(field: str) -> bool:
    return field in _personal or field in _sensitive


def mask(user: Actor, field: str, value: Any) -> Any:
    """`value` for those who may see it; else its masked form. Empty stays empty, so that “no value” is not a secret."""
    if value in (None, "") or not is_sensitive(field) or can(user, "sensitive.view"):
        return value
    return _personal.get(field, _all)(str(value))
