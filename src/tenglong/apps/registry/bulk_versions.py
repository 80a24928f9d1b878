"""Bulk writer of the versioned kinds: plots, parcels, buildings, enterprises."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import repeat
from typing import Any

from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.registry import counters
from tenglong.apps.registry.bulk import KEEP, Context, PreparedRows, Stale, refuse, register
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import Attribution, EnterpriseCode, PlotCode
from tenglong.apps.registry.nouns import BUILDING, BY_KIND, ENTERPRISE, PARCEL, PLOT, Noun
from tenglong.apps.registry.ulids import new_ulids
from tenglong.domain.codes.plot import is_plot_code
from tenglong.store.bulk import chunks, copy_rows, insert_rows, reserve_ids, update_rows
from tenglong.store.cells import cells
from tenglong.store.spatial import store

Held = dict[str, Any]
#: a variable list longer than this is not sent in one query
PART = 900
SYSTEM = "tenglong"


def write(noun: Noun, rows: PreparedRows, context: Context) -> tuple[list[int], int]:
    """New, changed and corrected rows of `noun`; returns the identity of each row and the layer's revision."""
    _refuse_future(rows, context)
    kept = [name for name in said_columns(noun, rows) if any(value is KEEP for value in rows.columns[name])]
    held = open_versions(noun, [pk for pk in rows.targets if pk is not None], [*kept, *(["cell"] if noun is PLOT else [])])
    _check(noun, rows, held, context)
    revision = counters.raise_revision(noun.layer or noun.name)
    shapes = _put_shapes(noun, rows, revision)
    ids = [pk or 0 for pk in rows.targets]
    for index, pk in zip(rows.at("new"), _new_identities(noun, rows, context), strict=True):
        ids[index] = pk
    _insert_versions(noun, rows, context, ids, shapes)
    _add_versions(noun, rows, context, held, shapes)
    _correct_versions(noun, rows, held, shapes)
    if noun is ENTERPRISE:
        _note_uscc(rows, ids, context)
    return ids, revision


#: what the writers must know of an open version
NEEDED = ("valid_from", "lock_version", "division_code")


def open_versions(noun: Noun, targets: Iterable[int], columns: Iterable[str] | None = None) -> dict[int, Held]:
    """Open version of each identity (`columns`: these and the needed ones only); identities without one are left out."""
    wanted = noun.columns() if columns is None else [*NEEDED, *(["shape_id"] if noun.layer else []), *columns]
    names = list(dict.fromkeys(["id", noun.owner, *wanted]))
    found: dict[int, Held] = {}
    for part in chunks(((pk,) for pk in sorted(set(targets))), PART):
        keys = [row[0] for row in part]
        query = noun.objects().filter(**{f"{noun.owner}__in": keys}, valid_to__isnull=True)
        found.update((row[1], dict(zip(names, row, strict=True))) for row in query.values_list(*names))
    return found


def _refuse_future(rows: PreparedRows, context: Context) -> None:
    today = timezone.localdate()
    busy = [index for index in range(len(rows)) if rows.actions[index] in ("new", "change")]
    refuse([index for index in busy if rows.start(index, context.on) > today], "起始日期晚于今天")


def _check(noun: Noun, rows: PreparedRows, held: dict[int, Held], context: Context) -> None:
    touched = [*rows.at("change"), *rows.at("correct")]
    targets = [rows.targets[index] for index in touched]
    refuse([index for index in touched if rows.targets[index] not in held], f"{noun.label}已注销或不存在")
    often = Counter(targets)
    refuse([index for index, pk in zip(touched, targets, strict=True) if often[pk] > 1], f"同一{noun.label}出现多次")
    if rows.locks:
        stale = [index for index in touched
                 if rows.locks[index] not in (None, held[rows.targets[index] or 0]["lock_version"])]
        if stale:
            raise Stale(stale)
    early = [index for index in rows.at("change")
             if rows.start(index, context.on) <= held[rows.targets[index] or 0]["valid_from"]]
    refuse(early, "变更日期不晚于现行版本的起始日期，请改为“更正”或改正日期")


