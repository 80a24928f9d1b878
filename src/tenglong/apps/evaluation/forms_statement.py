"""Forms of 陈述申辩: what a firm says with its files, and the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.forms_after import FilesField
from tenglong.apps.evaluation.step_papers import PaperField


class PapersField(FilesField):
    """Several files, each judged by name and content."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [PaperField().clean(one) for one in super().clean(data, initial)]


class StatementForm(forms.Form):
    text = forms.CharField(label=_("陈述申辩内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}), help_text=_(
        "对等级、数据或依据有什么意见，事实是什么"))
    evidence = PapersField(label=_("证明材料"), required=False, help_text=_("最多 10 份"))


class StatementReplyForm(forms.Form):
    reply = forms.CharField(label=_("答复"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), help_text=_(
        "写明复核经过和结论；采纳后要改等级的，重新运算或另行提出调档"))
