"""Dated versions of one identity: where a change goes, what guards it, how it is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import Refused, require, scope_of, scoped
from tenglong.apps.registry import counters
from tenglong.apps.registry.bulk_versions import drop_unused
from tenglong.apps.registry.errors import Conflict, RegistryError
from tenglong.apps.registry.nouns import PLOT, Noun
from tenglong.apps.registry.service import shapes
from tenglong.apps.registry.service.shapes import UNCHANGED
from tenglong.domain.delta import Delta, diff

Values = Mapping[str, Any]


def may_write(actor: Any, verb: str, town: str) -> None:
    """Raises Refused without the verb, RegistryError when the town is not the actor's."""
    require(actor, verb)
    if not scope_of(actor, verb).covers(town):
        raise RegistryError(_("镇街 %(town)s 不在您的管辖范围内，不能写入。") % {"town": town})


def locked(actor: Any, noun: Noun, ulid: str, verb: str = "") -> Any:
    """The identity, locked until the end of the transaction, if the actor may edit it. Raises RegistryError, Refused.

    The lock is taken before anything is looked at: two editors of one record go one after the other.
    """
    require(actor, verb or noun.edit)
    identity = noun.identities().select_for_update().filter(ulid=ulid).first()
    if identity is None or not scoped(actor, noun.identities().filter(pk=identity.pk), verb or noun.edit).exists():
        raise RegistryError(_("没有这个%(noun)s，或者它不在您的管辖范围内。") % {"noun": _(noun.label)})
    return identity


def versions_of(noun: Noun, identity: Any) -> list[Any]:
    """All versions, oldest first."""
    return list(noun.objects().filter(**{noun.owner: identity.pk}).order_by("valid_from"))


def values_of(noun: Noun, version: Model | None) -> dict[str, Any]:
    return {name: getattr(version, name) for name in noun.editable()} if version is not None else {}


def guard(noun: Noun, latest: Any, lock_version: int | None, values: Values, base: Values | None) -> None:
    """Raise Conflict when the record moved on since the form was opened."""
    if lock_version is None or latest.lock_version == lock_version:
        return
    now = values_of(noun, latest)
    fields = [name for name in values if name in now]
    theirs = diff(base, {name: now[name] for name in base if name in now}) if base else diff(values, now, fields)
    raise Conflict(theirs, diff(base or now, values, fields), latest.lock_version)


def checked(noun: Noun, values: Values) -> dict[str, Any]:
    """Values with known column names only, None where a text is empty becomes "". Raises RegistryError."""
    known = {field.attname: field for field in noun.version._meta.concrete_fields}
    allowed = set(noun.editable())
    if unknown := sorted(set(values) - allowed):
        raise RegistryError(_("%(noun)s没有这些字段：%(names)s。") % {"noun": _(noun.label), "names": "、".join(unknown)})
    out = {}
    for name, value in values.items():
        field = known[name]
        if value is None and not field.null:
            value = field.get_default()
        limit = getattr(field, "max_length", None)
        if isinstance(value, str) and limit and len(value) > limit:
            told = {"field": field.verbose_name, "limit": limit, "n": len(value)}
            raise RegistryError(_("“%(field)s”最多 %(limit)s 个字，现有 %(n)s 个。") % told)
        out[name] = value
    return out


def not_future(on: date) -> None:
    if on > timezone.localdate():
        raise RegistryError(_("生效日期 %(on)s 晚于今天，不能登记将来的状态。") % {"on": on})


def insert(
    noun: Noun, identity: Any, actor: Any, values: Values, *, on: date, to: date | None, lock: int = 1, **more: Any
) -> Any:
    """A new version row."""
    return noun.objects().create(
        **{noun.owner: identity.pk}, **values, valid_from=on, valid_to=to, lock_version=lock,
        created_by_id=getattr(actor, "pk", None), department_id=getattr(actor, "department_id", None), **more,
    )


