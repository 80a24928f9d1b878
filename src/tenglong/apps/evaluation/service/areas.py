"""用地核定: worked out from the register, mended by people, published, objected to, settled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.audit.service import digest_of, record
from tenglong.apps.evaluation.area_parts import Land, Part, Title, Use, parts
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import AreaItem, AssessedArea, AttributeRecord, Cycle
from tenglong.apps.evaluation.models.area import AreaState, ItemKind
from tenglong.apps.evaluation.service.base import (
    Atomic,
    Progress,
    at,
    before_freeze,
    document_of,
    locked,
    over_all,
    quiet,
    said,
    whole,
)
from tenglong.apps.jobs import service as jobs
from tenglong.apps.registry import queries as registry
from tenglong.domain.delta import Delta, diff
from tenglong.store.bulk import insert_rows, update_rows

SUMS = {
    "titled": "titled_cm2", "untitled": "untitled_cm2", "leased_in": "leased_in_cm2", "leased_out": "leased_out_cm2",
    "deduction": "deducted_cm2",
}
FIGURES = (*SUMS.values(), "total_cm2")
ITEM = ("area_id", "kind", "plot_id", "cm2", "occupancy_id", "parcel_id", "note", "counted")


def assess_areas(actor: Any, cycle: Cycle) -> Any:
    """Queue the assessment of every firm as a job."""
    fresh = over_all(actor, cycle, "evaluation.area")
    at(fresh, "land_review")
    return jobs.enqueue(actor, "evaluation.assess", {"cycle": fresh.ulid}, subject=fresh.title)


def land_of(actor: Any, day: date) -> Land:
    """Occupancies, titles and plots in force that day, as the actor sees them."""
    plots = dict(registry.plots(actor, day).values_list("plot_id", "surveyed_cm2"))
    houses = {row[0]: row[1:] for row in registry.buildings(actor, day).values_list("building_id", "plot_id", "floor_cm2")}
    floors: dict[int, int] = defaultdict(int)
    for plot, floor in houses.values():
        floors[plot] += floor or 0
    names = ("id", "plot_id", "building_id", "enterprise_id", "role", "area_cm2", "floor_cm2", "landlord_link_id")
    uses = []
    for pk, plot, house, *rest in registry.occupancies(actor, day).select_related(None).values_list(*names):
        there = plot or houses.get(house, (None,))[0]
        if there is not None:
            uses.append(Use(pk, there, *rest))
    return Land(uses, _titles(actor, day), plots, floors)


def _titles(actor: Any, day: date) -> list[Title]:
    """A title that lies in one plot lies there whole when nobody said how much."""
    holders = {row[0]: row[1:] for row in registry.parcels(actor, day).values_list("parcel_id", "holder_uscc", "stated_cm2")}
    wanted = {holder for holder, _stated in holders.values() if holder}
    firms = {
        uscc: pk for uscc, pk in registry.enterprises(actor, day).values_list("uscc", "enterprise_id") if uscc in wanted
    }
    links = list(registry.parcel_links(actor, day).select_related(None).values_list("plot_id", "parcel_id", "area_cm2"))
    lies_in: dict[int, int] = defaultdict(int)
    for _plot, parcel, _cm2 in links:
        lies_in[parcel] += 1
    found = []
    for plot, parcel, cm2 in links:
        holder, stated = holders.get(parcel, ("", None))
        size = cm2 if cm2 is not None or lies_in[parcel] > 1 else stated
        found.append(Title(plot, parcel, firms.get(holder), size))
    return found


def assess_now(
    actor: Any, cycle: Cycle, progress: Progress = quiet, atomic: Atomic = transaction.atomic
) -> dict[str, int]:
    """Parts from the register replaced, parts that people added kept, sums worked anew; one transaction, one audit entry."""
    seen = over_all(actor, cycle, "evaluation.area")
    at(seen, "land_review")
    found: dict[int, list[Part]] = defaultdict(list)
    for part in parts(land_of(actor, seen.measure_day)):
        found[part.enterprise_id].append(part)
    firms = _firms(actor, seen)
    with atomic():
        fresh = whole(actor, cycle, "evaluation.area")
        at(fresh, "land_review")
        areas = _rows(fresh, firms, set(found))
        AreaItem.objects.filter(area__cycle=fresh, made_by="register").delete()
        items = list(_items(areas, found))
        insert_rows(AreaItem, ITEM, items)
        progress(1, 2, _("汇总"))
        changed = resum(fresh, areas.values())
        told = {"firms": len(areas), "items": len(items), "changed": len(changed)}
        deltas = [(area.ulid, area.total_cm2) for area in changed]
        record(actor, "evaluation.assess", "cycle", fresh.ulid, count=len(areas), digest=digest_of(deltas))
        progress(2, 2, _("完成"))
    return told


def _firms(actor: Any, cycle: Cycle) -> dict[int, tuple[str, str]]:
    """Enterprise → name and town, in force on the day."""
    rows = registry.enterprises(actor, cycle.measure_day).values_list("enterprise_id", "name", "division_code")
    return {pk: (name, town) for pk, name, town in rows}


def _rows(cycle: Cycle, firms: dict[int, tuple[str, str]], wanted: set[int]) -> dict[int, AssessedArea]:
    held = {area.enterprise_id: area for area in AssessedArea.objects.filter(cycle=cycle)}
    carriers = set(
        AttributeRecord.objects.filter(registry.in_force(cycle.measure_day), attribute="carrier", value="true")
        .values_list("enterprise_id", flat=True)
    )
    new = [(cycle.pk, pk, *firms[pk], pk in carriers) for pk in sorted(wanted - set(held)) if pk in firms]
    if not new:
        return held
    insert_rows(AssessedArea, ("cycle_id", "enterprise_id", "name", "division_code", "carrier"), new)
    return {area.enterprise_id: area for area in AssessedArea.objects.filter(cycle=cycle)}


def _items(areas: Mapping[int, AssessedArea], found: Mapping[int, list[Part]]) -> Iterator[tuple[Any, ...]]:
    words = {"no-area": _("没有占地面积，也没有可分摊的建筑面积"), "no-share": _("没有写明该宗地有多少落在本地块")}
    for firm, mine in found.items():
        if firm in areas:
            for part in mine:
                whose = (part.plot_id, part.cm2, part.occupancy_id, part.parcel_id)
                yield (areas[firm].pk, part.kind, *whose, words.get(part.open, part.note)[:300], not part.open)


def resum(cycle: Cycle, areas: Iterable[AssessedArea]) -> list[AssessedArea]:
    """Sums from the items; an expired deduction stays listed and is not counted. Returns the areas whose figures changed."""
    by_area: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
    rows = AreaItem.objects.filter(area__cycle=cycle)
    rows.filter(kind="deduction").update(counted=True)
    rows.filter(kind="deduction", expires_on__lte=cycle.measure_day).update(counted=False)
    for pk, kind, cm2 in rows.filter(counted=True).values_list("area_id", "kind", "cm2"):
        by_area[pk][kind] += cm2
    changed = [area for area in areas if _take(area, by_area[area.pk])]
    columns = [*FIGURES, "version", "lock_version"]
    update_rows(AssessedArea, columns, ((area.pk, *(getattr(area, name) for name in columns)) for area in changed))
    return changed


def _take(area: AssessedArea, sums: dict[str, int]) -> bool:
    before = [getattr(area, name) for name in FIGURES]
    for kind, column in SUMS.items():
        setattr(area, column, sums[kind])
    total = sums["titled"] + sums["untitled"] + sums["leased_in"] - sums["leased_out"] - sums["deduction"]
    area.total_cm2 = max(0, total)
    if [getattr(area, name) for name in FIGURES] == before:
        return False
    area.version += 1
    area.lock_version += 1
    return True


@transaction.atomic
def add_item(
    actor: Any, area: AssessedArea, *, kind: str, cm2: int, plot_id: int | None = None, document: Any = None,
    expires_on: date | None = None, deduction_type: str = "", note: str = "", lock_version: int | None,
) -> AreaItem:
    """A part that the register does not know. A deduction needs type, document and expiry (office practice 1)."""
    fresh = locked(actor, area, "evaluation.area", lock_version=lock_version)
    before_freeze(fresh.cycle)
    _checked(actor, kind, cm2, document, expires_on, deduction_type, note)
    item = AreaItem.objects.create(
        area=fresh, kind=kind, cm2=cm2, plot_id=_plot(actor, plot_id), document=document, expires_on=expires_on,
        deduction_type=deduction_type.strip(), note=note.strip()[:300], made_by="person",
    )
    _resettle(actor, fresh, "area.item", diff({}, {"kind": kind, "cm2": cm2, "deduction_type": deduction_type}), note)
    return item


def _checked(
    actor: Any, kind: str, cm2: int, document: Any, expires_on: date | None, deduction_type: str, note: str
) -> None:
    if kind not in ItemKind.values:
        raise EvaluationError(_("面积类别应为 %(known)s 之一。") % {"known": "、".join(ItemKind.values)})
    if cm2 <= 0:
        raise EvaluationError(_("面积要大于 0；扣除和租出也填正数。"))
    document_of(actor, document, _("依据材料"))
    if kind == "deduction":
        said(deduction_type, _("扣除类型"))
        if expires_on is None:
            raise EvaluationError(_("扣除要写明到期日，到期后不再扣除。"))
    else:
        said(note, _("说明"))


def _plot(actor: Any, plot_id: int | None) -> int | None:
    if plot_id is not None and not registry.plots(actor).filter(plot_id=plot_id).exists():
        raise EvaluationError(_("没有这块地，或者它不在您的管辖范围内。"))
    return plot_id


@transaction.atomic
def remove_item(actor: Any, item: AreaItem, *, reason: str, lock_version: int | None) -> AssessedArea:
    """Take away a part that a person added; parts of the register are mended in the register."""
    found = scoped(actor, AreaItem.objects.select_related("area__cycle").filter(pk=item.pk)).first()
    if found is None or found.made_by != "person":
        raise EvaluationError(_("只能删除人工添加的面积；登记册里的用地关系请到登记册更正后重新核定。"))
    area = locked(actor, found.area, "evaluation.area", lock_version=lock_version)
    before_freeze(area.cycle)
    why = said(reason, _("删除理由"))
    found.delete()
    return _resettle(actor, area, "area.item_remove", [Delta("item", f"{found.kind} {found.cm2}", None)], why)


def _resettle(actor: Any, area: AssessedArea, action: str, deltas: Iterable[Delta], reason: str) -> AssessedArea:
    """New sums of one area; one that was settled has to be settled again."""
    before = area.total_cm2
    if resum(area.cycle, [area]) and area.state == AreaState.SETTLED:
        AssessedArea.objects.filter(pk=area.pk).update(state=AreaState.PUBLISHED)
    told = [*deltas, Delta("total_cm2", before, area.total_cm2)]
    record(actor, action, "assessed_area", area.ulid, deltas=told, reason=reason)
    return area


@transaction.atomic
def settle_areas(actor: Any, cycle: Cycle) -> int:
    """Every published area without an open objection is settled, once the publication is over. Returns how many."""
    fresh = whole(actor, cycle, "evaluation.area")
    open_list = fresh.publications.filter(kind="area", state__in=("draft", "open")).exists()
    if open_list or not fresh.publications.filter(kind="area").exists():
        raise EvaluationError(_("用地面积公示还没有结束，不能定稿。"))
    if left := AssessedArea.objects.filter(cycle=fresh, state=AreaState.OBJECTED).count():
        raise EvaluationError(_("还有 %(n)s 家企业的面积异议没有处理，不能定稿。") % {"n": left})
    number = AssessedArea.objects.filter(cycle=fresh, state=AreaState.PUBLISHED).update(state=AreaState.SETTLED)
    record(actor, "evaluation.settle_areas", "cycle", fresh.ulid, count=number)
    return number
