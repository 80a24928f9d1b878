"""Towers as a user may see them: floors and tenants on a day, tax a m² where figures may be seen, what was said of progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.policy import service as policy
from tenglong.apps.projects.models import Tower, TowerFloor, TowerProgress, TowerTenancy
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry import queries_sensitive as sensitive
from tenglong.apps.registry.places import parts
from tenglong.domain.landing.towers import Feature, Level, Stack, TaxShare, Tenant, Towers, feature, stack, tax_share
from tenglong.domain.landing.towers.policy import KIND

VERB, TAX = "tower.view", "tax_paid"


def towers(user: Any) -> QuerySet[Tower]:
    return scoped(user, Tower.objects.all(), VERB)


def tower(user: Any, ulid: str) -> Tower:
    """Raises Tower.DoesNotExist when there is none or it is not the user's to see."""
    return towers(user).select_related("building", "park", "project", "headquarters").get(ulid=ulid)


def rules() -> Towers:
    return Towers.model_validate(dict(policy.current(KIND, "default").data))


@dataclass(frozen=True)
class Row:
    """One tenant on the page. `ulid` "": not in the register, or not the reader's to see."""

    pk: int | None
    floor: int
    tenant: Tenant
    ulid: str
    since: date | None
    until: date | None
    source: str


@dataclass(frozen=True)
class Picture:
    """A tower on a day."""

    stack: Stack
    rows: tuple[Row, ...]
    feature: Feature | None
    tax: TaxShare | None  # None: figures are not the reader's to see
    period: str
    high: bool


def floors(user: Any, row: Tower) -> list[TowerFloor]:
    """Top floor first."""
    return list(scoped(user, TowerFloor.objects.filter(tower=row), VERB).order_by("-floor"))


def levels(user: Any, row: Tower, on: date | None = None) -> Stack:
    """Areas and tenants alone, without figures."""
    return _stacked(user, [row], on)[row.pk][0]


def stacks(user: Any, rows: Sequence[Tower], on: date | None = None) -> dict[int, Stack]:
    """The same of many towers: as many statements as for one."""
    return {key: whole for key, (whole, _rows) in _stacked(user, rows, on).items()}


def _stacked(user: Any, towers_: Sequence[Tower], on: date | None) -> dict[int, tuple[Stack, list[Row]]]:
    held: dict[int, list[TowerFloor]] = {row.pk: [] for row in towers_}
    for floor in scoped(user, TowerFloor.objects.filter(tower__in=list(held)), VERB).order_by("-floor"):
        held[floor.tower_id].append(floor)
    rooms = _rooms(user, towers_, held, on)
    lived = _lived(user, held, rooms, on)
    return {key: (stack(_level(floor, lived[key], rooms[key].get(floor.floor, [])) for floor in floors_), lived[key])
            for key, floors_ in held.items()}


def picture(user: Any, row: Tower, on: date | None = None) -> Picture:
    """`on` None: today."""
    day, rule = on or timezone.localdate(), rules()
    whole, rows = _stacked(user, [row], on)[row.pk]
    codes = tuple(filter(None, row.feature_codes.split(",")))
    found = feature(whole, codes, Fraction(rule.feature_share.value)) if codes else None
    period, tax = _tax(user, row, whole, day, rule.least_tenants.value)
    high = whole.vacancy is not None and whole.vacancy > Fraction(rule.high_vacancy.value)
    return Picture(whole, tuple(sorted(rows, key=lambda one: (-one.floor, one.tenant.name))), found, tax, period, high)


def _level(floor: TowerFloor, rows: Iterable[Row], rooms: list[Any]) -> Level:
    tenants = tuple(one.tenant for one in rows if one.floor == floor.floor)
    if not floor.from_units:
        return Level(floor.floor, floor.lettable_cm2 or 0, tenants, floor.use)
    share = premises.Share()
    for room in rooms:
        share.add(room.state, room.unit_cm2)
    return Level(floor.floor, share.all_cm2, tenants, floor.use, True, share.let_cm2)


Rooms = dict[int, dict[int, list[Any]]]


def _rooms(user: Any, rows: Sequence[Tower], floors_: Mapping[int, list[TowerFloor]], on: date | None) -> Rooms:
    """Tower → floor → units of the register in its building, of the floors that take theirs from there."""
    wanted = {key: {one.floor for one in held if one.from_units} for key, held in floors_.items()}
    tower_of = {row.building_id: row.pk for row in rows if row.building_id is not None and wanted[row.pk]}
    found: Rooms = {row.pk: {} for row in rows}
    for some in parts(tower_of):
        for room in premises.units(user, on).filter(building_id__in=some).order_by("floor", "number", "pk"):
            key = tower_of[room.building_id]
            if room.floor in wanted[key]:
                found[key].setdefault(room.floor, []).append(room)
    return found


