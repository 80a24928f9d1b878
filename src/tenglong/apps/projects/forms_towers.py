"""Forms of towers: head, floors, tenants."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.scope import scoped
from tenglong.apps.projects.models import Project, TowerProgress
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.form_fields import EnterpriseField, KeyField, SquareMetresField, WanYuanField
from tenglong.apps.registry.forms import day_input
from tenglong.apps.registry.forms_premises import BuildingField, IndustriesField
from tenglong.apps.registry.places import town_choices

RECORD: Final = (
    "name", "division_code", "address", "operator", "building_id", "park_id", "project_id", "headquarters_id", "feature",
    "feature_codes", "investment_fen", "progress", "progress_on", "progress_source", "source",
)


class UserForm(forms.Form):
    """Gives the user to the fields that look records up."""

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for field in self.fields.values():
            if isinstance(field, KeyField):
                field.user = user


class TowerForm(UserForm):
    name = forms.CharField(label=_("楼宇名称"), max_length=120)
    division_code = forms.ChoiceField(label=_("镇街"))
    address = forms.CharField(label=_("坐落"), max_length=300, required=False)
    operator = forms.CharField(label=_("运营单位"), max_length=200, required=False)
    building_id = BuildingField(label=_("建筑编号"), help_text=_("在册厂房的编号；楼里的房源已登记的，楼层和租户不用再填"))
    park_id = forms.TypedChoiceField(label=_("园区"), required=False, coerce=int, empty_value=None)
    project_id = forms.TypedChoiceField(label=_("项目"), required=False, coerce=int, empty_value=None)
    headquarters_id = EnterpriseField(label=_("总部企业"), help_text=_("一楼一总部；企业编码、信用代码或全称"))
    feature = forms.CharField(label=_("特色产业"), max_length=80, required=False, help_text=_("一楼一特色，例如 数字经济"))
    feature_codes = IndustriesField(label=_("特色产业的行业代码"), max_length=100, required=False,
                                    help_text=_("用来算特色产业的面积占比，例如 64、65"))
    investment_fen = WanYuanField(label=_("计划投资"))
    progress = forms.ChoiceField(label=_("进度"), choices=TowerProgress.choices, required=False)
    progress_on = forms.DateField(label=_("进度截至"), widget=day_input(), required=False)
    progress_source = forms.CharField(label=_("进度出处"), max_length=200, required=False)
    source = forms.CharField(label=_("来源"), max_length=200, required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        parks = premises.parks(user).order_by("name").values_list("park_id", "name")
        projects = scoped(user, Project.objects.all(), "project.view").order_by("code").values_list("pk", "name")
        for name, found in (("division_code", town_choices(user)), ("park_id", [("", "—"), *parks]),
                            ("project_id", [("", "—"), *projects])):
            self.fields[name].choices = found  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in RECORD}


class FloorForm(forms.Form):
    floor = forms.IntegerField(label=_("楼层"), min_value=-20, max_value=200, help_text=_("地下写 -1"))
    lettable_cm2 = SquareMetresField(label=_("可租面积"))
    use = forms.CharField(label=_("用途"), max_length=80, required=False)


class TenantForm(UserForm):
    floor = forms.TypedChoiceField(label=_("楼层"), coerce=int)
    enterprise_id = EnterpriseField(label=_("企业"), help_text=_("企业编码、信用代码或全称"))
    name = forms.CharField(label=_("租户名称"), max_length=200, required=False, help_text=_("不在库里的填名称"))
    area_cm2 = SquareMetresField(label=_("承租面积"))
    since = forms.DateField(label=_("起租"), widget=day_input(), initial=timezone.localdate)
    until = forms.DateField(label=_("止租"), widget=day_input(), required=False)
    source = forms.CharField(label=_("来源"), max_length=200, required=False)

    def __init__(self, *args: Any, floors: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["floor"].choices = [  # type: ignore[attr-defined]
            (one.pk, _now("%(floor)s 层") % {"floor": one.floor}) for one in floors if not one.from_units]


class EndForm(forms.Form):
    until = forms.DateField(label=_("止租"), widget=day_input(), initial=timezone.localdate)
