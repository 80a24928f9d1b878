"""Listings: drawn up with conditions and indicators, checked, approved by a second person, taken through their steps.

The waits of the procedure block a step that comes early and name the clause; deadlines and pledges only warn.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import has_done, record
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Listing, ListingState, ReserveEntry, SupplyBatch
from tenglong.apps.supply.queries import reserve
from tenglong.apps.supply.service import conditions, floors, land_steps, outcome
from tenglong.apps.supply.service.land_base import (
    DECIDE,
    WORK,
    clocks_in_force,
    clocks_of,
    in_reach,
    locked,
    moved,
    plot_of,
    said,
    standard_of,
)
from tenglong.domain.delta import Delta, diff
from tenglong.domain.landing.standard.check import NoRow, row_of
from tenglong.domain.landing.standard.policy import UNIT_WORDS

FIELDS: Final = (
    "number", "title", "area_cm2", "land_use", "term_years", "method", "industry", "start_price_fen", "deposit_fen",
    "closes_on")
S = ListingState
Values = Mapping[str, Any]
#: whoever took one of these wrote what is approved
WRITING: Final = ("listing.create", "listing.revise", "listing.standard", "listing.submit")


@transaction.atomic
def draft(actor: Any, values: Values, *, lot: ReserveEntry | None = None, batch: SupplyBatch | None = None) -> Listing:
    """`values`: FIELDS, division_code, plot_id, conditions. Raises Refused, SupplyError."""
    town = values["division_code"]
    in_reach(actor, town)
    _from_stock(actor, values, lot, batch)
    held = _held(values)
    if Listing.objects.filter(number=held["number"]).exists():
        raise SupplyError(_("公告编号“%(number)s”已经用过。") % {"number": held["number"]})
    reference, policy = clocks_in_force()
    procedure = policy.of_subject(held["method"])
    if not procedure:
        raise SupplyError(_("“供地步骤和时限”里没有这种出让方式的流程。"))
    plot = plot_of(actor, values.get("plot_id") or (lot.plot_id if lot else None), town)
    made = Listing.objects.create(**held, division_code=town, plot_id=plot, lot=lot, batch=batch, clocks=reference,
                                  procedure=procedure[0].id, created_by_id=actor.pk)
    record(actor, "listing.create", "listing", made.ulid, deltas=diff({}, {**held, "division_code": town, "clocks": reference}))
    if batch is not None and batch.standard:
        return attach(actor, made, standard=batch.standard, industry=batch.standard_row, lock_version=made.lock_version)
    return made


@transaction.atomic
def revise(actor: Any, row: Listing, values: Values, *, lock_version: int) -> Listing:
    """Only a draft; a changed condition makes the earlier check worthless."""
    fresh = _draft(actor, row, lock_version)
    held = _held(values)
    if Listing.objects.filter(number=held["number"]).exclude(pk=fresh.pk).exists():
        raise SupplyError(_("公告编号“%(number)s”已经用过。") % {"number": held["number"]})
    policy = clocks_of(fresh.clocks)
    before = {name: getattr(fresh, name) for name in (*FIELDS, "conditions")}
    record(actor, "listing.revise", "listing", fresh.ulid, deltas=diff(before, held))
    procedure = policy.of_subject(held["method"])[0].id
    return moved(fresh, **held, procedure=procedure, findings=None, checked_at=None, answer="")


@transaction.atomic
def attach(actor: Any, row: Listing, *, standard: str, industry: str, lock_version: int) -> Listing:
    """Take the indicators of one industry of a table over into the listing. Raises SupplyError when there is no such row."""
    fresh = _draft(actor, row, lock_version)
    table = standard_of(standard)
    try:
        chosen = row_of(table, industry)
    except NoRow as error:
        raise SupplyError(str(error)) from error
    told = [{"id": one.id, "label": one.label, "unit": UNIT_WORDS[one.unit], "side": one.side,
             "value": format(chosen.values[one.id], "f")} for one in table.indicators if one.id in chosen.values]
    record(actor, "listing.standard", "listing", fresh.ulid,
           deltas=diff({"indicators": fresh.indicators}, {"indicators": told}))
    return moved(fresh, standard=standard, standard_row=chosen.id, indicators=told)


@transaction.atomic
def check(actor: Any, row: Listing, *, lock_version: int) -> Listing:
    """疑似量身定制: hold the conditions against the register, as far as the actor sees it, and keep what was found."""
    fresh = _draft(actor, row, lock_version)
    told = conditions.findings(actor, fresh.conditions, fresh.division_code, clocks_of(fresh.clocks))
    record(actor, "listing.check", "listing", fresh.ulid, count=len(told),
           deltas=[Delta("findings", None, "、".join(sorted({one["rule"] for one in told})) or "none")])
    return moved(fresh, findings=told, checked_at=timezone.now(), answer="")


@transaction.atomic
def submit(actor: Any, row: Listing, *, answer: str = "", lock_version: int) -> Listing:
    """Asks for the check first, and for an answer when it found something: it is never passed over in silence."""
    fresh = _draft(actor, row, lock_version)
    if fresh.findings is None:
        raise SupplyError(_("请先核对竞买条件，再报审。"))
    told = answer.strip()
    if doubts(fresh) and len(told) < 5:
        raise SupplyError(_("核对提示疑似量身定制，请写明为什么保留这些条件，或修改条件后再核对。"))
    floors.must_be_lawful(fresh, fresh.start_price_fen, timezone.localdate(), _("起始价"))
    record(actor, "listing.submit", "listing", fresh.ulid, deltas=[Delta("state", fresh.state, "submitted")], reason=told)
    return moved(fresh, state=S.SUBMITTED, submitted_by_id=actor.pk, answer=told)


def doubts(row: Listing) -> list[dict[str, Any]]:
    """Findings that ask for an answer."""
    return conditions.doubts(row.findings)


def wider(actor: Any, row: Listing) -> list[dict[str, Any]]:
    """Doubts that come up only when the actor's own reach is counted, usually the whole county."""
    found = conditions.findings(actor, row.conditions, row.division_code, clocks_of(row.clocks))
    return conditions.new_doubts(found, row.findings)


