"""What every step on a project shares: the row read again under lock and scope, refusals as sentences, files."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, TypeVar

from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, require, scoped
from tenglong.apps.projects.errors import ProjectError
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import service as register

M = TypeVar("M", bound=Model)
WORK: Final = "project.work"
LEAD: Final = "project.lead"
OWN: Final = "project.own"
#: working days are counted from here on
FIRST_YEAR: Final = 2000


def locked(actor: Any, row: M, *verbs: str) -> M:
    """The row as it is now, for writing, if one of `verbs` lets the actor reach it. Raises Refused, ProjectError."""
    held = [verb for verb in verbs if can(actor, verb)]
    if not held:
        require(actor, verbs[0])
    objects = type(row)._default_manager
    if not any(scoped(actor, objects.filter(pk=row.pk), verb).exists() for verb in held):
        raise ProjectError(_("没有这条记录，或者它不在您的管辖范围内。"))
    return objects.select_for_update().get(pk=row.pk)


def guard(row: Any, lock_version: int | None) -> None:
    """Raises ProjectError when somebody was first. None: the caller has no earlier reading."""
    if lock_version is not None and row.lock_version != lock_version:
        raise ProjectError(_("您打开页面之后，已有人改动了这条记录，请看过最新内容再办。"))


def said(text: str, what: str, least: int = 2) -> str:
    """The text, trimmed; too short is refused naming `what`."""
    if len(text.strip()) < least:
        raise ProjectError(_("请写明%(what)s。") % {"what": what})
    return text.strip()


def not_ahead(on: date, what: str) -> date:
    """What happened did so today or before, and not before anything was recorded: forecasts count from such days."""
    if on.year < FIRST_YEAR:
        raise ProjectError(_("日期 %(day)s 太早，请核对年份。") % {"day": on})
    if on > timezone.localdate():
        raise ProjectError(_("%(what)s %(day)s 晚于今天：已经发生的事才登记，将来的写计划日期。") % {"what": what, "day": on})
    return on


def document_of(actor: Any, document: Any) -> Any:
    """The file if the actor may see it, or None."""
    if document is not None and not registry.documents(actor).filter(pk=document.pk).exists():
        raise ProjectError(_("没有这份材料，或者它不在您的管辖范围内。"))
    return document


def keep(actor: Any, file: Any, kind: str, project: Any, verb: str = WORK) -> Any:
    """The uploaded file as a document of the project's town; None without a file. Raises ProjectError."""
    if not file:
        return None
    try:
        return register.add_document(actor, file.name, file.read(), kind=kind, division_code=project.division_code, verb=verb)
    except register.RegistryError as error:
        raise ProjectError(str(error)) from error
