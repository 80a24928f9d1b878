"""What an evaluation must know of firms besides figures: honours, carriers, first time 规上, decisions that vetoes cite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from tenglong.demo.county import YEARS, County
from tenglong.demo.ledger import Ledger
from tenglong.demo.lives import Life, changes
from tenglong.demo.streams import stream

#: attribute → (share of 规上 firms, share of 规下 firms, note)
HONOURS: dict[str, tuple[float, float, str]] = {
    "high_tech": (0.2, 0.02, "高新技术企业（示范）"), "specialised": (0.07, 0.005, "专精特新中小企业（示范）"),
    "little_giant": (0.008, 0.0, "专精特新小巨人（示范）"), "green_provincial": (0.02, 0.0, "省级绿色工厂（示范）"),
    "green_national": (0.004, 0.0, "国家级绿色工厂（示范）"), "under_construction": (0.006, 0.0, "重大项目在建（示范）"),
    "public_service": (0.003, 0.001, "公益公用类（示范）"), "overdue_build": (0.002, 0.001, "逾期未建成（示范）"),
}
CARRIERS = 5


@dataclass(frozen=True)
class Attribute:
    """A dated record, half-open."""

    uscc: str
    name: str
    value: str
    since: date
    until: date | None
    note: str


@dataclass(frozen=True)
class Ruling:
    """A decision; `state` effective or under_review; `expires` None: none."""

    uscc: str
    veto: str
    number: str
    authority: str
    dated: date
    state: str
    expires: date | None = None


def attributes(county: County, ledger: Ledger) -> list[Attribute]:
    """Every record of the county, ordered by attribute and firm."""
    rng = stream(county.seed, "honours")
    found: list[Attribute] = []
    for name, (above, below, note) in HONOURS.items():
        for firm in county.enterprises:
            if rng.random() < (above if firm.scale == "above_scale" else below):
                since = date(int(rng.integers(2021, 2026)), int(rng.integers(1, 13)), 1)
                found.append(Attribute(firm.uscc, name, "true", since, None, note))
    for firm in county.enterprises:
        if firm.listed in ("主板", "创业板"):
            found.append(Attribute(firm.uscc, "listed", "true", date(2021, 1, 1), None, firm.listed))
        found += _scale(ledger.lives[firm.uscc])
    return found + _carriers(county)


def _scale(life: Life) -> Iterator[Attribute]:
    """A firm that crossed the threshold: 规上 or 规下 by year, and its first year above."""
    spans = changes(life)
    if len(spans) < 2:
        return
    ends = [date(year, 1, 1) for year, _ in spans[1:]]
    for (year, above), until in zip(spans, [*ends, None], strict=True):
        since = date(year, 1, 1)
        yield Attribute(life.firm.uscc, "scale", "above" if above else "below", since, until, "统计名录（示范）")
    first = next((year for year, above in spans if above), 0)
    if first > YEARS[0]:
        yield Attribute(life.firm.uscc, "newly_above", "true", date(first, 1, 1), date(first + 1, 1, 1), "首次上规（示范）")


def _carriers(county: County) -> list[Attribute]:
    """State platforms that only let: the landlords with most tenants."""
    tenants = Counter(row.landlord for row in county.occupancies if row.landlord)
    most = sorted(tenants, key=lambda uscc: (-tenants[uscc], uscc))[:CARRIERS]
    return [Attribute(uscc, "carrier", "true", date(2021, 1, 1), None, "国有平台载体（示范）") for uscc in most]


def decisions(county: County, ledger: Ledger) -> list[Ruling]:
    """Four in force, one under review, one expired, each against another 规上 firm."""
    rng = stream(county.seed, "decisions")
    going = [
        firm.uscc for firm in county.enterprises
        if firm.scale == "above_scale" and firm.status == "active" and len(changes(ledger.lives[firm.uscc])) == 1
    ]
    picked = [going[int(i)] for i in rng.choice(len(going), len(_RULINGS), replace=False)]
    return [Ruling(uscc, *told) for uscc, told in zip(picked, _RULINGS, strict=True)]


_RULINGS: tuple[tuple[str, str, str, date, str, date | None], ...] = (
    ("accident", "（虞）应急罚〔2025〕示范1号", "上虞区应急管理局（示范）", date(2025, 6, 12), "effective", None),
    ("pollution", "绍虞环罚字〔2024〕示范7号", "绍兴市生态环境局上虞分局（示范）", date(2024, 9, 3), "effective", None),
    ("tax_crime", "绍税稽罚〔2025〕示范2号", "绍兴市税务局稽查局（示范）", date(2025, 3, 28), "effective", None),
    ("outdated", "虞经信淘汰〔2025〕示范5号", "上虞区经济和信息化局（示范）", date(2025, 10, 20), "effective", None),
    ("pollution", "绍虞环罚字〔2025〕示范9号", "绍兴市生态环境局上虞分局（示范）", date(2025, 8, 15), "under_review", None),
    ("accident", "（虞）应急罚〔2022〕示范3号", "上虞区应急管理局（示范）", date(2022, 4, 2), "effective", date(2024, 4, 2)),
)


def joint_group(county: County, year: int) -> list[str]:
    """Three 规上 owners of one town that ask to be evaluated together; the same ones every year."""
    rng = stream(county.seed, "joint")
    owners = {row.uscc for row in county.occupancies if row.role == "owner"}
    by_town: dict[str, list[str]] = {}
    for firm in county.enterprises:
        if firm.uscc in owners and firm.scale == "above_scale" and firm.registered_on.year < year - 3:
            by_town.setdefault(firm.town, []).append(firm.uscc)
    towns = [town for town, firms in sorted(by_town.items()) if len(firms) >= 3]
    if not towns:
        return []
    firms = np.array(by_town[towns[int(rng.integers(len(towns)))]])
    return sorted(str(uscc) for uscc in rng.choice(firms, 3, replace=False))
