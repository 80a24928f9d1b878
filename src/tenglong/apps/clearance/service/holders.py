"""One holder: entered by hand, signed, vacated, demolished, delivered, corrected, taken off the list; why it has not signed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import (
    Agreement,
    AgreementState,
    Clearance,
    ClearedHolder,
    ClearedTarget,
    HolderKind,
    Role,
    State,
    What,
)
from tenglong.apps.clearance.service import contacts, papers
from tenglong.apps.clearance.service.base import WORK, alive, document_of, holder_for_work, locked, numbered, past, raised
from tenglong.apps.clearance.service.clearances import done_of
from tenglong.apps.clearance.words import STAGES
from tenglong.apps.registry import queries as registry
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.clearance import soil, stages, steps
from tenglong.domain.landing.clearance.policy import Stage
from tenglong.domain.landing.clearance.stages import Dates

#: stages that the office enters by a day; signing goes with the agreement, funds with the payments
BY_DAY: Final[tuple[Stage, ...]] = ("vacated", "demolished", "delivered")
PAPERS: Final = (soil.PLAN,)


@transaction.atomic
def add(actor: Any, row: Clearance, values: Mapping[str, Any], plot_ulid: str, area_cm2: int) -> ClearedHolder:
    """By hand: a person, a collective, a firm that the register does not know. Names of persons are sealed, a mask is shown."""
    fresh = locked(actor, row, WORK)
    alive(fresh)
    plot = registry.plots(actor).filter(plot__ulid=plot_ulid).first()
    if plot is None or not plot.division_code.startswith(fresh.division_code):
        raise ClearanceError(_("没有这块地，或者它不在这个项目的镇街里。"))
    name, kind = str(values.get("name") or "").strip(), values.get("kind")
    if not name or kind not in HolderKind.values or area_cm2 <= 0:
        raise ClearanceError(_("请填权利人、类型和面积。"))
    _land_left(fresh, plot, area_cm2)
    person = kind == HolderKind.PERSON
    number = (fresh.holders.aggregate(most=Max("number"))["most"] or 0) + 1
    made = ClearedHolder.objects.create(
        clearance=fresh, number=number, name=contacts.masked_name(name) if person else name[:200], kind=kind,
        sealed=contacts.seal({"person": name}) if person else "", enterprise_id=values.get("enterprise_id"),
        land_cm2=area_cm2, listed_on=past(values.get("listed_on")), created_by_id=actor.pk)
    ClearedTarget.objects.create(
        clearance=fresh, holder=made, what=What.PLOT, code=plot.code, plot_id=plot.plot_id, area_cm2=area_cm2)
    record(actor, "clearance.holder", "cleared_holder", made.ulid,
           deltas=diff({}, {"name": made.name, "land_cm2": area_cm2, "plot": plot.code}))
    return made


def _land_left(row: Clearance, plot: Any, area_cm2: int) -> None:
    """Shares of a plot never exceed it."""
    whole = plot.surveyed_cm2 or plot.stated_cm2
    kept = ClearedTarget.objects.filter(clearance=row, plot_id=plot.plot_id, what=What.PLOT, holder__dropped_on__isnull=True)
    if whole and sum(kept.values_list("area_cm2", flat=True)) + area_cm2 > whole:
        raise ClearanceError(_("地块 %(code)s 各户面积合计超过地块面积。") % {"code": plot.code})


def dates_of(row: ClearedHolder) -> Dates:
    days = (row.signed_on, row.funded_on, row.vacated_on, row.demolished_on, row.delivered_on, row.dropped_on)
    return Dates(row.listed_on, *days)


@transaction.atomic
def reach(
    actor: Any, holder: ClearedHolder, stage: Stage, *, on: date | None = None, lock_version: int | None = None
) -> ClearedHolder:
    """Vacated, demolished or delivered on a day. Raises ClearanceError naming what stands in the way."""
    if stage not in BY_DAY:
        raise ClearanceError(_("签约随协议登记，资金到位随付款登记。"))
    fresh, day = holder_for_work(actor, holder, lock_version=lock_version), past(on)
    if getattr(fresh, f"{stage}_on"):
        raise ClearanceError(_("已登记过%(stage)s，日期有误请更正。") % {"stage": STAGES[stage]})
    _check(actor, fresh, stage, day)
    raised(fresh, **{f"{stage}_on": day})
    record(actor, "clearance.reach", "cleared_holder", fresh.ulid, deltas=[Delta(f"{stage}_on", None, day)])
    return fresh


def _check(actor: Any, row: ClearedHolder, stage: Stage, day: date) -> None:
    if blocks := blocks_of(actor, row, stage, day):
        raise ClearanceError("；".join(blocks) + "。")


def blocks_of(actor: Any, row: ClearedHolder, stage: Stage, day: date) -> list[str]:
    """Why the holder may not reach the stage on that day: order of days, statutory steps, tenants, soil."""
    clearance, today = row.clearance, timezone.localdate()
    found = steps.gate(policies.taking_of(clearance), stage, done_of(clearance), clearance.state == State.SURVEY, day)
    if row.dropped_on:
        found.append(_("已移出名单"))
    if row.role == Role.TENANT:
        if stage != "vacated":
            return [*found, _("承租户只登记腾空")]
        return found + ([_("日期早于列入名单的日期")] if day < row.listed_on else [])
    found += stages.problems(dates_of(row).put(stage, day), today)
    if stage == "vacated" and row.tenants.filter(dropped_on__isnull=True).exclude(vacated_on__lte=day).exists():
        found.append(_("还有承租户没有搬出"))
    if stage in ("demolished", "delivered"):
        found += gate_of(actor, row, stage).blocks
    return found


def blocks_of_dates(taking: Any, done: Mapping[str, date], surveying: bool, row: ClearedHolder, today: date) -> list[str]:
    """Why the days that the row carries cannot stand: their order, and the statutory steps before each."""
    found = stages.problems(dates_of(row), today) if row.role == Role.HOLDER else []
    for stage in ("signed", *BY_DAY):
        day = getattr(row, f"{stage}_on")
        if day is not None:
            found += steps.gate(taking, stage, done, surveying, day)
    if row.role == Role.TENANT and row.vacated_on and row.vacated_on < row.listed_on:
        found.append(_("日期早于列入名单的日期"))
    return found


def gate_of(actor: Any, row: ClearedHolder, stage: str) -> soil.Gate:
    """What the soil of the holder's plots asks before demolition or delivery."""
    rule, soils = policies.current().soil, soils_of(actor, row)
    if stage == "demolished":
        return soil.demolition(rule, soils, set(row.papers))
    return soil.delivery(rule, soils)


