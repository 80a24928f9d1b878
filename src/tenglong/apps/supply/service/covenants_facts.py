"""Figures that a check stands on, from the record: what papers prove, else what departments reported and evaluation picks.

A figure that is not there, that departments tell differently, that only the statistics law gave, or that the person who checks
may not read is 缺数 with its reason – never zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.db.models import Sum
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.evaluation.queries.figures import yearly_figures
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.places import enterprise_names
from tenglong.apps.registry.queries_sensitive import sensitive_measures
from tenglong.apps.supply.models import CovenantFirm, ProvenFigure
from tenglong.apps.supply.service.covenants_picture import Picture
from tenglong.domain.landing.covenant.counted import Counted, Figure, Firm, counted, total
from tenglong.domain.landing.covenant.judge import years_of
from tenglong.domain.landing.covenant.policy import FLOOR
from tenglong.domain.measures import packaged
from tenglong.domain.units import CM2_PER_M2

E6: Final = 10**6
WHOLE_BP: Final = 10_000
STATISTICS: Final = "statistics"
#: what a source is, before the colon
FACT, PROOF, BUILDING = "fact", "proof", "building"


@dataclass(frozen=True)
class Gathered:
    """`figures` by measure and year; `firms` as they count."""

    figures: dict[tuple[str, int], Figure]
    firms: Counted


def gather(actor: Any, held: Picture) -> Gathered:
    """Everything that the standing indicators need on the day of the picture, through the scope of `actor`."""
    firms = firms_of(actor, held)
    figures: dict[tuple[str, int], Figure] = {(FLOOR, 0): _floor(actor, held)}
    for year, measures in sorted(_wanted(held).items()):
        figures.update(_reported(actor, held, firms, year, measures))
    figures.update(_proven(held))
    return Gathered(figures, firms)


def firms_of(actor: Any, held: Picture) -> Counted:
    """Firms of the parcel, counted; names outside the reach of `actor` are not told."""
    rows = list(CovenantFirm.objects.filter(covenant=held.covenant))
    names = enterprise_names(actor, [row.enterprise_id for row in rows])
    others = CovenantFirm.objects.exclude(covenant=held.covenant).filter(covenant__ended_on=None)
    claimed = dict(others.filter(enterprise_id__in=[row.enterprise_id for row in rows]).order_by()
                   .values_list("enterprise_id").annotate(part=Sum("share_bp")))
    return counted(
        Firm(row.enterprise_id, names.get(row.enterprise_id, ("", _("管辖范围外的企业")))[1], row.registered, row.producing,
             Fraction(row.share_bp, WHOLE_BP), Fraction(claimed.get(row.enterprise_id, 0), WHOLE_BP)) for row in rows)


def _wanted(held: Picture) -> dict[int, set[str]]:
    """Year → measures: years assessed that are over, and for “so far” every year from the first paper."""
    found: dict[int, set[str]] = {}
    for name, stands in held.indicators.items():
        if stands.terms is None:
            continue
        rule = held.policy.indicators[name]
        years = [year for year in years_of(held.policy, stands.terms, held.done)[0] if year < held.on.year]
        if rule.span == "so_far" and years:
            years = list(range(held.begun, max(years) + 1))
        for year in years:
            found.setdefault(year, set()).update(rule.measures)
    return found


def _floor(actor: Any, held: Picture) -> Figure:
    """Floor area of the buildings on the plots, m²; one without an area makes the sum unknown."""
    plots = list(held.covenant.plots.values_list("plot_id", flat=True))
    houses = list(registry.buildings(actor, held.on).filter(plot_id__in=plots).select_related("building").order_by("pk"))
    if not houses:
        return Figure(None, _("没有登记厂房，缺建筑面积"))
    lacking = [house.name or house.building.code for house in houses if house.floor_cm2 is None]
    sources = tuple(f"{BUILDING}:{house.building_id}" for house in houses)
    if lacking:
        return Figure(None, _("%(names)s没有登记建筑面积") % {"names": "、".join(lacking)}, sources)
    return Figure(Fraction(sum(house.floor_cm2 or 0 for house in houses), CM2_PER_M2), "", sources)


def _reported(
    actor: Any, held: Picture, firms: Counted, year: int, measures: Iterable[str]
) -> dict[tuple[str, int], Figure]:
    ids, names = [one.id for one in firms.firms], sorted(measures)
    picked = yearly_figures(actor, year, names, ids)
    single: dict[tuple[str, int], Figure] = {}
    for (firm, name), chosen in picked.values.items():
        sources = tuple(f"{FACT}:{fact.id}" for fact in chosen.facts)
        if any(fact.legal_basis == STATISTICS for fact in chosen.facts):
            told = _("%(year)s 年%(label)s只有统计调查资料，不能用来核查单个企业") % _words(name, year)
            single[name, firm] = Figure(None, told, sources)
        else:
            single[name, firm] = Figure(Fraction(chosen.value_e6, E6), "", sources)
    for firm, name, _said in picked.conflicts:
        single[name, firm] = Figure(None, _("%(year)s 年%(label)s各部门报数不一致") % _words(name, year))
    hidden = set() if can(actor, "sensitive.view") else set(sensitive_measures())
    found = {}
    for name in names:
        words = _words(name, year)
        if name in hidden:
            found[name, year] = Figure(None, _("%(label)s是敏感数据，请由有权查看的人员核查") % words)
            continue
        mine = {one.id: single[name, one.id] for one in firms.firms if (name, one.id) in single}
        found[name, year] = total(firms, mine, _("%(year)s 年%(label)s") % words)
    return found


def _words(name: str, year: int) -> dict[str, Any]:
    return {"year": year, "label": _(packaged()[name].label)}


def _proven(held: Picture) -> dict[tuple[str, int], Figure]:
    """A total so far stands in its year, and the years before it are part of it."""
    found: dict[tuple[str, int], Figure] = {}
    for row in ProvenFigure.objects.filter(covenant=held.covenant).order_by("year"):
        source = (f"{PROOF}:{row.pk}",)
        if row.so_far:
            found.update({(row.measure, year): Figure(Fraction(0), "", source) for year in range(held.begun, row.year)})
        found[row.measure, row.year] = Figure(Fraction(row.value_e6, E6), "", source)
    return found


def sensitive(measures: Iterable[str]) -> bool:
    """Whether one of the measures needs `sensitive.view`."""
    return not set(measures).isdisjoint(sensitive_measures())

