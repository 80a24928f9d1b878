"""What the county had treated in earlier years, as one dated record: independent counters with the figures of the press.

The press tells of 14,662 mu treated, of 31 + 193 + 2 + 3 firms by route, and of 8 plots with 90 mu sold. Which plots and firms
these were it does not say: they are drawn, always the same, and the land is not that of the firms. A smaller county has a part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Final, TypeVar

from django.db.models import Sum

from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal.service import treated
from tenglong.apps.renewal.service.treated import Past
from tenglong.demo.county import MARK, PLOTS
from tenglong.demo.story import Stage
from tenglong.domain.units import from_cm2, to_cm2

T = TypeVar("T")
LAND_MU: Final = 14_662
#: counter → route, firms, status of the firms
FIRMS: Final = {
    "firms_closed": ("close", 31, "suspended"), "firms_upgraded": ("upgrade", 193, "active"),
    "firms_merged": ("merge", 2, "active"), "firms_state": ("state_purchase", 3, "active"),
}
#: mu of the plots sold: eight, ninety together
SOLD: Final = (15, 14, 13, 12, 11, 10, 8, 7)
#: year → part of everything that was finished in it; invented
SHARES: Final = {2021: 27, 2022: 25, 2023: 20, 2024: 16, 2025: 12}
SOURCE: Final = f"历年低效整治台账（{MARK}）"
#: the firm of whose treatment the press tells: twice the floor, more than three times the output
BEFORE: Final = {
    "floor_area_m2": Fraction(1, 2), "land_mu": Fraction(1), "output": Fraction(32, 100), "revenue": Fraction(32, 100),
    "tax_paid": Fraction(38, 100), "employees": Fraction(9, 10),
}
PERIOD, NEWEST, E6, CENTS, CM2_OF_M2 = "2020", "2025", 10**6, 100, 10_000


@dataclass(frozen=True)
class Ground:
    id: int
    code: str
    town: str
    cm2: int


@dataclass(frozen=True)
class Firm:
    id: int
    key: str
    town: str
    status: str
    plot: Ground | None = None


@dataclass(frozen=True)
class Tale:
    """The firm of whose treatment the press tells; `recorded`: see `Treated.before`."""

    firm: int
    recorded: Mapping[str, str]


def play(stage: Stage) -> int:
    """Everything as one record with its paper and one audit entry. Returns how many lines."""
    star = next(row for row in stage.county.enterprises if row.scale == "above_scale")  # whose user can sign in
    tale = Tale(stage.firm_ids[star.uscc], _before(stage, stage.firm_ids[star.uscc]))
    lines = history(_grounds(stage), _firms(stage), tale, Fraction(registry.plots(stage.admin).count(), PLOTS))
    told = f"截至目前整治 {LAND_MU} 亩；各项口径独立，互不勾稽。哪些地块和企业为随机抽取。"
    paper = stage.paper("历年低效整治台账", told, kind="basis", dated=date(2026, 1, 15))
    return treated.enter_past(stage.admin, lines, source=SOURCE, document=paper)


def history(
    grounds: Sequence[Ground], firms: Sequence[Firm], tale: Tale | None = None, part: Fraction = Fraction(1)
) -> list[Past]:
    """Lines of the record: land, firms by route, plots sold; `part`: of the figures of the press, for a smaller county."""
    drawn = _drawn(grounds, lambda one: one.code)
    lines = list(_land(drawn, to_cm2(max(1, round(LAND_MU * part)), "mu")))
    lines += _sold(drawn[::-1][: max(1, round(len(SOLD) * part))])
    star = [one for one in firms if tale and one.id == tale.firm]
    free = _drawn([one for one in firms if one not in star], lambda one: one.key)
    for counter, (route, count, status) in FIRMS.items():
        first = star if route == "upgrade" else []
        chosen = [*first, *(one for one in free if one.status == status)][: max(1, round(count * part))]
        lines += [_firm(counter, route, one, Fraction(at, len(chosen))) for at, one in enumerate(chosen)]
        taken = set(chosen)
        free = [one for one in free if one not in taken]
    return [_told(line, tale) for line in lines]


def _told(line: Past, tale: Tale | None) -> Past:
    if tale is None or line.enterprise_id != tale.firm:
        return line
    return replace(line, done_on=date(2021, 9, 1), before={"period": PERIOD, "recorded": dict(tale.recorded)})


def _drawn(rows: Sequence[T], key: Callable[[T], str]) -> list[T]:
    """An order that nobody chose, the same every time."""
    return sorted(rows, key=lambda one: hashlib.sha256(key(one).encode()).hexdigest())


def _day(done: Fraction, key: str) -> date:
    """`done` of everything was finished before this line."""
    passed = 0
    for year, share in SHARES.items():  # noqa: B007 - the last year is used after the loop
        passed += share
        if done * 100 < passed:
            break
    return date(year, 3, 1) + timedelta(days=int(hashlib.sha256(f"day {key}".encode()).hexdigest(), 16) % 290)


def _land(drawn: Sequence[Ground], wanted: int) -> Iterator[Past]:
    """Whole plots until the land is reached; of the last one what was still missing."""
    left = wanted
    for one in drawn:
        if not left:
            return
        land = min(one.cm2, left)
        yield Past("land_treated", _day(Fraction(wanted - left, wanted), one.code), one.town, plot_id=one.id,
                   plot_code=one.code, land_cm2=land)
        left -= land


def _sold(chosen: Sequence[Ground]) -> list[Past]:
    """Each plot in two counters: one adds up plots, the other land."""
    lines = []
    for at, one in enumerate(chosen):
        line = Past("plots_sold", _day(Fraction(at, len(chosen)), one.code), one.town, plot_id=one.id, plot_code=one.code)
        lines += [line, replace(line, counter="land_sold", land_cm2=to_cm2(SOLD[at], "mu"))]
    return lines


def _firm(counter: str, route: str, one: Firm, done: Fraction) -> Past:
    day, plot = _day(done, one.key), one.plot
    before = {"year": day.year - 1, "on": day.replace(year=day.year - 1).isoformat()}
    return Past(counter, day, one.town, route, plot.id if plot else None, plot.code if plot else "", one.id, before=before)


# ---- what the register holds


def _grounds(stage: Stage) -> list[Ground]:
    rows = registry.plots(stage.admin).filter(surveyed_cm2__gt=0).exclude(status="idle_suspected").order_by("code")
    columns = rows.values_list("plot_id", "code", "division_code", "surveyed_cm2")
    return [Ground(plot, code, town, cm2 or 0) for plot, code, town, cm2 in columns]


def _firms(stage: Stage) -> list[Firm]:
    grounds = {one.id: one for one in _grounds(stage)}
    used = registry.occupancies(stage.admin).filter(plot__isnull=False, enterprise__isnull=False).order_by("pk")
    homes: dict[int, Ground] = {}
    for firm, plot in used.select_related(None).values_list("enterprise_id", "plot_id"):
        if plot in grounds:
            homes.setdefault(firm, grounds[plot])
    rows = registry.enterprises(stage.admin).order_by("uscc").values_list("enterprise_id", "uscc", "division_code", "status")
    return [Firm(*row, plot=homes.get(row[0])) for row in rows]


def _before(stage: Stage, firm: int) -> Mapping[str, str]:
    """Measure → value × 10⁶ as text, a part of what the register says today."""
    facts = registry.facts(stage.admin, subject_type="enterprise", subject_ids=[firm]).filter(period=NEWEST)
    used = registry.occupancies(stage.admin, enterprise_id=firm).aggregate(floor=Sum("floor_cm2"), area=Sum("area_cm2"))
    today = {name: Fraction(value, E6) for name, value in facts.values_list("measure", "value_e6")}
    today["floor_area_m2"] = Fraction(used["floor"] or 0, CM2_OF_M2)
    today["land_mu"] = Fraction(from_cm2(used["area"] or 0, "mu", 2))
    fine = {name: 1 if name == "employees" else CENTS for name in BEFORE}  # people are whole
    held = {name: round(today[name] * part * fine[name]) * E6 // fine[name] for name, part in BEFORE.items() if name in today}
    return {name: str(value) for name, value in held.items() if value}
