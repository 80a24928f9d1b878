"""Dated attributes of firms, decisions that vetoes cite, joint units."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.models import AttributeRecord, Cycle, Decision, JointMember, JointUnit
from tenglong.apps.evaluation.models.firm import DecisionState
from tenglong.apps.evaluation.service.base import before_freeze, document_of, firm_of, locked, not_future, one_of, said, whole
from tenglong.apps.evaluation.service.cycle import rule_of
from tenglong.apps.registry import queries as registry
from tenglong.domain.delta import Delta, diff

VERBS = ("evaluation.manage", "evaluation.area")


@transaction.atomic
def record_attribute(
    actor: Any, enterprise_id: int, attribute: str, value: str, *, valid_from: date, valid_to: date | None = None,
    document: Any = None, note: str = "",
) -> AttributeRecord:
    """What holds of a firm from a day on. An open record of the same attribute ends the day the new one begins."""
    firm = firm_of(actor, enterprise_id, *VERBS)
    if document is not None:
        document_of(actor, document, _("依据材料"))
    if valid_to is not None and valid_to <= valid_from:
        raise EvaluationError(_("终止日期要晚于起始日期。"))
    held = AttributeRecord.objects.select_for_update().filter(enterprise_id=enterprise_id, attribute=attribute)
    held.filter(valid_to__isnull=True, valid_from__lt=valid_from).update(valid_to=valid_from)
    if held.filter(registry.in_force(valid_from)).exists() or held.filter(valid_from__gte=valid_from).exists():
        raise EvaluationError(_("“%(name)s”在 %(day)s 已有记录，日期不能重叠。") % {"name": firm.name, "day": valid_from})
    made = AttributeRecord.objects.create(
        enterprise_id=enterprise_id, attribute=said(attribute, _("属性")), value=value.strip()[:120], valid_from=valid_from,
        valid_to=valid_to, document=document, note=note[:300], created_by_id=actor.pk,
    )
    record(actor, "firm.attribute", "enterprise", firm.ulid, deltas=[Delta(attribute, None, value)], reason=note)
    return made


@transaction.atomic
def record_decision(
    actor: Any, enterprise_id: int, *, veto: str, number: str, dated: date, state: str, authority: str = "",
    expires_on: date | None = None, document: Any = None,
) -> Decision:
    """A decision with number and date; without the paper it cannot be cited."""
    firm = firm_of(actor, enterprise_id, "evaluation.manage")
    document_of(actor, document, _("决定书"))
    one_of(state, DecisionState.values, _("状态"))
    not_future(dated, _("决定日期"))
    try:
        with transaction.atomic():
            made = Decision.objects.create(
                enterprise_id=enterprise_id, veto=said(veto, _("否决事项")), number=said(number, _("文号")),
                dated=dated, state=state, authority=authority.strip()[:120], expires_on=expires_on,
                document=document, created_by_id=actor.pk,
            )
    except IntegrityError as error:
        raise EvaluationError(_("这份决定（%(number)s）已经登记过。") % {"number": number}) from error
    told = diff({}, {"veto": veto, "number": number, "state": state})
    record(actor, "firm.decision", "enterprise", firm.ulid, deltas=told)
    return made


@transaction.atomic
def change_decision(actor: Any, decision: Decision, *, state: str, lock_version: int | None, reason: str) -> Decision:
    """Under review, revoked, or effective again."""
    fresh = locked(actor, decision, "evaluation.manage", lock_version=lock_version)
    one_of(state, DecisionState.values, _("状态"))
    why = said(reason, _("变更理由"))
    Decision.objects.filter(pk=fresh.pk).update(state=state)
    deltas = [Delta("state", fresh.state, state)]
    record(actor, "firm.decision_change", "enterprise", fresh.enterprise_id, deltas=deltas, reason=why)
    return Decision.objects.get(pk=fresh.pk)


@transaction.atomic
def make_joint_unit(
    actor: Any, cycle: Cycle, *, name: str, enterprise_ids: Iterable[int], valid_from: date, valid_to: date, document: Any
) -> JointUnit:
    """Sealed, for the whole data year, all members; a firm stands in one unit at most (a database constraint)."""
    fresh = whole(actor, cycle, "evaluation.manage")
    before_freeze(fresh)
    joint = rule_of(fresh).compiled.scheme.joint
    if joint is None or not joint.allowed:
        raise EvaluationError(_("评价办法 %(id)s 没有允许集团合并评价。") % {"id": fresh.scheme_id})
    members = sorted(set(enterprise_ids))
    if len(members) < 2:
        raise EvaluationError(_("合并评价单元至少要有两家企业。"))
    if valid_from > date(fresh.year, 1, 1) or valid_to < date(fresh.year + 1, 1, 1):
        raise EvaluationError(_("合并评价要覆盖整个数据年度（%(year)s 年 1 月 1 日至次年 1 月 1 日）。") % {"year": fresh.year})
    document_of(actor, document, _("盖章申请"))
    names = [firm_of(actor, pk, "evaluation.manage").name for pk in members]
    try:
        with transaction.atomic():
            unit = JointUnit.objects.create(
                cycle=fresh, name=said(name, _("单元名称")), document=document, valid_from=valid_from, valid_to=valid_to,
                created_by_id=actor.pk,
            )
            JointMember.objects.bulk_create([JointMember(unit=unit, cycle=fresh, enterprise_id=pk) for pk in members])
    except IntegrityError as error:
        raise EvaluationError(_("有企业已在本批次的另一个合并评价单元里，一家企业只能合并一次。")) from error
    record(actor, "firm.joint", "cycle", fresh.ulid, deltas=[Delta("unit", None, f"{name}：{'、'.join(names)}"[:400])])
    return unit
