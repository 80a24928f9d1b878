"""Enterprises carry three things that are no column: sealed contacts, former names and the place of production."""

from __future__ import annotations

from typing import Any

from tenglong.apps.accounts.cipher import decrypt, encrypt
from tenglong.apps.registry.bulk import KEEP, Context, PreparedRows, register
from tenglong.apps.registry.bulk_versions import Held, open_versions, withdraw, write
from tenglong.apps.registry.models import Attribution
from tenglong.apps.registry.nouns import ENTERPRISE
from tenglong.store.bulk import insert_rows

EXTRAS = ("contact", "phone", "production_address", "production_town", "former_name")


def sealed(contact: Any, phone: Any, old: str = "") -> str:
    """Cipher of name and phone; KEEP takes that part from `old`, itself a cipher."""
    was = (decrypt(old) if old else "").partition("\n")
    name = was[0] if contact is KEEP else contact or ""
    number = was[2] if phone is KEEP else phone or ""
    return encrypt(f"{name}\n{number}") if name or number else ""


def _write(rows: PreparedRows, context: Context) -> tuple[list[int], int]:
    held = open_versions(ENTERPRISE, [pk for pk in rows.targets if pk is not None])
    given = {name: rows.columns[name] for name in EXTRAS if name in rows.columns}
    plain = PreparedRows(
        rows.actions, rows.targets, {name: column for name, column in rows.columns.items() if name not in EXTRAS}, rows.towns,
        rows.codes, None, None, rows.locks, rows.starts,
    )
    if given:
        _fold(plain, given, held)
    ids, revision = write(ENTERPRISE, plain, context)
    if "production_town" in given:
        _place(rows, given["production_town"], ids, context)
    return ids, revision


def _fold(plain: PreparedRows, given: dict[str, list[Any]], held: dict[int, Held]) -> None:
    """Turn the extra columns into `contact_cipher`, `former_names` and `attributes`."""
    size = len(plain)
    keep = [KEEP] * size
    contact, phone = given.get("contact", keep), given.get("phone", keep)
    old = [held.get(pk or 0, {}) for pk in plain.targets]
    if "contact" in given or "phone" in given:
        plain.columns["contact_cipher"] = [
            KEEP if contact[i] is KEEP and phone[i] is KEEP else sealed(contact[i], phone[i], old[i].get("contact_cipher", ""))
            for i in range(size)
        ]
    if "former_name" in given:
        plain.columns["former_names"] = [_names(old[i].get("former_names"), given["former_name"][i]) for i in range(size)]
    if "production_address" in given:
        before = plain.columns.get("attributes", keep)
        plain.columns["attributes"] = [
            before[i]
            if address in (KEEP, None, "")
            else {
                **(old[i].get("attributes") or {}),
                **({} if before[i] is KEEP else before[i] or {}),
                "production_address": address,
            }
            for i, address in enumerate(given["production_address"])
        ]


def _names(held: Any, said: Any) -> Any:
    """Former names kept in order, the new one last, none twice. Several names may stand in one cell, parted by 、or ；."""
    if said in (KEEP, None, ""):
        return KEEP
    parts = [name.strip() for name in str(said).replace("；", "、").replace(";", "、").split("、")]
    return list(dict.fromkeys([*(held or []), *(name for name in parts if name)]))


def _place(rows: PreparedRows, towns: list[Any], ids: list[int], context: Context) -> None:
    """A new place of production closes the former attribution."""
    wanted = {ids[i]: (town, rows.start(i, context.on)) for i, town in enumerate(towns)
              if town not in (KEEP, None, "") and rows.actions[i] != "unchanged"}
    held = {row.enterprise_id: row for row in Attribution.objects.filter(kind="production", valid_to__isnull=True)
            if row.enterprise_id in wanted}
    lines = []
    for pk, (town, start) in wanted.items():
        old = held.get(pk)
        if old is not None and old.division_code == town:
            continue
        if old is not None and old.valid_from >= start:
            Attribution.objects.filter(pk=old.pk).update(division_code=town)
            continue
        if old is not None:
            Attribution.objects.filter(pk=old.pk).update(valid_to=start)
        lines.append((pk, "production", town, start))
    insert_rows(Attribution, ["enterprise_id", "kind", "division_code", "valid_from"], lines)


def register_all() -> None:
    register("enterprises", _write, lambda batch_id, actor: withdraw(ENTERPRISE, batch_id, actor))
