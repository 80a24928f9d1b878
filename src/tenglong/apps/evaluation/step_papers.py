"""Files that come with a step before the freeze: judged by name and content, kept in the register, refused as a sentence."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.registry import service as registry
from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.forms_document import KNOWN, MOST_BYTES


class PaperField(forms.FileField):
    """A file that backs something; not required unless said."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 200, **options})

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if not file:
            return None
        ending = file.name.rpartition(".")[2].lower()
        if ending not in KNOWN:
            told = {"ending": ending, "known": "、".join(KNOWN)}
            raise forms.ValidationError(_("不收“.%(ending)s”文件，可收：%(known)s") % told)
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 50 MB"))
        first = file.read(16)
        file.seek(0)
        if not first.startswith(KNOWN[ending]):
            raise forms.ValidationError(_("文件内容不是 %(ending)s 格式，可能改过后缀或已损坏") % {"ending": ending})
        return file


def keep(
    actor: Any, file: Any, kind: str, *, enterprise_id: int | None = None, division_code: str = "", verb: str = "document.add"
) -> Any:
    """The uploaded file in the register; None without a file. Raises EvaluationError."""
    if not file:
        return None
    place: dict[str, Any] = {"division_code": division_code}
    if enterprise_id is not None:
        place = {"subject_type": "enterprise", "subject_id": enterprise_id}
    try:
        return registry.add_document(actor, file.name, file.read(), kind=kind, verb=verb, **place)
    except RegistryError as error:
        raise EvaluationError(str(error)) from error
