"""Conditions of a listing held against the register of firms: what fits one firm only is told, never decided, never silent.

Firms are counted as far as whoever asks may see them: an office of one town could else find a firm's figure in another by
asking step by step. The whole county is counted when the listing is approved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.registry import whole_county
from tenglong.apps.supply.errors import SupplyError
from tenglong.domain.landing.supply.policy import LandClocks
from tenglong.domain.landing.supply.tailored import Condition, Figure, Finding, Firm, check

#: measure of a condition → label; figures of statistics are never used for single firms (统计法)
MEASURES: Final = {
    "industry": _lazy("行业代码"), "registered_year": _lazy("成立年份"), "scale": _lazy("规模"),
    "employees": _lazy("年平均职工人数（人）"), "revenue": _lazy("营业收入（万元）"),
    "fixed_investment": _lazy("固定资产投资（万元）"), "rd_expense": _lazy("研发费用（万元）"),
}
FACTS: Final = ("employees", "revenue", "fixed_investment", "rd_expense")
ELSEWHERE: Final = "另一镇街的一家企业"


def lines_of(told: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Conditions as a listing keeps them, empty lines left out."""
    return [{"text": one["text"].strip(), **{key: one.get(key, "") for key in ("measure", "op", "value")}}
            for one in told if one["text"].strip()]


def findings(actor: Any, conditions: Sequence[dict[str, Any]], town: str, policy: LandClocks) -> list[dict[str, Any]]:
    """As a listing keeps them. Counted over the firms in the actor's reach; only firms of the listing's own town are named."""
    asked = [Condition(one["text"], one.get("measure", ""), one.get("op") or "at_least", one.get("value", ""))
             for one in conditions]
    firms, beyond = _firms(actor, {one.measure for one in asked if one.measure}, town)
    found = check(asked, firms, policy.tailored)
    if beyond and any(one.measure for one in asked):
        found.append(Finding("unchecked", f"只核对了管辖范围内的 {len(firms)} 家企业，全县的核对在审定时进行"))
    return [{"rule": one.rule, "says": one.says, "condition": one.condition} for one in found]


def doubts(found: Sequence[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Findings that ask for an answer: all but notes of what was not looked at."""
    return [one for one in found or [] if one["rule"] != "unchecked"]


def new_doubts(found: Sequence[dict[str, Any]], answered: Sequence[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Doubts of a wider count of which whoever asked for approval knew nothing."""
    known = {(one["rule"], one["condition"]) for one in doubts(answered)}
    return [one for one in doubts(found) if (one["rule"], one["condition"]) not in known]


def answered(found: list[dict[str, Any]], reason: str) -> list[dict[str, Any]]:
    """The same doubts, once the approver has said why the conditions stay. Raises SupplyError with what was found."""
    if found and len(reason.strip()) < 5:
        raise SupplyError(_("全县核对提示疑似量身定制，请写明为什么同意保留这些条件，或退回修改：%(says)s")
                          % {"says": "；".join(one["says"] for one in found)})
    return found


def _firms(actor: Any, measures: set[str], town: str) -> tuple[list[Firm], bool]:
    """Firms in the actor's reach as they stand today, with the figures asked for; whether there are others.

    A firm of another town than the listing's has no name here: what is found is kept and read there.
    """
    facts = whole_county.latest_figures(name for name in FACTS if name in measures)
    reach, found, beyond = scope_of(actor, "enterprise.view"), [], False
    for row in whole_county.firms():
        if not reach.covers(row.division_code):
            beyond = True
            continue
        figures: dict[str, Figure] = {
            "industry": row.industry or None, "scale": row.scale or None,
            "registered_year": Decimal(row.registered_on.year) if row.registered_on else None,
            **{measure: facts.get((row.enterprise_id, measure)) for measure in FACTS},
        }
        found.append(Firm(row.name if row.division_code == town else ELSEWHERE, figures))
    return found, beyond
