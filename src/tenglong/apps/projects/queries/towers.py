"""Towers as a user may see them: floors and tenants on a day, tax a m² where figures may be seen, what was said of progress."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    return _stacked(user, row, on)[0]


def _stacked(user: Any, row: Tower, on: date | None) -> tuple[Stack, list[Row]]:
    held = floors(user, row)
    units = {floor.floor for floor in held if floor.from_units}
    rooms = {at: listed for at, listed in _rooms(user, row, on).items() if at in units} if units else {}
    rows = [*_typed(user, held, on or timezone.localdate()), *_of_rooms(user, rooms, on)]
    return stack(_level(floor, rows, rooms.get(floor.floor, [])) for floor in held), rows


def picture(user: Any, row: Tower, on: date | None = None) -> Picture:
    """`on` None: today."""
    day, rule = on or timezone.localdate(), rules()
    whole, rows = _stacked(user, row, on)
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


def _typed(user: Any, floors: list[TowerFloor], day: date) -> list[Row]:
    found = scoped(user, TowerTenancy.objects.filter(floor__in=floors, floor__from_units=False, since__lte=day), VERB)
    live = list(found.filter(Q(until__isnull=True) | Q(until__gt=day)).select_related("floor"))
    told = _firms(user, [one.enterprise_id for one in live])
    return [_row(one.pk, one.floor.floor, one.enterprise_id, one.name, one.area_cm2, told, one.since, one.until, one.source)
            for one in live]


def _rooms(user: Any, row: Tower, on: date | None) -> dict[int, list[Any]]:
    """Units of the register in the tower's building, by floor."""
    found: dict[int, list[Any]] = {}
    for room in premises.units(user, on).filter(building_id=row.building_id or 0).order_by("floor", "number", "pk"):
        found.setdefault(room.floor, []).append(room)
    return found


def _of_rooms(user: Any, rooms: dict[int, list[Any]], on: date | None) -> list[Row]:
    """Tenants of the rooms that are let, by their last step."""
    let = {room.unit_id: room for listed in rooms.values() for room in listed if room.state == "let"}
    last = premises.let_since(user, let, on)
    told = _firms(user, [step.enterprise_id for step in last.values()])
    found = []
    for unit_id, room in let.items():
        begun = last.get(unit_id)
        firm, since = (begun.enterprise_id, begun.on) if begun else (None, None)
        found.append(_row(None, room.floor, firm, "" if firm else _("%(room)s 的租户") % {"room": room.name}, room.unit_cm2,
                          told, since, None, ""))
    return found


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


