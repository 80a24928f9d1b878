"""Deals by place, use, method and year: how many, exact medians, what was left out and why, which prices stand far off."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final

from tenglong.domain.landing.prices.deals import Limits, PriceRow, per_floor_m2_fen
from tenglong.domain.landing.prices.exact import median, quantile
from tenglong.domain.landing.prices.reasons import Baseline, Judged, baseline, doubts, flags_of, left_out
from tenglong.domain.units import AREA_UNITS

#: words of `by` → label and how a deal says it
BY: Final[Mapping[str, tuple[str, Callable[[PriceRow], str]]]] = {
    "province": ("省份", lambda row: row.province),
    "city": ("地市", lambda row: row.city),
    "division": ("行政区", lambda row: row.division),
    "use": ("用途", lambda row: row.land_use),
    "method": ("供地方式", lambda row: row.method),
    "year": ("签订年度", lambda row: str(row.signed_on.year) if row.signed_on else ""),
    "grade": ("土地级别", lambda row: row.grade),
    "industry": ("行业", lambda row: row.industry),
}
_QUARTER: Final = Fraction(1, 4)
_THREE: Final = Fraction(3, 4)
Key = tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """Every deal of one group. Prices are 分 per mu, exact."""

    key: Key
    rows: tuple[Judged, ...]
    ordered: tuple[Fraction, ...] = ()
    plain: tuple[Fraction, ...] = ()
    floor: tuple[Fraction, ...] = ()
    compared_with: str = ""

    @property
    def n(self) -> int:
        """Deals with a price: the denominator of every figure here."""
        return len(self.ordered)

    @property
    def left_out(self) -> dict[str, int]:
        return dict(sorted(Counter(row.left_out for row in self.rows if row.left_out).items()))

    @property
    def flagged(self) -> list[Judged]:
        """Dearest first."""
        return sorted((row for row in self.rows if row.flagged), key=lambda row: (-(row.per_mu or 0), row.deal.row))

    @property
    def median(self) -> Fraction | None:
        return median(self.ordered) if self.ordered else None

    @property
    def quartiles(self) -> tuple[Fraction, Fraction] | None:
        return (quantile(self.ordered, _QUARTER), quantile(self.ordered, _THREE)) if self.ordered else None

    @property
    def median_plain(self) -> Fraction | None:
        """The median without the flagged ones."""
        return median(self.plain) if self.plain else None

    @property
    def floor_median(self) -> Fraction | None:
        """分 per m² of floor area, over the deals whose upper plot ratio can be used."""
        return median(self.floor) if self.floor else None

    @cached_property
    def mean(self) -> Fraction | None:
        """Money of all the land ÷ all the land: not the mean of prices."""
        used = [row.deal for row in self.rows if row.per_mu is not None]
        area = sum(row.area_cm2 or 0 for row in used)
        return sum(row.price_fen or 0 for row in used) * AREA_UNITS["mu"] / area if area else None

    @property
    def area_cm2(self) -> int:
        return sum(row.deal.area_cm2 or 0 for row in self.rows if row.per_mu is not None)

    @property
    def price_fen(self) -> int:
        return sum(row.deal.price_fen or 0 for row in self.rows if row.per_mu is not None)

    @property
    def swapped(self) -> int:
        """Deals whose published plot ratios are the wrong way round; none of these is used."""
        return sum(row.deal.swapped for row in self.rows)

    @property
    def holders(self) -> tuple[int, str, int]:
        """How many firms bought, the one that bought most often, and how many times."""
        names = Counter(row.deal.holder for row in self.rows if row.per_mu is not None)
        most = min(names.items(), key=lambda one: (-one[1], one[0])) if names else ("", 0)
        return len(names), most[0], most[1]


@dataclass(frozen=True)
class PriceTable:
    """Groups in order of their key, and the whole as one more group."""

    by: Key
    groups: tuple[Group, ...]
    whole: Group
    limits: Limits = field(default_factory=Limits)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(BY[name][0] for name in self.by)


def tabulate(rows: Sequence[PriceRow], by: Sequence[str] = ("province", "use", "method"),
             limits: Limits | None = None, words: Mapping[str, str] | None = None) -> PriceTable:
    """`words`: what a method's code is called. Raises ValueError for a word of `by` that is not known."""
    names, limits = _names(by), limits or Limits()
    keys = [tuple(BY[name][1](row) for name in names) for row in rows]
    why = left_out(rows)
    prices = [None if reason else row.per_mu for row, reason in zip(rows, why, strict=True)]
    company = [None if price is None or doubts(row, limits) else price for row, price in zip(rows, prices, strict=True)]
    among = _Baselines(names, keys, company, limits.least, words or {})
    judged = [_judged(row, price, reason, among.of(key), limits)
              for row, price, reason, key in zip(rows, prices, why, keys, strict=True)]
    members: dict[Key, list[Judged]] = defaultdict(list)
    for key, one in zip(keys, judged, strict=True):
        members[key].append(one)
    groups = tuple(_group(key, found, among.label_of(key)) for key, found in sorted(members.items()))
    return PriceTable(names, groups, _group((), judged, ""), limits)


def _names(by: Sequence[str]) -> Key:
    names = tuple(dict.fromkeys(by))
    if strange := [name for name in names if name not in BY]:
        raise ValueError(f"不认识的分组“{'、'.join(strange)}”，可用：{'、'.join(BY)}")
    return names


def _judged(row: PriceRow, price: Fraction | None, reason: str, among: Baseline | None, limits: Limits) -> Judged:
    if price is None:
        return Judged(row, None, reason)
    z, flags = flags_of(row, price, among, limits)
    return Judged(row, price, "", flags, z)


def _group(key: Key, rows: Iterable[Judged], compared: str) -> Group:
    kept = tuple(rows)
    ordered = sorted(row.per_mu for row in kept if row.per_mu is not None)
    plain = sorted(row.per_mu for row in kept if row.per_mu is not None and not row.flagged)
    floor = sorted(price for row in kept if row.per_mu is not None and (price := per_floor_m2_fen(row.deal)) is not None)
    return Group(key, kept, tuple(ordered), tuple(plain), tuple(floor), compared)


class _Baselines:
    """For each group the narrowest company that has enough sound prices: itself, else without its first words."""

    def __init__(self, names: Key, keys: Sequence[Key], prices: Sequence[Fraction | None], least: int,
                 words: Mapping[str, str]) -> None:
        self.names, self.least, self.words = names, least, words
        self.prices: dict[Key, list[Fraction]] = defaultdict(list)
        for key, price in zip(keys, prices, strict=True):
            if price is not None:
                for tail in range(len(names) + 1):
                    self.prices[key[tail:]].append(price)
        self.known: dict[Key, Baseline | None] = {}

    def of(self, key: Key) -> Baseline | None:
        """None when even all deals together are too few."""
        for tail in range(len(key) + 1):
            if len(self.prices[key[tail:]]) >= self.least:
                return self._made(key[tail:])
        return None

    def label_of(self, key: Key) -> str:
        found = self.of(key)
        return found.label if found else ""

    def _made(self, key: Key) -> Baseline | None:
        if key not in self.known:
            label = " · ".join(self.words.get(part, part) or "未写明" for part in key) or "全部"
            self.known[key] = baseline(label, self.prices[key])
        return self.known[key]
