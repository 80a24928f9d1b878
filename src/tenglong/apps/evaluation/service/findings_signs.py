"""Findings about signs: a figure below zero, and a department that says a firm has no land while its land is assessed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.evaluation.models import AssessedArea, Cycle, Finding
from tenglong.apps.evaluation.rows import Rows
from tenglong.apps.evaluation.rows import facts as figures
from tenglong.apps.evaluation.rows.assemble import LAND
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.evaluation.service.findings_data import about
from tenglong.apps.registry.queries_sensitive import e6_text
from tenglong.domain.measures import packaged
from tenglong.domain.units import area_text

LAND_MEASURE: Final = "land_mu"
#: may rightly be below zero: a loss
SIGNED: Final = frozenset({"profit"})


def of_signs(actor: Any, cycle: Cycle, rule: Pinned, rows: Rows) -> Iterator[Finding]:
    yield from _negative(rule, rows)
    yield from _no_land(actor, cycle, rows)


def _negative(rule: Pinned, rows: Rows) -> Iterator[Finding]:
    """Of the measures that the scheme reads; net taxes fall below zero when more is refunded than paid: asked about."""
    firms = {firm.id: firm for firm in rows.firms.values()}
    for (pk, name), chosen in sorted(rows.picked.values.items()):
        asked = pk in firms and name in rule.compiled.measures and name not in LAND and name not in SIGNED
        if asked and chosen.value_e6 < 0:
            fact = chosen.facts[0]
            yield about(
                firms[pk], "negative-value", "warning", name, measure=name, value=e6_text(chosen.value_e6), message=_(
                    "“%(label)s”为负数。") % {"label": _(packaged()[name].label)},
                fix=_("请 %(who)s 核对；属实的（例如退税大于入库）写明理由豁免。") % {"who": fact.department},
                source={"fact": fact.id, "department": fact.department, "batch": fact.batch_id},
            )


def _no_land(actor: Any, cycle: Cycle, rows: Rows) -> Iterator[Finding]:
    """Land is assessed, not asked for; a department's zero against it says that one of both is wrong.

    A landlord that lets all it has is rightly at zero in both.
    """
    firms = {firm.id: firm for firm in rows.firms.values()}
    totals = dict(AssessedArea.objects.filter(cycle=cycle).values_list("enterprise_id", "total_cm2"))
    for fact in sorted(figures.read(actor, cycle.year, [LAND_MEASURE]), key=lambda one: (one.enterprise_id, one.id)):
        total = totals.get(fact.enterprise_id, 0)
        if fact.enterprise_id in firms and fact.value_e6 <= 0 and total > 0:
            yield about(
                firms[fact.enterprise_id], "zero-land", "warning", fact.department, measure=LAND_MEASURE,
                value=e6_text(fact.value_e6), expected=area_text(total), message=_(
                    "%(who)s报的用地为零，核定用地不为零。") % {"who": fact.department},
                fix=_("请 %(who)s 核对用地数据，或更正用地关系后重新核定。") % {"who": fact.department},
                source={"fact": fact.id, "department": fact.department, "batch": fact.batch_id},
            )
