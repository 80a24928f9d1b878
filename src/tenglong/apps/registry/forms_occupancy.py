"""Forms of 用地关系: who uses which part of a plot, until when."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import queries
from tenglong.apps.registry.form_fields import EnterpriseField, SquareMetresField
from tenglong.apps.registry.forms import AreaField, day_input
from tenglong.apps.registry.places import enterprise_names
from tenglong.web import formats


def past_day(day: date | None) -> date | None:
    if day and day > timezone.localdate():
        raise forms.ValidationError(_now("日期不能在今天之后"))
    return day


class OccupancyForm(forms.Form):
    """Correction of a relation; `plot_id` is the plot whose buildings and landlords are offered."""

    record = ("enterprise_id", "role", "area_cm2", "floor_cm2", "building_id", "landlord_link_id", "contract")

    enterprise_id = EnterpriseField(label=_("使用企业"), help_text=_("信用代码或企业全称；空置的不填"))
    role = forms.ChoiceField(label=_("用地方式"), choices=list(formats.CHOICES["role"].items()))
    area_cm2 = AreaField(label=_("占地面积"), help_text=_("本户实际使用的部分"))
    floor_cm2 = SquareMetresField(label=_("建筑面积"))
    building_id = forms.TypedChoiceField(label=_("厂房"), coerce=int, empty_value=None, required=False)
    landlord_link_id = forms.TypedChoiceField(label=_("向谁租"), coerce=int, empty_value=None, required=False)
    contract = forms.CharField(label=_("合同号"), max_length=64, required=False)
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("写明依据，例如：租赁合同、实地复核"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    base = forms.CharField(widget=forms.HiddenInput, required=False, max_length=8000)

    def __init__(self, *args: Any, user: Any, plot_id: int | None, pk: int | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        firm, building, landlord = (self.fields[name] for name in ("enterprise_id", "building_id", "landlord_link_id"))
        assert isinstance(firm, EnterpriseField) and isinstance(building, forms.ChoiceField)
        assert isinstance(landlord, forms.ChoiceField)
        firm.user = user
        building.choices = [("", _("整块地")), *buildings_of(user, plot_id)]
        landlord.choices = [("", _("不是承租，或未登记")), *landlords_of(user, plot_id, pk)]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("role") != "idle" and "enterprise_id" in data and not data["enterprise_id"]:
            self.add_error("enterprise_id", _now("请填企业；没有企业使用的，用地方式选“空置”"))
        return data

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.record}


class NewOccupancyForm(OccupancyForm):
    lock_version = None  # type: ignore[assignment]
    base = None  # type: ignore[assignment]
    effective = forms.DateField(label=_("起始日期"), widget=day_input(), initial=timezone.localdate)
    field_order = (*OccupancyForm.record, "effective", "reason")

    def clean_effective(self) -> date | None:
        return past_day(self.cleaned_data["effective"])


class EndForm(forms.Form):
    """The last day is not counted: `effective` is the first day without the relation."""

    effective = forms.DateField(
        label=_("终止日期"), widget=day_input(), initial=timezone.localdate, help_text=_("从这天起不再使用")
    )
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("例如：合同到期、已搬离"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_effective(self) -> date | None:
        return past_day(self.cleaned_data["effective"])


class UndoForm(forms.Form):
    reason = forms.CharField(label=_("撤销的原因"), max_length=200, help_text=_("例如：分割线画错，重新分割"))


def buildings_of(user: Any, plot_id: int | None) -> list[tuple[int, str]]:
    if plot_id is None:
        return []
    rows = queries.buildings(user).filter(plot_id=plot_id).select_related("building").order_by("building__code")
    return [(row.building_id, f"{row.building.code} {row.name}".strip()) for row in rows]


def landlords_of(user: Any, plot_id: int | None, pk: int | None) -> list[tuple[int, str]]:
    """Relations on the same plot from which one can rent; never the relation itself."""
    if plot_id is None:
        return []
    rows = [row for row in queries.occupancies(user, plot_id=plot_id) if row.pk != pk and row.enterprise_id]
    names = enterprise_names(user, [row.enterprise_id for row in rows])
    return [(row.pk, f"{names.get(row.enterprise_id or 0, ('', ''))[1]}（{formats.choice('role', row.role)}）") for row in rows]
