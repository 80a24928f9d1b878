"""Figures of a project or a site against an indicator table and the control indicators: pass, fail, or not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from typing import Literal

from tenglong.domain.landing.standard.policy import (
    SIDE_WORDS,
    UNIT_WORDS,
    ControlIndicators,
    IndustryRow,
    Side,
    StandardLand,
)

Number = Decimal | Fraction
Result = Literal["pass", "fail", "missing", "not_required", "unknown"]
RESULT_WORDS = {"pass": "达标", "fail": "不达标", "missing": "没有数", "not_required": "不作要求", "unknown": "标准未载明"}


class NoRow(LookupError):
    """No row of the table fits the industry, or several do; the message is a Chinese sentence."""


@dataclass(frozen=True)
class Cell:
    """One figure against one limit. `says` names the limit and the row it stands in; figures are exact."""

    id: str
    label: str
    result: Result
    value: Number | None
    limit: Number | None
    side: Side
    unit: str
    says: str


def row_of(table: StandardLand, industry: str) -> IndustryRow:
    """The row by its id, its name (or another name), or by the longest code that begins the given one. Raises NoRow."""
    given = industry.strip()
    if not given:
        raise NoRow(f"没有写行业，可用：{'、'.join(one.label for one in table.industries)}")
    for row in table.industries:
        if given in (row.id, row.label, *row.names):
            return row
    digits = given.lstrip("ABCDEFGHIJKLMNOPQRST")
    found = [(len(code), row) for row in table.industries for code in row.codes if digits and digits.startswith(code)]
    longest = max((size for size, _row in found), default=0)
    rows = [row for size, row in found if size == longest]
    if len(rows) != 1:
        raise NoRow(f"指标表里没有“{industry}”这一行，可用：{'、'.join(one.label for one in table.industries)}")
    return rows[0]


def judge(table: StandardLand, row: IndustryRow, values: Mapping[str, Number | None]) -> list[Cell]:
    """Every indicator of the table against the row, in the order of the table."""
    cells = []
    for one in table.indicators:
        limit, value = row.values.get(one.id), values.get(one.id)
        where = f"{table.name}“{row.label}”行"
        cells.append(_cell(one.id, one.label, value, limit, one.side, UNIT_WORDS[one.unit], where))
    return cells


def least_ratio(control: ControlIndicators, industry: str, edition: str = "2017") -> tuple[Decimal, str]:
    """(least plot ratio, the row of the table). `industry`: a code of GB/T 4754 (`edition` 2017 or 2002) or a name.

    Raises NoRow when the table has none, no row fits, or a code is too short to tell two rows apart.
    """
    if not control.plot_ratios:
        raise NoRow(f"{control.name}没有载明分行业容积率，请装入正式附表后再核")
    digits, found = industry.strip().lstrip("ABCDEFGHIJKLMNOPQRST"), []
    for row in control.plot_ratios:
        codes = row.codes_2002 if edition == "2002" else row.codes
        if industry.strip() in row.names:
            return row.at_least, "、".join(row.names)
        found += [(len(code), row) for code in codes if digits.startswith(code)] if digits else []
    if not found:
        shorter = [row for row in control.plot_ratios for code in row.codes if digits and code.startswith(digits)]
        if edition != "2002" and shorter:
            told = "、".join(f"{row.at_least}" for row in shorter)
            raise NoRow(f"行业“{industry}”在旧表中分属几行（容积率 {told}），请写到中类代码")
        raise NoRow(f"{control.name}里没有行业“{industry}”")
    _size, row = max(found, key=lambda pair: pair[0])
    return row.at_least, "、".join(row.names)


@dataclass(frozen=True)
class Site:
    """What is known of a site; None is not told. Shares are ratios."""

    far: Number | None = None
    coverage: Number | None = None
    office_land: Number | None = None
    office_floor: Number | None = None


def judge_site(control: ControlIndicators, site: Site, industry: str = "", edition: str = "2017") -> list[Cell]:
    """Plot ratio, coverage and the two office shares against the control indicators."""
    limits: Sequence[tuple[str, str, Number | None, Decimal | None, Side]] = [
        ("coverage", "建筑系数", site.coverage, control.coverage_at_least, "at_least"),
        ("office_land", "行政办公及生活服务设施用地比重", site.office_land, control.office_land_at_most, "at_most"),
        ("office_floor", "行政办公及生活服务设施建筑面积比重", site.office_floor, control.office_floor_at_most, "at_most"),
    ]
    cells = [_cell(id_, label, value, limit, side, "", control.name) for id_, label, value, limit, side in limits]
    return [_ratio_cell(control, site.far, industry, edition), *cells]


def _ratio_cell(control: ControlIndicators, far: Number | None, industry: str, edition: str) -> Cell:
    try:
        limit, row = least_ratio(control, industry, edition)
    except NoRow as error:
        return Cell("far", "容积率", "unknown", far, None, "at_least", "", str(error))
    return _cell("far", "容积率", far, limit, "at_least", "", f"{control.name}“{row}”行")


def _cell(
    id_: str, label: str, value: Number | None, limit: Number | None, side: Side, unit: str, where: str
) -> Cell:
    if limit is None:
        return Cell(id_, label, "not_required", value, None, side, unit, f"{where}不作要求")
    says = f"{SIDE_WORDS[side]} {plain(limit)}{unit}（{where}）"
    if value is None:
        return Cell(id_, label, "missing", None, limit, side, unit, says)
    exact, line = Fraction(value), Fraction(limit)
    good = exact >= line if side == "at_least" else exact <= line
    return Cell(id_, label, "pass" if good else "fail", value, limit, side, unit, says)


def plain(value: Number) -> str:
    """Exact decimal text without trailing zeros; a fraction that has none is cut to six places."""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / Decimal(value.denominator)
        value = value.quantize(Decimal("0.000001"), rounding=ROUND_DOWN)
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
