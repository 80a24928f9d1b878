"""Enterprises, plots and who uses what: checks across data sets, or against what the county holds."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Final

from tenglong.domain.quality.check_keys import plain_name
from tenglong.domain.quality.issue import Issue
from tenglong.domain.quality.registry import check
from tenglong.domain.quality.subject import Subject
from tenglong.domain.survey.table import Batch
from tenglong.domain.units import area_text

ROLES: Final = {"owner": "自有", "lessee": "承租", "sublessee": "转租", "idle": "空置"}
_ANOTHER_PLACE_NAME = re.compile(r"(省|市|区|县|自治州|盟|旗)$")
_ANOTHER_PLACE = re.compile(r"(省|市|区|县|自治州|盟|旗)")


def plot_references(batch: Batch, index: int) -> tuple[str, ...]:
    """What other files may call this plot: its code, 镇街/摸排编号, 摸排编号."""
    code, number, town = (batch.column(name)[index] for name in ("plot_code", "survey_number", "town"))
    names = [str(code)] if code else []
    if number:
        names += [f"{town}/{number}", str(number)] if town else [str(number)]
    return tuple(names)


def _occupied(subject: Subject) -> frozenset[str]:
    found = set(subject.context.occupied_plots or ())
    if batch := subject.batches.get("occupancies"):
        roles = batch.column("role")
        found |= {name for index in range(len(batch)) if roles[index] != "idle" for name in plot_references(batch, index)}
        by_building = _plot_of_building(subject)
        found |= {name for code in batch.column("building_code") if code for name in by_building.get(str(code), ())}
    return frozenset(found)


def _plot_of_building(subject: Subject) -> dict[str, tuple[str, ...]]:
    batch = subject.batches.get("buildings")
    if batch is None:
        return {}
    codes = batch.column("building_code")
    return {str(codes[index]): plot_references(batch, index) for index in range(len(batch)) if codes[index]}


@check("plot-without-enterprise", kinds=("plots",), needs=("occupied_plots",))
def plots_without_enterprise(subject: Subject) -> Iterator[Issue]:
    """A plot that no occupancy names; one listed as idle in its own status has been answered already."""
    occupied, status = _occupied(subject), subject.batch.column("status")
    for index in range(len(subject.batch)):
        if not occupied.intersection(plot_references(subject.batch, index)) and status[index] not in ("idle", "vacant"):
            yield subject.issue("plot-without-enterprise", index, "没有任何企业使用这块地的记录", at=subject.at(index))


@check("enterprise-without-plot", kinds=("enterprises",), needs=("occupying",))
def enterprises_without_plot(subject: Subject) -> Iterator[Issue]:
    """An enterprise that no occupancy names by code or by name."""
    known = set(subject.context.occupying or ())
    if batch := subject.batches.get("occupancies"):
        known |= {str(code).upper() for code in batch.column("uscc") if code}
        known |= {plain_name(name) for name in batch.column("enterprise_name") if name}
    codes, names = subject.batch.column("uscc"), subject.batch.column("name")
    for index in range(len(subject.batch)):
        if str(codes[index] or "").upper() not in known and plain_name(names[index]) not in known:
            yield subject.issue("enterprise-without-plot", index, f"“{names[index] or subject.key(index)}”没有用地记录")


@check("occupied-exceeds-plot", kinds=("occupancies",), needs=("plot_areas",))
def occupied_more_than_there_is(subject: Subject) -> Iterator[Issue]:
    """Per plot and level (owner, lessee, sublessee) the areas in use on the same day, against the plot.

    Levels are not added: what a lessee uses is part of what the owner has.
    """
    areas, batch = _plot_areas(subject), subject.batch
    used, roles = batch.column("area"), batch.column("role")
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index in range(len(batch)):
        name = next((name for name in plot_references(batch, index) if name in areas), "")
        if name and roles[index] in ROLES and isinstance(used[index], int):
            groups[name, str(roles[index])].append(index)
    for (name, role), members in groups.items():
        rows, total = _peak(batch, members)
        if total > areas[name] * (1 + subject.options.occupied_tolerance):
            yield _exceeds(subject, name, role, rows, total, areas[name])


def _plot_areas(subject: Subject) -> dict[str, int]:
    """Reference → cm²; a survey number used in several towns is nobody's. The measured area stands before the stated."""
    areas = dict(subject.context.plot_areas or {})
    plots = subject.batches.get("plots")
    if plots is None:
        return areas
    often = Counter(name for index in range(len(plots)) for name in plot_references(plots, index))
    surveyed, stated = plots.column("surveyed_area"), plots.column("stated_area")
    for index in range(len(plots)):
        area = surveyed[index] or stated[index]
        for name in plot_references(plots, index):
            if often[name] == 1 and isinstance(area, int):
                areas[name] = area
    return {name: area for name, area in areas.items() if often[name] <= 1}


