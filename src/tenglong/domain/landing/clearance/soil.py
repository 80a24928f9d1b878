"""Soil is a gate (土壤污染防治法；待核): demolition on land of a key unit needs its plan, delivery needs the survey."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from tenglong.domain.landing.clearance.policy import SoilGate

#: states of the soil that let the land be delivered: surveyed below the limit, or remediated with proof
SETTLED: Final = frozenset({"clean", "remediated"})
PLAN: Final = "demolition_plan"


@dataclass(frozen=True)
class Soil:
    """What the register says of a plot: `state` as in the vocabulary of the criteria, "" unknown; `key_unit` None unknown."""

    plot: str
    state: str = ""
    key_unit: bool | None = None

    @property
    def bound(self) -> bool:
        """Land of a key unit, or land that has to be surveyed or cleaned."""
        return self.key_unit is True or self.state in ("due", "exceeds")


@dataclass(frozen=True)
class Gate:
    """`blocks` stop the step; `warns` are told."""

    blocks: tuple[str, ...] = ()
    warns: tuple[str, ...] = ()


def demolition(policy: SoilGate, soils: Collection[Soil], papers: Collection[str]) -> Gate:
    """`papers`: kinds on file for this holder."""
    found = [f"地块 {soil.plot} 是土壤污染重点监管单位用地，拆除前须有《{policy.demolition}》"
             for soil in soils if soil.key_unit and PLAN not in papers]
    return Gate(tuple(found), _unknown(soils))


def delivery(policy: SoilGate, soils: Collection[Soil]) -> Gate:
    """Land of a key unit, and land whose survey is due or over the limit, waits for its paper."""
    found = []
    for soil in soils:
        if soil.state == "exceeds":
            found.append(f"地块 {soil.plot} 土壤调查超标，修复并有效果评估后才能交付")
        elif soil.bound and soil.state not in SETTLED:
            found.append(f"地块 {soil.plot} 须先有《{policy.delivery}》，并在地块档案登记结果，才能交付")
    return Gate(tuple(found), _unknown(soils))


def _unknown(soils: Collection[Soil]) -> tuple[str, ...]:
    return tuple(f"地块 {soil.plot} 没有登记是否属于土壤污染重点监管单位用地，请先向生态环境部门核实"
                 for soil in soils if soil.key_unit is None and not soil.state)
