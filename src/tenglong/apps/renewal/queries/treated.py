"""What was treated, as the acting user may see it: rows, and the counters over them, each of its own scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scope_of, scoped
from tenglong.apps.renewal import plan_policies
from tenglong.apps.renewal.models import Treated
from tenglong.domain.renewal.routes_policy import Counter, Route, Target
from tenglong.domain.units import from_cm2, to_cm2

VERBS: Final = ("renewal.view", "renewal.own")
#: what is counted of a unit: column of the sums
_SUMS: Final = {"mu": "land", "firm": "firms", "plot": "plots", "case": "rows"}
#: counters of the first screen, whatever they say; others join when they have something to say
MAIN: Final = ("land_treated", "firms_closed", "firms_upgraded", "firms_merged", "firms_state")


def label_of(known: Mapping[str, Counter | Route], name: str) -> str:
    """Of a counter or a route; the id itself when the catalogue in force has it no more."""
    return _(known[name].label) if name in known else name


def rows(user: Any) -> QuerySet[Treated]:
    """Also what was taken back; offices inside their towns, a firm its own."""
    found = Treated.objects.select_related("case", "document", "voided_by")
    return scoped(user, found) if any(can(user, verb) for verb in VERBS) else found.none()


def live(user: Any) -> QuerySet[Treated]:
    """What counts."""
    return rows(user).filter(voided_at__isnull=True)


def row(user: Any, ulid: str) -> Treated:
    """Raises Treated.DoesNotExist."""
    return rows(user).get(ulid=ulid)


def of_firm(user: Any, enterprise_id: int) -> QuerySet[Treated]:
    """One row for each case or line of a record; of a case the row of its own counter, not the land that every route feeds."""
    return live(user).filter(enterprise_id=enterprise_id).exclude(counter="land_treated").order_by("-done_on", "-pk")


@dataclass(frozen=True)
class Amount:
    """One figure; `raw` is cm² for land, else how many."""

    raw: int
    unit: str

    @property
    def text(self) -> str:
        return f"{self.number:,}"

    @property
    def number(self) -> Any:
        """In the unit that people read: mu with two decimals, or a count."""
        return from_cm2(self.raw, "mu", 2) if self.unit == "mu" else self.raw

    @property
    def word(self) -> str:
        return {"mu": _("亩"), "firm": _("家"), "plot": _("宗"), "case": _("件")}[self.unit]


@dataclass(frozen=True)
class Counted:
    """One counter: all of it, by year and by town. A firm that appears in two years counts in both, and once in `total`."""

    id: str
    counter: Counter
    total: Amount
    years: dict[int, Amount]
    towns: dict[str, Amount]

    @property
    def label(self) -> str:
        return _(self.counter.label)

    @property
    def scope(self) -> str:
        return _(self.counter.scope)

    @property
    def shown(self) -> bool:
        return self.id in MAIN or self.total.raw > 0


@dataclass(frozen=True)
class Reach:
    """A target and how far it is; `first`–`last` years, `now`: the span is running."""

    label: str
    counter: str
    first: int
    last: int
    wanted: Amount
    reached: Amount
    basis: str
    now: bool

    @property
    def percent(self) -> int:
        return min(100, 100 * self.reached.raw // self.wanted.raw)

    @property
    def met(self) -> bool:
        return self.reached.raw >= self.wanted.raw

    @property
    def missing(self) -> Amount:
        return Amount(max(0, self.wanted.raw - self.reached.raw), self.wanted.unit)

    @property
    def span(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass
class Board:
    """Everything that the page of counters, its twin and its workbook show."""

    counters: list[Counted]
    targets: list[Reach]
    years: list[int]
    towns: list[str]
    pin: str = ""
    voided: int = 0
    partial: bool = False  # the reader sees a part of the county: targets are the county's and are not compared
    shown: list[Counted] = field(init=False)

    def __post_init__(self) -> None:
        self.shown = [one for one in self.counters if one.shown]


def board(user: Any, today: date) -> Board:
    """Three statements, each over the rows in sight; nothing is worked out from another figure."""
    rules, found = plan_policies.in_force(), live(user).select_related(None)
    policy = rules.book.policy
    total = {one["counter"]: one for one in _sums(found, "counter")}
    years, towns = _split(found, "done_on__year"), _split(found, "division_code")
    counters = []
    for name, counter in policy.counters.items():
        def amount(sums: Any, unit: str = counter.unit) -> Amount:
            return Amount(int(sums[_SUMS[unit]] or 0) if sums else 0, unit)

        counters.append(Counted(
            name, counter, amount(total.get(name)), {year: amount(one) for year, one in years[name].items()},
            {town: amount(one) for town, one in towns[name].items()}))
    by_id = {one.id: one for one in counters}
    partial = scope_of(user).kind != "all"
    wanted = () if partial else policy.targets.values()
    targets = [reach for one in wanted for reach in _reaches(one, by_id[one.counter], today)]
    return Board(
        counters, targets, sorted({year for one in counters for year in one.years}),
        sorted({town for one in counters for town in one.towns}), rules.pins.get(plan_policies.ROUTES, ""),
        rows(user).filter(voided_at__isnull=False).count(), partial)


def _sums(found: QuerySet[Treated], *by: str) -> Any:
    return found.order_by().values(*by).annotate(
        land=Sum("land_cm2"), firms=Count("enterprise_id", distinct=True), plots=Count("plot_id", distinct=True),
        rows=Count("pk"))


def _split(found: QuerySet[Treated], by: str) -> dict[str, dict[Any, dict[str, Any]]]:
    """Counter → key → sums."""
    out: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
    for one in _sums(found, "counter", by):
        out[one["counter"]][one[by]] = one
    return out


def _reaches(target: Target, counted: Counted, today: date) -> Iterable[Reach]:
    """Spans that have begun, newest first; firms of two years of a span count in each."""
    unit = counted.total.unit
    wanted = Amount(to_cm2(target.at_least, "mu") if unit == "mu" else target.at_least, unit)
    starts = range(target.first, today.year + 1, target.years) if target.repeats else [target.first]
    basis = target.basis.source if target.basis else ""
    for first in reversed(starts):
        last = first + target.years - 1
        reached = sum(counted.years[year].raw for year in range(first, last + 1) if year in counted.years)
        yield Reach(_(target.label), counted.id, first, last, wanted, Amount(reached, unit), basis, first <= today.year <= last)
