"""Enterprises, who uses which land, meters, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from tenglong.apps.accounts import cipher
from tenglong.apps.registry import bulk, locate, queries
from tenglong.apps.survey.appliers import Applied, Held, Match, Order, Prepared, Problem, Values
from tenglong.apps.survey.record import contacts, landlords
from tenglong.apps.survey.record.base import Found, RegistryApplier, as_date, plots_of, text, towns_of_plots, unknown
from tenglong.apps.survey.record.land import NO_TOWN, held_rows, linked


def enterprises_of(rows: Sequence[Values], code: str, name: str) -> list[tuple[int | None, Problem | None]]:
    """Enterprise of each row by credit code, else by a name that only one firm bears; a row naming none gives neither."""
    codes = locate.enterprises_by_uscc({text(row, code) for row in rows} - {""})
    names = locate.enterprises_by_name({text(row, name) for row in rows if not text(row, code)} - {""})
    out: list[tuple[int | None, Problem | None]] = []
    for row in rows:
        uscc, called = text(row, code), text(row, name)
        if uscc:
            pk = codes.get(uscc)
            out.append((pk, None if pk else unknown("企业", "unknown-enterprise", code, uscc)))
        elif called:
            out.append(_by_name(names.get(called, []), called, name))
        else:
            out.append((None, None))
    return out


def _by_name(found: list[int], called: str, name: str) -> tuple[int | None, Problem | None]:
    if len(found) == 1:
        return found[0], None
    if found:
        return None, Problem(
            "ambiguous-enterprise", name, f"登记册里有 {len(found)} 家企业叫“{called}”。", "请填统一社会信用代码。"
        )
    return None, unknown("企业", "unknown-enterprise", name, called)


def visible(ids: set[int], actor: Any) -> set[int]:
    """Enterprises registered or occupying land in the actor's towns."""
    return set(queries.enterprises(actor).filter(enterprise_id__in=ids).values_list("enterprise_id", flat=True))


class Enterprises(RegistryApplier):
    """By credit code, else by name in the same town."""

    kind = "enterprises"
    layers = ["enterprise"]
    columns = {
        "uscc": "uscc",
        "name": "name",
        "industry": "industry",
        "scale": "scale",
        "status": "status",
        "listed": "listed",
        "address": "address",
        "registered_on": "registered_on",
    }
    dates = frozenset({"registered_on"})
    carried = {
        "former_name": "former_name",
        "production_address": "production_address",
        "production_town": "production_town",
        "contact": "contact",
        "phone": "phone",
    }

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        named = enterprises_of(rows, "uscc", "name")
        may = visible({pk for pk, _ in named if pk}, actor)
        out = []
        for row, (pk, problem) in zip(rows, named, strict=True):
            town = text(row, "town")
            place = text(row, "production_town") or town
            problems: tuple[Problem, ...] = (problem,) if problem and problem.rule == "ambiguous-enterprise" else ()
            problems += () if pk or town else (NO_TOWN,)
            out.append(Found(pk, "" if pk else place, {}, problems, pk is None or pk in may))
        return out

    def match(self, rows: Sequence[Values], actor: Any) -> list[Match]:
        return contacts.compared(rows, super().match(rows, actor))

    def reaches(self, held: Held, found: Found, covers: Any) -> bool:
        return found.reach

    def table(self, order: Order, rows: Sequence[Prepared]) -> bulk.PreparedRows:
        made = super().table(order, rows)
        made.towns = [text(row.values, "town") for row in rows]
        return made

    def codes(self, rows: Sequence[Prepared]) -> list[str]:
        return [text(row.values, "uscc") for row in rows]

    def stored(self, name: str, value: Any) -> Any:
        if name in contacts.SEALED and value:
            return cipher.decrypt(str(value))
        return super().stored(name, value)