@transaction.atomic
def approve(actor: Any, row: Listing, *, reason: str = "", lock_version: int) -> Listing:
    """Counts once more in the approver's reach; a doubt nobody has answered yet asks for the approver's reason."""
    fresh = locked(actor, row, DECIDE, lock_version)
    _in(fresh, S.SUBMITTED)
    if actor.pk in (fresh.created_by_id, fresh.submitted_by_id) or has_done(actor, "listing", fresh.ulid, WRITING):
        raise SupplyError(_("拟定、修改或报审的人不能自己审定，请另一位有审定权限的人办理。"))
    floors.must_be_lawful(fresh, fresh.start_price_fen, timezone.localdate(), _("起始价"))
    told = reason.strip()
    more = conditions.answered(wider(actor, fresh), told)
    record(actor, "listing.approve", "listing", fresh.ulid, deltas=[Delta("state", fresh.state, "approved")], reason=told)
    return moved(fresh, state=S.APPROVED, approved_by_id=actor.pk, findings=[*(fresh.findings or []), *more],
                 answer="；".join(filter(None, (fresh.answer, told if more else ""))))


@transaction.atomic
def send_back(actor: Any, row: Listing, *, reason: str, lock_version: int) -> Listing:
    fresh = locked(actor, row, DECIDE, lock_version)
    _in(fresh, S.SUBMITTED)
    told = said(reason, _("退回的理由"))
    record(actor, "listing.back", "listing", fresh.ulid, deltas=[Delta("state", fresh.state, "draft")], reason=told)
    return moved(fresh, state=S.DRAFT, submitted_by_id=None)


