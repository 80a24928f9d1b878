"""What the treatment did to a firm: figures before and after, each with where it stands; nothing is estimated."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.db.models import Sum
from django.utils.translation import gettext as _

from tenglong.apps.accounts.masking import HIDDEN
from tenglong.apps.accounts.scope import can, scope_of
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_sensitive as sensitive
from tenglong.apps.renewal.models import Treated
from tenglong.apps.renewal.rows.held import E6, MU
from tenglong.domain.evaluation.units import unit_label
from tenglong.domain.measures import packaged

#: areas come from land-use relations of a day, the others are figures of a year
AREAS: Final[dict[str, tuple[str, Fraction]]] = {
    "floor_area_m2": ("floor_cm2", Fraction(10_000)), "land_mu": ("area_cm2", Fraction(MU)),
}
FIGURES: Final = ("output", "revenue", "tax_paid", "employees")


@dataclass(frozen=True)
class Cell:
    """`value` None: not known, or kept from this reader (`text` says which)."""

    text: str
    value: Fraction | None = None
    period: str = ""
    source: str = ""
    fact: int | None = None  # row of the register


NONE: Final = Cell("—")


@dataclass(frozen=True)
class Line:
    id: str
    label: str
    unit: str
    before: Cell
    after: Cell

    @property
    def times(self) -> str:
        """“2.05 倍”, or "" while a side is missing."""
        if self.before.value is None or self.after.value is None or not self.before.value:
            return ""
        return f"{float(self.after.value / self.before.value):.2f}"

    @property
    def change(self) -> str:
        """After minus before, with its sign."""
        if self.before.value is None or self.after.value is None:
            return ""
        found = self.after.value - self.before.value
        text = _text(found)
        return f"+{text}" if found > 0 and text != "0" else text


@dataclass(frozen=True)
class Effect:
    """Lines in a fixed order. `note`: why there is no comparison yet."""

    lines: list[Line]
    note: str = ""


def effect(user: Any, row: Treated) -> Effect:
    """Before: what the record of the row says, else the register of the year and the day before the work. After: the newest
    year that began after completion, and the land-use relations of today."""
    if row.enterprise_id is None:
        return Effect([], _("这条记录没有登记企业，不能比较整治前后。"))
    facts = sensitive.own_fact_rows(user, row.enterprise_id, list(FIGURES))
    lines = [_area(user, row, name) for name in AREAS] + [_figure(user, row, name, facts) for name in FIGURES]
    told = "" if any(line.after.value is not None for line in lines[len(AREAS):]) or _hidden(lines) else _(
        "完成整治后的年度数据还没有报送，目前只能看到面积。")
    return Effect(lines, told)


def _hidden(lines: list[Line]) -> bool:
    return any(line.after.text == HIDDEN for line in lines)


def _area(user: Any, row: Treated, name: str) -> Line:
    before = _recorded(user, row, name)
    if before is None and row.before.get("on"):
        before = _used(user, row, name, date.fromisoformat(row.before["on"]))
    return _line(name, before or NONE, _used(user, row, name, None))


def _used(user: Any, row: Treated, name: str, on: date | None) -> Cell:
    column, size = AREAS[name]
    used = registry.occupancies(user, on, enterprise_id=row.enterprise_id)
    total = used.aggregate(total=Sum(column))["total"]
    if total is None:
        return NONE
    value = Fraction(total) / size
    day = on.isoformat() if on else _("今天")
    return Cell(_text(value), value, day, _("用地关系 %(n)s 条合计") % {"n": used.count()})


def _figure(user: Any, row: Treated, name: str, facts: list[sensitive.FactRow]) -> Line:
    known = [fact for fact in facts if fact.measure == name and fact.period.isdigit() and len(fact.period) == 4]
    before = _recorded(user, row, name)
    if before is None:
        asked = str(row.before.get("year", row.done_on.year - 1))
        before = next((_cell(fact) for fact in known if fact.period == asked), NONE)
    after = next((_cell(fact) for fact in known if int(fact.period) > row.done_on.year), NONE)
    return _line(name, before, after)


def _cell(fact: sensitive.FactRow) -> Cell:
    value = None if fact.value_e6 is None else Fraction(fact.value_e6, E6)
    told = f"{fact.department} {fact.legal_document}".strip()
    return Cell(fact.shown if value is None else _text(value), value, fact.period, told, fact.id)


def _recorded(user: Any, row: Treated, name: str) -> Cell | None:
    """What the dated record says, masked as the register masks it; None when it says nothing."""
    text = row.before.get("recorded", {}).get(name)
    if text is None:
        return None
    period = str(row.before.get("period", ""))
    own = row.enterprise_id in scope_of(user).enterprise_ids
    if name in sensitive.sensitive_measures() and not own and not can(user, "sensitive.view"):
        return Cell(HIDDEN, None, period, row.source)
    value = Fraction(int(text), E6)
    return Cell(_text(value), value, period, row.source)


def _line(name: str, before: Cell, after: Cell) -> Line:
    one = packaged()[name]
    return Line(name, _(one.label), _(unit_label(one.unit)), before, after)


def _text(value: Fraction) -> str:
    """At most two decimals, thousands set apart."""
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")
