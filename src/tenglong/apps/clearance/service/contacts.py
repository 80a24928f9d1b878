"""Personal data of holders: sealed at rest, shown one at a time with a purpose, erased in time (office rule 22)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.cipher import decrypt, encrypt
from tenglong.apps.accounts.scope import scoped
from tenglong.apps.audit.service import record
from tenglong.apps.clearance.errors import ClearanceError
from tenglong.apps.clearance.models import ClearedHolder
from tenglong.apps.clearance.service.base import MONEY, WORK, holder_for_work, locked, raised
from tenglong.domain.delta import Delta

#: what is sealed; the payee's account opens only to `clearance.money`
FIELDS: Final = ("person", "phone", "id_number", "bank_account")
MONEY_FIELDS: Final = frozenset({"bank_account"})
LEAST_PURPOSE: Final = 4


def seal(values: Mapping[str, Any]) -> str:
    kept = {name: str(values[name]).strip() for name in FIELDS if str(values.get(name) or "").strip()}
    return encrypt(json.dumps(kept, ensure_ascii=False)) if kept else ""


def opened(holder: ClearedHolder) -> dict[str, str]:
    """Clear values; only for `reveal`, masks and the erasing run."""
    found: dict[str, str] = json.loads(decrypt(holder.sealed)) if holder.sealed else {}
    return found


def masked_name(name: str) -> str:
    return f"{name[:1]}**" if name else ""


@transaction.atomic
def put(actor: Any, holder: ClearedHolder, values: Mapping[str, Any], *, lock_version: int | None = None) -> ClearedHolder:
    """What is given replaces what was; an empty field stays as it is. The payee's account asks for `clearance.money`."""
    fresh = holder_for_work(actor, holder, WORK, lock_version=lock_version)
    given = {name: str(values.get(name) or "").strip() for name in FIELDS}
    if given["bank_account"] and not _may_money(actor, fresh):
        raise ClearanceError(_("收款账号由有“查看补偿金额和收款信息”权限的人登记。"))
    before = opened(fresh)
    after = before | {name: value for name, value in given.items() if value}
    raised(fresh, sealed=seal(after))
    changed = [Delta("contact" if name == "person" else name, before.get(name, ""), after[name])
               for name in after if before.get(name) != after[name]]
    record(actor, "clearance.contact", "cleared_holder", fresh.ulid, deltas=changed)
    return fresh


@transaction.atomic
def reveal(actor: Any, holder: ClearedHolder, purpose: str) -> dict[str, str]:
    """Clear values for one look; who looked and what for is in the audit. Raises ClearanceError, Refused."""
    fresh, told = locked(actor, holder, WORK), purpose.strip()
    if len(told) < LEAST_PURPOSE:
        raise ClearanceError(_("请写明查看的用途，例如：通知评估结果。"))
    clear = opened(fresh)
    if not _may_money(actor, fresh):
        clear = {name: value for name, value in clear.items() if name not in MONEY_FIELDS}
    record(actor, "clearance.reveal", "cleared_holder", fresh.ulid, count=len(clear), reason=told)
    return clear


def _may_money(actor: Any, holder: ClearedHolder) -> bool:
    return scoped(actor, ClearedHolder.objects.filter(pk=holder.pk), MONEY).exists()


def erase_due(today: date | None = None) -> int:
    """The worker's run: personal data of projects whose time is over. Returns how many holders were cleaned."""
    day = today or timezone.localdate()
    with transaction.atomic():
        due = ClearedHolder.objects.filter(clearance__keep_until__lte=day).exclude(sealed="")
        keys = list(due.values_list("ulid", flat=True))
        if keys:
            due.update(sealed="")
            record("system", "clearance.erase", "cleared_holder", keys[0], count=len(keys), reason=_("保存期届满"))
    return len(keys)