@transaction.atomic
def withdraw(actor: Any, row: Listing, *, reason: str, lock_version: int) -> Listing:
    """Ends a listing before its opening; what was sealed stays sealed."""
    fresh = locked(actor, row, WORK, lock_version)
    _in(fresh, S.DRAFT, S.SUBMITTED, S.APPROVED, S.RUNNING)
    told = said(reason, _("终止的理由"))
    record(actor, "listing.withdraw", "listing", fresh.ulid, deltas=[Delta("state", fresh.state, "withdrawn")], reason=told)
    return moved(fresh, state=S.WITHDRAWN)


def step(actor: Any, row: Listing, name: str, *, on: date, paper: str, lock_version: int, **more: Any) -> Listing:
    """Take one step. `more`: `winner` (a Bid) for the confirmation, `contract_number` for the contract, `file` of the paper.

    Raises SupplyError with the clause when a wait has not run; that attempt stays in the audit.
    """
    with transaction.atomic():
        fresh = locked(actor, row, WORK, lock_version)
        _in(fresh, S.APPROVED, S.RUNNING, S.OPENED, S.DEALT, S.CONTRACTED)
        try:
            state = land_steps.take(actor, fresh, name, on=on, paper=paper, file=more.get("file"))
        except land_steps.Early as error:
            early = error
        else:
            return moved(fresh, **outcome.of_step(actor, fresh, state.step, on, more))
    raise early


@transaction.atomic
def fail(actor: Any, row: Listing, *, reason: str, lock_version: int) -> Listing:
    """Opened, and nobody may win: no offer, or none at the reserve price."""
    fresh = locked(actor, row, WORK, lock_version)
    _in(fresh, S.OPENED)
    told = said(reason, _("未成交的理由"))
    fresh.bids.filter(state="opened").update(state="lost")
    record(actor, "listing.fail", "listing", fresh.ulid, deltas=[Delta("state", fresh.state, "failed")], reason=told)
    return moved(fresh, state=S.FAILED)


def _from_stock(actor: Any, values: Values, lot: ReserveEntry | None, batch: SupplyBatch | None) -> None:
    """Land of a listing comes out of the stock of its town, and out of an approved batch when one is named."""
    if lot is not None:
        if not reserve.lots(actor).filter(pk=lot.pk, division_code=values["division_code"]).exists():
            raise SupplyError(_("没有这块在库的地，或者它不在所填的镇街。"))
        held, _rows = reserve.of_lot(actor, lot, timezone.localdate())
        if not values["area_cm2"] or values["area_cm2"] > held.area_cm2:
            raise SupplyError(_("出让面积应大于 0，且不超过库存。"))
    if batch is not None and (batch.state != "approved" or lot is None or not batch.plots.filter(lot=lot).exists()):
        raise SupplyError(_("批次还没有审定，或这块地不在批次里。"))


def _held(values: Values) -> dict[str, Any]:
    held = {name: values.get(name) for name in FIELDS}
    for name, what in (("number", _("公告编号")), ("title", _("地块名称")), ("land_use", _("用途"))):
        held[name] = said(held[name] or "", what)
    if not held["area_cm2"] or not held["start_price_fen"] or held["start_price_fen"] < 0:
        raise SupplyError(_("请填写面积和起始价。"))
    return {**held, "term_years": held["term_years"] or "", "industry": held["industry"] or "",
            "conditions": conditions.lines_of(values.get("conditions") or [])}


def _draft(actor: Any, row: Listing, lock_version: int) -> Listing:
    fresh = locked(actor, row, WORK, lock_version)
    if fresh.state != S.DRAFT:
        raise SupplyError(_("只有草拟中的出让可以改；已报审的请先退回。"))
    return fresh


def _in(row: Listing, *states: ListingState) -> None:
    if row.state not in states:
        raise SupplyError(_("现在是“%(state)s”，不能办这一步。") % {"state": row.get_state_display()})
