"""Forms of the permit network: begin, dates of a step, papers."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.form_fields import SquareMetresField
from tenglong.apps.registry.forms import day_input
from tenglong.domain.landing.permits.policy import Permits

PAPERS: Final = 3


class BeginForm(forms.Form):
    policy = forms.ChoiceField(label=_("审批网络"), help_text=_("建立以后按这个版本办理，政策再改不受影响"))
    route = forms.ChoiceField(label=_("办法"), required=False)
    phase = forms.TypedChoiceField(label=_("期次"), coerce=int, empty_value=None, required=False)
    on = forms.DateField(label=_("起算日期"), widget=day_input(), initial=timezone.localdate)
    floor_cm2 = SquareMetresField(label=_("总建筑面积"))
    functions = forms.MultipleChoiceField(label=_("建筑功能"), required=False, widget=forms.CheckboxSelectMultiple)
    intended = forms.CharField(
        label=_("意向用地单位"), max_length=200, required=False, help_text=_("成交之前预审意见写这个名称；不填取项目的企业"))

    def __init__(self, *args: Any, offered: list[tuple[str, str, Permits]], phases: list[Any], **options: Any) -> None:
        super().__init__(*args, **options)
        routes = {name: one.label for _id, _label, body in offered for name, one in body.routes.items()}
        functions = {name: _now(label) for _id, _label, body in offered for name, label in body.applies.functions.items()}
        for field, choices in (
            ("policy", [(id_, label) for id_, label, _body in offered]),
            ("route", [("", _("按网络的规定")), *routes.items()]), ("functions", list(functions.items())),
            ("phase", [("", _("整个项目")),
                       *((one.pk, one.name or _now("第 %(n)s 期") % {"n": one.ordinal}) for one in phases)]),
        ):
            held = self.fields[field]
            assert isinstance(held, forms.ChoiceField)
            held.choices = choices
            if field in ("policy", "route"):
                held.widget.attrs["lang"] = "zh-Hans"  # words of the policy


class DayForm(forms.Form):
    """What happened to a step, on which day."""

    on = forms.DateField(label=_("日期"), widget=day_input(), initial=timezone.localdate)
    number = forms.CharField(label=_("证照或文件编号"), max_length=80, required=False)
    file = forms.FileField(label=_("证照或文件"), required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class WhyForm(forms.Form):
    reason = forms.CharField(label=_("依据或理由"), max_length=300, min_length=2)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class OweForm(forms.Form):
    """容缺承诺: which paper, who brings it, by when."""

    material = forms.CharField(label=_("材料"), max_length=48, widget=forms.HiddenInput)
    due_on = forms.DateField(label=_("补齐期限"), widget=day_input())
    person = forms.CharField(label=_("承诺人和职务"), max_length=80, min_length=2)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class RouteForm(forms.Form):
    route = forms.CharField(max_length=48)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class FlipForm(forms.Form):
    """A number per permit: fields named `number-<step>`."""

    on = forms.DateField(label=_("办结日期"), widget=day_input(), initial=timezone.localdate)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def numbers(self) -> dict[str, str]:
        named = ((name, value) for name, value in self.data.items() if name.startswith("number-"))
        return {name.removeprefix("number-"): str(value)[:80] for name, value in named}


class PaperForm(forms.Form):
    material = forms.ChoiceField(label=_("材料"), required=False)
    file = forms.FileField(label=_("文件"), required=False)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        held = self.fields["material"]
        assert isinstance(held, forms.ChoiceField)
        held.choices = [("", "—"), *choices]
        held.widget.attrs["lang"] = "zh-Hans"  # words of the policy

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("material") and not data.get("file"):
            raise forms.ValidationError(_now("选了材料，还没有选文件"))
        if data.get("file") and not data.get("material"):
            raise forms.ValidationError(_now("选了文件，还没有选是哪种材料"))
        return data


PaperForms = forms.formset_factory(PaperForm, extra=PAPERS, max_num=12, absolute_max=12)


class TakeForm(forms.Form):
    on = forms.DateField(label=_("收件日期"), widget=day_input(), initial=timezone.localdate)
    giver = forms.CharField(label=_("提交单位"), max_length=200, required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
