"""Forms of what is known of a firm besides measures: attributes, decisions, joint units, and a table of attributes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.firm_words import attribute_choices, flag_choices
from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.evaluation.words import DECISION_STATES
from tenglong.apps.registry.form_fields import EnterpriseField
from tenglong.apps.registry.forms import day_input


class FirmForm(forms.Form):
    """Gives the user to the field that looks the firm up."""

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        field = self.fields.get("enterprise_id")
        if isinstance(field, EnterpriseField):
            field.user = user
            field.required = True


class AttributeForm(FirmForm):
    enterprise_id = EnterpriseField(label=_("企业"), help_text=_("统一社会信用代码，或企业全称"))
    attribute = forms.ChoiceField(label=_("属性"))
    value = forms.CharField(label=_("值"), max_length=120, help_text=_("是非类写 是 或 否"))
    valid_from = forms.DateField(label=_("从哪天起"), widget=day_input())
    valid_to = forms.DateField(
        label=_("到哪天止"), widget=day_input(), required=False, help_text=_("这一天不算在内；不填为一直有效")
    )
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    file = PaperField(label=_("依据材料"))

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(user, *args, **options)
        field = self.fields["attribute"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = attribute_choices(user)


class DecisionForm(FirmForm):
    enterprise_id = EnterpriseField(label=_("企业"), help_text=_("统一社会信用代码，或企业全称"))
    veto = forms.ChoiceField(label=_("否决事项"))
    number = forms.CharField(label=_("文号"), max_length=120)
    authority = forms.CharField(label=_("作出机关"), max_length=120, required=False)
    dated = forms.DateField(label=_("决定日期"), widget=day_input())
    state = forms.ChoiceField(label=_("状态"), choices=list(DECISION_STATES.items()), help_text=_("只有已生效的决定才能引用"))
    expires_on = forms.DateField(label=_("失效日期"), widget=day_input(), required=False)
    file = PaperField(label=_("决定书"), required=True)

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(user, *args, **options)
        field = self.fields["veto"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = flag_choices(user)


class DecisionStateForm(forms.Form):
    state = forms.ChoiceField(label=_("状态"), choices=list(DECISION_STATES.items()))
    reason = forms.CharField(label=_("变更理由"), max_length=300)
    lock_version = forms.IntegerField(widget=forms.HiddenInput)


class JointForm(forms.Form):
    """Members one a line, by code or full name."""

    name = forms.CharField(label=_("单元名称"), max_length=200)
    members = forms.CharField(label=_("成员企业"), widget=forms.Textarea(attrs={"rows": 5}),
                              help_text=_("每行一家，写统一社会信用代码或企业全称"))
    valid_from = forms.DateField(label=_("从哪天起"), widget=day_input())
    valid_to = forms.DateField(label=_("到哪天止"), widget=day_input(), help_text=_("要覆盖整个数据年度"))
    file = PaperField(label=_("盖章申请"), required=True)

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_members(self) -> list[int]:
        field = EnterpriseField()
        field.user = self.user
        lines = [line.strip() for line in self.cleaned_data["members"].splitlines() if line.strip()]
        return [pk for line in lines if (pk := field.clean(line)) is not None]


class TableForm(forms.Form):
    file = PaperField(label=_("Excel 表"), required=True)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.name.rpartition(".")[2].lower() not in ("xlsx", "xls", "et"):
            raise forms.ValidationError(_now("请上传 Excel 表（.xlsx）"))
        return file
