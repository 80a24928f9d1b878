"""What every step on findings and idle land shares: the row read again under lock and scope, refusals as sentences."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scoped
from tenglong.apps.registry import queries as registry
from tenglong.apps.renewal.errors import RenewalError

M = TypeVar("M", bound=Model)


def locked(actor: Any, row: M, *verbs: str) -> M:
    """The row as it is now, for writing, if one of `verbs` lets the actor reach it. Raises Refused, RenewalError."""
    held = [verb for verb in verbs if can(actor, verb)]
    if not held:
        require(actor, verbs[0])
    objects = type(row)._default_manager
    if not any(scoped(actor, objects.filter(pk=row.pk), verb).exists() for verb in held):
        raise RenewalError(_("没有这条记录，或者它不在您的管辖范围内。"))
    return objects.select_for_update().get(pk=row.pk)


def said(text: str, what: str, least: int = 2) -> str:
    """The text, trimmed; too short is refused naming `what`."""
    if len(text.strip()) < least:
        raise RenewalError(_("请写明%(what)s。") % {"what": what})
    return text.strip()


def document_of(actor: Any, document: Any, what: str) -> Any:
    """The file if the actor may see it; None is refused naming `what`."""
    if document is None:
        raise RenewalError(_("请上传%(what)s。") % {"what": what})
    if not registry.documents(actor).filter(pk=document.pk).exists():
        raise RenewalError(_("没有这份材料，或者它不在您的管辖范围内。"))
    return document
