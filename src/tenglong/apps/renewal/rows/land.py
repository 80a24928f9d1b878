"""What the register says of every plot: area, buildings, who uses it, title, control line, soil, idleness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext_noop

from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal.rows.held import Held, mu, typed
from tenglong.apps.renewal.rows.said import say
from tenglong.domain.renewal.criteria.vocabulary import standard

#: where values stand and why they are missing
SURVEYED, STATED = gettext_noop("实测面积"), gettext_noop("证载面积（没有实测）")
SEALED, STATUS, SOIL = gettext_noop("权证状态：查封"), gettext_noop("摸排现状"), gettext_noop("地块土壤记录")
ATTRIBUTE = gettext_noop("地块附加属性")
HOUSES, RATIO = gettext_noop("%(n)s 幢厂房建筑面积合计"), gettext_noop("%(n)s 幢厂房建筑面积合计 ÷ 地块面积")
NO_HOUSE, NO_FLOOR = gettext_noop("没有登记厂房，容积率算不出来"), gettext_noop("有厂房没有建筑面积")
USES, RENT = gettext_noop("用地关系 %(n)s 条"), gettext_noop("租赁 %(n)s 条的面积 ÷ 地块面积")
NO_USE, NO_RENT_AREA = gettext_noop("没有登记用地关系，不知出租多少"), gettext_noop("有租赁没有登记面积")
RENTED: Final = ("lessee", "sublessee")
#: status of the survey → what it says of idleness; 疑似 is a clue and no finding
IDLE_BY_STATUS: Final = {"idle_suspected": "suspected", "in_use": "none", "building": "none", "vacated": "none"}
TITLED: Final = {"titled": True, "mortgaged": True, "sealed": True, "untitled": False}


@dataclass(frozen=True)
class Ground:
    """A plot as in force on the day."""

    id: int
    ulid: str
    code: str
    division_code: str
    zone_code: str
    cm2: int
    surveyed: bool
    status: str
    control_line: str
    title_status: str
    soil: dict[str, Any]
    attributes: dict[str, Any]


@dataclass(frozen=True)
class Use:
    """One land-use relation; areas in cm²."""

    plot: int
    firm: int | None
    role: str
    cm2: int | None


class Land:
    """Plots, buildings and uses of one day, read once; then values plot by plot."""

    def __init__(self, actor: Any, day: date) -> None:
        self.day = day
        self.survey = say(gettext_noop("地块登记（%(day)s）"), day=day.isoformat())
        self.grounds = [_ground(row) for row in registry.plots(actor, day).order_by("code").values_list(*_COLUMNS)]
        self._houses(actor, day)
        self._uses(actor, day)
        self._titles(actor, day)

    def _houses(self, actor: Any, day: date) -> None:
        self.floor: dict[int, int] = defaultdict(int)
        self.houses: dict[int, int] = defaultdict(int)
        self.unmeasured: set[int] = set()
        self.house_plot: dict[int, int | None] = {}
        for house, plot, cm2 in registry.buildings(actor, day).values_list("building_id", "plot_id", "floor_cm2"):
            self.house_plot[house] = plot
            if plot is not None:
                self.houses[plot] += 1
                self.floor[plot] += cm2 or 0
                if cm2 is None:
                    self.unmeasured.add(plot)

    def _uses(self, actor: Any, day: date) -> None:
        self.uses: dict[int, list[Use]] = defaultdict(list)
        self.plots_of: dict[int, dict[int, int | None]] = defaultdict(dict)
        rows = registry.occupancies(actor, day).select_related(None).order_by("pk")
        for plot, house, firm, role, cm2 in rows.values_list("plot_id", "building_id", "enterprise_id", "role", "area_cm2"):
            where = plot or self.house_plot.get(house)
            if where is None:
                continue
            self.uses[where].append(Use(where, firm, role, cm2))
            if firm is not None:
                before = self.plots_of[firm].get(where, 0)
                self.plots_of[firm][where] = None if cm2 is None or before is None else before + cm2

    def _titles(self, actor: Any, day: date) -> None:
        """Plot → credit code of the holder of the largest title in it."""
        holders = dict(registry.parcels(actor, day).exclude(holder_uscc="").values_list("parcel_id", "holder_uscc"))
        self.title: dict[int, str] = {}
        links = registry.parcel_links(actor, day).select_related(None).order_by("area_cm2", "pk")
        for plot, parcel in links.values_list("plot_id", "parcel_id"):
            if parcel in holders:
                self.title[plot] = holders[parcel]

    def owner(self, plot: int, by_code: dict[str, int]) -> int | None:
        """Who owns the land: the relation of the largest own area, else the holder of the title."""
        own = [use for use in self.uses.get(plot, ()) if use.role in ("owner", "idle") and use.firm is not None]
        if own:
            return max(own, key=lambda use: (use.role == "owner", use.cm2 or 0)).firm
        return by_code.get(self.title.get(plot, ""))

    def share(self, firm: int, plot: int) -> Fraction | None:
        """Part of the firm's own use that lies here; None when an area is not recorded."""
        held = self.plots_of[firm]
        if len(held) == 1:
            return Fraction(1)
        areas = list(held.values())
        whole = None if None in areas else sum(area or 0 for area in areas)
        return Fraction(held[plot] or 0, whole) if whole else None

    def fill(self, ground: Ground, wanted: AbstractSet[str]) -> Held:
        """Values that need nothing of the firms' figures."""
        held, survey = Held(), self.survey
        if ground.cm2:
            held.put("plot_mu", mu(ground.cm2), SURVEYED if ground.surveyed else STATED)
        held.put("plot_town", ground.division_code, survey)
        held.put("plot_zone", ground.zone_code or None, survey)
        held.put("in_control_line", {"in": True, "out": False}.get(ground.control_line), survey)
        held.put("titled", TITLED.get(ground.title_status), survey)
        held.put("disputed", True if ground.title_status == "sealed" else None, SEALED)
        held.put("idle", IDLE_BY_STATUS.get(ground.status), STATUS)
        held.put("soil", ground.soil.get("state"), SOIL)
        held.put("soil_key_unit", ground.soil.get("key_unit"), SOIL)
        self._built(held, ground)
        self._let(held, ground)
        _recorded(held, ground, wanted)
        return held

    def _built(self, held: Held, ground: Ground) -> None:
        if ground.id not in self.houses:
            held.lack("floor_ratio", NO_HOUSE)
            held.lack("plot_floor_m2", NO_HOUSE)
            return
        if ground.id in self.unmeasured:
            for name in ("floor_ratio", "plot_floor_m2"):
                held.lack(name, NO_FLOOR)
            return
        told = say(HOUSES, n=self.houses[ground.id])
        held.put("plot_floor_m2", Fraction(self.floor[ground.id], 10_000), told)
        if ground.cm2:
            held.put("floor_ratio", Fraction(self.floor[ground.id], ground.cm2), say(RATIO, n=self.houses[ground.id]))

    def _let(self, held: Held, ground: Ground) -> None:
        uses = self.uses.get(ground.id)
        if not uses:
            held.lack("leased_out_share", NO_USE)
            return
        rented = [use for use in uses if use.role in RENTED]
        held.put("tenants", Fraction(len({use.firm for use in rented})), say(USES, n=len(uses)))
        areas = [use.cm2 for use in rented]
        if None in areas:
            held.lack("leased_out_share", NO_RENT_AREA)
        elif ground.cm2:
            let = Fraction(100 * sum(area or 0 for area in areas), ground.cm2)
            held.put("leased_out_share", let, say(RENT, n=len(rented)))


_COLUMNS: Final = ("plot_id", "plot__ulid", "code", "division_code", "zone_code", "surveyed_cm2", "stated_cm2", "status",
                   "control_line", "title_status", "soil", "attributes")


def _ground(row: tuple[Any, ...]) -> Ground:
    pk, ulid, code, town, zone, surveyed, stated, status, line, title, soil, attributes = row
    area = surveyed if surveyed is not None else stated
    more = (soil or {}, attributes or {})
    return Ground(pk, ulid, code, town, zone, area or 0, surveyed is not None, status, line, title, *more)


def _recorded(held: Held, ground: Ground, wanted: AbstractSet[str]) -> None:
    """An additional attribute of the plot that bears the name of an input says so itself."""
    for name in ground.attributes.keys() & wanted:
        one = standard().get(name)
        if one is not None and one.of == "plot":
            held.put(name, typed(ground.attributes[name], one.type), ATTRIBUTE)
