"""延期: asked for by the enterprise or for it, proposed by one, approved by another; then a paper with the new day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.casework import service as casework
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply.errors_covenants import CovenantError
from tenglong.apps.supply.models import Covenant, CovenantPaper, Extension, Node
from tenglong.apps.supply.service.covenants import VERB, going, locked, settle
from tenglong.apps.supply.service.covenants_picture import picture, rules
from tenglong.domain.delta import Delta

CASE: Final = "covenant-extension"
PAPER: Final = "extension"
OPEN: Final = ("filed", "proposed")


@transaction.atomic
def ask(actor: Any, covenant: Covenant, kind: str, *, asked_on: date, reason: str) -> Extension:
    """Raises CovenantError when there is no agreed day, the node is reached, or one is asked for already; Refused."""
    fresh = going(locked(actor, covenant, "covenant.own", VERB))
    why = _fits(fresh, kind, asked_on)
    if why:
        raise CovenantError(why)
    if len(reason.strip()) < 2:
        raise CovenantError(_("请写明延期理由。"))
    if Extension.objects.filter(covenant=fresh, kind=kind, state__in=OPEN).exists():
        raise CovenantError(_("这个节点已有一件延期在办理，请等办结。"))
    made = Extension.objects.create(
        covenant=fresh, kind=kind, asked_on=asked_on, reason=reason.strip()[:1000], created_by_id=actor.pk)
    label = rules(fresh.policy).policy.nodes[kind].label
    fields = {"covenant": fresh.number, "node": label, "asked_on": asked_on.isoformat(), "why": made.reason}
    title = _("%(name)s %(node)s延期") % {"name": fresh.project_name, "node": label}
    try:
        case = casework.open_case(
            actor, CASE, "enterprise", fresh.enterprise_id, title, division_code=fresh.division_code, fields=fields)
    except casework.CaseError as error:
        raise CovenantError(str(error)) from error
    Extension.objects.filter(pk=made.pk).update(case_id=case.pk)
    record(actor, "covenant.extension", "covenant", fresh.ulid, deltas=[Delta(kind, None, asked_on)], reason=made.reason)
    return Extension.objects.get(pk=made.pk)


def _fits(covenant: Covenant, kind: str, until: date) -> str:
    """Why the node cannot be put off to that day, or ""."""
    held = picture(covenant, timezone.localdate())
    if kind not in held.policy.nodes:
        return _("政策参数里没有这个节点。")
    node, longest = held.progress.node(kind), held.policy.nodes[kind].longest_extension
    if node.agreed is None:
        return _("“%(label)s”没有约定日期，不需要延期。") % {"label": node.label}
    if node.done is not None:
        return _("“%(label)s”已于 %(day)s 完成。") % {"label": node.label, "day": node.done}
    if until <= node.agreed:
        return _("延至的日期应晚于现在约定的 %(day)s。") % {"day": node.agreed}
    if longest and until > node.agreed + timedelta(days=longest):
        last = node.agreed + timedelta(days=longest)
        return _("“%(label)s”最长延期 %(days)s 日，不能晚于 %(last)s。") % {"label": node.label, "days": longest, "last": last}
    return ""


def guard(case: Any, params: Mapping[str, Any], user: Any) -> str:
    """Check `covenant_extension` of the definition: the day granted fits the node. "" or a sentence."""
    row = Extension.objects.filter(case=case).select_related("covenant").first()
    if row is None:
        return _("这个案件没有对应的延期申请，请从“履约监管”发起。")
    granted = case.fields.get("granted_on")
    return _fits(row.covenant, row.kind, date.fromisoformat(str(granted))) if granted else ""


def follow(moved: casework.Moved) -> None:
    """Hook of the case: approved, the new day stands from that day on."""
    row = Extension.objects.filter(case=moved.case).select_related("covenant").first()
    if row is None or moved.after == row.state:
        return
    granted = moved.case.fields.get("granted_on")
    values: dict[str, Any] = {"state": moved.after, "granted_on": date.fromisoformat(str(granted)) if granted else None}
    if moved.after == "approved":
        why = _fits(row.covenant, row.kind, values["granted_on"])
        if why:
            raise casework.CaseError(why)
        values["paper_id"] = _paper(moved, row, values["granted_on"]).pk
    Extension.objects.filter(pk=row.pk).update(**values)
    settle(row.covenant)


def _paper(moved: casework.Moved, row: Extension, granted: date) -> CovenantPaper:
    day = moved.event.on
    before = picture(row.covenant, day).permille.get(row.kind)
    filed = moved.case.evidence.filter(kind="supplement").order_by("-pk").values_list("document_id", flat=True).first()
    document = registry.documents(moved.actor).filter(pk=filed).first() if filed else None
    made = CovenantPaper.objects.create(
        covenant=row.covenant, kind=PAPER, number=(document.number if document else "") or moved.case.title[:120],
        signed_on=day, effective_on=day, document=document, note=moved.case.title[:300], created_by_id=moved.actor.pk)
    permille = "" if before is None else _decimal(before.numerator, before.denominator)
    Node.objects.create(paper=made, kind=row.kind, agreed_on=granted, permille=permille)
    record(moved.actor, "covenant.extended", "covenant", row.covenant.ulid, deltas=[Delta(row.kind, None, granted)])
    return made


def _decimal(top: int, bottom: int) -> str:
    """A ‰ was typed as decimal text, so it is one."""
    from decimal import Decimal

    return str(Decimal(top) / Decimal(bottom))
