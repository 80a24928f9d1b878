"""Forty invented firms as one table, for `tenglong evaluate` without a database."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

from tenglong.demo.build import build_county
from tenglong.demo.county import YEARS, County, Enterprise
from tenglong.demo.ledger import build_ledger
from tenglong.domain.measures import packaged

SEED, PLOTS, ROWS = 7, 60, 40
MEASURES = (
    "land_mu", "tax_paid", "revenue", "value_added", "energy_tce", "electricity_kwh", "water_t", "employees", "rd_expense",
    "cod_t", "nh3n_t", "so2_t", "nox_t",
)
#: without one of these the 示范 scheme refuses the firm
NEEDED = {"land_mu", "tax_paid", "value_added", "employees"}
UNITS = {"wan_yuan": "万元", "kwh": "千瓦时", "t": "吨", "tce": "吨标准煤", "person": "人", "mu": "亩"}
ABOUT = ("统一社会信用代码", "企业名称", "规模", "用地方式")


def sample(year: int = YEARS[-1]) -> str:
    """CSV text with headings and units: firms of a small county, up to half of them 规上."""
    county, known = build_county(SEED, PLOTS), packaged()
    figures: dict[str, dict[str, Decimal]] = {}
    for sheet in build_ledger(county).sheets:
        if sheet.year == year:
            for uscc, values in sheet.rows.items():
                figures.setdefault(uscc, {}).update(values)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*ABOUT, *(f"{known[name].label}（{UNITS[known[name].unit]}）" for name in MEASURES)])
    for firm in _chosen([firm for firm in county.enterprises if set(figures.get(firm.uscc, ())) >= NEEDED]):
        values = figures[firm.uscc]
        writer.writerow([*_about(county, firm), *(f"{values[name]:f}" if name in values else "" for name in MEASURES)])
    return out.getvalue()


def _chosen(able: list[Enterprise]) -> list[Enterprise]:
    above = [firm for firm in able if firm.scale == "above_scale"][: ROWS // 2]
    below = [firm for firm in able if firm.scale == "below_scale"]
    step = max(1, len(below) // (ROWS - len(above)))
    return [*above, *below[::step][: ROWS - len(above)]]


def _about(county: County, firm: Enterprise) -> list[str]:
    roles = {row.role for row in county.occupancies if row.uscc == firm.uscc}
    owns, rents = "owner" in roles, bool(roles & {"lessee", "sublessee"})
    holding = ("mixed" if rents else "own") if owns else "leased"
    return [firm.uscc, firm.name, "above" if firm.scale == "above_scale" else "below", holding]
