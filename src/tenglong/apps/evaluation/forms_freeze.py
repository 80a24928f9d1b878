"""The freeze is confirmed by typing the data year."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _


class FreezeForm(forms.Form):
    typed = forms.CharField(label=_("写下数据年度以确认"), max_length=8)

    def __init__(self, cycle: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.year = str(cycle.year)
        self.fields["typed"].widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def clean_typed(self) -> str:
        text = str(self.cleaned_data["typed"]).strip()
        if text != self.year:
            raise forms.ValidationError(_now("请写 %(year)s") % {"year": self.year})
        return text