def _put_shapes(noun: Noun, rows: PreparedRows, revision: int) -> dict[int, int]:
    """Row index → id of its new shape."""
    busy = [index for index in range(len(rows)) if rows.actions[index] != "unchanged" and rows.shape(index) is not None]
    refuse([index for index in busy if rows.box(index) is None], "有图形而没有外框")
    wkbs = [rows.shape(index) or b"" for index in busy]
    boxes = [rows.box(index) or (0.0, 0.0, 0.0, 0.0) for index in busy]
    return dict(zip(busy, store().put_many(noun.layer, wkbs, boxes, revision), strict=True)) if busy else {}


def _new_identities(noun: Noun, rows: PreparedRows, context: Context) -> list[int]:
    """Identity rows and code rows of the new rows; fills `rows.codes` with what was given."""
    news = rows.at("new")
    ids = reserve_ids(noun.identity, len(news))
    codes = _codes(noun, rows, news)
    extra = {PARCEL.name: ["code"], BUILDING.name: ["code"], ENTERPRISE.name: ["key"]}.get(noun.name, [])
    insert_rows(noun.identity, ["id", "ulid", "batch_id", *extra], (
        (pk, ulid, context.batch_id, *([code] if extra else []))
        for pk, ulid, code in zip(ids, new_ulids(len(ids)), codes, strict=True)
    ))
    starts = [rows.start(index, context.on) for index in news]
    if noun is PLOT:
        insert_rows(PlotCode, ["plot_id", "system", "code", "valid_from"],
                    ((pk, SYSTEM, code, start) for pk, code, start in zip(ids, codes, starts, strict=True)))
    if noun is ENTERPRISE:
        insert_rows(EnterpriseCode, ["enterprise_id", "system", "code", "valid_from"],
                    ((pk, SYSTEM if code[0] == "E" and len(code) == 17 else "uscc", code, start)
                     for pk, code, start in zip(ids, codes, starts, strict=True)))
    rows.codes = rows.codes or [""] * len(rows)
    for index, code in zip(news, codes, strict=True):
        rows.codes[index] = code
    return ids


def _codes(noun: Noun, rows: PreparedRows, news: Sequence[int]) -> list[str]:
    given = [rows.codes[index] if rows.codes else "" for index in news]
    if noun in (PARCEL, BUILDING):
        refuse([index for index, code in zip(news, given, strict=True) if not code], f"{noun.label}没有代码")
        return given
    if noun is PLOT:
        for top in _highest(code for code in given if is_plot_code(code)):
            counters.note_given(top)
    make = counters.plot_codes if noun is PLOT else counters.enterprise_codes
    return _filled(given, [rows.towns[index] if rows.towns else "" for index in news], make)


def _highest(codes: Iterable[str]) -> list[str]:
    best: dict[str, str] = {}
    for code in codes:
        best[code[:10]] = max(best.get(code[:10], ""), code)
    return list(best.values())


def _filled(given: Sequence[str], towns: Sequence[str], make: Callable[[str, int], list[str]]) -> list[str]:
    """Empty codes replaced, each town's serials taken at once, in row order."""
    wanted: dict[str, list[int]] = defaultdict(list)
    for place, (code, town) in enumerate(zip(given, towns, strict=True)):
        if not code:
            wanted[town].append(place)
    out = list(given)
    for town, places in wanted.items():
        for place, code in zip(places, make(town, len(places)), strict=True):
            out[place] = code
    return out


