"""Queries that every request asks with other values: Django's compiler writes each once per connection, not once per request.

Session, user and grants are read from the database for every request; only the writing of their SQL is spared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=Model)
Converters = dict[int, tuple[Sequence[Callable[..., Any]], Any]]


@dataclass
class _Ready:
    """SQL, its parameters with those of the caller at `places`, and how a row becomes an instance."""

    sql: str
    params: tuple[Any, ...]
    places: tuple[int, ...]
    model: type[Model]
    names: list[str]
    span: slice
    converters: Converters
    related: Sequence[Any]


class Kept(Generic[M]):
    """`make(*values)` gives the queryset; `samples` are two tuples of values, different in every place and otherwise free.

    The queryset may use `filter`, `order_by` and `select_related`; no annotation, no slice that depends on the values.
    """

    def __init__(self, make: Callable[..., QuerySet[M]], *samples: tuple[Any, ...]) -> None:
        self._make = make
        self._samples = samples

    def rows(self, *values: Any) -> list[M]:
        """What `list(make(*values))` gives."""
        ready = self._ready()
        params = list(ready.params)
        for place, value in zip(ready.places, values, strict=True):
            params[place] = _adapted(value)
        with connection.cursor() as cursor:
            cursor.execute(ready.sql, params)
            return [self._instance(ready, list(row)) for row in cursor.fetchall()]

    def _ready(self) -> _Ready:
        # the proxy hands attributes on to the connection of this thread
        held: dict[Kept[Any], _Ready] | None = getattr(connection, "tenglong_kept", None)
        if held is None:
            held = {}
            connection.tenglong_kept = held  # type: ignore[attr-defined]
        if self not in held:
            held[self] = self._compiled()
        return held[self]

    def _compiled(self) -> _Ready:
        first, second = self._samples
        compiler: Any = self._make(*first).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        places = []
        for index, value in enumerate(second):
            other: Any = self._make(*first[:index], value, *first[index + 1:]).query.get_compiler(connection=connection)
            changed = [place for place, pair in enumerate(zip(params, other.as_sql()[1], strict=True)) if pair[0] != pair[1]]
            if len(changed) != 1:
                raise ValueError(f"value {index} of a kept query stands at {changed}, not in one place")
            places += changed
        info = compiler.klass_info
        fields = info["select_fields"]
        span = slice(fields[0], fields[-1] + 1)
        return _Ready(
            sql, tuple(params), tuple(places), info["model"], [item[0].target.attname for item in compiler.select[span]], span,
            compiler.get_converters([item[0] for item in compiler.select]),
            get_related_populators(info, compiler.select, connection.alias),  # type: ignore[call-arg]
        )

    @staticmethod
    def _instance(ready: _Ready, row: list[Any]) -> Any:
        for place, (converters, expression) in ready.converters.items():
            for convert in converters:
                row[place] = convert(row[place], expression, connection)
        made = ready.model.from_db(connection.alias, ready.names, row[ready.span])
        for populator in ready.related:
            populator.populate(row, made)
        return made


def _adapted(value: Any) -> Any:
    """As the database wants it."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return connection.ops.adapt_datefield_value(value) if isinstance(value, date) else value
