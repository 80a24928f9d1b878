"""Bulk writer of the kinds without versions of their own: occupancies, title links, accounts, facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import count, repeat
from typing import Any

from django.db.models import F, Model, ProtectedError
from django.utils.translation import gettext as _

from tenglong.apps.registry import counters
from tenglong.apps.registry.bulk import KEEP, Context, PreparedRows, Stale, refuse, register
from tenglong.apps.registry.bulk_versions import default_of
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import AccountLink, Fact, Occupancy, PlotParcel
from tenglong.store.bulk import chunks, insert_rows, reserve_ids, update_rows

PART = 900


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if field.attname != "id"]


def _held(model: type[Model], targets: Iterable[int]) -> dict[int, dict[str, Any]]:
    names = ["id", *_columns(model)]
    found = {}
    for part in chunks(((pk,) for pk in sorted(set(targets))), PART):
        for row in model._default_manager.filter(id__in=[row[0] for row in part]).values_list(*names):
            found[row[0]] = dict(zip(names, row, strict=True))
    return found


@cache
def _defaults(model: type[Model]) -> dict[str, Any]:
    """Shared by all rows: read only."""
    return {field.attname: default_of(field) for field in model._meta.concrete_fields if field.attname != "id"}


@cache
def _nullable(model: type[Model]) -> frozenset[str]:
    return frozenset(field.attname for field in model._meta.concrete_fields if field.null)


def _fresh(model: type[Model], said: dict[str, Any]) -> dict[str, Any]:
    """A whole row: what is said over the defaults; None only where the column takes it."""
    nullable = _nullable(model)
    out = {name: (value() if callable(value) else value) for name, value in _defaults(model).items()}
    out.update({name: value for name, value in said.items() if name in out and (value is not None or name in nullable)})
    return out


def write(model: type[Model], rows: PreparedRows, context: Context) -> list[int]:
    """New rows; a change closes the old row (dated models) and opens another; a correction edits in place."""
    held = _held(model, [pk for pk in rows.targets if pk is not None])
    touched = [*rows.at("change"), *rows.at("correct")]
    refuse([index for index in touched if rows.targets[index] not in held], "要修改的记录已不存在")
    _refuse_stale(rows, held, touched)
    ids = [pk or 0 for pk in rows.targets]
    dated = "valid_from" in _columns(model)
    fresh = [*rows.at("new"), *(rows.at("change") if dated else [])]
    closed, lines = [], []
    names = _columns(model)
    for index, pk in zip(fresh, reserve_ids(model, len(fresh)), strict=True):
        ids[index] = pk
        said = {**_owned(rows, index, context), **rows.values(index)}
        if rows.actions[index] == "change":
            old = held[rows.targets[index] or 0]
            if rows.start(index, context.on) <= old["valid_from"]:
                refuse([index], "变更日期不晚于现行记录的起始日期，请改为“更正”或改正日期")
            closed.append((old["id"], rows.start(index, context.on)))
            said = {**old, **said, "valid_from": rows.start(index, context.on), "lock_version": old.get("lock_version", 1) + 1}
        row = _fresh(model, said)
        lines.append((pk, *(row[name] for name in names)))
    update_rows(model, ["valid_to"], closed) if dated else None
    insert_rows(model, ["id", *names], lines)
    _correct(model, rows, held, [*rows.at("correct"), *([] if dated else rows.at("change"))])
    return ids


def _owned(rows: PreparedRows, index: int, context: Context) -> dict[str, Any]:
    """Columns that the writer fills; models that lack one ignore it."""
    return {
        "valid_from": rows.start(index, context.on), "division_code": rows.towns[index] if rows.towns else "",
        "department_id": context.department_id, "created_by_id": context.user_id, "batch_id": context.batch_id,
    }


def _refuse_stale(rows: PreparedRows, held: dict[int, dict[str, Any]], touched: list[int]) -> None:
    if rows.locks:
        stale = [index for index in touched
                 if rows.locks[index] not in (None, held[rows.targets[index] or 0].get("lock_version", rows.locks[index]))]
        if stale:
            raise Stale(stale)


def _correct(model: type[Model], rows: PreparedRows, held: dict[int, dict[str, Any]], touched: list[int]) -> None:
    names = [name for name in _columns(model) if name not in ("valid_from", "created_by_id", "batch_id", "department_id")]
    lines = []
    for index in touched:
        old = held[rows.targets[index] or 0]
        said = {name: value for name, value in rows.values(index).items() if name in old}
        new = _fresh(model, {**old, **said, "lock_version": old.get("lock_version", 0) + 1})
        lines.append((old["id"], *(new[name] for name in names)))
    update_rows(model, names, lines)


def _occupancies(rows: PreparedRows, context: Context) -> tuple[list[int], int]:
    """`landlord_index` names another row of the same call; it is resolved once every row has its key."""
    chain = rows.columns.pop("landlord_index", None)
    ids = write(Occupancy, rows, context)
    if chain:
        links = [(ids[index], ids[target]) for index, target in enumerate(chain)
                 if isinstance(target, int) and rows.actions[index] != "unchanged"]
        refuse([index for index, target in enumerate(chain) if target == index], "房东不能是自己")
        update_rows(Occupancy, ["landlord_link_id"], links)
    return ids, counters.raise_revision("occupancies")


def _links(rows: PreparedRows, context: Context) -> tuple[list[int], int]:
    return write(PlotParcel, rows, context), counters.raise_revision("links")


def _accounts(rows: PreparedRows, context: Context) -> tuple[list[int], int]:
    return write(AccountLink, rows, context), counters.raise_revision("accounts")


def _facts(rows: PreparedRows, context: Context) -> tuple[list[int], int]:
    """A change supersedes: the old figure stays, points at the new one and no longer counts."""
    if set(rows.actions) == {"new"}:
        return _new_facts(rows, context), counters.raise_revision("facts")
    held = _held(Fact, [pk for pk in rows.targets if pk is not None])
    refuse([index for index in rows.at("change") if rows.targets[index] not in held], "要修改的数据已不存在")
    ids = [pk or 0 for pk in rows.targets]
    fresh = [*rows.at("new"), *rows.at("change")]
    lines, superseded = [], []
    names = _columns(Fact)
    for index, pk in zip(fresh, reserve_ids(Fact, len(fresh)), strict=True):
        ids[index] = pk
        said = {**held.get(rows.targets[index] or 0, {}), "batch_id": context.batch_id, **rows.values(index)}
        row = _fresh(Fact, {**said, "superseded_by_id": None})
        lines.append((pk, *(row[name] for name in names)))
        if rows.actions[index] == "change":
            superseded.append((rows.targets[index], pk))
    _supersede(superseded)
    insert_rows(Fact, ["id", *names], lines)
    _correct(Fact, rows, held or _held(Fact, [pk for pk in rows.targets if pk]), rows.at("correct"))
    return ids, counters.raise_revision("facts")


def _new_facts(rows: PreparedRows, context: Context) -> list[int]:
    """As `_facts` where no row has one before it, column by column: by far the most rows of an import."""
    ids = list(reserve_ids(Fact, len(rows)))
    said = {"batch_id": repeat(context.batch_id), **rows.columns, "superseded_by_id": repeat(None)}
    names, defaults, nullable = _columns(Fact), _defaults(Fact), _nullable(Fact)
    lists = [_filled(said.get(name), defaults[name], name in nullable) for name in names]
    insert_rows(Fact, ["id", *names], zip(ids, *lists, strict=False))
    return ids


def _filled(said: Iterable[Any] | None, default: Any, nullable: bool) -> Iterator[Any]:
    """What is said, else the default; None only where the column takes it. Without end where nothing is said."""
    make = default if callable(default) else repeat(default).__next__
    if said is None:
        return (make() for _row in count())
    return (make() if one is KEEP or (one is None and not nullable) else one for one in said)


def _supersede(pairs: list[tuple[Any, int]]) -> None:
    """Before the insert: the key of facts in force is unique; foreign keys are checked at the end of the transaction."""
    update_rows(Fact, ["superseded_by_id"], pairs)


def _withdraw(model: type[Model], layer: str, batch_id: int) -> int:
    """Rows of the batch go; the rows that it had closed or superseded are in force again."""
    mine = model._default_manager.filter(batch_id=batch_id)
    if hasattr(model, "lock_version") and mine.filter(lock_version__gt=1).exists():
        raise RegistryError(_("本批记录中有变更或入库后又被修改的，不能整批撤回。"))
    if model is Fact:
        return _withdraw_facts(batch_id)
    if model is Occupancy:
        mine.update(landlord_link=None)
    try:
        count = mine.delete()[0]
    except ProtectedError as error:
        raise RegistryError(_("本批记录已被其他数据引用，不能撤回。")) from error
    counters.raise_revision(layer)
    return count


def _withdraw_facts(batch_id: int) -> int:
    """The figures that the batch superseded count again; its own stand aside first, for the key in force is unique."""
    mine = Fact.objects.filter(batch_id=batch_id)
    if Fact.objects.filter(pk__in=mine, superseded_by__isnull=False).exclude(superseded_by__batch_id=batch_id).exists():
        raise RegistryError(_("本批数据中有入库后又被新数据取代的，不能整批撤回。"))
    count = mine.count()
    earlier = list(Fact.objects.filter(superseded_by__in=mine).exclude(batch_id=batch_id).values_list("pk", flat=True))
    mine.update(superseded_by=F("pk"))
    update_rows(Fact, ["superseded_by_id"], ((pk, None) for pk in earlier))
    Fact.objects.filter(batch_id=batch_id)._raw_delete(Fact.objects.db)
    counters.raise_revision("facts")
    return count


def register_all() -> None:
    register("occupancies", _occupancies, lambda batch_id, actor: _withdraw(Occupancy, "occupancies", batch_id))
    register("links", _links, lambda batch_id, actor: _withdraw(PlotParcel, "links", batch_id))
    register("accounts", _accounts, lambda batch_id, actor: _withdraw(AccountLink, "accounts", batch_id))
    register("facts", _facts, lambda batch_id, actor: _withdraw(Fact, "facts", batch_id))