def _lived(user: Any, floors_: Mapping[int, list[TowerFloor]], rooms: Rooms, on: date | None) -> dict[int, list[Row]]:
    """Tower → tenants: typed ones of the day, and those of the rooms that are let, by their last step."""
    day, typed = on or timezone.localdate(), scoped(user, TowerTenancy.objects.filter(
        floor__in=[one.pk for held in floors_.values() for one in held if not one.from_units]), VERB)
    live = list(typed.filter(since__lte=day).filter(Q(until__isnull=True) | Q(until__gt=day)).select_related("floor"))
    let = {room.unit_id for of in rooms.values() for listed in of.values() for room in listed if room.state == "let"}
    last = premises.let_since(user, let, on) if let else {}
    told = _firms(user, {*(one.enterprise_id for one in live), *(step.enterprise_id for step in last.values())})
    found: dict[int, list[Row]] = {key: [] for key in floors_}
    for one in live:
        found[one.floor.tower_id].append(_row(one.pk, one.floor.floor, one.enterprise_id, one.name, one.area_cm2, told,
                                              one.since, one.until, one.source))
    for key, of in rooms.items():
        found[key] += [_of_room(room, last.get(room.unit_id), told) for listed in of.values() for room in listed
                       if room.state == "let"]
    return found


def _of_room(room: Any, begun: Any, told: dict[int, tuple[str, str, str]]) -> Row:
    firm, since = (begun.enterprise_id, begun.on) if begun else (None, None)
    return _row(None, room.floor, firm, "" if firm else _("%(room)s 的租户") % {"room": room.name}, room.unit_cm2, told, since,
                None, "")


def _row(pk: int | None, floor: int, firm: int | None, name: str, cm2: int, told: dict[int, tuple[str, str, str]],
         since: date | None, until: date | None, source: str) -> Row:
    ulid, known, industry = told.get(firm or 0, ("", "", ""))
    shown = known or name or _("（登记在别处的企业）")
    return Row(pk, floor, Tenant(firm, shown, cm2, industry), ulid, since, until, source)


def _firms(user: Any, ids: Iterable[int | None]) -> dict[int, tuple[str, str, str]]:
    """Enterprise → (ulid, name, industry), of those in sight."""
    found: dict[int, tuple[str, str, str]] = {}
    for some in parts(ids):
        rows = registry.enterprises(user).filter(enterprise_id__in=some)
        told = rows.values_list("enterprise_id", "enterprise__ulid", "name", "industry")
        found.update({firm: (ulid, name, industry) for firm, ulid, name, industry in told})
    return found


# ---- tax


def _tax(user: Any, row: Tower, whole: Stack, day: date, least: int) -> tuple[str, TaxShare | None]:
    """Of the last whole year before the day that has figures; hidden from those who may not see figures of firms."""
    if not can(user, "sensitive.view"):
        return "", None
    firms = sorted(whole.firms)
    facts = sensitive.fact_rows(user, subject_type="enterprise", subject_ids=firms, measures=[TAX]) if firms else []
    years = sorted({fact.period for fact in facts if len(fact.period) == 4 and fact.period < str(day.year)})
    period = years[-1] if years else ""
    fen = {fact.subject_id: int(Decimal(fact.value_e6 or 0)) for fact in facts if fact.period == period and not fact.hidden}
    return period, tax_share(whole, fen, _elsewhere(user, row, firms), least=least)


def _elsewhere(user: Any, row: Tower, firms: list[int]) -> set[int]:
    """Firms with land-use relations elsewhere, or floors of other towers: their tax is not this tower's alone."""
    found: set[int] = set()
    for some in parts(firms):
        used = registry.occupancies(user).filter(enterprise_id__in=some)
        if row.building_id is not None:
            used = used.exclude(building_id=row.building_id)
        found |= set(used.values_list("enterprise_id", flat=True))
        other = scoped(user, TowerTenancy.objects.filter(enterprise_id__in=some, until__isnull=True), VERB)
        found |= set(other.exclude(floor__tower=row).values_list("enterprise_id", flat=True))
    return found


# ---- many towers


@dataclass(frozen=True)
class Board:
    """What was said of the towers; the counts stand side by side and are not added up to a plan."""

    all: int
    said: tuple[tuple[str, str, int], ...]  # value, label, count
    invested_fen: int
    invested: int  # towers whose investment is known
    headquarters: int
    featured: int


def board(user: Any) -> Board:
    found = towers(user)
    counts = Counter(found.order_by().values_list("progress", flat=True))
    labels = dict(TowerProgress.choices)
    order = ("done", "on_schedule", "behind", "")
    said = tuple((name, str(labels[name]), counts[name]) for name in order if counts[name])
    money = found.filter(investment_fen__isnull=False).order_by()
    return Board(
        sum(counts.values()), said, money.aggregate(sum=Sum("investment_fen"))["sum"] or 0, money.count(),
        found.filter(headquarters__isnull=False).count(), found.exclude(feature="").count())


def of_enterprise(user: Any, enterprise_id: int) -> list[TowerTenancy]:
    """Newest first."""
    found = scoped(user, TowerTenancy.objects.filter(enterprise_id=enterprise_id), VERB)
    return list(found.select_related("floor__tower").order_by("-since", "-pk"))


