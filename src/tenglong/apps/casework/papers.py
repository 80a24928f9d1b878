"""Material of a case: documents of the register that the actor may see, filed under the kinds that the definition names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import Case, Evidence
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import service as registry_service
from tenglong.domain.casework.definition import CaseDefinition
from tenglong.domain.casework.kinds import ATTACHMENT

#: (kind of the definition, ulid of a SourceDocument)
Paper = tuple[str, str]


def found(actor: Any, definition: CaseDefinition, papers: Iterable[Paper]) -> list[tuple[str, Any]]:
    """(kind, document) of each pair. Raises CaseError for a kind that the definition lacks or a file the actor cannot see."""
    out = []
    for kind, ulid in papers:
        known_kind(definition, kind)
        document = registry.documents(actor).filter(ulid=ulid).first()
        if document is None:
            raise CaseError(_("没有这份材料，或它不在您的管辖范围内。"))
        out.append((kind, document))
    return out


def label_of(definition: CaseDefinition, kind: str) -> str:
    """The word for a kind of material, translated."""
    return _("其他附件") if kind == ATTACHMENT and kind not in definition.documents else _(definition.document_label(kind))


def known_kind(definition: CaseDefinition, kind: str) -> None:
    if kind not in definition.documents and kind != ATTACHMENT:
        kinds = "、".join(_(label) for label in definition.documents.values()) or _("无")
        raise CaseError(_("“%(label)s”不收“%(kind)s”这类材料，可选：%(kinds)s") % {
            "label": _(definition.label), "kind": kind, "kinds": kinds})


def file_all(actor: Any, case: Case, papers: Iterable[tuple[str, Any]]) -> list[str]:
    """Ulids of what was newly filed."""
    new = []
    for kind, document in papers:
        _row, made = Evidence.objects.get_or_create(
            case=case, document_id=document.pk, kind=kind, defaults={"added_by": actor}
        )
        new += [document.ulid] if made else []
    return new


def keep_file(actor: Any, case: Case, kind: str, name: str, content: bytes) -> Any:
    """The uploaded file as a document of the register. Raises CaseError, Refused."""
    try:
        return registry_service.add_document(actor, name, content, kind=kind, division_code=_town(actor, case))
    except registry_service.RegistryError as error:
        raise CaseError(str(error)) from error


def _town(actor: Any, case: Case) -> str:
    """The case's division; for a case of the whole county, the actor's own town inside it."""
    scope = scope_of(actor, "document.add")
    if scope.covers(case.division_code):
        return case.division_code
    inside = sorted(code for code in scope.divisions if code.startswith(case.division_code))
    return inside[0] if inside else case.division_code
