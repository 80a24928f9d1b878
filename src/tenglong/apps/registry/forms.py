"""Forms of plots and enterprises: label above, unit inside, hint below; areas in 亩 become cm²."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.places import town_choices, zone_choices
from tenglong.domain.units import UnitError, from_cm2, to_cm2
from tenglong.web import formats


class AreaField(forms.CharField):
    """Mu as people write it; cleans to whole cm², None when empty."""

    unit = _("亩")

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        text = f"{from_cm2(value, 'mu', 6):f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace(",", "").strip()
        if not text:
            return None
        try:
            area = to_cm2(Decimal(text), "mu")
        except (UnitError, ArithmeticError) as error:
            raise forms.ValidationError(_now("面积应为数，例如 22.35")) from error
        if not 0 <= area < 10**15:
            raise forms.ValidationError(_now("面积应在 0 到 150 万亩之间"))
        return area


def day_input() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class VersionForm(forms.Form):
    """A change from a day on, or a correction of what was wrong; always with a reason."""

    #: fields that go to the service
    record: tuple[str, ...] = ()
    #: choice fields → word list
    words: dict[str, str] = {}

    how = forms.ChoiceField(
        label=_("这次改动是"),
        widget=forms.RadioSelect,
        initial="change",
        choices=[
            ("change", _("情况变了：从生效日起记一个新版本，旧情况留在历史里")),
            ("correct", _("原来记错了：改正当前版本，旧值只留在审计里")),
        ],
    )
    effective = forms.DateField(label=_("生效日期"), widget=day_input(), required=False, help_text=_("情况从哪天起变的"))
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("写明依据，例如：2024 年 3 月实地复核"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8000)

    def __init__(self, *args: Any, user: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name, kind in self.words.items():
            self._offer(name, formats.CHOICES[kind].items())
        if "division_code" in self.fields:
            self._offer("division_code", town_choices(user), empty=False)
        if "zone_code" in self.fields:
            self._offer("zone_code", zone_choices(user))
        self.fields["effective"].initial = timezone.localdate()

    def _offer(self, name: str, choices: Iterable[tuple[str, str | Promise]], empty: bool = True) -> None:
        """Choices of a field; a value held that is not among them stays choosable."""
        offered = ([("", _("未填"))] if empty else []) + list(choices)
        held = self.initial.get(name) or ""
        if held and held not in dict(offered):
            offered.append((held, held))
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = offered

    def clean_effective(self) -> date | None:
        day: date | None = self.cleaned_data["effective"]
        if self.cleaned_data.get("how") == "change" and day is None:
            raise forms.ValidationError(_now("情况变了要写从哪天起"))
        if day and day > timezone.localdate():
            raise forms.ValidationError(_now("生效日期不能在今天之后"))
        return day

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.record}


class PlotForm(VersionForm):
    record = (
        "name",
        "survey_number",
        "division_code",
        "address",
        "zone_code",
        "land_use",
        "status",
        "stage",
        "control_line",
        "acquisition",
        "title_status",
        "surveyed_cm2",
        "stated_cm2",
    )
    words = {
        "status": "status",
        "stage": "stage",
        "control_line": "control_line",
        "acquisition": "acquisition",
        "title_status": "title_status",
    }

    name = forms.CharField(label=_("地块名称"), max_length=200, required=False, help_text=_("通常写用地企业或厂区名"))
    survey_number = forms.CharField(label=_("摸排编号"), max_length=64, required=False, help_text=_("镇街内不重复"))
    division_code = forms.ChoiceField(label=_("所属镇街"))
    address = forms.CharField(label=_("坐落"), max_length=300, required=False)
    zone_code = forms.ChoiceField(label=_("片区"), required=False)
    land_use = forms.CharField(label=_("用途"), max_length=24, required=False)
    status = forms.ChoiceField(label=_("现状"), required=False, help_text=_("疑似闲置只作线索，不是认定"))
    stage = forms.ChoiceField(label=_("环节"), required=False)
    control_line = forms.ChoiceField(label=_("工业控制线"), required=False)
    acquisition = forms.ChoiceField(label=_("取得方式"), required=False)
    title_status = forms.ChoiceField(label=_("权证状态"), required=False, help_text=_("无证是正常的填法"))
    surveyed_cm2 = AreaField(label=_("实测面积"))
    stated_cm2 = AreaField(label=_("证载面积"))


class EnterpriseForm(VersionForm):
    record = ("name", "division_code", "industry", "scale", "status", "listed", "address", "registered_on")
    words = {"scale": "scale", "status": "enterprise_status"}

    name = forms.CharField(label=_("企业名称"), max_length=200)
    division_code = forms.ChoiceField(label=_("注册镇街"))
    industry = forms.CharField(label=_("行业代码"), max_length=8, required=False, help_text=_("GB/T 4754—2017，例如 3921"))
    scale = forms.ChoiceField(label=_("规模"), required=False)
    status = forms.ChoiceField(label=_("经营状态"), required=False)
    listed = forms.CharField(label=_("上市情况"), max_length=48, required=False)
    address = forms.CharField(label=_("注册地址"), max_length=300, required=False)
    registered_on = forms.DateField(label=_("成立日期"), widget=day_input(), required=False)


class ReplanForm(forms.Form):
    """Split and merge: from which day, and why."""

    effective = forms.DateField(label=_("生效日期"), widget=day_input(), initial=timezone.localdate)
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("例如：批复文号、协议编号"))
    line = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40_000)
