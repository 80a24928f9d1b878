"""What a shortfall costs, step by step with the clause; exact, rounded to 分 only at the end.

Formulas of the model contract GF-2008-2601 through `policies/covenant`: price × shortfall ÷ agreed; price × ‰ × days late; the
gap itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from tenglong.domain.landing.covenant.judge import Outcome
from tenglong.domain.landing.covenant.nodes import NodeState, Progress
from tenglong.domain.landing.covenant.policy import Clause, CovenantPolicy
from tenglong.domain.landing.covenant.texts import WAN, number, percent, wan
from tenglong.domain.units import AREA_UNITS

THOUSAND: Final = 1000


@dataclass(frozen=True)
class Step:
    """One line of the explanation: what, how, and the exact value as text."""

    label: str
    formula: str
    value: str


@dataclass(frozen=True)
class Owed:
    """`fen` None: it cannot be worked out, `why` says what is missing. `exact` is before rounding to 分 (half-even)."""

    clause: str
    label: str
    article: str
    about: str
    exact: Fraction | None
    steps: tuple[Step, ...] = ()
    why: str = ""

    @property
    def fen(self) -> int | None:
        return None if self.exact is None else round(self.exact)


@dataclass(frozen=True)
class Ground:
    """What amounts are worked out from. `permille`: node → ‰ per day that the contract states."""

    price_fen: int | None
    land_cm2: int
    permille: Mapping[str, Fraction]


def owed(
    policy: CovenantPolicy, outcomes: Mapping[str, Outcome], progress: Progress, ground: Ground
) -> list[Owed]:
    """One for each clause whose indicator fell short or whose node is or was late; in the order of the policy."""
    found = []
    for name, clause in policy.clauses.items():
        if clause.node:
            node = progress.node(clause.node)
            if node.days_late:
                found.append(_late(policy, name, clause, node, ground))
        elif (outcome := outcomes.get(clause.indicator)) and outcome.verdict == "short":
            found.append(_short(policy, name, clause, outcome, ground))
    return found


def _late(policy: CovenantPolicy, name: str, clause: Clause, node: NodeState, ground: Ground) -> Owed:
    rate = ground.permille.get(node.id, clause.permille)
    days = node.days_late or 0
    until = f"{node.label}于 {node.done}" if node.done else f"至核查日未{node.label}"
    steps = [Step("逾期天数", f"约定 {node.agreed}，{until}", f"{days} 天")]
    if ground.price_fen is None or rate is None:
        why = "没有登记出让价款" if ground.price_fen is None else "合同没有登记每日违约金的千分率"
        return Owed(name, clause.label, clause.article, node.id, None, tuple(steps), why)
    exact = ground.price_fen * rate / THOUSAND * days
    steps.append(Step("每日违约金", f"{wan(ground.price_fen)} × {number(rate)}‰", wan(ground.price_fen * rate / THOUSAND)))
    steps.append(Step("违约金", f"{wan(ground.price_fen)} × {number(rate)}‰ × {days} 天", wan(exact)))
    return Owed(name, clause.label, clause.article, node.id, exact, tuple(steps))


def _short(policy: CovenantPolicy, name: str, clause: Clause, outcome: Outcome, ground: Ground) -> Owed:
    rule = policy.indicators[outcome.indicator]
    reached, gap = outcome.reached or Fraction(0), outcome.gap or Fraction(0)
    unit = f" {rule.unit}".rstrip()
    steps = [Step("差额", f"约定 {number(outcome.agreed)}{unit} − 实际 {number(reached)}{unit}", f"{number(gap)}{unit}")]
    if clause.formula == "gap":
        return _by_land(name, clause, outcome, gap, steps, ground)
    if ground.price_fen is None or outcome.agreed <= 0:
        why = "没有登记出让价款" if ground.price_fen is None else "约定值不是正数，没有比例可算"
        return Owed(name, clause.label, clause.article, outcome.indicator, None, tuple(steps), why)
    share = gap / outcome.agreed
    exact = ground.price_fen * share
    steps.append(Step("差额占约定的比例", f"{number(gap)} ÷ {number(outcome.agreed)}", percent(share)))
    steps.append(Step("违约金", f"出让价款 {wan(ground.price_fen)} × {percent(share)}", wan(exact)))
    return Owed(name, clause.label, clause.article, outcome.indicator, exact, tuple(steps))


def _by_land(name: str, clause: Clause, outcome: Outcome, gap: Fraction, steps: list[Step], ground: Ground) -> Owed:
    land = Fraction(ground.land_cm2) / AREA_UNITS["mu"]
    whole, how = _gap_of_years(outcome, gap)
    if how:
        steps.append(Step("考核期差额合计", how, number(whole)))
    exact = whole * land * WAN
    steps.append(Step("应补差额", f"{number(whole)} 万元/亩 × {number(land)} 亩", wan(exact)))
    lacking = "、".join(str(one.year) for one in outcome.values if one.value is None)
    why = f"另有 {lacking} 年缺数，没有计入" if lacking else ""
    return Owed(name, clause.label, clause.article, outcome.indicator, exact, tuple(steps), why)


def _gap_of_years(outcome: Outcome, gap: Fraction) -> tuple[Fraction, str]:
    """Each short year by itself; a mean as many times as it has years; a sum is the whole already."""
    if outcome.mode == "average":
        return gap * len(outcome.years), f"{number(gap)} × {len(outcome.years)} 年"
    short = [one for one in outcome.values if one.value is not None and one.value < outcome.agreed]
    if outcome.mode == "cumulative" or len(outcome.values) < 2:
        return gap, ""
    gaps = [outcome.agreed - (one.value or Fraction(0)) for one in short]
    told = " + ".join(f"{number(size)}（{one.year} 年）" for size, one in zip(gaps, short, strict=True))
    return sum(gaps, Fraction(0)), told


def total_fen(found: list[Owed]) -> int | None:
    """Sum in 分; None when one of them is not known, so that no smaller sum is taken for the whole."""
    if any(one.exact is None for one in found):
        return None
    return round(sum((one.exact or Fraction(0) for one in found), Fraction(0)))
