"""Attributes of the firms of a cycle: from the register, dated records, decisions, units and last year's grades."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any, Final

from tenglong.apps.evaluation.models import AttributeRecord, Cycle, Decision, JointMember
from tenglong.apps.registry import queries as registry
from tenglong.domain.evaluation.compiled import Attribute

E6: Final = 10**6
SCALES: Final = {"above_scale": "above", "below_scale": "below", "above": "above", "below": "below"}
#: value and where it came from
Held = tuple[Any, str, int | None]


@dataclass(frozen=True)
class Firm:
    """A firm as in force on the day. `key` names it in tables; `town` is the one that the cycle's ranking uses."""

    id: int
    key: str
    name: str
    uscc: str
    town: str
    industry: str
    scale: str
    registered_on: date | None
    division_code: str


@dataclass
class Attributes:
    """Values of one cycle, worked out once for all firms. `day`: on which decisions must be effective."""

    actor: Any
    cycle: Cycle
    day: date
    firms: Mapping[int, Firm]
    grades: Callable[[Cycle], Mapping[int, str]]
    reviewed: list[tuple[int, str, str]] = field(default_factory=list)

    def column(self, attribute: Attribute) -> dict[int, Held]:
        """Firm → (value as the engine takes it, kind of source, id of the source row)."""
        found = self._standard[attribute.id]() if attribute.id in self._standard else {}
        found.update(self._recorded(attribute))
        if attribute.type == "flag":
            found.update({firm: (True, "decision", pk) for firm, pk in self.decisions.get(attribute.id, {}).items()})
        return {firm: held for firm, held in found.items() if firm in self.firms and held[0] is not None}

    @property
    def _standard(self) -> dict[str, Callable[[], dict[int, Held]]]:
        return {
            "scale": lambda: self._of_firm(lambda firm: SCALES.get(firm.scale)),
            "industry": lambda: self._of_firm(lambda firm: firm.industry or None),
            "town": lambda: self._of_firm(lambda firm: firm.town or None),
            "registered_years": lambda: self._of_firm(lambda firm: self._years(firm.registered_on)),
            "zone": lambda: self.land.zones(), "holding": lambda: self.land.holdings(self.firms),
            "leased_floor_m2": lambda: self.land.leased_floor(), "tenants_below": lambda: self.land.tenants_below(self.firms),
            "landlord": lambda: self.land.landlords(self.firms), "land_years": self._land_years,
            "unit": self._units, "last_grade": self._last_grades,
        }

    def _of_firm(self, value: Callable[[Firm], Any]) -> dict[int, Held]:
        return {pk: (value(firm), "enterprise", pk) for pk, firm in self.firms.items()}

    def _years(self, since: date | None) -> int | None:
        """Whole years up to the end of the data year, × 10⁶."""
        if since is None:
            return None
        end = date(self.cycle.year, 12, 31)
        return max(0, end.year - since.year - ((end.month, end.day) < (since.month, since.day))) * E6

    def _recorded(self, attribute: Attribute) -> dict[int, Held]:
        """Dated records in force on the day of the cycle."""
        return {
            firm: (typed(value, attribute.type), "attribute", pk)
            for firm, value, pk in self._records.get(attribute.id, ()) if firm in self.firms
        }

    @cached_property
    def _records(self) -> dict[str, list[tuple[int, str, int]]]:
        rows = AttributeRecord.objects.filter(registry.in_force(self.cycle.measure_day)).order_by("valid_from")
        found: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
        for name, *rest in rows.values_list("attribute", "enterprise_id", "value", "pk"):
            found[name].append(tuple(rest))  # type: ignore[arg-type]
        return found

    @cached_property
    def decisions(self) -> dict[str, dict[int, int]]:
        """Veto → firm → decision that is effective and has not expired on the day. What is under review is only noted."""
        found: dict[str, dict[int, int]] = defaultdict(dict)
        rows = Decision.objects.filter(dated__lte=self.day).exclude(state="revoked").order_by("dated", "pk")
        names = ("veto", "enterprise_id", "pk", "state", "expires_on", "number")
        for veto, firm, pk, state, expires, number in rows.values_list(*names):
            if state == "under_review":
                self.reviewed.append((firm, veto, number))
            elif expires is None or expires > self.day:
                found[veto][firm] = pk
        return found

    def _units(self) -> dict[int, Held]:
        rows = JointMember.objects.filter(cycle=self.cycle).values_list("enterprise_id", "unit__ulid", "unit_id")
        return {firm: (ulid, "joint", pk) for firm, ulid, pk in rows}

    def _last_grades(self) -> dict[int, Held]:
        before = Cycle.objects.filter(
            division_code=self.cycle.division_code, year=self.cycle.year - 1, final_run__isnull=False
        ).order_by("-finalised_on").first()
        if before is None:
            return {}
        return {firm: (grade, "last_run", before.final_run_id) for firm, grade in self.grades(before).items()}

    def _land_years(self) -> dict[int, Held]:
        return {firm: (self._years(day), "parcel", pk) for firm, (day, pk) in self.land.granted.items()}

    @cached_property
    def land(self) -> Any:
        from tenglong.apps.evaluation.rows.land import LandWords

        return LandWords(self.actor, self.cycle.measure_day)


def typed(value: str, kind: str) -> Any:
    """Text of a record as the engine takes it; None when it does not fit the type."""
    if kind == "flag":
        return {"true": True, "false": False}.get(value.strip().lower())
    if kind == "number":
        try:
            return int(Decimal(value) * E6)
        except (InvalidOperation, ValueError, OverflowError):
            return None
    return value
