"""Forms of plants turned into premises and of conversions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.form_fields import PlotField, SquareMetresField, WanYuanField
from tenglong.apps.registry.forms import day_input
from tenglong.apps.registry.forms_premises import BuildingField
from tenglong.apps.renewal.models import Use

ROWS, MOST = 4, 60


class TurnForm(forms.Form):
    """Which buildings of a finding become units, and how."""

    buildings = forms.MultipleChoiceField(label=_("厂房"), widget=forms.CheckboxSelectMultiple)
    by_floor = forms.ChoiceField(
        label=_("怎样登记"), choices=[("", _("一幢一套")), ("1", _("按层登记，每层一套，面积平分"))], required=False)
    park_id = forms.TypedChoiceField(label=_("园区"), coerce=int, empty_value=None, required=False)
    reason = forms.CharField(
        label=_("依据"), max_length=200, min_length=2, help_text=_("例如：与产权人商定对外招租，2026 年 3 月"))

    def __init__(self, *args: Any, user: Any, plants: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        boxes, park = self.fields["buildings"], self.fields["park_id"]
        assert isinstance(boxes, forms.MultipleChoiceField) and isinstance(park, forms.ChoiceField)
        boxes.choices = [(plant.building.ulid, plant.building.code) for plant in plants if not plant.why_not]
        boxes.initial = [key for key, _label in boxes.choices]
        rows = premises.parks(user).order_by("name").values_list("park_id", "name")
        park.choices = [("", _("不在园区里")), *rows]


class HeadForm(forms.Form):
    title = forms.CharField(label=_("方案名称"), max_length=120)
    park_name = forms.CharField(label=_("建成后的园区"), max_length=128)
    operator = forms.CharField(label=_("运营单位"), max_length=200, required=False)
    cost_fen = WanYuanField(label=_("改造投资估算"))
    jobs = forms.IntegerField(label=_("预计新增岗位"), min_value=0, max_value=1_000_000, required=False)
    jobs_lost = forms.IntegerField(label=_("腾退岗位"), min_value=0, max_value=1_000_000, required=False)
    note = forms.CharField(label=_("说明"), max_length=500, required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    record = ("title", "park_name", "operator", "cost_fen", "jobs", "jobs_lost", "note")

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.record}


class PartForm(forms.Form):
    """A building of the 创新中心, or a plot of the 智造组团."""

    building_id = BuildingField(label=_("厂房（创新中心）"))
    plot_id = PlotField(label=_("地块（智造组团）"))
    floor = forms.IntegerField(label=_("楼层"), required=False, min_value=-5, max_value=60)
    use = forms.ChoiceField(label=_("用途"), choices=[("", "—"), *Use.choices], required=False)
    area_cm2 = SquareMetresField(label=_("面积"))
    phase = forms.IntegerField(label=_("期"), min_value=1, max_value=20, required=False, initial=1)
    ready_on = forms.DateField(label=_("计划完成"), widget=day_input(), required=False)

    def __init__(self, *args: Any, user: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("building_id", "plot_id"):
            self.fields[name].user = user  # type: ignore[attr-defined]

    def clean_floor(self) -> int | None:
        floor: int | None = self.cleaned_data["floor"]
        if floor == 0:
            raise forms.ValidationError(_now("没有 0 层，地下写负数"))
        return floor

    @property
    def told(self) -> dict[str, Any] | None:
        """None for a line that was left empty."""
        data = self.cleaned_data
        if not any(data.get(name) for name in ("building_id", "plot_id", "use", "area_cm2")):
            return None
        return {**data, "phase": data.get("phase") or 1}


PartForms = forms.formset_factory(PartForm, extra=ROWS, max_num=MOST, absolute_max=MOST + ROWS)


class PhaseForm(forms.Form):
    phase = forms.IntegerField(min_value=1, max_value=20)
    on = forms.DateField(label=_("完成日期"), widget=day_input(), initial=timezone.localdate)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class MoveForm(forms.Form):
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(label=_("理由"), max_length=500, required=False)