def _peak(batch: Batch, members: list[int]) -> tuple[list[int], int]:
    """Rows in use on the busiest day, and their cm²; an end day is the first day not used."""
    starts, ends, used = batch.column("start"), batch.column("end"), batch.column("area")
    begin = {index: _day(starts[index], date.min) for index in members}
    finish = {index: _day(ends[index], date.max) for index in members}
    best: tuple[list[int], int] = ([], 0)
    for day in sorted(set(begin.values())):
        rows = [index for index in members if begin[index] <= day < finish[index] or begin[index] == day == finish[index]]
        total = sum(_cm2(used[index]) for index in rows)
        if total > best[1]:
            best = (rows, total)
    return best


def _cm2(value: object) -> int:
    return value if isinstance(value, int) else 0


def _day(value: object, otherwise: date) -> date:
    return value if isinstance(value, date) else otherwise


def _exceeds(subject: Subject, name: str, role: str, rows: list[int], total: int, area: int) -> Issue:
    used = subject.batch.column("area")
    worst = max(rows, key=lambda index: (_cm2(used[index]), -index))
    message = f"{ROLES[role]}面积合计 {area_text(total)} 亩，大于地块 {name} 的 {area_text(area)} 亩"
    together = "、".join(str(subject.batch.rows[index]) for index in rows)
    return subject.issue(
        "occupied-exceeds-plot", worst, message, field="area", value=subject.given("area", worst), other_key=name,
        size={"occupied_mu": area_text(total), "plot_mu": area_text(area), "rows": together})


@check("registered-outside-producing-inside", kinds=("enterprises",), needs=("county",))
def registered_elsewhere(subject: Subject) -> Iterator[Issue]:
    """注册在外生产在内. The credit code is no evidence: a firm that moved keeps the digits of its first registry."""
    batch = subject.batch
    for index in range(len(batch)):
        town, made_in = batch.column("town")[index], batch.column("production_town")[index]
        made_at = batch.column("production_address")[index]
        places = (_division_inside(subject, made_in), _address_inside(subject, made_at), _division_inside(subject, town))
        producing = next((place for place in places if place is not None), None)
        registered = _address_inside(subject, batch.column("address")[index])
        if registered is None and (made_in or made_at):
            registered = _division_inside(subject, town)
        if producing and registered is False:
            where = subject.given("address", index) or subject.given("town", index)
            yield subject.issue("registered-outside-producing-inside", index, f"注册在“{where}”，生产在本县", field="address",
                                value=where)


def _division_inside(subject: Subject, town: object) -> bool | None:
    """Is this town (name or code) ours; None when nobody can tell."""
    text = str(town or "").strip()
    if not text:
        return None
    ours = subject.context.divisions or {}
    if text.isdigit():
        return text.startswith(subject.context.county_prefix or "?")
    return True if text in ours else _address_inside(subject, text)


def _address_inside(subject: Subject, address: object) -> bool | None:
    """True: names our county or a town of ours; False: names another county-level place; None: names none."""
    text = str(address or "")
    if any(name in text for name in (*subject.context.county_names, *(subject.context.divisions or {}))):
        return True
    return False if _ANOTHER_PLACE.search(text) else None


@check("division-unknown", kinds=("plots", "parcels", "enterprises", "occupancies"), needs=("county",))
def known_towns(subject: Subject) -> Iterator[Issue]:
    """A town that is neither ours (by name or code) nor, for an enterprise, plainly a place elsewhere."""
    ours = subject.context.divisions or {}
    known = {*ours, *ours.values()}
    for field in ("town", "production_town") if subject.kind == "enterprises" else ("town",):
        for index, value in enumerate(subject.batch.column(field)):
            text = str(value or "").strip()
            elsewhere = subject.kind == "enterprises" and (text.isdigit() or _ANOTHER_PLACE_NAME.search(text))
            if text and text not in known and not elsewhere:
                yield subject.issue("division-unknown", index, f"“{text}”不是本县的镇街", field=field,
                                    value=subject.given(field, index))
