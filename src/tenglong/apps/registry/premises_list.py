"""The search for premises: a list whose every condition can be asked how many rooms it turns away."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.lists import BASE, TOWN, TOWN_COLUMN, PlacedList, words
from tenglong.domain.premises import asked_for, industries, load_n_m2
from tenglong.domain.units import UnitError
from tenglong.web import formats
from tenglong.web.listing import Column, Filter, Tool, conditions
from tenglong.web.listing.conditions import EMPTY, LARGEST, Conditions
from tenglong.web.listing.page import Row

#: filter → column of a whole number in SCALED; only the least is asked of these, both ends of the others
MEASURED: Final = {"area": "unit_cm2", "height": "height_mm", "load": "load_n_m2", "power": "power_va", "crane": "crane_kg",
                   "lift": "lift_kg", "rent": "rent_fen"}
LEAST: Final = frozenset({"height", "load", "power", "crane", "lift"})
#: column → figure of the row that stands for it
FIGURES: Final = {"height": "height_mm", "load": "load_n_m2", "power": "power_va", "crane": "crane_kg", "lift": "lift_kg",
                  "rent": "rent_fen"}


#: columns whose gaps are told
GAPS: Final = frozenset({*FIGURES, "free_from"})


@dataclass(frozen=True)
class Miss:
    """One condition: how many it turns away, how many of those say nothing about it, how many match without it."""

    label: str
    text: str
    fails: int
    unknown: int
    without: int
    url: str


def park_choices(user: Any) -> list[tuple[str, str]]:
    return [(str(pk), name) for pk, name in premises.parks(user).order_by("name").values_list("park_id", "name")]


def number_column(name: str, label: Any, default: bool = True) -> Column:
    unit = formats.SCALED[FIGURES[name]][1]
    return Column(name, label, source=FIGURES[name], unit=unit, format="number", computed=True, default=default)


class UnitList(PlacedList):
    id, title, noun, verb = "units", _("载体房源"), _("套"), "premises.view"
    crumbs, order, row_url = BASE, ("state", "name", "pk"), "registry:unit"
    caliber = _("在册可租厂房和办公用房；面积为可租建筑面积（m²），一套一行")
    empty_title = _("还没有房源")
    empty_text = _("先建园区，再逐套登记房源；识别出的空置厂房也可以在识别结果页转为房源。")
    tools = (
        Tool(_("园区"), "registry:parks", "premises.view", "map"),
        Tool(_("新增房源"), "registry:unit-new", "premises.edit", "plus", primary=True),
    )
    columns = (
        Column("name", _("房源名称"), lead=True),
        Column("state", _("状态"), format="chip", kind="let_state"),
        Column("park_name", _("园区"), computed=True, sortable=False),
        replace(TOWN_COLUMN, default=False),
        Column("floor", _("楼层"), format="int", default=False),
        Column("unit_cm2", _("可租面积"), unit="m²", format="m2", total=True),
        number_column("height", _("层高")),
        number_column("load", _("楼面荷载")),
        number_column("power", _("用电容量")),
        number_column("rent", _("租金")),
        Column("free_from", _("可用日期"), format="date"),
        Column("sewage", _("排水条件"), format="choice", kind="sewage", default=False),
        Column("fire_class", _("火灾危险性"), format="choice", kind="fire_class", default=False),
        number_column("crane", _("行车"), default=False),
        number_column("lift", _("货梯"), default=False),
        Column("permitted", _("准入行业"), default=False),
        Column("building_code", _("建筑编号"), source="building__code", format="code", default=False),
        Column("source", _("来源"), default=False),
    )
    filters = (
        Filter("q", _("名称、房号、厂房编号"), source=("name", "number", "building__code")),
        TOWN,
        Filter("park", _("园区"), kind="choice", source="park_id", choices=park_choices),
        Filter("state", _("状态"), kind="choice", choices=words("let_state")),
        Filter("area", _("可租面积"), kind="range"),
        Filter("height", _("层高不低于"), kind="range"),
        Filter("load", _("荷载不低于"), kind="range"),
        Filter("power", _("用电不低于"), kind="range"),
        Filter("rent", _("租金"), kind="range"),
        Filter("free", _("可用日期"), kind="date", source="free_from"),
        Filter("industry", _("要进的行业（代码）"), source="permitted"),
        Filter("sewage", _("排水至少"), kind="choice", source="sewage__gte", choices=words("sewage")),
        Filter("fire", _("火灾危险性至少"), kind="choice", source="fire_class__gte", choices=words("fire_class")),
        Filter("crane", _("行车不低于"), kind="range"),
        Filter("lift", _("货梯不低于"), kind="range"),
        Filter("gas", _("天然气"), kind="flag"),
        Filter("water", _("生产用水"), kind="flag"),
    )

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return premises.units(user, on)

    # conditions ------------------------------------------------------------
    @cached_property
    def tests(self) -> list[tuple[Filter, Conditions]]:
        """Every condition that was asked, by itself."""
        read = [(item, self._read(item)) for item in self.filters]
        return [(item, found) for item, found in read if found.values or found.errors]

    def _read(self, item: Filter) -> Conditions:
        if item.name in MEASURED:
            return measured(item, self.params)
        if item.name == "industry":
            return industry(item, self.params)
        if item.kind == "choice" and item.name in ("sewage", "fire", "state") and self.params.get(item.name) == EMPTY:
            refused = Conditions(values={item.name: EMPTY})
            refused.errors[item.name] = _now("没有“%(value)s”这一项") % {"value": EMPTY}
            return refused
        if item.name == "park" and self.params.get("park") == EMPTY:
            apart = Conditions(where=Q(park=None), values={"park": EMPTY})
            apart.applied.append((str(item.label), _now("未填"), ("park",)))
            return apart
        return conditions.read([item], self.params, self.user)

    @cached_property
    def asked(self) -> Conditions:
        found = Conditions()
        for _item, part in self.tests:
            found.where &= part.where
            found.applied += part.applied
            found.errors |= part.errors
            found.values |= part.values
        if self.params.get("on") and self.on is None:
            found.errors["on"] = _now("“%(text)s”不是日期，请写成 2026-11-22") % {"text": self.params["on"]}
        elif self.on:
            found.applied.append((_now("截至"), self.on.isoformat(), ("on",)))
        if found.errors:
            found.where &= Q(pk__in=[])
        return found

    def _filter_field(self, item: Filter) -> dict[str, Any]:
        shown = super()._filter_field(item)
        if item.name in MEASURED:
            shown["unit"] = formats.SCALED[MEASURED[item.name]][1]
        if item.name in LEAST:
            shown["inputs"] = shown["inputs"][:1]
        return shown

    def misses(self) -> list[Miss]:
        """Why nothing matched: each condition against all rows of the user, and what would match without it."""
        tests = [(item, part) for item, part in self.tests if part.applied]
        counts: dict[str, Any] = {"rows": Count("pk")}
        for at, (item, part) in enumerate(tests):
            others = Q()
            for other, (_one, theirs) in enumerate(tests):
                others &= theirs.where if other != at else Q()
            blank = unknown(item)
            counts[f"pass_{at}"] = Count("pk", filter=part.where)
            counts[f"without_{at}"] = Count("pk", filter=others) if others else Count("pk")
            counts[f"blank_{at}"] = Count("pk", filter=blank) if blank else Count("pk", filter=Q(pk__in=[]))
        got = self.queryset(self.user, self.on).order_by().aggregate(**counts)
        return [
            Miss(label, text, got["rows"] - got[f"pass_{at}"], got[f"blank_{at}"], got[f"without_{at}"], self.without(*keys))
            for at, (_item, part) in enumerate(tests) for label, text, keys in part.applied
        ]

    # rows ------------------------------------------------------------------
    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "park_id", *FIGURES.values())

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        super().decorate(rows)
        ids = {row["park_id"] for row in rows if row["park_id"]}
        parks = premises.parks(self.user, self.on).filter(park_id__in=ids)
        names = dict(parks.values_list("park_id", "name")) if ids else {}
        for row in rows:
            row["park_name"] = names.get(row["park_id"], "")
            row.update((name, _scaled(row[path], path)) for name, path in FIGURES.items())
            row["permitted"] = row.get("permitted", "").strip(",").replace(",", "、")

    def _row(self, row: dict[str, Any]) -> Row:
        """A figure that nobody gave is “—”, not a gap."""
        found = super()._row(row)
        known = [replace(cell, text=cell.text or formats.NONE) if cell.column.name in GAPS else cell for cell in found.cells]
        return replace(found, cells=known)

    def url_of(self, row: dict[str, Any]) -> str:
        return reverse("registry:unit", args=[row["row_key"]])


def _scaled(value: int | None, path: str) -> Decimal | None:
    return None if value is None else formats.scaled(path, value)


def unknown(item: Filter) -> Q:
    """Rows that say nothing about the condition; empty when every row says something."""
    if item.name in ("area", "q", "town", "park", "state", "industry"):
        return Q()
    path = MEASURED.get(item.name, item.paths[0].removesuffix("__gte"))
    return Q(**{path: ""}) if item.name in ("sewage", "fire") else Q(**{f"{path}__isnull": True})


def measured(item: Filter, params: Any) -> Conditions:
    """A range in the unit of SCALED against whole numbers: the bound is rounded inwards, so that it holds exactly."""
    found, told = Conditions(), []
    path = MEASURED[item.name]
    ends = (("_min", "gte", "≥", ROUND_CEILING), ("_max", "lte", "≤", ROUND_FLOOR))
    for end, operator, sign, inwards in ends[: 1 if item.name in LEAST else 2]:
        text = str(params.get(item.name + end, "")).strip()
        if not text:
            continue
        found.values[item.name + end] = text
        try:
            bound = _bound(path, text).to_integral_value(rounding=inwards)
        except (UnitError, InvalidOperation, ValueError):
            found.errors[item.name + end] = _now("“%(text)s”不是%(what)s") % {"text": text[:40], "what": _now("数")}
            continue
        found.where &= Q(**{f"{path}__{operator}": int(bound)})
        told.append(_said(item, path, sign, text))
    if told:
        keys = (item.name + "_min", item.name + "_max")
        found.applied.append((str(item.label), " ".join(told), keys))
    return found


def _said(item: Filter, path: str, sign: str, text: str) -> str:
    """“≥ 500 m²”; a label that says “at least” needs no sign, a load in tonnes no unit."""
    bare = text[-1].isalpha() or "/" in text
    return f"{'' if item.name in LEAST else sign} {text} {'' if bare else formats.SCALED[path][1]}".strip()


def _bound(path: str, text: str) -> Decimal:
    if path == "load_n_m2":
        bound = load_n_m2(text)
    else:
        bound = Decimal(text.replace(",", "").replace("，", "")) * formats.SCALED[path][0]
    if not bound.is_finite() or abs(bound) > LARGEST * formats.SCALED[path][0]:
        raise ValueError(text)
    return bound


def industry(item: Filter, params: Any) -> Conditions:
    """Rooms that let the industry in: those that name it or a broader one, and those that name none."""
    found, text = Conditions(), str(params.get(item.name, "")).strip()
    if not text:
        return found
    found.values[item.name] = text
    try:
        codes = industries(text)
    except ValueError as error:
        found.errors[item.name] = str(error)
        return found
    for code in codes:
        let_in = Q(permitted="")
        for part in asked_for(code):
            let_in |= Q(permitted__contains=part)
        found.where &= let_in
    found.applied.append((str(item.label), "、".join(codes), (item.name,)))
    return found


class ParkList(PlacedList):
    id, title, noun, verb = "parks", _("园区"), _("个"), "premises.view"
    crumbs, order, row_url = (*BASE, (_("载体房源"), reverse_lazy("registry:units"))), ("name", "pk"), "registry:park"
    caliber = _("有房源的园区；出租率为已租面积占可租面积（不含不可租的），只算您可见的房源")
    empty_title = _("还没有园区")
    empty_text = _("园区是一个运营单位管的几幢楼；建好后房源登记到园区里。")
    tools = (Tool(_("新增园区"), "registry:park-new", "premises.edit", "plus", primary=True),)
    columns = (
        Column("name", _("园区名称"), lead=True),
        TOWN_COLUMN,
        Column("operator", _("运营单位")),
        Column("units", _("房源"), unit=_("套"), format="int", computed=True, sortable=False),
        Column("all_cm2", _("可租面积"), unit="m²", format="m2", computed=True, sortable=False),
        Column("let_cm2", _("已租面积"), unit="m²", format="m2", computed=True, sortable=False),
        Column("percent", _("出租率"), unit="%", format="number", computed=True, sortable=False),
        Column("address", _("坐落"), default=False),
        Column("source", _("来源"), default=False),
    )
    filters = (Filter("q", _("名称、坐落、运营单位"), source=("name", "address", "operator")), TOWN)

    def queryset(self, user: Any, on: date | None) -> QuerySet[Any]:
        return premises.parks(user, on)

    @property
    def extra_fields(self) -> tuple[str, ...]:
        return ("division_code", "park_id")

    def decorate(self, rows: list[dict[str, Any]]) -> None:
        super().decorate(rows)
        shares = premises.park_shares(self.user, [row["park_id"] for row in rows], self.on)
        for row in rows:
            share = shares.get(row.pop("park_id"), premises.Share())
            row |= {"units": share.all + share.closed, "all_cm2": share.all_cm2, "let_cm2": share.let_cm2,
                    "percent": share.percent}
