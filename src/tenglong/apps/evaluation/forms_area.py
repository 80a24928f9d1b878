"""Forms of assessed land: a part, an objection and its answer, a difference explained, the publication."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.evaluation.words import ITEM_KINDS, OUTCOMES
from tenglong.apps.registry.form_fields import PlotField
from tenglong.apps.registry.forms import AreaField, day_input

LINES = {"rows": 3}


class ItemForm(forms.Form):
    """A part that the register does not know."""

    kind = forms.ChoiceField(label=_("类别"), choices=list(ITEM_KINDS.items()))
    cm2 = AreaField(label=_("面积"), help_text=_("租出和扣除也填正数，加减由类别决定"))
    plot_id = PlotField(label=_("地块码"), help_text=_("在哪块地上；可以不填"))
    deduction_type = forms.CharField(
        label=_("扣除类型"), max_length=48, required=False, help_text=_("只有扣除要填，例如 道路代征")
    )
    expires_on = forms.DateField(label=_("到期日"), widget=day_input(), required=False, help_text=_("扣除到期后不再扣除"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)
    file = PaperField(label=_("依据材料"), required=True)
    lock_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plot = self.fields["plot_id"]
        assert isinstance(plot, PlotField)
        plot.user = user

    def clean_cm2(self) -> int:
        cm2: int | None = self.cleaned_data["cm2"]
        if not cm2:
            raise forms.ValidationError(_now("请填大于 0 的面积"))
        return cm2


class ObjectionForm(forms.Form):
    text = forms.CharField(label=_("异议内容"), max_length=4000, widget=forms.Textarea(attrs=LINES))
    claimed_cm2 = AreaField(label=_("主张的面积"), help_text=_("可以不填"))
    file = PaperField(label=_("证明材料"))


class ReplyForm(forms.Form):
    outcome = forms.ChoiceField(label=_("处理结果"), choices=[(key, label) for key, label in OUTCOMES.items() if key])
    reply = forms.CharField(label=_("答复"), max_length=4000, widget=forms.Textarea(attrs=LINES))


class GapForm(forms.Form):
    note = forms.CharField(label=_("差异原因"), max_length=300, widget=forms.Textarea(attrs=LINES))
    file = PaperField(label=_("依据材料"))


class AreaPublicationForm(forms.Form):
    """Dates of the publication; the service knows how long it has to be."""

    title = forms.CharField(label=_("标题"), max_length=200, required=False, help_text=_("不填为批次名称加“用地面积公示”"))
    starts_on = forms.DateField(label=_("公示开始"), widget=day_input())
    ends_on = forms.DateField(label=_("公示结束"), widget=day_input())
    file = PaperField(label=_("公示文件"), help_text=_("张贴或上网的公示稿；流程需要时必须上传"))

    def __init__(self, *args: Any, last: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        today = timezone.localdate()
        self.fields["starts_on"].initial = today
        self.fields["ends_on"].initial = last or today + timedelta(days=7)
