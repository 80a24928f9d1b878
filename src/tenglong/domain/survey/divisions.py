"""Names of towns and counties in a batch → codes, beside the name as given (`<field>_code`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from tenglong.domain.codes.resolve import Hints, Resolution, resolve_division
from tenglong.domain.quality.issue import Issue
from tenglong.domain.survey.kinds import FieldSpec, KindSpec
from tenglong.domain.survey.table import Batch, Value


def resolve_column(spec: KindSpec, batch: Batch, profile: Any, books: Any) -> list[Issue]:
    """Resolve every division field that can be resolved; returns the issues, one set per row.

    A town without county context (no `profile`, no `within` field) is left as written: the same town name stands in
    many counties. `books` None means the packaged books.
    """
    issues: list[Issue] = []
    for field in spec.fields:
        if field.type == "division" and (field.id in batch.fields or field.within in batch.fields):
            issues += _resolve(spec, field, batch, _county(profile), books)
    return issues


def _county(profile: Any) -> str:
    """Division code of a county profile, of a mapping, or the code itself."""
    if profile is None or isinstance(profile, str):
        return profile or ""
    if isinstance(profile, dict):
        return str(profile.get("division") or profile.get("division_code") or "")
    return str(getattr(profile, "division", "") or getattr(profile, "division_code", "") or "")


def _resolve(spec: KindSpec, field: FieldSpec, batch: Batch, county: str, books: Any) -> Iterable[Issue]:
    names, within = batch.column(field.id), batch.column(field.within) if field.within else [county or None] * len(batch)
    if not any(within):
        return
    books = books or _packaged_books()
    days = batch.column(field.on) if field.on else [None] * len(batch)
    hints = [batch.column(name) for name in field.hints]
    codes: list[Value] = [None] * len(batch)
    known: dict[tuple[Value, ...], Resolution] = {}
    for at in range(len(batch)):
        name, place = names[at], within[at]
        if name is None and (not field.within or place is None):
            continue
        key = (name, place, days[at], *(column[at] for column in hints))
        answer = known.get(key)
        if answer is None:
            answer = known[key] = _ask(books, field, key)
        codes[at] = answer.code or None
        yield from (_told(batch, at, field, issue) for issue in answer.issues)
    batch.fields[f"{field.id}_code"] = codes


def _ask(books: Any, field: FieldSpec, key: tuple[Value, ...]) -> Resolution:
    name, place, day, *texts = key
    hints = dict(zip(field.hints, (str(text or "") for text in texts), strict=True))
    told = Hints(town=hints.pop("town", ""), approver=hints.pop("approver", ""), address=" ".join(hints.values()))
    return resolve_division(
        books, str(name or ""), within=str(place or ""), on=day if isinstance(day, date) else None, hints=told
    )


def _told(batch: Batch, at: int, field: FieldSpec, issue: Issue) -> Issue:
    given = batch.given.get(field.id)
    return replace(
        issue,
        dataset=batch.kind,
        row=batch.rows[at],
        key=batch.keys[at],
        field=field.id,
        value=given[at] if given else issue.value,
    )


def _packaged_books() -> Any:
    from tenglong.policies import code_books

    return code_books()