def window(history: list[Any], on: date) -> tuple[Any | None, date | None]:
    """(version in force on that day, end of the new version that starts there).

    Before the first version and in a gap there is none in force; the new one ends where the next begins. Raises
    RegistryError when a version starts on that very day, or when the record ended before it.
    """
    if any(version.valid_from == on for version in history):
        raise RegistryError(_("%(on)s 当天已有一个版本开始，请改用“更正”，或换一个日期。") % {"on": on})
    for version in history:
        if version.valid_from < on and (version.valid_to is None or on < version.valid_to):
            return version, version.valid_to
    later = [version.valid_from for version in history if version.valid_from > on]
    if not later:
        raise RegistryError(_("这条记录已于 %(day)s 注销，不能再变更。") % {"day": history[-1].valid_to})
    return None, min(later)


def add(
    noun: Noun, identity: Any, actor: Any, values: Values, geometry: Any, *, on: date, lock_version: int | None,
    base: Values | None = None, batch_id: int | None = None,
) -> tuple[Any, tuple[Delta, ...], int]:
    """A change: the version in force on `on` ends there and a copy with `values` follows. Returns version, deltas, revision."""
    not_future(on)
    history = versions_of(noun, identity)
    guard(noun, history[-1], lock_version, values, base)
    old, end = window(history, on)
    before = values_of(noun, old or history[0])
    fresh = {**before, **checked(noun, values)}
    revision = counters.raise_revision(noun.layer or noun.name)
    drawn = _drawn(noun, geometry, old or history[0], revision)
    lock = history[-1].lock_version + 1
    if old is not None:
        noun.objects().filter(pk=old.pk).update(valid_to=on)
    extra = {"code": (old or history[0]).code} if noun is PLOT else {}
    new = insert(noun, identity, actor, fresh, on=on, to=end, lock=lock, batch_id=batch_id, **drawn, **extra)
    if end is not None:
        noun.objects().filter(pk=history[-1].pk).update(lock_version=lock)
    return new, diff(before, fresh) + _shape_delta(geometry), revision


def edit(
    noun: Noun, identity: Any, values: Values, geometry: Any, *, on: date | None, lock_version: int | None,
    base: Values | None = None,
) -> tuple[Any, tuple[Delta, ...], int]:
    """A correction: the version in force `on` (None: the latest) is edited in place. Returns version, deltas, revision."""
    history = versions_of(noun, identity)
    guard(noun, history[-1], lock_version, values, base)
    found = history[-1] if on is None else _in_force(history, on)
    before = values_of(noun, found)
    fresh = checked(noun, values)
    revision = counters.raise_revision(noun.layer or noun.name)
    drawn = _drawn(noun, geometry, found, revision)
    noun.objects().filter(pk=found.pk).update(**fresh, **drawn)
    noun.objects().filter(pk=history[-1].pk).update(lock_version=history[-1].lock_version + 1)
    if geometry is not UNCHANGED and getattr(found, "shape_id", None):
        drop_unused(noun, [found.shape_id])
    return noun.objects().get(pk=found.pk), diff(before, {**before, **fresh}) + _shape_delta(geometry), revision


def _in_force(history: list[Any], on: date) -> Any:
    for version in history:
        if version.valid_from <= on and (version.valid_to is None or on < version.valid_to):
            return version
    raise RegistryError(_("%(on)s 当天没有有效的版本。") % {"on": on})


def _drawn(noun: Noun, geometry: Any, old: Any, revision: int) -> dict[str, Any]:
    if not noun.layer:
        return {}
    if geometry is UNCHANGED:
        held = {"shape_id": old.shape_id}
        return {**held, "cell": old.cell} if noun is PLOT else held
    if geometry is None:
        return {"shape_id": None, **({"cell": None} if noun is PLOT else {})}
    pk, cell = shapes.keep(noun.layer, shapes.polygon(geometry), revision)
    return {"shape_id": pk, **({"cell": cell} if noun is PLOT else {})}


def _shape_delta(geometry: Any) -> tuple[Delta, ...]:
    if geometry is UNCHANGED:
        return ()
    return (Delta("geometry", None, None if geometry is None else "新的边界"),)


def drawn_for_new(noun: Noun, geometry: Any, revision: int) -> dict[str, Any]:
    """Shape columns of a first version."""
    if geometry is None or geometry is UNCHANGED or not noun.layer:
        return {}
    return _drawn(noun, geometry, None, revision)


__all__ = [
    "Refused",
    "add",
    "checked",
    "drawn_for_new",
    "edit",
    "guard",
    "insert",
    "locked",
    "may_write",
    "not_future",
    "values_of",
    "versions_of",
    "window",
]
