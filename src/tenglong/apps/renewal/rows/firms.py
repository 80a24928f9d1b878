"""What is known of every firm that owns or uses land: figures of three years, assessed land, scale, grades."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext_noop

from tenglong.apps.evaluation import queries as evaluation
from tenglong.apps.evaluation.queries.figures import yearly_figures
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal.rows.grades import Grades
from tenglong.apps.renewal.rows.held import E6, Held, mu
from tenglong.apps.renewal.rows.said import say
from tenglong.domain.measures import packaged
from tenglong.domain.renewal.criteria.vocabulary import YEARS, standard

SCALES: Final = {"above_scale": "above", "below_scale": "below", "above": "above", "below": "below"}
STATISTICS: Final = "statistics"
#: input of a plot → measure of the firms on it
SUMS: Final = {
    "plot_tax": "tax_paid", "plot_value_added": "value_added", "plot_energy_tce": "energy_tce", "plot_jobs": "employees",
}
STATISTICS_ONLY = gettext_noop("“%(label)s”只有统计调查资料，不能用来认定单个企业")
DATA, CONFLICT = gettext_noop("%(department)s %(year)s 年数据"), gettext_noop("“%(label)s”各部门报数不一致（%(who)s）")
ASSESSED, REGISTER = gettext_noop("%(year)s 年度核定用地面积"), gettext_noop("企业登记")
USED = gettext_noop("用地关系面积合计")
#: figures that prove that somebody worked there
ACTIVE: Final = ("electricity_kwh", "revenue")


class Firms:
    """Read once for all; `wanted` are the input ids that the criteria read."""

    def __init__(self, actor: Any, year: int, day: date, wanted: Collection[str]) -> None:
        self.year, self.wanted = year, frozenset(wanted)
        columns = ("enterprise_id", "enterprise__ulid", "uscc", "name", "industry", "scale", "status")
        self.rows = {row[0]: row for row in registry.enterprises(actor, day).order_by().values_list(*columns)}
        self.by_code = {row[2]: pk for pk, row in self.rows.items() if row[2]}
        self.figures: dict[str, dict[int, tuple[Fraction, str]]] = {}
        self.flaws: dict[tuple[str, int], str] = {}
        for back, suffix in enumerate(YEARS):
            self._read(actor, year - back, suffix)
        self._areas(actor)
        self.grades = Grades(actor, year, self.wanted & {"d_years", "last_grade"})

    def _read(self, actor: Any, year: int, suffix: str) -> None:
        """Figures of one year under the ids that the criteria use."""
        every = [name for name, one in packaged().items() if "enterprise" in one.subject]
        needed = {name for name in every if f"{name}{suffix}" in self.wanted}
        if not suffix:
            needed |= {measure for name, measure in SUMS.items() if name in self.wanted}
            needed |= set(ACTIVE) if "stopped_months" in self.wanted else set()
        if not needed:
            return
        picked, words = yearly_figures(actor, year, needed), dict[tuple[str, str, str], str]()
        for name in needed:
            self.figures[f"{name}{suffix}"] = {}
        for (firm, name), chosen in picked.values.items():
            first = chosen.facts[0]
            if any(fact.legal_basis == STATISTICS for fact in chosen.facts):
                self.flaws[f"{name}{suffix}", firm] = say(STATISTICS_ONLY, label=packaged()[name].label)
                continue
            key = (first.department, str(year), str(first.batch_id))
            told = words.setdefault(key, say(DATA, department=first.department, year=year))
            self.figures[f"{name}{suffix}"][firm] = (Fraction(chosen.value_e6, E6), told)
        for firm, name, said in picked.conflicts:
            self.flaws[f"{name}{suffix}", firm] = say(CONFLICT, label=packaged()[name].label, who="、".join(said))

    def _areas(self, actor: Any) -> None:
        """Assessed land instead of reported land, where the list of that year was published."""
        if "land_mu" not in self.wanted:
            return
        for cycle in evaluation.cycles(actor).filter(year=self.year):
            told = say(ASSESSED, year=self.year)
            areas = evaluation.areas(actor, cycle).exclude(state="draft").values_list("enterprise_id", "total_cm2")
            self.figures.setdefault("land_mu", {}).update({firm: (mu(cm2), told) for firm, cm2 in areas})

    def name(self, firm: int) -> str:
        return str(self.rows[firm][3]) if firm in self.rows else ""

    def owner(self, firm: int, used_cm2: int | None) -> Held:
        """Values of a firm as an owner."""
        held, (_pk, _ulid, _uscc, _name, industry, scale, status) = Held(), self.rows[firm]
        told = REGISTER
        held.put("industry", industry or None, told)
        held.put("scale", SCALES.get(scale), told)
        held.put("bankrupt", status == "bankrupt" if status else None, told)
        if used_cm2:
            held.put("used_mu", mu(used_cm2), USED)
        held.put("last_grade", *self.grades.last(firm))
        for name in self.wanted & self.figures.keys():
            if standard()[name].of != "owner":
                continue
            if firm in self.figures[name]:
                held.put(name, *self.figures[name][firm])
            elif (name, firm) in self.flaws:
                held.lack(name, self.flaws[name, firm])
        return held

    def active(self, firm: int) -> str | None:
        """Label of a figure above zero in the year."""
        for name in ACTIVE:
            value, _told = self.figures.get(name, {}).get(firm, (Fraction(0), ""))
            if value > 0:
                return str(packaged()[name].label)
        return None
