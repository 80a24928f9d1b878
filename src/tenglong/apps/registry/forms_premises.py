"""Forms of parks and units to let: figures as people say them, in m, kN/m², kVA and 元."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import queries
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.form_fields import EnterpriseField, KeyField, NumberField, PlotField, SquareMetresField
from tenglong.apps.registry.forms import day_input
from tenglong.apps.registry.forms_more import KeyedForm, NewForm
from tenglong.apps.registry.forms_occupancy import past_day
from tenglong.apps.registry.service.premises import FOLLOWS
from tenglong.domain.premises import industries, load_n_m2, packed
from tenglong.domain.units import UnitError
from tenglong.web import formats

YES_NO = [("", _("不清楚")), ("True", _("有")), ("False", _("无"))]


class ScaledField(NumberField):
    """A figure in the unit of `formats.SCALED`; cleans to the whole number of the store."""

    def __init__(self, column: str, most: int, **options: Any) -> None:
        """`most` in the unit that people write."""
        self.column, self.unit = column, formats.SCALED[column][1]
        self.most = most * formats.SCALED[column][0]
        super().__init__(**options)

    def to_store(self, number: Decimal) -> int:
        if not number.is_finite():
            raise UnitError("not a number")
        return int((number * formats.SCALED[self.column][0]).to_integral_value(rounding=ROUND_HALF_UP))

    def from_store(self, value: int) -> str:
        return f"{formats.scaled(self.column, value):f}"


class LoadField(ScaledField):
    """kN/m², or t/m² when it is written with a t."""

    def clean(self, value: Any) -> int | None:
        text = forms.CharField.clean(self, value).strip()
        if not text:
            return None
        try:
            newtons = load_n_m2(text)
        except UnitError as error:
            raise forms.ValidationError(str(error)) from error
        if newtons >= self.most:
            raise forms.ValidationError(_now("数值不能为负，也不能大得离谱"))
        return int(newtons.to_integral_value(rounding=ROUND_HALF_UP))


class BuildingField(KeyField):
    def find(self, text: str) -> int | None:
        found = queries.buildings(self.user).filter(building__code=text.upper()) | queries.buildings(self.user).filter(
            building__code=text)
        return found.values_list("building_id", flat=True).first()

    def say(self, pk: int) -> str:
        return queries.buildings(self.user).filter(building_id=pk).values_list("building__code", flat=True).first() or ""


class IndustriesField(forms.CharField):
    """Codes with commas between; kept with a comma at each end."""

    def prepare_value(self, value: Any) -> Any:
        return value.strip(",").replace(",", "、") if isinstance(value, str) else value

    def clean(self, value: Any) -> str:
        try:
            text = packed(industries(super().clean(value)))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        if len(text) > 200:
            raise forms.ValidationError(_now("行业代码太多，最多 200 个字"))
        return text


def yes_no(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, choices=YES_NO, coerce=lambda text: text == "True", empty_value=None, required=False)


class ParkForm(KeyedForm):
    record = ("name", "division_code", "zone_code", "address", "operator", "plot_id", "source")

    name = forms.CharField(label=_("园区名称"), max_length=128)
    division_code = forms.ChoiceField(label=_("所属镇街"))
    zone_code = forms.ChoiceField(label=_("片区"), required=False)
    address = forms.CharField(label=_("坐落"), max_length=300, required=False)
    operator = forms.CharField(label=_("运营单位"), max_length=200, required=False)
    plot_id = PlotField(label=_("地块码"), help_text=_("园区主要在哪块地上，用来在图上定位"))
    source = forms.CharField(label=_("来源"), max_length=200, required=False, help_text=_("例如：2026 年 3 月镇街上报"))


class NewParkForm(NewForm, ParkForm):
    field_order = ParkForm.record


class UnitForm(KeyedForm):
    record = (
        "building_id", "park_id", "floor", "number", "name", "unit_cm2", "height_mm", "load_n_m2", "power_va", "crane_kg",
        "lift_kg", "gas", "water", "sewage", "fire_class", "permitted", "rent_fen", "free_from", "offered", "source", "note",
    )
    words = {"sewage": "sewage", "fire_class": "fire_class"}

    building_id = BuildingField(label=_("建筑编号"), required=True, help_text=_("房源在哪幢厂房里"))
    park_id = forms.TypedChoiceField(label=_("园区"), coerce=int, empty_value=None, required=False)
    floor = forms.IntegerField(label=_("楼层"), help_text=_("地下写负数；单层厂房写 1"))
    number = forms.CharField(label=_("房号"), max_length=32, required=False, help_text=_("整层可不填"))
    name = forms.CharField(label=_("房源名称"), max_length=200, required=False, help_text=_("不填就用 厂房 + 楼层 + 房号"))
    unit_cm2 = SquareMetresField(label=_("可租面积"))
    height_mm = ScaledField("height_mm", 100, label=_("层高"))
    load_n_m2 = LoadField("load_n_m2", 1000, label=_("楼面荷载"), help_text=_("按吨的写成 0.5t"))
    power_va = ScaledField("power_va", 1_000_000, label=_("用电容量"))
    crane_kg = ScaledField("crane_kg", 1000, label=_("行车"))
    lift_kg = ScaledField("lift_kg", 1000, label=_("货梯"))
    gas = yes_no(_("天然气"))
    water = yes_no(_("生产用水"))
    sewage = forms.ChoiceField(label=_("排水条件"), required=False)
    fire_class = forms.ChoiceField(label=_("火灾危险性"), required=False, help_text=_("厂房设计的生产火灾危险性类别"))
    permitted = IndustriesField(
        label=_("准入行业"), required=False, help_text=_("GB/T 4754 代码，例如 38、3841；不填是不限行业"))
    rent_fen = ScaledField("rent_fen", 100_000, label=_("租金"), help_text=_("不清楚就空着，页面显示“—”"))
    free_from = forms.DateField(label=_("可用日期"), widget=day_input(), required=False, help_text=_("从哪天起可以进场"))
    offered = forms.BooleanField(label=_("待租时对企业公开"), required=False)
    source = forms.CharField(label=_("来源"), max_length=200, required=False, help_text=_("例如：运营单位 2026 年 3 月上报"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, *args: Any, user: Any = None, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        park = self.fields["park_id"]
        assert isinstance(park, forms.ChoiceField)
        rows = premises.parks(user).order_by("name").values_list("park_id", "name")
        park.choices = [("", _("不在园区里")), *rows]

    def clean_unit_cm2(self) -> int:
        area: int | None = self.cleaned_data["unit_cm2"]
        if not area:
            raise forms.ValidationError(_now("请填可租面积，应大于 0"))
        return area


class NewUnitForm(NewForm, UnitForm):
    field_order = UnitForm.record


class StepForm(forms.Form):
    """What becomes of the unit; a tenant is registered with its land-use relation."""

    state = forms.ChoiceField(label=_("改为"))
    on = forms.DateField(label=_("日期"), widget=day_input(), initial=timezone.localdate)
    enterprise_id = EnterpriseField(label=_("承租企业"), help_text=_("信用代码或全称；填了就同时登记用地关系"))
    contract = forms.CharField(label=_("合同号"), max_length=64, required=False)
    note = forms.CharField(label=_("说明"), max_length=200, help_text=_("例如：与某公司签订意向书"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, user: Any, now: str, **options: Any) -> None:
        super().__init__(*args, **options)
        words = formats.CHOICES["let_state"]
        state, firm = self.fields["state"], self.fields["enterprise_id"]
        assert isinstance(state, forms.ChoiceField) and isinstance(firm, EnterpriseField)
        state.choices = [(name, words[name]) for name in FOLLOWS.get(now, ())]
        firm.user = user

    def clean_on(self) -> date | None:
        return past_day(self.cleaned_data["on"])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("enterprise_id") and data.get("state") != "let":
            self.add_error("enterprise_id", _now("只有改为“已租”时才填承租企业"))
        return data
