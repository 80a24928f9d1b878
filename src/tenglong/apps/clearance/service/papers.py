"""Files of steps, and of one holder: kept in the vault, a newer version beside the older ones, opened only through this app."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scope_of
from tenglong.apps.audit.service import record
from tenglong.apps.clearance import policies
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import AgreementState, Clearance, ClearancePaper, ClearedHolder
from tenglong.apps.clearance.service.base import DECIDE, MONEY, WORK, alive, holder_for_work, locked
from tenglong.apps.registry import service as register
from tenglong.domain.delta import Delta
from tenglong.domain.landing.clearance import soil

#: kind of these files in the vault; the register's own download does not give them out
KIND: Final = "clearance"
AGREEMENT, VOUCHER = "agreement", "voucher"
#: papers of a holder that tell amounts
SECRET: Final = (AGREEMENT, VOUCHER)


@transaction.atomic
def add_to_step(actor: Any, row: Clearance, step: str, file: Any, *, amounts: bool = False) -> ClearancePaper:
    """A newer version of the paper of a step that was done. Raises ClearanceError, Refused."""
    fresh = locked(actor, row, WORK, DECIDE)
    alive(fresh)
    return of_step(actor, fresh, step, file, amounts=amounts)


def of_step(actor: Any, row: Clearance, step: str, file: Any, *, amounts: bool = False) -> ClearancePaper:
    """Within the transaction that holds the project's lock."""
    held = row.steps.filter(step=step).first()
    if held is None:
        raise ClearanceError(_("先登记这一步，再上传文件。"))
    return _keep(actor, row, file, what=step, number=held.number, amounts=amounts or policies.taking_of(row).step(step).money)


@transaction.atomic
def add_to_holder(actor: Any, holder: ClearedHolder, what: str, file: Any, *, part: int = 0) -> ClearancePaper:
    """The signed agreement, a voucher of an instalment (both tell amounts), or the paper of the soil gate."""
    fresh = holder_for_work(actor, holder, MONEY if what in SECRET else WORK)
    locked(actor, fresh.clearance, MONEY if what in SECRET else WORK)
    return _keep(actor, fresh.clearance, file, what=what, holder=fresh, part=part if what == VOUCHER else 0,
                 number=_number(fresh, what, part), amounts=what in SECRET)


def _number(holder: ClearedHolder, what: str, part: int) -> str:
    """Of the paper that was entered; a file backs a record and is none by itself. Raises ClearanceError."""
    held = holder.agreements.exclude(state=AgreementState.VOID).first()
    if what == soil.PLAN and soil.PLAN in holder.papers:
        return str(holder.papers[soil.PLAN]["number"])
    if what == AGREEMENT and held is not None and held.state == AgreementState.SIGNED:
        return held.number
    paid = held.payments.filter(ordinal=part).exclude(voucher="").first() if held is not None and what == VOUCHER else None
    if paid is not None:
        return paid.voucher
    raise ClearanceError(_("先登记，再上传文件：协议签约后、付款登记后、材料有文号后才收扫描件。"))


def _keep(actor: Any, row: Clearance, file: Any, *, what: str, number: str, amounts: bool, holder: Any = None,
          part: int = 0) -> ClearancePaper:
    if file is None:
        raise ClearanceError(_("请选要上传的文件。"))
    verb = next((one for one in (WORK, DECIDE, MONEY) if can(actor, one) and scope_of(actor, one).covers(row.division_code)),
                WORK)
    last = ClearancePaper.objects.filter(clearance=row, holder=holder, what=what, part=part).select_related("document").first()
    try:
        kept = register.add_document(actor, file.name, file.read(), kind=KIND, number=number[:64],
                                     division_code=row.division_code, verb=verb)
    except register.RegistryError as error:
        raise ClearanceError(str(error)) from error
    if last is not None and last.document.sha256 == kept.sha256:
        raise ClearanceError(_("这个文件和现有的第 %(n)s 版一样，不用再传。") % {"n": last.version})
    made = ClearancePaper.objects.create(
        clearance=row, holder=holder, what=what, part=part, version=last.version + 1 if last else 1, number=number,
        amounts=amounts or bool(last and last.amounts), document=kept, added_by_id=actor.pk, created_by_id=actor.pk)
    record(actor, "clearance.file", "cleared_holder" if holder else "clearance", (holder or row).ulid,
           deltas=[Delta(what, last.version if last else None, made.version)], reason=number)
    return made


def opened(actor: Any, paper: ClearancePaper) -> Any:
    """The file for a person who may open it; that it was opened is in the audit."""
    record(actor, "clearance.file.open", "cleared_holder" if paper.holder_id else "clearance",
           (paper.holder or paper.clearance).ulid, deltas=[Delta(paper.what, None, paper.version)], reason=paper.number)
    return paper.document
