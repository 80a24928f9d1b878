"""Forms built from a definition: the fields and material that a move asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenglong.domain.casework.definition import CaseDefinition, CaseField, Transition

MOST_BYTES = 64 * 1024 * 1024


class MoveForm(forms.Form):
    """`field_<id>` per field the guards name, `file_<kind>` per material, a reason where it is asked or offered."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, definition: CaseDefinition, transition: Transition, values: dict[str, Any], held: frozenset[str],
        may_file: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition, self.transition = definition, transition
        for name in transition.guards.fields:
            self.fields[f"field_{name}"] = input_of(definition.field_by_id[name], values.get(name))
        for kind in transition.guards.documents if may_file else ():
            there = kind in held
            self.fields[f"file_{kind}"] = forms.FileField(
                label=_(definition.document_label(kind)), required=not there,
                help_text=_("已有这类材料，可再传一份") if there else _("PDF、图片或表格，不超过 64 MB"),
            )
        self.fields["reason"] = forms.CharField(
            label=_("理由"), required=transition.guards.reason, max_length=1000, strip=True,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="" if transition.guards.reason else _("可不填；填写后记入办理记录"),
        )

    def values(self) -> dict[str, Any]:
        return {name.removeprefix("field_"): value for name, value in self.cleaned_data.items() if name.startswith("field_")}

    def files_given(self) -> list[tuple[str, Any]]:
        """(kind, uploaded file)."""
        return [
            (name.removeprefix("file_"), value)
            for name, value in self.cleaned_data.items() if name.startswith("file_") and value
        ]


def input_of(field: CaseField, value: Any) -> forms.Field:
    common: dict[str, Any] = {"label": _(field.label), "initial": value, "help_text": _(field.hint) if field.hint else ""}
    if field.type == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **common)
    if field.type == "choice":
        choices = [("", _("请选择")), *((choice.id, _(choice.label)) for choice in field.choices)]
        return forms.ChoiceField(choices=choices, **common)
    if field.type == "boolean":
        return forms.ChoiceField(choices=[("", _("请选择")), ("true", _("是")), ("false", _("否"))], **common)
    if field.type == "long_text":
        return forms.CharField(max_length=4000, widget=forms.Textarea(attrs={"rows": 4}), **common)
    made = forms.CharField(max_length=400, **common)
    made.unit = _(field.unit) if field.unit else ""  # type: ignore[attr-defined]
    return made


class EvidenceForm(forms.Form):
    kind = forms.CharField(max_length=48)
    file = forms.FileField(label=gettext_lazy("文件"), allow_empty_file=True)
