"""The county that keeps this register: its divisions and zones entered once, its profile, and what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import shapely
from django.db import transaction

from tenglong.apps.accounts import service as accounts
from tenglong.apps.audit.service import record
from tenglong.apps.policy import service as policies
from tenglong.apps.registry.foundation import DivisionRow, Written, ZoneRow, put_divisions, put_zones
from tenglong.apps.registry.models import Division, Zone
from tenglong.apps.registry.queries import current
from tenglong.domain.codes.books import DivisionBook
from tenglong.domain.codes.names import stem
from tenglong.domain.survey.county import CountyFacts, box_of, facts_of
from tenglong.store import spatial

#: the list of divisions begins here (first edition of GB/T 2260 that the book holds); used where it gives no date
LIST_SINCE: Final = date(1980, 12, 1)
SYSTEMS: Final = {"gbt2260": "GB/T 2260", "statistical": "statistical"}


@dataclass(frozen=True)
class Begun:
    """What `begin` wrote; `profile` says where the county profile comes from, in words."""

    divisions: Written
    zones: Written
    towns: int
    department: str
    profile: str


def begin(
    book: DivisionBook, code: str, towns: Mapping[str, str], outlines: Mapping[str, Any], zones: list[ZoneRow], *,
    author: Any = None,
) -> Begun:
    """Enter the county, those above it, its towns (name → code) and outlines (code → shape); again changes nothing.

    One transaction, one audit entry (none when nothing changed). `author` drafts the profile where the program has none.
    """
    with transaction.atomic():
        rows = _rows(book, code, towns, outlines)
        divisions, given = put_divisions(rows), put_zones(zones)
        name = next(row.name for row in rows if row.code == code)
        office = accounts.department_named(f"{name}人民政府", [code])
        profile = _profile(code, name, outlines, author)
        changed = divisions.new + divisions.changed + given.new + given.changed
        if changed:
            record(author or accounts.SYSTEM, "county.init", "county", code, count=changed, reason=name)
    return Begun(divisions, given, len(towns), office.name, profile)


def _rows(book: DivisionBook, code: str, towns: Mapping[str, str], outlines: Mapping[str, Any]) -> list[DivisionRow]:
    """Province, city, county, towns. The county's outline is its own, else the union of its towns'."""
    rows = []
    for level, upper, parent in (("province", f"{code[:2]}0000", ""), ("city", f"{code[:4]}00", f"{code[:2]}0000"),
                                 ("county", code, f"{code[:4]}00")):
        if (found := book.last(upper)) is None:
            continue  # a county under the province itself has no city of its own in the list
        rows.append(DivisionRow(upper, found.name, level, found.valid_from or LIST_SINCE,
                                parent if book.last(parent) else f"{code[:2]}0000" if parent else "", SYSTEMS[found.system]))
    since = rows[-1].since
    drawn = [shape for town, shape in outlines.items() if len(town) == 9]
    whole = outlines.get(code) or (shapely.union_all(drawn) if drawn and set(towns.values()) <= set(outlines) else None)
    rows[-1] = DivisionRow(code, rows[-1].name, "county", since, rows[-1].parent, rows[-1].system, whole)
    for name, town in sorted(towns.items(), key=lambda one: one[1]):
        listed = book.at(town, None)
        rows.append(DivisionRow(town, name, "town", (listed.valid_from if listed else None) or since, code, "statistical",
                                outlines.get(town)))
    return rows


def _profile(code: str, name: str, outlines: Mapping[str, Any], author: Any) -> str:
    """In force already, else drafted from the outlines for a second person to approve."""
    try:
        loaded = policies.current("county", code)
        packaged = loaded.state == policies.PACKAGED
        return f"随程序提供（{loaded.document.file}，待核）" if packaged else f"第 {loaded.version} 版，已批准"
    except KeyError:
        pass
    box = box_of(outlines.values())
    if box is None:
        return "没有（给出 --outlines 后由界线推算）"
    if author is None:
        return "没有（用 --as 用户名 起草，再由另一人批准；此前按界线认坐标系）"
    draft = policies.load_text(author, "county", code, profile_text(code, name, box), origin="tenglong county init")
    policies.submit(author, draft)
    return "已起草并提交，待另一位有审批权限的人批准"


def profile_text(code: str, name: str, box: tuple[float, float, float, float]) -> str:
    """A county profile from its outlines; every value that was worked out says so."""
    west, south, east, north = (round(side, 4) for side in box)
    meridian = round((west + east) / 2 / 3) * 3
    worked = "{authority: 程序推算, source: %s, verified: to-verify}"
    return (
        f'policy_kind: county\npolicy_id: "{code}"\nversion: "1"\nauthority: 县级人民政府（由使用县确定）\n'
        f'source: tenglong county init\nverified: to-verify\nname: {name}\ndivision: "{code}"\nnames: [{stem(name)}]\n'
        f"extent: {{west: {west}, south: {south}, east: {east}, north: {north}}}\ncentral_meridian: {meridian}\n"
        f"provenance:\n  extent:\n    {worked % '按导入的行政区划界线外扩'}\n"
        f"  central_meridian:\n    {worked % '按界线中心的经度取最近的 3 度带'}\n"
    )


def facts() -> CountyFacts:
    """The county of this register as the checks and the coordinate systems know it; unscoped, names and outlines only."""
    rows = list(Division.objects.filter(current(), level="town"))
    shapes = spatial.read(row.shape_id for row in rows if row.shape_id)
    outlines = {row.code: shapely.from_wkb(shapes[row.shape_id]) for row in rows if row.shape_id in shapes}
    counties = list(Division.objects.filter(current(), level="county"))
    codes = {row.code for row in counties} or {row.code[:6] for row in rows}
    code = codes.pop() if len(codes) == 1 else ""
    try:
        profile = policies.current("county", code).data if code else None
    except KeyError:
        profile = None
    found = facts_of(code, profile, {row.name: row.code for row in rows}, outlines)
    return found if profile is not None or len(counties) != 1 else named(found, counties[0].name)


def named(found: CountyFacts, name: str) -> CountyFacts:
    """Without a profile the county is known by its own name."""
    return CountyFacts(found.code, name, (stem(name),), found.towns, found.outlines)


def shown() -> dict[str, Any]:
    """What `tenglong county show` prints."""
    known = facts()
    rows = list(Division.objects.filter(current()).exclude(level="town").order_by("code"))
    towns = Division.objects.filter(current(), level="town").order_by("code")
    return {
        "code": known.code, "name": known.name or next((row.name for row in rows if row.code == known.code), ""),
        "names": list(known.names), "extent": list(known.profile.extent or ()), "central_meridian": known.central_meridian,
        "above": [{"code": row.code, "name": row.name, "level": row.level} for row in rows],
        "towns": [{"code": row.code, "name": row.name, "outline": row.shape_id is not None, "invented": row.invented}
                  for row in towns],
        "zones": Zone.objects.filter(current()).count(),
    }
