"""A handful of mistakes as departments make them, put into the figures of the last year on purpose, and their key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from tenglong.demo.county import YEARS, County
from tenglong.demo.ledger import Ledger, Sheet
from tenglong.demo.streams import stream

Change = Callable[[Decimal], Decimal]


@dataclass(frozen=True)
class Slip:
    """`given` stands in the table instead of `meant`; figures in the measure's own unit."""

    kind: str
    uscc: str
    name: str
    measure: str
    year: int
    department: str
    meant: str
    given: str
    told: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def times(factor: str) -> Change:
    return lambda value: value * Decimal(factor)


#: kind, department, measure, what happens, in words
SLIPS: tuple[tuple[str, str, str, Change, str], ...] = (
    ("unit", "税务局", "tax_paid", times("10000"), "元当成了万元"),
    ("unit", "税务局", "tax_paid", times("0.0001"), "万元又除以一万"),
    ("unit", "经信局", "revenue", times("10000"), "元当成了万元"),
    ("unit", "经信局", "value_added", times("10"), "千元当成了万元"),
    ("unit", "经信局", "rd_expense", times("10000"), "元当成了万元"),
    ("unit", "供电公司", "electricity_kwh", times("0.0001"), "万千瓦时当成了千瓦时"),
    ("unit", "发改局", "energy_tce", times("1000"), "千克标准煤当成了吨标准煤"),
    ("point", "人社局", "employees", times("10"), "多写了一个零"),
    ("negative", "税务局", "tax_paid", lambda value: -(value * Decimal("0.4")), "当年退税大于入库，净额为负"),
    ("negative", "税务局", "tax_paid", lambda value: -(value * Decimal("1.5")), "当年退税大于入库，净额为负"),
    ("jump", "供电公司", "electricity_kwh", times("6"), "与上年相差六倍，户号并错了企业"),
    ("jump", "税务局", "tax_paid", times("5"), "与上年相差五倍，一次性补缴"),
    ("zero-land", "自然资源和规划分局", "land_mu", lambda value: Decimal(0), "在营企业的用地为零"),
    ("zero-land", "自然资源和规划分局", "land_mu", lambda value: Decimal(0), "在营企业的用地为零"),
)


def seed_slips(county: County, ledger: Ledger) -> list[Slip]:
    """Change the ledger in place, each slip at another 规上 firm that works and has the figure in both last years."""
    rng, done = stream(county.seed, "slips"), list[Slip]()
    names = {firm.uscc: firm.name for firm in county.enterprises}
    for kind, department, measure, change, told in SLIPS:
        now, before = (ledger.sheet(department, year) for year in (YEARS[-1], YEARS[-2]))
        uscc = _pick(ledger, now, before, measure, {slip.uscc for slip in done}, rng)
        if not uscc:
            continue
        meant = now.rows[uscc][measure]
        now.rows[uscc][measure] = given = change(meant)
        done.append(Slip(kind, uscc, names[uscc], measure, now.year, department, f"{meant:f}", f"{given:f}", told))
    return done


def _pick(ledger: Ledger, now: Sheet, before: Sheet, measure: str, taken: set[str], rng: np.random.Generator) -> str:
    """A firm whose figure is plain: both years there, of one size, so that nothing but the slip stands out."""
    able = [
        uscc for uscc, values in now.rows.items()
        if uscc not in taken and ledger.lives[uscc].above.get(now.year) and not ledger.lives[uscc].idle(now.year)
        and values.get(measure, Decimal(0)) > 1 and _alike(values[measure], before.rows.get(uscc, {}).get(measure))
    ]
    return able[int(rng.integers(len(able)))] if able else ""


def _alike(value: Decimal, earlier: Decimal | None) -> bool:
    return earlier is not None and value / 2 < earlier < value * 2
