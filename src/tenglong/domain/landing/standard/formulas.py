"""What the control indicators are computed by; exact, areas in cm², money in 分.

国土资发〔2008〕24号 附件: plot ratio (a storey above the height of the policy counts twice), site coverage, share of office and
living land, investment intensity, output and tax of the land.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tenglong.domain.units import AREA_UNITS, MONEY_UNITS


class FormulaError(ValueError):
    """A figure that makes no ratio; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Storey:
    """Floor area in cm²; height in metres (None: not told, counts once)."""

    area_cm2: int
    height_m: Decimal | None = None


def counted_floor(storeys: Iterable[Storey], double_above_m: Decimal | None) -> int:
    """Floor area for the plot ratio in cm²; None counts every storey once."""
    return sum(
        one.area_cm2 * (2 if double_above_m is not None and one.height_m is not None and one.height_m > double_above_m else 1)
        for one in storeys
    )


def plot_ratio(floor_cm2: int, site_cm2: int) -> Fraction:
    """容积率 = counted floor area / site. Raises FormulaError."""
    return _share(floor_cm2, site_cm2)


def coverage(footprint_cm2: int, site_cm2: int, structures_cm2: int = 0, yards_cm2: int = 0) -> Fraction:
    """建筑系数 = (buildings + structures + open storage yards) / site."""
    return _share(footprint_cm2 + structures_cm2 + yards_cm2, site_cm2)


def office_land(site_cm2: int, office_floor_cm2: int, floor_cm2: int) -> Fraction:
    """Land of offices and living when it cannot be measured apart: the site by their share of the floor area, in cm²."""
    return site_cm2 * _share(office_floor_cm2, floor_cm2)


def per_area(fen: int, site_cm2: int, money: str = "wan_yuan", area: str = "mu") -> Fraction:
    """Money per area, e.g. 万元/亩, 万元/公顷 (`ha`), 亿元/平方公里 (`yi_yuan`, `km2`)."""
    return _share(fen, site_cm2) * AREA_UNITS[area] / MONEY_UNITS[money]


def intensity(plant_fen: int, equipment_fen: int, land_price_fen: int, site_cm2: int, area: str = "mu") -> Fraction:
    """投资强度 = fixed assets (plant, equipment, land price) / site, 万元 per `area`."""
    return per_area(plant_fen + equipment_fen + land_price_fen, site_cm2, area=area)


def _share(part: int, whole: int) -> Fraction:
    if whole <= 0:
        raise FormulaError("面积应大于 0")
    if part < 0:
        raise FormulaError("面积和金额不能为负")
    return Fraction(part, whole)
