"""What the land-use relations say of a firm: how it holds its land, where, from whom, to whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from tenglong.apps.registry import queries as registry

RENTED = ("lessee", "sublessee")
CM2_TO_M2_E6 = 100  # 1 cm² = 10⁻⁴ m², kept × 10⁶


class LandWords:
    """Read once for all firms."""

    def __init__(self, actor: Any, day: date) -> None:
        names = ("id", "plot_id", "building_id", "enterprise_id", "role", "area_cm2", "floor_cm2", "landlord_link_id")
        houses = dict(registry.buildings(actor, day).values_list("building_id", "plot_id"))
        self.uses = [
            (pk, plot or houses.get(house), *rest)
            for pk, plot, house, *rest in registry.occupancies(actor, day).select_related(None).values_list(*names)
        ]
        self.zone_of = dict(registry.plots(actor, day).values_list("plot_id", "zone_code"))
        self.firm_of = {use[0]: use[2] for use in self.uses}
        self._actor, self._day = actor, day

    @cached_property
    def by_firm(self) -> dict[int, list[tuple[Any, ...]]]:
        found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for use in self.uses:
            if use[2] is not None:
                found[use[2]].append(use)
        return found

    def zones(self) -> dict[int, tuple[Any, str, int | None]]:
        """The zone in which most of its land lies; of equal ones the first by code."""
        found: dict[int, tuple[Any, str, int | None]] = {}
        for firm, uses in self.by_firm.items():
            sizes: Counter[str] = Counter()
            for _pk, plot, _firm, _role, cm2, *_rest in uses:
                if self.zone_of.get(plot):
                    sizes[self.zone_of[plot]] += cm2 or 1
            if sizes:
                found[firm] = (min(sizes, key=lambda code: (-sizes[code], code)), "occupancy", uses[0][0])
        return found

    def holdings(self, firms: Mapping[int, Any]) -> dict[int, tuple[Any, str, int | None]]:
        found: dict[int, tuple[Any, str, int | None]] = {}
        for firm in firms:
            uses = self.by_firm.get(firm, [])
            own, rents = any(use[3] == "owner" for use in uses), any(use[3] in RENTED for use in uses)
            word = ("mixed" if rents else "own") if own else ("leased" if rents else "none")
            found[firm] = (word, "occupancy", uses[0][0] if uses else None)
        return found

    def leased_floor(self) -> dict[int, tuple[Any, str, int | None]]:
        """Σ floor area of its leases in m² × 10⁶; a lease without a floor area makes the sum unknown."""
        found: dict[int, tuple[Any, str, int | None]] = {}
        for firm, uses in self.by_firm.items():
            floors = [use[5] for use in uses if use[3] in RENTED]
            if floors and None not in floors:
                found[firm] = (sum(floors) * CM2_TO_M2_E6, "occupancy", uses[0][0])
        return found

    def tenants_below(self, firms: Mapping[int, Any]) -> dict[int, tuple[Any, str, int | None]]:
        """How many firms below scale rent from it, × 10⁶; nobody: 0 for whoever owns land."""
        renters: dict[int, set[int]] = defaultdict(set)
        for use in self.uses:
            landlord = self.firm_of.get(use[6])
            if landlord is not None and use[2] is not None and landlord != use[2]:
                renters[landlord].add(use[2])
        found: dict[int, tuple[Any, str, int | None]] = {}
        for firm, uses in self.by_firm.items():
            below = sum(1 for tenant in renters[firm] if tenant in firms and firms[tenant].scale in ("below_scale", "below"))
            found[firm] = (below * 10**6, "occupancy", uses[0][0])
        return found

    def landlords(self, firms: Mapping[int, Any]) -> dict[int, tuple[Any, str, int | None]]:
        """Key of the landlord of its largest lease."""
        found: dict[int, tuple[Any, str, int | None]] = {}
        for firm, uses in self.by_firm.items():
            leases = [use for use in uses if use[3] in RENTED and self.firm_of.get(use[6]) in firms]
            if leases:
                first = max(leases, key=lambda use: (use[4] or 0, -use[0]))
                found[firm] = (firms[self.firm_of[first[6]]].key, "occupancy", first[0])
        return found

    @cached_property
    def granted(self) -> dict[int, tuple[date, int]]:
        """Earliest grant among the titles in a firm's own name."""
        versions = registry.enterprises(self._actor, self._day).exclude(uscc="")
        firms = dict(versions.values_list("uscc", "enterprise_id"))
        found: dict[int, tuple[date, int]] = {}
        rows = registry.parcels(self._actor, self._day).filter(granted_on__isnull=False).exclude(holder_uscc="")
        for code, day, pk in rows.order_by("granted_on", "parcel_id").values_list("holder_uscc", "granted_on", "parcel_id"):
            if code in firms and day is not None:
                found.setdefault(firms[code], (day, pk))
        return found
