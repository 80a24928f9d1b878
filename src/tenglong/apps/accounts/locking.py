"""Optimistic locking: the second editor sees what changed, and loses nothing of their own input."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django import forms
from django.core import signing
from django.db import models, transaction
from django.utils.translation import gettext as _

from tenglong.domain.delta import Delta, diff

M = TypeVar("M", bound=models.Model)
SALT = "tenglong.locked-form"


class Stale(Exception):
    """Someone else saved first. `theirs`: seen → now; `mine`: now → what this editor wants."""

    def __init__(self, theirs: Iterable[Delta], mine: Iterable[Delta]) -> None:
        self.theirs, self.mine = tuple(theirs), tuple(mine)
        super().__init__("这条记录刚被别人改过")


def save_locked(row: M, values: Mapping[str, Any], lock_version: int) -> tuple[M, tuple[Delta, ...]]:
    """Write `values` when `lock_version` is still the current one; returns the fresh row and what changed. Raises Stale."""
    with transaction.atomic():
        fresh: M = type(row)._default_manager.select_for_update().get(pk=row.pk)
        deltas = diff(plain_values(fresh, values), {name: plain(value) for name, value in values.items()})
        if fresh.lock_version != lock_version:  # type: ignore[attr-defined]
            raise Stale((), deltas)
        if deltas:
            for name, value in values.items():
                setattr(fresh, name, value)
            fresh.lock_version += 1  # type: ignore[attr-defined]
            fresh.save()
    return fresh, deltas


def plain(value: Any) -> Any:
    """A form or column value as JSON can hold it; a related row by its name."""
    if isinstance(value, models.Model):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    return value


def plain_values(row: models.Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: plain(getattr(row, name)) for name in names}


class LockedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form that remembers what its editor saw.

    When the row has moved on, the form is invalid, `theirs` and `mine` hold Deltas, the editor's input stays in the
    fields, and saving again counts as having seen the change.
    """

    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.theirs: tuple[Delta, ...] = ()
        self.mine: tuple[Delta, ...] = ()
        if self.instance.pk:
            self.initial["lock_version"] = self.instance.lock_version
            self.initial["seen"] = self._signed()

    @property
    def own_fields(self) -> list[str]:
        return [name for name in self.fields if name not in ("lock_version", "seen")]

    def columns(self) -> list[str]:
        """Form fields that are also columns of the row."""
        return [name for name in self.own_fields if hasattr(self.instance, name)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if self.instance.pk and cleaned.get("lock_version") != self.instance.lock_version:
            self.mark_stale()
        return cleaned

    def mark_stale(self, fresh: models.Model | None = None) -> None:
        """Tell what changed and let the next save count as informed."""
        now = plain_values(fresh or self.instance, self.columns())
        wanted = {name: plain(value) for name, value in self.cleaned_data.items() if name in now}
        self.theirs, self.mine = diff(self._what_was_seen(now), now), diff(now, wanted)
        self.add_error(None, _("您打开之后，这条记录被别人改过。下面列出了别人的改动；您填的内容都还在，核对后可再次保存。"))
        moved: Any = fresh or self.instance
        given: Any = self.data.copy()  # type: ignore[attr-defined]
        given[self.add_prefix("lock_version")] = str(moved.lock_version)
        given[self.add_prefix("seen")] = self._signed(fresh)
        self.data = given

    def values(self) -> dict[str, Any]:
        """Cleaned values of the row's own columns, for the service."""
        return {name: self.cleaned_data[name] for name in self.columns() if name in self.cleaned_data}

    def _signed(self, fresh: models.Model | None = None) -> str:
        return signing.dumps(plain_values(fresh or self.instance, self.columns()), salt=SALT, compress=True)

    def _what_was_seen(self, now: dict[str, Any]) -> dict[str, Any]:
        try:
            seen: dict[str, Any] = signing.loads(self.data.get(self.add_prefix("seen"), ""), salt=SALT)
        except signing.BadSignature:
            return dict.fromkeys(now)
        return seen
