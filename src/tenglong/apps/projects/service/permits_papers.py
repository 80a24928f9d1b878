"""一次提交、多处使用: papers are taken in once, with a receipt that has a number; later steps call them up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import orjson
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit.service import record
from tenglong.apps.projects import permit_policies
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.projects.models import GivenMaterial, PermitNetwork, Receipt
from tenglong.apps.projects.queries import permits as queries
from tenglong.apps.projects.service import permits_owed
from tenglong.apps.projects.service.base import document_of, guard, locked, not_ahead, said
from tenglong.domain.delta import Delta
from tenglong.domain.landing.permits import materials

WORK: Final = "permit.work"


@dataclass(frozen=True)
class Paper:
    """One paper to take in. `document`: a file of the register that the actor may see."""

    material: str
    document: Any


@transaction.atomic
def take_in(
    actor: Any, network: PermitNetwork, papers: Sequence[Paper], *, on: date | None = None, giver: str = "",
    lock_version: int | None = None,
) -> Receipt:
    """Take papers in and give a receipt; each stands for the whole project until it expires. Raises Refused, ProjectError."""
    row, day = locked(actor, network, WORK), not_ahead(on or timezone.localdate(), _("收件日期"))
    guard(row, lock_version)
    policy = permit_policies.of(row)
    if not papers:
        raise ProjectError(_("请至少选一份材料并上传文件。"))
    calendar = queries.calendar(policy)
    items = []
    for paper in papers:
        if paper.material not in policy.materials:
            raise ProjectError(_("这个网络没有这种材料。"))
        if paper.document is None or document_of(actor, paper.document) is None:
            raise ProjectError(_("请上传“%(name)s”的文件。") % {"name": policy.materials[paper.material].label})
        until = materials.stands_until(policy.materials[paper.material], day, calendar)
        items.append({"material": paper.material, "label": policy.materials[paper.material].label, "name": paper.document.name,
                      "sha256": paper.document.sha256, "until": until.isoformat() if until else "",
                      "used": [one.label for one in policy.steps.values() if paper.material in one.materials]})
    made = _receipt(actor, row, items, day, giver)
    for paper, item in zip(papers, items, strict=True):
        GivenMaterial.objects.create(
            project_id=row.project_id, material=paper.material, document=paper.document, given_on=day,
            until=item["until"] or None, receipt=made, created_by_id=actor.pk)
    PermitNetwork.objects.filter(pk=row.pk).update(lock_version=row.lock_version + 1)
    permits_owed.by_itself(project=row.project_id)
    record(actor, "permit.receipt", "permit", row.ulid, count=len(items), digest=made.sha256, reason=made.number)
    return made


def _receipt(actor: Any, row: PermitNetwork, items: list[dict[str, Any]], day: date, giver: str) -> Receipt:
    digest = hashlib.sha256(orjson.dumps(items, option=orjson.OPT_SORT_KEYS)).hexdigest()
    made = Receipt.objects.create(
        network=row, given_on=day, giver=giver.strip()[:200] or row.intended, items=items, sha256=digest, taken_by=actor,
        number=f"新{digest[:32]}", created_by_id=actor.pk)
    made.number = f"SJ{day:%Y%m%d}-{made.pk:05d}"
    made.save(update_fields=["number"])
    return made


@transaction.atomic
def void(actor: Any, network: PermitNetwork, given: GivenMaterial, *, reason: str) -> GivenMaterial:
    """A paper taken in by mistake counts no more; the receipt and what was done with it stay. Raises Refused, ProjectError."""
    row = locked(actor, network, WORK)
    held = GivenMaterial.objects.select_for_update().filter(pk=given.pk, project_id=row.project_id).first()
    if held is None or held.voided_at is not None:
        raise ProjectError(_("没有这份材料，或者已经作废。"))
    held.voided_at, held.void_reason = timezone.now(), said(reason, _("作废的理由"))[:300]
    held.save(update_fields=["voided_at", "void_reason"])
    PermitNetwork.objects.filter(pk=row.pk).update(lock_version=row.lock_version + 1)
    record(actor, "permit.paper_void", "permit", row.ulid, deltas=[Delta(held.material, str(held.given_on), None)],
           reason=held.void_reason)
    return held


def printed(receipt: Receipt) -> bytes:
    """收件回执 on A4, the same whenever it is printed: from what was kept."""
    from tenglong.files.pdf.pages import Explanation, Grid, explanation_page

    network = receipt.network
    rows = [[number, one["label"], one["name"], one["until"] or _("长期"), one["sha256"][:12]]
            for number, one in enumerate(receipt.items, 1)]
    used = [[one["label"], "、".join(one["used"]) or "—"] for one in receipt.items]
    taken = receipt.taken_by.name if receipt.taken_by else ""
    return explanation_page(Explanation(
        _("收件回执"),
        [_("回执编号：%(number)s") % {"number": receipt.number},
         _("项目：%(code)s %(name)s") % {"code": network.project.code, "name": network.project.name},
         _("提交单位：%(giver)s") % {"giver": receipt.giver or "—"},
         _("收件日期：%(day)s，收件人：%(who)s") % {"day": receipt.given_on, "who": taken or "—"}],
        [Grid(_("收到的材料"), [_("序号"), _("材料"), _("文件"), _("有效期至"), _("文件校验码")], rows),
         Grid(_("一次提交，以下环节不再收取"), [_("材料"), _("使用环节")], used)],
        [_("本回执只证明收到上列材料，不表示受理或批准。"), _("回执校验码 %(sha)s") % {"sha": receipt.sha256[:32]}],
        subtitle=receipt.number))