class Occupancies(RegistryApplier):
    """By place, firm, role and start; a row without a start meets the one in force."""

    kind = "occupancies"
    layers = ["plots", "buildings", "enterprise", "occupancies"]
    columns = {"area": "area_cm2", "floor_area": "floor_cm2", "contract": "contract", "end": "valid_to"}
    dates = frozenset({"end"})

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        plots = plots_of(rows)
        buildings = locate.buildings_by_code({text(row, "building_code") for row in rows} - {""})
        firms = enterprises_of(rows, "uscc", "enterprise_name")
        letting = enterprises_of(rows, "landlord_uscc", "landlord_name")
        towns = towns_of_plots(pk for pk, _ in plots)
        housed = {pk: row.town for pk, row in locate.held("buildings", set(buildings.values()), []).items()}
        out, keys = [], []
        for row, (plot, sought), firm, landlord in zip(rows, plots, firms, letting, strict=True):
            building = buildings.get(text(row, "building_code"))
            problems = self._problems(row, plot, sought, building, firm[1])
            links = {"plot_id": plot, "building_id": building, "enterprise_id": firm[0], "landlord_id": landlord[0]}
            keys.append((plot, building, firm[0], text(row, "role"), as_date(row.get("start"))))
            one = Found(None, towns.get(plot or 0, "") or housed.get(building or 0, ""), links, problems)
            out.append(landlords.warned(one, landlord[1]))
        return landlords.found_in_register(self._targets(out, keys, actor))

    def match(self, rows: Sequence[Values], actor: Any) -> list[Match]:
        return landlords.compared(rows, super().match(rows, actor))

    def _problems(
        self, row: Values, plot: int | None, sought: str, building: int | None, firm: Problem | None
    ) -> tuple[Problem, ...]:
        found: tuple[Problem, ...] = (firm,) if firm and text(row, "role") != "idle" else ()
        if sought and not plot:
            found += (unknown("地块", "unknown-plot", "plot_code", sought),)
        if text(row, "building_code") and not building:
            found += (unknown("建筑", "unknown-building", "building_code", text(row, "building_code")),)
        if not found and not plot and not building:
            found += (Problem("unknown-plot", "plot_code", "没有写地块码、摸排编号或建筑编号。", "请至少填一个。"),)
        return found

    def _targets(self, found: list[Found], keys: list[Any], actor: Any) -> list[Found]:
        exact = locate.occupancies_by_key(key for key in keys if key[4])
        plots = {key[0] for key in keys if key[0] and not key[4]}
        open_ones = (
            {
                (one.plot_id, one.building_id, one.enterprise_id, one.role): one.pk
                for one in queries.occupancies(actor).filter(plot_id__in=plots)
            }
            if plots
            else {}
        )
        return [
            Found(exact.get(key) if key[4] else open_ones.get(key[:4]), one.division, one.links, one.problems, one.reach)
            for one, key in zip(found, keys, strict=True)
        ]

    def held(self, targets: set[int]) -> dict[int, Held]:
        return held_rows(self, targets)

    def start(self, row: Prepared) -> date | None:
        return as_date(row.values.get("start"))

    def action(self, order: Order, row: Prepared) -> str:
        """The start is part of the key: a row that meets one in force mends it."""
        return "new" if row.target_id is None else "correct"

    def cells(self, rows: Sequence[Prepared]) -> dict[str, list[Any]]:
        out = super().cells(rows) | linked(rows, "plot_id", "building_id", "enterprise_id")
        out["role"] = [text(row.values, "role") for row in rows]
        return out | landlords.columns(rows)


class Accounts(RegistryApplier):
    """By meter, firm and plot."""

    kind = "accounts"
    layers = ["plots", "enterprise", "accounts"]
    columns = {"share": "share_bp", "evidence": "evidence", "end": "valid_to"}
    dates = frozenset({"end"})

    def find(self, rows: Sequence[Values], actor: Any) -> list[Found]:
        plots = plots_of(rows)
        firms = enterprises_of(rows, "uscc", "enterprise_name")
        may = visible({pk for pk, _ in firms if pk}, actor)
        towns = towns_of_plots(pk for pk, _ in plots)
        keys = [
            (text(row, "account_kind"), text(row, "number"), firm[0] or 0, plot)
            for row, (plot, _), firm in zip(rows, plots, firms, strict=True)
        ]
        held = locate.accounts_by_key(keys)
        starts = [as_date(row.get("start")) for row in rows]
        ended = locate.accounts_by_start((*key, start) for key, start in zip(keys, starts, strict=True) if start)
        out = []
        for key, start, (plot, sought), (firm, problem) in zip(keys, starts, plots, firms, strict=True):
            problems: tuple[Problem, ...] = (problem,) if problem else ()
            problems += (unknown("地块", "unknown-plot", "plot_code", sought),) if sought and not plot else ()
            links = {"plot_id": plot, "enterprise_id": firm}
            target = ended.get((*key, start)) or held.get(key)
            out.append(Found(target, towns.get(plot or 0, ""), links, problems, firm is None or firm in may))
        return out

    def held(self, targets: set[int]) -> dict[int, Held]:
        return held_rows(self, targets)

    def spoken(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return super().spoken(values) | {"share": basis_points_to_share(values["share_bp"])}

    def stored(self, name: str, value: Any) -> Any:
        if name == "share" and value not in (None, ""):
            return int(Decimal(str(value)) * 100)
        return super().stored(name, value)

    def start(self, row: Prepared) -> date | None:
        return as_date(row.values.get("start"))

    def action(self, order: Order, row: Prepared) -> str:
        return "new" if row.target_id is None else "correct"

    def cells(self, rows: Sequence[Prepared]) -> dict[str, list[Any]]:
        fixed = {
            "kind": [text(row.values, "account_kind") for row in rows],
            "number": [text(row.values, "number") for row in rows],
        }
        return super().cells(rows) | linked(rows, "plot_id", "enterprise_id") | fixed


def basis_points_to_share(points: int) -> str:
    """Percent as text: 10000 basis points are 100."""
    from tenglong.apps.survey.compare import plain

    return str(plain(Decimal(points) / 100))


__all__ = ["Accounts", "Applied", "Enterprises", "Occupancies"]
