"""补充公告: facts that bidders rely on are never changed in silence.

One person proposes, another approves, then the notice is published as a step of the listing on its day; when a weighty fact
changed, the wait before the sale runs anew from that day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.audit.service import record
from tenglong.apps.supply.errors import SupplyError
from tenglong.apps.supply.models import Listing, ListingState, SupplementNotice, SupplementState
from tenglong.apps.supply.queries import reserve
from tenglong.apps.supply.service import conditions, notices
from tenglong.apps.supply.service.land_base import DECIDE, WORK, clocks_of, locked, moved, said
from tenglong.domain.delta import Delta
from tenglong.domain.landing.supply.policy import Supplement
from tenglong.domain.landing.supply.supplement import weighty

LIVE = (SupplementState.PROPOSED, SupplementState.APPROVED)


def rule_of(row: Listing) -> Supplement | None:
    """None where the policy of the listing knows no supplementary notice."""
    return clocks_of(row.clocks).procedure(row.procedure).supplement


def may_propose(row: Listing) -> bool:
    """Between the notice and the beginning of the sale, one at a time."""
    rule = rule_of(row)
    return (rule is not None and row.state == ListingState.RUNNING and not row.steps.filter(step=rule.before).exists()
            and not row.supplements.filter(state__in=LIVE).exists())


@transaction.atomic
def propose(actor: Any, row: Listing, values: Mapping[str, Any], *, reason: str, lock_version: int) -> SupplementNotice:
    """`values`: the facts as they shall be told; those that differ are the change. Raises Refused, SupplyError."""
    fresh = locked(actor, row, WORK, lock_version)
    rule = _open(fresh)
    why = said(reason, _("变更理由"))
    values = {**values, "conditions": conditions.lines_of(values["conditions"])} if "conditions" in values else values
    changes = [{"fact": fact, "before": notices.held(fresh, fact), "after": _json(values[fact])}
               for fact in notices.FACTS if fact in values and _json(values[fact]) != notices.held(fresh, fact)]
    if not changes:
        raise SupplyError(_("没有改动，不用补充公告。"))
    _sound(actor, fresh, {one["fact"]: notices.told(one["fact"], one["after"]) for one in changes})
    found = _findings(actor, fresh, changes, why)
    made = SupplementNotice.objects.create(
        listing=fresh, ordinal=fresh.supplements.count() + 1, changes=changes, reason=why, findings=found,
        weighty=weighty(rule, (one["fact"] for one in changes)), created_by_id=actor.pk)
    record(actor, "supplement.propose", "listing", fresh.ulid, reason=why,
           deltas=[Delta(one["fact"], one["before"], one["after"]) for one in changes])
    moved(fresh)
    return made


@transaction.atomic
def approve(actor: Any, row: Listing, *, reason: str = "", lock_version: int) -> SupplementNotice:
    """Changed conditions are counted once more in the approver's reach; a new doubt asks for the approver's reason."""
    fresh = locked(actor, row, DECIDE, lock_version)
    _open(fresh, SupplementState.APPROVED)
    notice = fresh.supplements.filter(state=SupplementState.PROPOSED).first()
    if notice is None:
        raise SupplyError(_("没有待审定的补充公告。"))
    if actor.pk == notice.created_by_id:
        raise SupplyError(_("拟定补充公告的人不能自己审定，请另一位有审定权限的人办理。"))
    _sound(actor, fresh, {one["fact"]: notices.told(one["fact"], one["after"]) for one in notice.changes})
    more = conditions.answered(wider(actor, fresh, notice), reason)
    found = None if notice.findings is None else [*notice.findings, *more]
    return _moved(actor, fresh, notice, SupplementState.APPROVED, reason.strip(), approved_by_id=actor.pk, findings=found)


def wider(actor: Any, row: Listing, notice: SupplementNotice) -> list[dict[str, Any]]:
    """Doubts on changed conditions that come up only in the actor's own reach, usually the whole county."""
    found = _counted(actor, row, notice.changes)
    return [] if found is None else conditions.new_doubts(found, notice.findings)


@transaction.atomic
def drop(actor: Any, row: Listing, *, reason: str, lock_version: int) -> SupplementNotice:
    """Before its publication, by who works on the listing or who approves."""
    fresh = locked(actor, row, WORK if can(actor, WORK) else DECIDE, lock_version)
    notice = fresh.supplements.filter(state__in=LIVE).first()
    if notice is None:
        raise SupplyError(_("没有可撤回的补充公告。"))
    return _moved(actor, fresh, notice, SupplementState.DROPPED, said(reason, _("撤回的理由")))


def _open(row: Listing, but: str = "") -> Supplement:
    """The rule, when a supplementary notice is still lawful."""
    rule = rule_of(row)
    if rule is None:
        raise SupplyError(_("“供地步骤和时限”里没有补充公告的规则；确需改的，终止后重新公告。"))
    if row.state != ListingState.RUNNING or row.steps.filter(step=rule.before).exists():
        raise SupplyError(_("只有公告期内能补充公告；确需改的，终止后重新公告（%(clause)s）。") % {"clause": rule.clause})
    if not but and row.supplements.filter(state__in=LIVE).exists():
        raise SupplyError(_("上一次补充公告还没有办完。"))
    return rule


def _sound(actor: Any, row: Listing, values: Mapping[str, Any]) -> None:
    """What a listing may say at all."""
    for fact in ("area_cm2", "start_price_fen"):
        if fact in values and not (values[fact] or 0) > 0:
            raise SupplyError(_("请填写面积和起始价。"))
    if "land_use" in values:
        said(values["land_use"] or "", _("用途"))
    if row.lot is not None and "area_cm2" in values:
        in_stock, _rows = reserve.of_lot(actor, row.lot, timezone.localdate())
        if values["area_cm2"] > in_stock.area_cm2:
            raise SupplyError(_("出让面积应大于 0，且不超过库存。"))
    notices.price_is_lawful(row, values, timezone.localdate())
    closes = values.get("closes_on")
    if "closes_on" in values and row.closes_on is not None and (closes is None or closes < row.closes_on):
        raise SupplyError(_("公告过的截止日期只能改晚。"))


def _findings(actor: Any, row: Listing, changes: list[dict[str, Any]], why: str) -> list[dict[str, Any]] | None:
    """Changed conditions are held against the register again; a doubt asks for an answer."""
    found = _counted(actor, row, changes)
    if conditions.doubts(found) and len(why) < 5:
        raise SupplyError(_("核对提示疑似量身定制，请在变更理由里写明为什么保留这些条件。"))
    return found


def _counted(actor: Any, row: Listing, changes: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    after = next((one["after"] for one in changes if one["fact"] == "conditions"), None)
    return None if after is None else conditions.findings(actor, after, row.division_code, clocks_of(row.clocks))


def _moved(actor: Any, row: Listing, notice: SupplementNotice, state: str, why: str, **values: Any) -> SupplementNotice:
    record(actor, f"supplement.{state}", "listing", row.ulid, reason=why, deltas=[Delta("supplement", notice.state, state)])
    SupplementNotice.objects.filter(pk=notice.pk).update(state=state, **values)
    moved(row)
    return SupplementNotice.objects.get(pk=notice.pk)


def _json(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


__all__ = ["LIVE", "approve", "drop", "may_propose", "propose", "rule_of", "wider"]
