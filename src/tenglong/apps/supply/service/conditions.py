"""Conditions of a listing held against the register of firms: what fits one firm only is told, never decided, never silent."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.models import EnterpriseVersion, Fact
from tenglong.apps.registry.queries import current
from tenglong.domain.landing.supply.policy import LandClocks
from tenglong.domain.landing.supply.tailored import Condition, Figure, Finding, Firm, check

#: measure of a condition → label; figures of statistics are never used for single firms (统计法)
MEASURES: Final = {
    "industry": _("行业代码"), "registered_year": _("成立年份"), "scale": _("规模"), "employees": _("年平均职工人数（人）"),
    "revenue": _("营业收入（万元）"), "fixed_investment": _("固定资产投资（万元）"), "rd_expense": _("研发费用（万元）"),
}
FACTS: Final = ("employees", "revenue", "fixed_investment", "rd_expense")
ELSEWHERE: Final = "另一镇街的一家企业"


def findings(conditions: Sequence[dict[str, Any]], town: str, policy: LandClocks) -> list[Finding]:
    """Counted over the whole register of the county; only firms of the listing's own town are named."""
    asked = [Condition(one["text"], one.get("measure", ""), one.get("op") or "at_least", one.get("value", ""))
             for one in conditions]
    return check(asked, _firms({one.measure for one in asked if one.measure}, town), policy.tailored)


def _firms(measures: set[str], town: str) -> list[Firm]:
    """Firms of the register as they stand today, with the figures asked for. A firm elsewhere has no name here."""
    rows = EnterpriseVersion.objects.filter(current()).values_list(
        "enterprise_id", "name", "industry", "registered_on", "scale", "division_code")
    facts = _latest([name for name in FACTS if name in measures])
    found = []
    for pk, name, industry, founded, scale, division in rows:
        figures: dict[str, Figure] = {
            "industry": industry or None, "registered_year": Decimal(founded.year) if founded else None, "scale": scale or None,
            **{measure: facts.get((pk, measure)) for measure in FACTS},
        }
        found.append(Firm(name if division == town else ELSEWHERE, figures))
    return found


def _latest(measures: list[str]) -> dict[tuple[int, str], Decimal]:
    """The latest yearly figure of each firm, none of it from statistics."""
    if not measures:
        return {}
    rows = Fact.objects.filter(subject_type="enterprise", measure__in=measures, superseded_by__isnull=True).exclude(
        legal_basis="statistics").order_by("period").values_list("subject_id", "measure", "period", "value_e6")
    return {(pk, measure): Decimal(value) / 1_000_000 for pk, measure, period, value in rows if len(period) == 4}
