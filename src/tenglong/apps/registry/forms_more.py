"""Forms of titles and buildings, and of enterprises, titles and buildings entered by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.form_fields import KeyField, ParcelField, PlotField, SquareMetresField, WanYuanField
from tenglong.apps.registry.forms import AreaField, EnterpriseForm, VersionForm, day_input
from tenglong.domain.codes.uscc import check_uscc


class KeyedForm(VersionForm):
    """Gives the user to the fields that look records up."""

    def __init__(self, *args: Any, user: Any = None, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        for field in self.fields.values():
            if isinstance(field, KeyField):
                field.user = user


class ParcelForm(KeyedForm):
    record = (
        "right_holder",
        "holder_uscc",
        "division_code",
        "title_status",
        "title_number",
        "acquisition",
        "stated_cm2",
        "granted_on",
        "ends_on",
        "price_fen",
        "agreed_plot_ratio",
    )
    words = {"title_status": "title_status", "acquisition": "acquisition"}

    right_holder = forms.CharField(label=_("权利人"), max_length=200, required=False)
    holder_uscc = forms.CharField(label=_("权利人代码"), max_length=18, required=False, help_text=_("18 位统一社会信用代码"))
    division_code = forms.ChoiceField(label=_("所属镇街"))
    title_status = forms.ChoiceField(label=_("权证状态"), required=False)
    title_number = forms.CharField(label=_("权证号"), max_length=64, required=False)
    acquisition = forms.ChoiceField(label=_("取得方式"), required=False)
    stated_cm2 = AreaField(label=_("证载面积"))
    granted_on = forms.DateField(label=_("取得日期"), widget=day_input(), required=False)
    ends_on = forms.DateField(label=_("到期日期"), widget=day_input(), required=False)
    price_fen = WanYuanField(label=_("价款"))
    agreed_plot_ratio = forms.CharField(
        label=_("约定容积率"), max_length=24, required=False, help_text=_("例如 1.5 或 1.2–2.0")
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("granted_on"), data.get("ends_on")
        if start and end and end <= start:
            self.add_error("ends_on", _now("到期日期应晚于取得日期"))
        return data


class BuildingForm(KeyedForm):
    record = (
        "name",
        "division_code",
        "plot_id",
        "parcel_id",
        "floors",
        "floor_cm2",
        "built_year",
        "structure",
        "use",
    )

    name = forms.CharField(label=_("名称"), max_length=200, required=False)
    division_code = forms.ChoiceField(label=_("所属镇街"))
    plot_id = PlotField(label=_("地块码"), help_text=_("厂房在哪块地上"))
    parcel_id = ParcelField(label=_("宗地代码"))
    floors = forms.IntegerField(label=_("层数"), required=False, min_value=0, max_value=200)
    floor_cm2 = SquareMetresField(label=_("建筑面积"))
    built_year = forms.IntegerField(label=_("建成年份"), required=False, min_value=1900, max_value=2100)
    structure = forms.CharField(label=_("结构"), max_length=32, required=False, help_text=_("例如：钢混、钢结构"))
    use = forms.CharField(label=_("用途"), max_length=64, required=False)


class NewForm(KeyedForm):
    """As the edit form, without the question of change or correction."""

    how = None  # type: ignore[assignment]
    lock_version = None  # type: ignore[assignment]
    base = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["effective"].label = _("建档日期")
        self.fields["effective"].required = True
        self.fields["reason"].initial = _("人工新增")


class NewParcelForm(NewForm, ParcelForm):
    field_order = ("code", *ParcelForm.record)
    code = forms.CharField(label=_("宗地代码"), max_length=28, help_text=_("19 位宗地代码，不能与已有的重复"))


class NewBuildingForm(NewForm, BuildingForm):
    field_order = ("code", *BuildingForm.record)
    code = forms.CharField(label=_("建筑编号"), max_length=64, help_text=_("不能与已有的重复"))


class NewEnterpriseForm(NewForm, EnterpriseForm):
    field_order = ("uscc", *EnterpriseForm.record)
    uscc = forms.CharField(
        label=_("统一社会信用代码"), max_length=18, required=False, help_text=_("18 位；暂时没有可以不填，系统先给一个临时编号")
    )

    def clean_uscc(self) -> str:
        text: str = self.cleaned_data["uscc"].strip().upper()
        if text and (issues := check_uscc(text)):
            raise forms.ValidationError([issue.message for issue in issues])
        return text
