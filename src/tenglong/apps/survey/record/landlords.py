"""Who lets to whom: a tenant's landlord is another relation to the same place, in the file or in the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tenglong.apps.registry import bulk, locate
from tenglong.apps.survey.appliers import Match, Prepared, Problem, Values
from tenglong.apps.survey.record.base import Found, text

Place = tuple[int | None, int | None, int | None]


def places(links: Mapping[str, int | None], firm: int | None) -> list[Place]:
    """Where a relation of `firm` may be: in the very building, else on the plot as a whole."""
    plot, building = links.get("plot_id"), links.get("building_id")
    return list(dict.fromkeys([(plot, building, firm), (plot, None, firm)] if plot else [(plot, building, firm)]))


def found_in_register(found: Sequence[Found]) -> list[Found]:
    """`landlord_link_id`: the landlord's relation that the register holds for the same place."""
    wanted = [places(one.links, firm) if (firm := _landlord(one.links)) else [] for one in found]
    held = locate.occupancies_by_holder(place for few in wanted for place in few)
    out = []
    for one, few in zip(found, wanted, strict=True):
        link = next((held[place] for place in few if place in held and held[place] != one.target), None)
        out.append(replace(one, links={**one.links, "landlord_link_id": link}))
    return out


def _landlord(links: Mapping[str, int | None]) -> int | None:
    firm = links.get("landlord_id")
    return firm if firm and firm != links.get("enterprise_id") else None


def warned(found: Found, problem: Problem | None) -> Found:
    """An unknown landlord does not keep the tenant out, but it is told."""
    if problem is None:
        return found
    told = replace(problem, rule="unknown-landlord", severity="warning", message=f"出租方没有记上：{problem.message}")
    return replace(found, problems=(*found.problems, told))


def compared(rows: Sequence[Values], matches: Sequence[Match]) -> list[Match]:
    """Held values name the present landlord, so that another one, or one found only now, is a change."""
    relations = locate.held_rows("occupancies", {one.held.target_id for one in matches if one.held})
    present = {pk: row["landlord_link_id"] for pk, row in relations.items() if row["landlord_link_id"]}
    letting = {pk: row["enterprise_id"] for pk, row in locate.held_rows("occupancies", set(present.values())).items()}
    firms = {pk: letting.get(link) for pk, link in present.items()}
    names = locate.held("enterprises", {pk for pk in firms.values() if pk}, ["uscc", "name"])
    return [_one(row, one, firms, names) for row, one in zip(rows, matches, strict=True)]


def _one(row: Values, match: Match, firms: Mapping[int, int | None], names: Mapping[int, Any]) -> Match:
    if match.held is None or not match.links.get("landlord_link_id"):
        return match
    field, column = ("landlord_uscc", "uscc") if text(row, "landlord_uscc") else ("landlord_name", "name")
    firm = firms.get(match.held.target_id)
    same = firm == match.links.get("landlord_id")
    held = names.get(firm or 0)
    value = row.get(field) if same else held.values[column] if held else None
    return replace(match, held=replace(match.held, values={**match.held.values, field: value}))


def columns(rows: Sequence[Prepared]) -> dict[str, list[Any]]:
    """Each tenant's landlord: a row of the same file (`landlord_index`), else what the register holds."""
    here: dict[Place, int] = {}
    for at, row in enumerate(rows):
        here.setdefault((row.links.get("plot_id"), row.links.get("building_id"), row.links.get("enterprise_id")), at)
    index: list[int | None] = []
    for at, row in enumerate(rows):
        few = places(row.links, firm) if (firm := _landlord(row.links)) else []
        index.append(next((here[place] for place in few if here.get(place, at) != at), None))
    out: dict[str, list[Any]] = {"landlord_link_id": [row.links.get("landlord_link_id") or bulk.KEEP for row in rows]}
    return out | ({"landlord_index": index} if any(place is not None for place in index) else {})
