"""Files by hash: kept once, named by what they are."""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from datetime import date
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import require, scope_of, scoped
from tenglong.apps.audit.service import record
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import DocumentLink, SourceDocument
from tenglong.apps.registry.nouns import BUILDING, ENTERPRISE, PARCEL, PLOT
from tenglong.domain.delta import Delta

MOST_BYTES = 64 * 1024 * 1024
NOUNS = {noun.name: noun for noun in (PLOT, PARCEL, BUILDING, ENTERPRISE)}
#: what a browser may open by itself; everything else is offered for saving
_MAGIC = {b"%PDF-": "application/pdf", b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"PK\x03\x04": ""}


@transaction.atomic
def add_document(
    actor: Any,
    name: str,
    content: bytes,
    *,
    kind: str,
    subject_type: str = "",
    subject_id: int | None = None,
    number: str = "",
    dated: date | None = None,
    division_code: str = "",
    verb: str = "document.add",
) -> SourceDocument:
    """Keep a file and hang it on a subject (identity pk). The same bytes are stored once. Raises RegistryError, Refused.

    `verb`: of the step that the file belongs to, for people who add files only there.
    """
    require(actor, verb)
    clean = PureWindowsPath(PurePosixPath(name.replace("\x00", "")).name).name[:200] or _("未命名")
    if not content:
        raise RegistryError(_("文件“%(name)s”是空的（0 字节）。") % {"name": clean})
    if len(content) > MOST_BYTES:
        raise RegistryError(_("文件“%(name)s”超过 %(limit)s MB。") % {"name": clean, "limit": MOST_BYTES // 1024 // 1024})
    town = _town(actor, verb, subject_type, subject_id, division_code)
    sha256 = hashlib.sha256(content).hexdigest()
    _keep(sha256, content)
    document = SourceDocument.objects.create(
        sha256=sha256, name=clean, kind=kind, number=number, dated=dated, mime=_mime(clean, content), size=len(content),
        division_code=town, department_id=getattr(actor, "department_id", None), created_by_id=getattr(actor, "pk", None),
    )
    if subject_type and subject_id is not None:
        DocumentLink.objects.create(document=document, subject_type=subject_type, subject_id=subject_id)
    record(actor, "document.add", subject_type or "document", subject_id or document.ulid,
           deltas=[Delta("document", None, f"{clean} {sha256}")])
    return document


def document_path(document: SourceDocument) -> Path:
    """Where the bytes lie, below TENGLONG_HOME/files."""
    return Path(settings.TENGLONG_HOME) / "files" / document.sha256[:2] / document.sha256


def _keep(sha256: str, content: bytes) -> None:
    target = Path(settings.TENGLONG_HOME) / "files" / sha256[:2] / sha256
    if target.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{sha256}.{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.replace(target)


def _mime(name: str, content: bytes) -> str:
    """By the first bytes where they tell, else by the ending."""
    for magic, mime in _MAGIC.items():
        if mime and content.startswith(magic):
            return mime
    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def _town(actor: Any, verb: str, subject_type: str, subject_id: int | None, division_code: str) -> str:
    """The subject's town, which the actor must see; without a subject the named one, which must be the actor's."""
    if not subject_type:
        if not scope_of(actor, verb).covers(division_code):
            raise RegistryError(_("请选择您管辖的镇街。"))
        return division_code
    noun = NOUNS.get(subject_type)
    if noun is None:
        raise RegistryError(_("材料不能挂在“%(subject)s”上。") % {"subject": subject_type})
    found = scoped(actor, noun.objects().filter(**{noun.owner: subject_id}), verb).order_by("-valid_from").first()
    if found is None:
        raise RegistryError(_("没有这个%(noun)s，或者它不在您的管辖范围内。") % {"noun": _(noun.label)})
    return str(found.division_code)
