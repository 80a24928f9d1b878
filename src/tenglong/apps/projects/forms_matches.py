"""What a project asks of a ready plant, in the units that people say."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.form_fields import SquareMetresField
from tenglong.apps.registry.forms import day_input
from tenglong.apps.registry.forms_premises import LoadField, ScaledField
from tenglong.web import formats

RECORD: Final = (
    "area_cm2", "most_cm2", "height_mm", "load_n_m2", "power_va", "crane_kg", "lift_kg", "rent_fen", "fire_class", "gas",
    "ground", "industry", "park_word", "free_by",
)


class NeedForm(forms.Form):
    area_cm2 = SquareMetresField(label=_("面积不少于"))
    most_cm2 = SquareMetresField(label=_("面积不多于"))
    height_mm = ScaledField("height_mm", 100, label=_("层高不低于"))
    load_n_m2 = LoadField("load_n_m2", 1000, label=_("楼面荷载不低于"), help_text=_("5 是 5 kN/m²，也可写 0.5t"))
    power_va = ScaledField("power_va", 1_000_000, label=_("用电容量不低于"))
    crane_kg = ScaledField("crane_kg", 1000, label=_("行车不低于"))
    lift_kg = ScaledField("lift_kg", 100, label=_("货梯不低于"))
    rent_fen = ScaledField("rent_fen", 10_000, label=_("租金不高于"))
    fire_class = forms.ChoiceField(label=_("火灾危险性至少"), required=False)
    gas = forms.BooleanField(label=_("要通天然气"), required=False)
    ground = forms.BooleanField(label=_("只要底层"), required=False)
    industry = forms.RegexField(r"^[0-9]{2,4}$", label=_("行业代码"), required=False, help_text=_("2～4 位，例如 3841"))
    park_word = forms.CharField(label=_("园区名称含"), max_length=80, required=False, help_text=_("例如 科创园"))
    free_by = forms.DateField(label=_("最迟可用"), widget=day_input(), required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        classes = [(code, str(label)) for code, label in formats.CHOICES["fire_class"].items()]
        self.fields["fire_class"].choices = [("", "—"), *classes]  # type: ignore[attr-defined]

    def clean_area_cm2(self) -> int:
        area: int | None = self.cleaned_data["area_cm2"]
        if not area:
            raise forms.ValidationError(_now("请写明至少要多大面积"))
        return area

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("most_cm2") and said.get("area_cm2") and said["most_cm2"] < said["area_cm2"]:
            self.add_error("most_cm2", _now("面积上限小于下限"))
        return said

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RECORD}
