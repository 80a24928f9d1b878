"""Accounts, five years of facts and land deals: plausible, correlated, invented."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import numpy as np

from tenglong.demo.county import YEARS, Account, Deal, Enterprise, Occupancy, Plot, Town, YearFacts
from tenglong.demo.identity import Trade
from tenglong.demo.streams import stream

#: measure → (department, legal basis); departments are the county's own offices
SOURCES: dict[str, tuple[str, str]] = {
    "tax_paid": ("税务局", "shared"), "revenue": ("经信局", "declared"), "profit": ("经信局", "declared"),
    "output": ("经信局", "declared"), "value_added": ("经信局", "declared"), "rd_expense": ("经信局", "declared"),
    "employees": ("人社局", "shared"), "electricity_kwh": ("供电公司", "shared"), "water_t": ("水务集团", "shared"),
    "energy_tce": ("发改局", "shared"), "export": ("商务局", "shared"), "cod_t": ("生态环境分局", "shared"),
    "nh3n_t": ("生态环境分局", "shared"), "so2_t": ("生态环境分局", "shared"), "nox_t": ("生态环境分局", "shared"),
    "voc_t": ("生态环境分局", "shared"), "fixed_investment": ("统计局", "statistics"),
}
DOCUMENTS = {"shared": "示范数据共享目录", "declared": "企业申报授权书（示范）", "statistics": "统计报表制度（示范）"}
#: spread of people per floor area and of revenue per person (log mean, log deviation), tax as a share of revenue: such that
#: the county pays about 10 万元/亩 and a tenth of its land stays below the usual lines of 5 and 1 万元/亩
CROWDED, SKILLED, TAXED = (-0.25, 0.55), (-0.3, 0.35), (0.04, 0.09)
MONEY = frozenset({"tax_paid", "revenue", "profit", "output", "value_added", "rd_expense", "export", "fixed_investment"})


def build_facts(
    seed: int, enterprises: list[Enterprise], trades: list[Trade], floor_cm2: dict[str, int]
) -> list[YearFacts]:
    """Five years per firm: size follows floor area, the rest follows size and industry."""
    rng = stream(seed, "facts")
    facts: list[YearFacts] = []
    for firm, trade in zip(enterprises, trades, strict=True):
        people = max(3.0, floor_cm2.get(firm.uscc, 5_000_000) / 10_000 / 420 * float(rng.lognormal(*CROWDED)))
        level = trade.output * 10_000 * float(rng.lognormal(*SKILLED))
        facts += _firm_years(firm, trade, people, level, rng)
    return facts


def _firm_years(firm: Enterprise, trade: Trade, people: float, level: float, rng: np.random.Generator) -> list[YearFacts]:
    rows = []
    rates = {"value_added": rng.uniform(0.16, 0.28), "tax": rng.uniform(*TAXED), "profit": rng.normal(0.05, 0.04),
             "rd": rng.uniform(0.01, 0.05), "export": float(rng.choice([0, 0, 0.2, 0.5]))}
    for year in YEARS:
        growth = float(rng.normal(0.05, 0.09))
        people, level = max(2.0, people * (1 + growth * 0.4)), level * (1 + growth * 0.6)
        values = _year(people, people * level, trade, rates, rng)
        rows.append(YearFacts(firm.uscc, year, values))
    return rows


def _year(people: float, revenue: float, trade: Trade, rates: dict[str, float], rng: np.random.Generator) -> dict[str, Decimal]:
    power = revenue / 10_000 * trade.power * float(rng.lognormal(0, 0.1))
    values = {
        "revenue": _yuan(revenue), "tax_paid": _yuan(revenue * rates["tax"] * float(rng.lognormal(0, 0.15))),
        "employees": Decimal(max(1, round(people))), "electricity_kwh": Decimal(round(power)),
        "water_t": Decimal(round(people * float(rng.uniform(40, 90)))),
    }
    if revenue >= 20_000_000:
        values |= {
            "profit": _yuan(revenue * rates["profit"]), "output": _yuan(revenue * 1.03),
            "value_added": _yuan(revenue * rates["value_added"]),
            "rd_expense": _yuan(revenue * rates["rd"]), "energy_tce": _exact(power * 1.229e-4 * 1.3, 2),
            "fixed_investment": _yuan(revenue * float(rng.uniform(0, 0.08))),
        }
        if rates["export"]:
            values["export"] = _yuan(revenue * rates["export"])
    if trade.emits:
        size = revenue / 1e8
        values |= {"cod_t": _exact(size * 2.1, 3), "nh3n_t": _exact(size * 0.12, 3), "so2_t": _exact(size * 0.3, 3),
                   "nox_t": _exact(size * 0.5, 3), "voc_t": _exact(size * 0.9, 3)}
    return values


def _yuan(value: float) -> Decimal:
    """Rounded to a hundred yuan, so that 万元 with two decimals is exact."""
    return Decimal(round(value / 100)) * 100


def _exact(value: float, places: int) -> Decimal:
    return Decimal(f"{value:.{places}f}")


def build_accounts(
    seed: int, occupancies: list[Occupancy], enterprises: list[Enterprise], trades: list[Trade]
) -> list[Account]:
    """Meters (one may serve several firms of a yard by share), tax numbers, discharge permits."""
    rng = stream(seed, "accounts")
    by_plot: dict[tuple[str, str], list[str]] = {}
    home: dict[str, tuple[str, str]] = {}
    for row in occupancies:
        if row.role != "idle":
            by_plot.setdefault(row.plot, []).append(row.uscc)
            home.setdefault(row.uscc, row.plot)
    out: list[Account] = []
    for number, (plot, firms) in enumerate(by_plot.items()):
        out += _meters(plot, firms, number, rng)
    for firm, trade in zip(enterprises, trades, strict=True):
        out.append(Account("tax", firm.uscc, firm.uscc, home[firm.uscc], 10_000, firm.registered_on, "税务登记"))
        if trade.emits:
            permit, since = firm.uscc + "001P", date(2020, 7, 1)
            out.append(Account("discharge", permit, firm.uscc, home[firm.uscc], 10_000, since, "排污许可证"))
    return out


def _meters(plot: tuple[str, str], firms: list[str], number: int, rng: np.random.Generator) -> list[Account]:
    start = date(2018, 1, 1) + timedelta(days=int(rng.integers(0, 900)))
    rows = [Account("water", f"S{number:07d}", firms[0], plot, 10_000, start, "供水合同")]
    if len(firms) > 1 and rng.random() < 0.5:
        shares = np.floor(rng.dirichlet(np.ones(len(firms)) * 5) * 100).astype(int)
        shares[0] += 100 - shares.sum()
        return rows + [Account("power", f"33{number:08d}", firm, plot, int(share) * 100, start, "转供电分摊协议")
                       for firm, share in zip(firms, shares, strict=True)]
    return rows + [Account("power", f"33{number:08d}{i:02d}", firm, plot, 10_000, start, "供用电合同")
                   for i, firm in enumerate(firms)]


def build_deals(seed: int, count: int, plots: list[Plot], towns: list[Town], enterprises: list[Enterprise]) -> list[Deal]:
    """Published deals of the last years, shaped like the notices of the national land-market site."""
    rng = stream(seed, "deals")
    names = {town.code: town.name for town in towns}
    deals = []
    for number, index in enumerate(rng.choice(len(plots), min(count, len(plots)), replace=False).tolist(), 1):
        plot, firm = plots[index], enterprises[int(rng.integers(len(enterprises)))]
        signed = date(2019, 1, 5) + timedelta(days=int(rng.integers(0, 365 * 6)))
        area = round(plot.area_cm2 / 1_000_000) * 1_000_000
        price = round(area / 10_000 * float(rng.uniform(380, 900)) / 10_000) * 10_000
        lower = Decimal(int(rng.integers(10, 16))) / 10
        project = f"年产{int(rng.integers(1, 60))}万套{TRADE_WORDS.get(firm.industry, '零部件')}项目"
        delivery, start, completion = (signed + timedelta(days=days) for days in (30, 200, 900))
        deals.append(Deal(
            f"330604{signed.year}A21{number:03d}", plot.town, f"{names[plot.town]}{plot.name}", area, signed, project,
            firm.industry, price, firm.name, lower, lower + Decimal("1.0"), delivery, start, completion,
            str(rng.choice(["挂牌出让", "拍卖出让"], p=[0.93, 0.07])), 50,
        ))
    return deals


TRADE_WORDS = {"3462": "风机", "3812": "电机", "3872": "灯具", "3670": "汽车零部件", "3841": "锂电池", "4119": "晴雨伞"}
