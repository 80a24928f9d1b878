"""Conditions of a listing held against the register of firms: what fits one firm only is told, never decided, never silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import whole_county
from tenglong.domain.landing.supply.policy import LandClocks
from tenglong.domain.landing.supply.tailored import Condition, Figure, Finding, Firm, check

#: measure of a condition → label; figures of statistics are never used for single firms (统计法)
MEASURES: Final = {
    "industry": _("行业代码"), "registered_year": _("成立年份"), "scale": _("规模"), "employees": _("年平均职工人数（人）"),
    "revenue": _("营业收入（万元）"), "fixed_investment": _("固定资产投资（万元）"), "rd_expense": _("研发费用（万元）"),
}
FACTS: Final = ("employees", "revenue", "fixed_investment", "rd_expense")
ELSEWHERE: Final = "另一镇街的一家企业"


def lines_of(told: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Conditions as a listing keeps them, empty lines left out."""
    return [{"text": one["text"].strip(), **{key: one.get(key, "") for key in ("measure", "op", "value")}}
            for one in told if one["text"].strip()]


def findings(conditions: Sequence[dict[str, Any]], town: str, policy: LandClocks) -> list[Finding]:
    """Counted over the whole register of the county; only firms of the listing's own town are named."""
    asked = [Condition(one["text"], one.get("measure", ""), one.get("op") or "at_least", one.get("value", ""))
             for one in conditions]
    return check(asked, _firms({one.measure for one in asked if one.measure}, town), policy.tailored)


def _firms(measures: set[str], town: str) -> list[Firm]:
    """Firms of the register as they stand today, with the figures asked for. A firm elsewhere has no name here."""
    facts = whole_county.latest_figures(name for name in FACTS if name in measures)
    found = []
    for row in whole_county.firms():
        figures: dict[str, Figure] = {
            "industry": row.industry or None, "scale": row.scale or None,
            "registered_year": Decimal(row.registered_on.year) if row.registered_on else None,
            **{measure: facts.get((row.enterprise_id, measure)) for measure in FACTS},
        }
        found.append(Firm(row.name if row.division_code == town else ELSEWHERE, figures))
    return found
