"""Forms of survey; every error stands beside its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tenglong.apps.survey import appliers
from tenglong.apps.survey.models import Mode
from tenglong.domain.survey.kinds import KINDS, spec_of


def kind_choices() -> list[tuple[str, str]]:
    """Kinds that this installation can keep, in import order."""
    return [(kind, gettext(spec_of(kind).label)) for kind in KINDS if kind in appliers.kinds()]


class DayField(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class UploadForm(forms.Form):
    kind = forms.ChoiceField(label=_("数据类别"), choices=kind_choices)
    file = forms.FileField(
        label=_("文件"),
        allow_empty_file=True,  # intake refuses it in its own words, and the refusal is audited
        help_text=_("xlsx、xls、et、csv、zip（shp 或 gdb）、gpkg、geojson、kml；不超过 512 MB"),
    )
    survey_date = DayField(
        label=_("摸排日期"), required=False, help_text=_("这份资料反映哪一天的情况；用来判断差异是变更还是更正")
    )

    def clean_survey_date(self) -> Any:
        day = self.cleaned_data["survey_date"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("摸排日期不能晚于今天"))
        return day


class ConfirmForm(forms.Form):
    mode = forms.ChoiceField(label=_("这些差异是"), choices=Mode.choices, widget=forms.RadioSelect)
    valid_from = DayField(
        label=_("从哪天起算"), help_text=_("新增的行从这一天起有效；变更的行从这一天起换成新版本。表内有日期的行按表内日期")
    )
    lock_version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_valid_from(self) -> Any:
        day = self.cleaned_data["valid_from"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("生效日期不能晚于今天"))
        return day


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300)
