"""Findings about signs: a figure below zero, a department that says a firm has no land while its land is assessed, a firm that
produces here and is registered elsewhere."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from tenglong.apps.evaluation.models import AssessedArea, Cycle, Finding
from tenglong.apps.evaluation.rows import Rows
from tenglong.apps.evaluation.rows import facts as figures
from tenglong.apps.evaluation.rows.assemble import LAND
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.evaluation.service.findings_data import about
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry.queries_sensitive import e6_text
from tenglong.domain.measures import packaged
from tenglong.domain.units import area_text

LAND_MEASURE: Final = "land_mu"
#: may rightly be below zero: a loss
SIGNED: Final = frozenset({"profit"})


def of_signs(actor: Any, cycle: Cycle, rule: Pinned, rows: Rows) -> Iterator[Finding]:
    yield from _negative(rule, rows)
    yield from _no_land(actor, cycle, rows)
    yield from _registered_outside(actor, cycle, rows)


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


def _registered_outside(actor: Any, cycle: Cycle, rows: Rows) -> Iterator[Finding]:
    """注册在外、生产在内: the register places the firm outside the county, its production or its land lies inside.

    Only dated attributions speak; the code of the office that registered it, inside its own code, does not: districts change.
    """
    firms = {firm.id: firm for firm in rows.firms.values()}
    places: dict[str, dict[int, str]] = defaultdict(dict)
    held = registry.attributions(actor, None, cycle.measure_day).filter(enterprise_id__in=sorted(firms))
    for firm, kind, code in held.order_by("valid_from", "pk").values_list("enterprise_id", "kind", "division_code"):
        places[kind][firm] = code
    used = set(registry.occupancies(actor, cycle.measure_day).filter(enterprise_id__in=sorted(firms)).values_list(
        "enterprise_id", flat=True))
    for pk, registered in sorted(places["location"].items()):
        producing = places["production"].get(pk)
        inside = producing.startswith(cycle.division_code) if producing else pk in used
        if inside and not registered.startswith(cycle.division_code):
            taxed = places["tax"].get(pk, "")
            yield about(
                firms[pk], "registered-outside-producing-inside", "warning", "", value=registered,
                expected=producing or cycle.division_code, message=_(
                    "注册在外、生产在内：登记的属地是 %(registered)s，生产在本地；%(taxed)s") % {
                        "registered": registered, "taxed": _(
                            "税收入库地登记为 %(code)s。") % {"code": taxed} if taxed else _("没有登记税收入库地。")},
                fix=_("核对它在本地有没有分公司、税收归哪里：应在本地纳税的请税务部门补登分公司和税收分摊文件，只是登记有误的更正属地。"),
            )
