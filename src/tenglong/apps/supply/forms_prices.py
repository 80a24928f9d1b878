"""Conditions of the page of prices, all of them in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.supply.queries import prices
from tenglong.apps.supply.words import methods

ALL = ("", _("全部"))


class PriceForm(forms.Form):
    place = forms.CharField(label=_("地区、行政区"), max_length=60, required=False,
                            help_text=_("名称或区划代码，例如 浙江省、3306"))
    use = forms.ChoiceField(label=_("土地用途"), required=False)
    method = forms.ChoiceField(label=_("供地方式"), required=False)
    first = forms.ChoiceField(label=_("签订年度从"), required=False)
    last = forms.ChoiceField(label=_("到"), required=False)
    by = forms.ChoiceField(label=_("分组"), required=False)

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        years = [ALL, *prices.year_choices(user)]
        for name, choices in (("use", [ALL, *prices.use_choices(user)]), ("method", [ALL, *methods()]), ("first", years),
                              ("last", years), ("by", prices.by_choices())):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("first") and said.get("last") and said["first"] > said["last"]:
            self.add_error("last", _now("止于的年度早于起始年度"))
        return said

    def asked(self) -> prices.Asked:
        """Valid conditions only; what is not valid is told beside its field and left out."""
        self.is_valid()
        said = self.cleaned_data
        years = {name: int(said[name]) if said.get(name) else None for name in ("first", "last")}
        by = tuple((said.get("by") or prices.by_choices()[0][0]).split(","))
        return prices.Asked(
            by, place=said.get("place", "").strip(), use=said.get("use", ""), method=said.get("method", ""), **years)
