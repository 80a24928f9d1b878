"""What the steps on the county's own land share: the row under lock and scope, refusals, the policy of a record."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of, scoped
from tenglong.apps.policy import service as policy
from tenglong.apps.registry import queries as registry
from tenglong.apps.supply.errors import SupplyError
from tenglong.domain.landing.standard.policy import STANDARD, StandardLand
from tenglong.domain.landing.supply.policy import KIND, LandClocks

M = TypeVar("M", bound=Model)
WORK, DECIDE, VIEW = "supply.work", "supply.decide", "supply.view"
CLOCKS = "cn"
FIRST_YEAR = 1990


def locked(actor: Any, row: M, verb: str, lock_version: int | None = None) -> M:
    """The row as it is now, for writing. Raises Refused (no verb), SupplyError (out of reach, somebody was first)."""
    require(actor, verb)
    objects = type(row)._default_manager
    if not scoped(actor, objects.filter(pk=row.pk), verb).exists():
        raise SupplyError(_("没有这条记录，或者它不在您的管辖范围内。"))
    fresh = objects.select_for_update().get(pk=row.pk)
    if lock_version is not None and lock_version != getattr(fresh, "lock_version", lock_version):
        raise SupplyError(_("别人刚刚改过这条记录，请刷新后再办。"))
    return fresh


def moved(row: M, **values: Any) -> M:
    """Write and count the version up."""
    objects = type(row)._default_manager
    objects.filter(pk=row.pk).update(**values, lock_version=row.lock_version + 1)  # type: ignore[attr-defined]
    return objects.get(pk=row.pk)


def in_reach(actor: Any, division_code: str, verb: str = WORK) -> None:
    """Raises Refused, SupplyError for a town that is not the actor's."""
    require(actor, verb)
    if not division_code or not scope_of(actor, verb).covers(division_code):
        raise SupplyError(_("不能在您管辖范围以外的镇街登记。"))


def plot_of(actor: Any, plot_id: int | None, division_code: str) -> int | None:
    """The plot if the actor may see it and it lies in the town; None stays None."""
    if plot_id is None:
        return None
    found = registry.plots(actor).filter(plot_id=plot_id).first()
    if found is None:
        raise SupplyError(_("没有这块地，或者它不在您的管辖范围内。"))
    if found.division_code != division_code:
        raise SupplyError(_("这块地不在所填的镇街。"))
    return plot_id


def said(text: str, what: str, least: int = 2) -> str:
    """The text, trimmed; too short is refused naming `what`."""
    if len(text.strip()) < least:
        raise SupplyError(_("请写明%(what)s。") % {"what": what})
    return text.strip()


def not_later_than_today(on: date, what: str) -> date:
    """What happened has happened: a day ahead is refused, and a year mistyped."""
    if on.year < FIRST_YEAR:
        raise SupplyError(_("日期 %(day)s 太早，请核对年份。") % {"day": on})
    if on > timezone.localdate():
        raise SupplyError(_("%(what)s不能晚于今天；还没有发生的不登记。") % {"what": what})
    return on


def clocks_in_force() -> tuple[str, LandClocks]:
    """(reference `id@version`, the policy of steps and waits). Raises SupplyError."""
    try:
        found = policy.current(KIND, CLOCKS)
    except (KeyError, policy.PolicyError) as error:
        raise SupplyError(_("“供地步骤和时限”这份政策参数不可用：%(why)s") % {"why": error}) from error
    return f"{found.id}@{found.version}", _clocks(found.text, found.sha256)


def clocks_of(reference: str) -> LandClocks:
    """The policy that a record follows. Raises SupplyError."""
    found = _named(KIND, reference)
    return _clocks(found.text, found.sha256)


def standard_of(reference: str) -> StandardLand:
    """An indicator table by `id@version`. Raises SupplyError."""
    return StandardLand.model_validate(_named(STANDARD, reference).data)


def standards() -> list[tuple[str, str]]:
    """(reference, name) of the indicator tables that may be attached."""
    rows = [row for row in policy.listing() if row["kind"] == STANDARD and row["state"] in ("approved", "packaged")]
    found = {f"{row['id']}@{row['version']}" for row in rows}
    return [(name, standard_of(name).name) for name in sorted(found)]


def _named(kind: str, reference: str) -> Any:
    try:
        return policy.current(kind, reference)
    except (KeyError, policy.PolicyError) as error:
        raise SupplyError(_("政策参数“%(name)s”不可用：%(why)s") % {"name": reference, "why": error}) from error


@lru_cache(maxsize=16)
def _clocks(text: str, sha256: str) -> LandClocks:
    from tenglong.domain.policy import load_yaml

    return LandClocks.model_validate(load_yaml(text, kind=KIND, id=CLOCKS).data)
