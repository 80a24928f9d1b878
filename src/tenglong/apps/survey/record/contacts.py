"""Sealed contacts against those that are held: opened, compared and sealed again in here, never outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tenglong.apps.accounts import cipher
from tenglong.apps.registry import locate
from tenglong.apps.survey.appliers import Match, Values

#: personal fields wait encrypted (office-rules 22)
SEALED = ("contact", "phone")


def compared(rows: Sequence[Values], matches: Sequence[Match]) -> list[Match]:
    """Matches whose held values hold `contact` and `phone` too: the row's own cipher where both say the same."""
    wanted = {
        one.held.target_id for row, one in zip(rows, matches, strict=True) if one.held and any(row.get(name) for name in SEALED)
    }
    ciphers = {pk: row.values["contact_cipher"] for pk, row in locate.held("enterprises", wanted, ["contact_cipher"]).items()}
    return [_one(row, one, ciphers) for row, one in zip(rows, matches, strict=True)]


def _one(row: Values, match: Match, ciphers: Mapping[int, str]) -> Match:
    if match.held is None or match.held.target_id not in ciphers:
        return match
    contact, _, phone = cipher.decrypt(ciphers[match.held.target_id]).partition("\n")
    said = {name: _same_or_sealed(row.get(name), held) for name, held in (("contact", contact), ("phone", phone))}
    return replace(match, held=replace(match.held, values={**match.held.values, **said}))


def _same_or_sealed(given: Any, held: str) -> str | None:
    """Two ciphers of one text differ: the row's own stands for an equal one."""
    if given and cipher.decrypt(str(given)) == held:
        return str(given)
    return cipher.encrypt(held) or None
