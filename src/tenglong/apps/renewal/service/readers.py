"""Who may read a plan or a site search: persons by name, each with a reason, each in the audit."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require
from tenglong.apps.audit.service import record
from tenglong.apps.renewal import plan_queries as queries
from tenglong.apps.renewal.errors import RenewalError
from tenglong.apps.renewal.models import Plan, SecretReader, SiteSearch
from tenglong.apps.renewal.service.base import said
from tenglong.domain.delta import Delta

Thing = Plan | SiteSearch


def _which(thing: Thing) -> tuple[str, dict[str, Thing]]:
    return ("plan", {"plan": thing}) if isinstance(thing, Plan) else ("site", {"site": thing})


def _seen(actor: Any, thing: Thing) -> None:
    """Only who reads it may admit others. Raises Refused, RenewalError."""
    require(actor, "renewal.plan")
    found = queries.plans(actor) if isinstance(thing, Plan) else queries.sites(actor)
    if not found.filter(pk=thing.pk).exists():
        raise RenewalError(_("没有这条记录，或者没有指定您查看。"))


@transaction.atomic
def add(actor: Any, thing: Thing, person: Any, *, reason: str) -> SecretReader:
    """Admit a person by name. Raises RenewalError for who may not read plans, or is named already."""
    _seen(actor, thing)
    told = said(reason, _("指定理由"))
    if not person.is_active or not can(person, queries.READ):
        raise RenewalError(_("%(name)s 的角色不能查看方案和选址，不能指定。") % {"name": person})
    kind, what = _which(thing)
    made, new = SecretReader.objects.get_or_create(user=person, **what, defaults={"added_by_id": actor.pk})
    if not new or person.pk == thing.created_by_id:
        raise RenewalError(_("%(name)s 已经可以查看。") % {"name": person})
    record(actor, "secret.admit", kind, thing.ulid, deltas=[Delta("reader", None, person.username)], reason=told)
    return made


@transaction.atomic
def drop(actor: Any, thing: Thing, reader: SecretReader, *, reason: str) -> None:
    """Take a name off again."""
    _seen(actor, thing)
    told = said(reason, _("移除理由"))
    kind, what = _which(thing)
    if not SecretReader.objects.filter(pk=reader.pk, **what).exists():
        raise RenewalError(_("名单里没有这个人。"))
    record(actor, "secret.dismiss", kind, thing.ulid, deltas=[Delta("reader", reader.user.username, None)], reason=told)
    reader.delete()


def inherit(parent: Plan, child: Plan, actor: Any) -> None:
    """Who reads a version reads the next one too."""
    people = {*SecretReader.objects.filter(plan=parent).values_list("user_id", flat=True), parent.created_by_id or actor.pk}
    SecretReader.objects.bulk_create(
        [SecretReader(plan=child, user_id=person, added_by_id=actor.pk) for person in sorted(people - {actor.pk})])
