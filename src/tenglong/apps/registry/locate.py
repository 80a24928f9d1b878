"""Natural keys to primary keys, in bulk, for staging. Not scoped: never show to a user what comes from here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Model, Q
from django.utils import timezone

from tenglong.apps.registry.bulk_versions import open_versions
from tenglong.apps.registry.models import (
    AccountLink,
    Building,
    EnterpriseCode,
    EnterpriseVersion,
    Fact,
    Occupancy,
    Parcel,
    PlotCode,
    PlotParcel,
    PlotVersion,
)
from tenglong.apps.registry.nouns import BY_KIND
from tenglong.apps.registry.queries import not_ended
from tenglong.store import spatial
from tenglong.store.bulk import chunks

K = TypeVar("K")
PART = 900
EVERY = Q()
ACCOUNT_KEY = ("kind", "number", "enterprise_id", "plot_id")
Pair = tuple[str, str]


@dataclass(frozen=True)
class Held:
    """The open version: the asked columns, the lock of the identity, and its shape."""

    values: dict[str, Any]
    lock_version: int
    valid_from: date
    town: str
    code: str
    wkb: bytes | None


def _parts(keys: Iterable[K]) -> Iterable[list[K]]:
    for part in chunks(((key,) for key in dict.fromkeys(keys)), PART):
        yield [row[0] for row in part]


def _lookup(model: type[Model], column: str, target: str, keys: Iterable[str], **rule: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _parts(key for key in keys if key):
        found.update(model._default_manager.filter(**{f"{column}__in": part}, **rule).values_list(column, target))
    return found


def plots_by_code(codes: Iterable[str]) -> dict[str, int]:
    """Any code ever held → plot."""
    return _lookup(PlotCode, "code", "plot_id", codes)


def plots_by_survey_number(pairs: Iterable[Pair]) -> dict[Pair, int]:
    """(town, survey number) → plot in force. A number that two plots of the town carry is left out."""
    by_town: dict[str, list[str]] = defaultdict(list)
    for town, number in pairs:
        if number:
            by_town[town].append(number)
    found: dict[Pair, set[int]] = defaultdict(set)
    for town, numbers in by_town.items():
        for part in _parts(numbers):
            rows = PlotVersion.objects.filter(division_code=town, survey_number__in=part, valid_to__isnull=True)
            for number, pk in rows.values_list("survey_number", "plot_id"):
                found[town, number].add(pk)
    return {pair: pks.pop() for pair, pks in found.items() if len(pks) == 1}


def parcels_by_code(codes: Iterable[str]) -> dict[str, int]:
    return _lookup(Parcel, "code", "id", codes)


def buildings_by_code(codes: Iterable[str]) -> dict[str, int]:
    return _lookup(Building, "code", "id", codes)


def enterprises_by_uscc(codes: Iterable[str]) -> dict[str, int]:
    """Credit code or our provisional key, present or former → enterprise."""
    return _lookup(EnterpriseCode, "code", "enterprise_id", codes)


def enterprises_by_name(names: Iterable[str]) -> dict[str, list[int]]:
    """Present name → enterprises; more than one means that the name alone does not tell."""
    found: dict[str, list[int]] = defaultdict(list)
    for part in _parts(name for name in names if name):
        rows = EnterpriseVersion.objects.filter(name__in=part, valid_to__isnull=True).order_by("enterprise_id")
        for name, pk in rows.values_list("name", "enterprise_id"):
            found[name].append(pk)
    return dict(found)


def _by_key(
    model: type[Model], narrow: str, columns: Sequence[str], keys: Iterable[tuple[Any, ...]], rule: Q = EVERY
) -> dict[Any, int]:
    """Rows whose `columns` equal one of `keys`; `narrow` is the column that the query goes by."""
    wanted = set(keys)
    place = list(columns).index(narrow)
    found: dict[Any, int] = {}
    for part in _parts(key[place] for key in wanted if key[place] is not None):
        rows = model._default_manager.filter(rule, **{f"{narrow}__in": part}).order_by("id")
        for pk, *key in rows.values_list("id", *columns):
            if tuple(key) in wanted:
                found[tuple(key)] = pk
    return found


def occupancies_by_key(keys: Iterable[tuple[int | None, int | None, int | None, str, date]]) -> dict[Any, int]:
    """(plot, building, enterprise, role, from) → row. Idle land has no enterprise."""
    columns = ("plot_id", "building_id", "enterprise_id", "role", "valid_from")
    wanted = set(keys)
    return {**_by_key(Occupancy, "plot_id", columns, wanted), **_by_key(Occupancy, "building_id", columns, wanted)}


def occupancies_by_holder(keys: Iterable[tuple[int | None, int | None, int | None]]) -> dict[Any, int]:
    """(plot, building, enterprise) → a relation that has not ended, whatever its role."""
    columns, wanted, rule = ("plot_id", "building_id", "enterprise_id"), set(keys), not_ended(timezone.localdate())
    by_building = _by_key(Occupancy, "building_id", columns, wanted, rule)
    return {**_by_key(Occupancy, "plot_id", columns, wanted, rule), **by_building}


def links_by_key(keys: Iterable[tuple[int, int]]) -> dict[Any, int]:
    """(plot, parcel) → link that has not ended."""
    return _by_key(PlotParcel, "plot_id", ("plot_id", "parcel_id"), keys, not_ended(timezone.localdate()))


def accounts_by_key(keys: Iterable[tuple[str, str, int, int | None]]) -> dict[Any, int]:
    """(kind, number, enterprise, plot) → link that has not ended: one whose end lies ahead is met again."""
    return _by_key(AccountLink, "number", ACCOUNT_KEY, keys, not_ended(timezone.localdate()))


def accounts_by_start(keys: Iterable[tuple[str, str, int, int | None, date]]) -> dict[Any, int]:
    """The same key and the first day → link, ended or not."""
    return _by_key(AccountLink, "number", (*ACCOUNT_KEY, "valid_from"), keys)


def facts_by_key(keys: Iterable[tuple[str, int, str, str, str]]) -> dict[Any, int]:
    """(subject type, subject, measure, period, department) → fact in force."""
    columns = ("subject_type", "subject_id", "measure", "period", "department")
    return _by_key(Fact, "subject_id", columns, keys, Q(superseded_by__isnull=True))


def held(kind: str, pks: Iterable[int], columns: Sequence[str] | None = None) -> dict[int, Held]:
    """Open version by identity for plots, parcels, buildings, enterprises; `columns` default to all of the version."""
    noun = BY_KIND[kind]
    versions = open_versions(noun, pks)
    names = list(columns) if columns is not None else noun.editable()
    shapes = spatial.read(row["shape_id"] for row in versions.values() if row.get("shape_id")) if noun.layer else {}
    return {
        pk: Held({name: row[name] for name in names}, row["lock_version"], row["valid_from"], row["division_code"],
                 row.get("code", ""), shapes.get(row.get("shape_id") or 0))
        for pk, row in versions.items()
    }


def held_rows(kind: str, pks: Iterable[int]) -> dict[int, dict[str, Any]]:
    """All columns of rows of occupancies, links, accounts or facts, by primary key."""
    from tenglong.apps.registry.bulk_rows import _held

    models: dict[str, type[Model]] = {"occupancies": Occupancy, "links": PlotParcel, "accounts": AccountLink, "facts": Fact}
    return _held(models[kind], pks)