def soils_of(actor: Any, row: ClearedHolder) -> list[soil.Soil]:
    """From the register, today's version of each plot."""
    ids = list(row.targets.filter(what=What.PLOT).values_list("plot_id", flat=True))
    rows = registry.plots(actor).filter(plot_id__in=ids).order_by("code").values_list("code", "soil")
    return [soil.Soil(code, str((told or {}).get("state") or ""), _flag((told or {}).get("key_unit"))) for code, told in rows]


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


@transaction.atomic
def correct(
    actor: Any, holder: ClearedHolder, stage: Stage, *, on: date | None, number: str, lock_version: int | None = None
) -> ClearedHolder:
    """Another day, or none, for a stage that was entered wrongly. The audit keeps the old day and the basis; what follows must
    still stand."""
    fresh, basis = holder_for_work(actor, holder, lock_version=lock_version), numbered(number, _("更正依据"))
    if stage not in ("signed", *BY_DAY):
        raise ClearanceError(_("资金到位的日期在付款里更正。"))
    before = getattr(fresh, f"{stage}_on")
    if before is None:
        raise ClearanceError(_("还没有登记%(stage)s，不用更正。") % {"stage": STAGES[stage]})
    if on is not None:
        _check(actor, fresh, stage, past(on))
    elif stage == "signed":
        raise ClearanceError(_("签约登记有误，请作废协议后重签；只是日期有误请填正确日期。"))
    later = stages.problems(dates_of(fresh).put(stage, on), timezone.localdate())
    if later and fresh.role == Role.HOLDER:
        raise ClearanceError("；".join(later) + "。")
    raised(fresh, **{f"{stage}_on": on})
    if stage == "signed":
        Agreement.objects.filter(holder=fresh, state=AgreementState.SIGNED).update(signed_on=on)
    record(actor, "clearance.correct", "cleared_holder", fresh.ulid, deltas=[Delta(f"{stage}_on", before, on)], reason=basis)
    return fresh


@transaction.atomic
def explain(
    actor: Any, holder: ClearedHolder, reason: str, *, next_on: date | None = None, lock_version: int | None = None
) -> ClearedHolder:
    """Why it has not signed: one of the policy's reasons of procedure, and the day of the next step. No free text."""
    fresh = holder_for_work(actor, holder, lock_version=lock_version)
    if reason and reason not in policies.current().reasons:
        raise ClearanceError(_("原因只能从程序原因里选。"))
    if fresh.signed_on:
        raise ClearanceError(_("已经签约，不用登记未签约原因。"))
    before = {"reason": fresh.reason, "next_on": fresh.next_on}
    raised(fresh, reason=reason, next_on=next_on)
    record(actor, "clearance.reason", "cleared_holder", fresh.ulid, deltas=diff(before, {"reason": reason, "next_on": next_on}))
    return fresh


@transaction.atomic
def paper(
    actor: Any, holder: ClearedHolder, kind: str, *, number: str, on: date | None = None, document: Any = None, file: Any = None
) -> None:
    """A paper that the soil gate asks for, with its number, and its scan."""
    fresh = holder_for_work(actor, holder)
    if kind not in PAPERS:
        raise ClearanceError(_("没有这种材料。"))
    told = {"number": numbered(number, _("文号")), "on": past(on).isoformat()}
    held = document_of(actor, document)
    raised(fresh, papers={**fresh.papers, kind: told | ({"document": held.ulid} if held else {})})
    record(actor, "clearance.paper", "cleared_holder", fresh.ulid, deltas=diff({}, {kind: told["number"]}))
    if file is not None:
        papers.add_to_holder(actor, fresh, kind, file)


@transaction.atomic
def drop(
    actor: Any, holder: ClearedHolder, *, number: str, on: date | None = None, lock_version: int | None = None
) -> ClearedHolder:
    """Off the list from a day on: rates of earlier days keep it. Not once it has signed."""
    fresh, day = holder_for_work(actor, holder, lock_version=lock_version), past(on)
    if fresh.signed_on or fresh.dropped_on:
        raise ClearanceError(_("已签约的不能移出名单，先作废协议；已移出的不用再移。"))
    if day <= fresh.listed_on:
        raise ClearanceError(_("移出日期应晚于列入名单的日期。"))
    told = numbered(number, _("移出依据"))
    raised(fresh, dropped_on=day, dropped_number=told)
    record(actor, "clearance.drop", "cleared_holder", fresh.ulid, deltas=[Delta("dropped_on", None, day)], reason=told)
    return fresh
