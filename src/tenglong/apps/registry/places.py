"""Names for codes and keys, in bulk, through the scoped door."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.registry import queries
from tenglong.apps.registry.models import Division, Zone

PART = 900


def parts(keys: Iterable[int | None]) -> Iterator[list[int]]:
    """Distinct keys in lists short enough for one statement."""
    wanted = sorted({number for number in keys if number is not None})
    for start in range(0, len(wanted), PART):
        yield wanted[start : start + PART]


def town_names(user: Any) -> dict[str, str]:
    """Division code → name, of the divisions in force."""
    return dict(queries.divisions(user).values_list("code", "name"))


def town_choices(user: Any) -> list[tuple[str, str]]:
    """Towns that the user works in."""
    scope = scope_of(user)
    towns = queries.divisions(user, level="town").values_list("code", "name")
    return [(code, name) for code, name in towns if scope.kind in ("all", "self", "own_enterprise") or scope.covers(code)]


def all_divisions() -> list[tuple[str, str]]:
    """Counties and towns by code, for `web.choices`: names of divisions are public knowledge."""
    found = Division.objects.filter(queries.current(), level__in=("county", "town")).order_by("code")
    return list(found.values_list("code", "name"))


def all_zones() -> list[tuple[str, str]]:
    """Zones by name, for those who say which zones a department looks after."""
    return list(Zone.objects.filter(queries.current()).order_by("name").values_list("code", "name"))


def zone_choices(user: Any) -> list[tuple[str, str]]:
    return list(queries.zones(user).order_by("name").values_list("code", "name"))


def plot_labels(user: Any, plot_ids: Iterable[int | None], on: date | None = None) -> dict[int, tuple[str, str]]:
    """Plot key → (code, name)."""
    found: dict[int, tuple[str, str]] = {}
    for some in parts(plot_ids):
        rows = queries.plots(user, on).filter(plot_id__in=some)
        found.update({plot: (code, name) for plot, code, name in rows.values_list("plot_id", "code", "name")})
    return found


def enterprise_names(user: Any, ids: Iterable[int | None], on: date | None = None) -> dict[int, tuple[str, str]]:
    """Enterprise key → (ulid, name)."""
    found: dict[int, tuple[str, str]] = {}
    for some in parts(ids):
        rows = queries.enterprises(user, on).filter(enterprise_id__in=some)
        found.update({firm: (ulid, name) for firm, ulid, name in rows.values_list("enterprise_id", "enterprise__ulid", "name")})
    return found