def _insert_versions(noun: Noun, rows: PreparedRows, context: Context, ids: Sequence[int], shapes: dict[int, int]) -> None:
    news = rows.at("new")
    given = said_columns(noun, rows)
    own = ["code"] if noun is PLOT else []
    drawn = ["shape_id"] if noun.layer else []
    celled = ["cell"] if noun is PLOT else []
    names = [noun.owner, "valid_from", "division_code", "department_id", "created_by_id", "batch_id", *own, *drawn, *celled]
    size = len(news)
    lines: list[Iterable[Any]] = [
        (ids[index] for index in news), (rows.start(index, context.on) for index in news),
        (rows.towns[index] for index in news) if rows.towns else repeat("", size),
        repeat(context.department_id, size), repeat(context.user_id, size), repeat(context.batch_id, size),
    ]
    lines += [(rows.codes[index] for index in news)] if own and rows.codes else []
    lines += [(shapes.get(index) for index in news)] if drawn else []
    lines += [cells([rows.box(index) for index in news])] if celled else []
    lines += [_said_new(rows.columns[name], news, filler(noun, name)) for name in given]
    insert_rows(noun.version, [*names, *given], zip(*lines, strict=True))


def _said_new(column: Sequence[Any], news: Sequence[int], empty: Any) -> Iterable[Any]:
    """What a column says of the new rows; what it leaves open is `empty`."""
    return (empty if (value := column[index]) is KEEP or value is None else value for index in news)


def default_of(field: Any) -> Any:
    if field.has_default():
        return field.default
    return None if field.null else ""


def _add_versions(noun: Noun, rows: PreparedRows, context: Context, held: dict[int, Held], shapes: dict[int, int]) -> None:
    """Close the open version and insert its successor: a copy with what the row says."""
    said = Said(noun, rows, held, shapes)
    closed, lines = [], []
    for index in rows.at("change"):
        old = held[rows.targets[index] or 0]
        start = rows.start(index, context.on)
        closed.append((old["id"], start))
        lines.append((old["id"], start, None, context.batch_id, context.user_id, old["lock_version"] + 1, *said.line(index)))
    update_rows(noun.version, ["valid_to"], closed)
    copy_rows(noun.version, ["valid_from", "valid_to", "batch_id", "created_by_id", "lock_version", *said.names], lines)


def _correct_versions(noun: Noun, rows: PreparedRows, held: dict[int, Held], shapes: dict[int, int]) -> None:
    """Edit the open version in place; a shape that no version uses any more goes."""
    said = Said(noun, rows, held, shapes)
    lines, replaced = [], []
    for index in rows.at("correct"):
        old = held[rows.targets[index] or 0]
        if index in shapes and old["shape_id"]:
            replaced.append(old["shape_id"])
        lines.append((old["id"], old["lock_version"] + 1, *said.line(index)))
    update_rows(noun.version, ["lock_version", *said.names], lines)
    drop_unused(noun, replaced)


def drop_unused(noun: Noun, shape_ids: Iterable[int]) -> None:
    """Remove shapes that no version of `noun` points at."""
    for part in chunks(((pk,) for pk in sorted(set(shape_ids))), PART):
        keys = {row[0] for row in part}
        used = set(noun.objects().filter(shape_id__in=keys).values_list("shape_id", flat=True))
        store().remove_many(keys - used)


class Said:
    """What the rows say of existing versions: `names` of the columns and one tuple per row, KEEP filled from the record."""

    def __init__(self, noun: Noun, rows: PreparedRows, held: dict[int, Held], shapes: dict[int, int]) -> None:
        self._rows, self._held, self._shapes = rows, held, shapes
        self._plain = [(name, rows.columns[name], filler(noun, name)) for name in said_columns(noun, rows)]
        self._drawn = bool(shapes)
        self._cells = cells([rows.box(i) for i in range(len(rows))]) if noun is PLOT and shapes else None
        self.names = [name for name, _, _ in self._plain] + (["division_code"] if rows.towns else [])
        self.names += ["shape_id"] if self._drawn else []
        self.names += ["cell"] if self._cells else []

    def line(self, index: int) -> tuple[Any, ...]:
        old = self._held[self._rows.targets[index] or 0]
        out = [old[name] if (value := column[index]) is KEEP else empty if value is None else value
               for name, column, empty in self._plain]
        if self._rows.towns:
            out.append(self._rows.towns[index] or old["division_code"])
        if self._drawn:
            out.append(self._shapes.get(index, old["shape_id"]))
        if self._cells:
            out.append(self._cells[index] if index in self._shapes else old.get("cell"))
        return tuple(out)


def said_columns(noun: Noun, rows: PreparedRows) -> list[str]:
    allowed = set(noun.columns())
    return [name for name in rows.columns if name in allowed]


def filler(noun: Noun, name: str) -> Any:
    """What None becomes: None itself where the column takes it, else the default."""
    empty = default_of(_field(noun, name))
    return empty() if callable(empty) else empty


def _field(noun: Noun, name: str) -> Any:
    return next(field for field in noun.version._meta.concrete_fields if field.attname == name)


def _note_uscc(rows: PreparedRows, ids: Sequence[int], context: Context) -> None:
    """A firm that got its credit code later is found by it from now on."""
    column = rows.columns.get("uscc", [])
    wanted = {column[index]: ids[index] for index in [*rows.at("change"), *rows.at("correct")]
              if column and isinstance(column[index], str) and column[index]}
    for part in chunks(((code,) for code in sorted(wanted)), PART):
        codes = [row[0] for row in part]
        known = set(EnterpriseCode.objects.filter(system="uscc", code__in=codes).values_list("code", flat=True))
        insert_rows(EnterpriseCode, ["enterprise_id", "system", "code", "valid_from"],
                    [(wanted[code], "uscc", code, context.on) for code in codes if code not in known])


def withdraw(noun: Noun, batch_id: int, actor: Any) -> int:
    """Delete the batch's identities and its added versions. Raises RegistryError when later work hangs on them."""
    own = noun.identities().filter(batch_id=batch_id)
    mine = noun.objects().filter(batch_id=batch_id)
    edited = mine.filter(valid_to__isnull=False).count()
    edited += noun.objects().filter(**{f"{noun.name}__in": own}).exclude(batch_id=batch_id).count()
    edited += mine.filter(**{f"{noun.name}__in": own}, lock_version__gt=1).count()
    if edited:
        raise RegistryError(_("本批有 %(n)s 条在入库后又被修改，不能整批撤回。") % {"n": edited})
    count: int = 0
    shapes: list[int] = list(mine.exclude(shape_id=None).values_list("shape_id", flat=True)) if noun.layer else []
    added = mine.exclude(**{f"{noun.name}__in": own})
    owners: dict[int, date] = dict(added.values_list(noun.owner, "valid_from"))
    count += added.count()
    added.delete()
    _reopen(noun, owners)
    count += own.count()
    try:
        _forget_codes(noun, own)
        mine.filter(**{f"{noun.name}__in": own}).delete()
        own.delete()
    except ProtectedError as error:
        raise RegistryError(_("本批已被其他数据引用，不能撤回；请先撤回引用它们的批次。")) from error
    drop_unused(noun, shapes)
    counters.raise_revision(noun.layer or noun.name)
    return count


def _forget_codes(noun: Noun, identities: Any) -> None:
    if noun is PLOT:
        PlotCode.objects.filter(plot__in=identities).delete()
    if noun is ENTERPRISE:
        EnterpriseCode.objects.filter(enterprise__in=identities).delete()
        Attribution.objects.filter(enterprise__in=identities).delete()


def _reopen(noun: Noun, owners: dict[int, date]) -> None:
    """The versions that the batch had closed are open again."""
    lines = []
    for part in chunks(((pk,) for pk in sorted(owners)), PART):
        keys = [row[0] for row in part]
        for pk, owner, ended in noun.objects().filter(**{f"{noun.owner}__in": keys}).values_list("id", noun.owner, "valid_to"):
            if ended == owners[owner]:
                lines.append((pk, None))
    update_rows(noun.version, ["valid_to"], lines)


def register_all() -> None:
    """Plots, parcels and buildings; enterprises have a step of their own before."""
    for kind, noun in BY_KIND.items():
        if noun is not ENTERPRISE:
            register(kind, lambda rows, context, noun=noun: write(noun, rows, context),  # type: ignore[misc]
                     lambda batch_id, actor, noun=noun: withdraw(noun, batch_id, actor))  # type: ignore[misc]
