"""Forms from the service of results to the archive."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.service.publications import COLUMNS, WORDS, only_three
from tenglong.apps.evaluation.step_papers import PaperField

DAY = {"type": "date"}
#: as in the procedure `evaluation-appeal`
GROUNDS = (("grade", _("评价等级")), ("data", _("部门数据")), ("land", _("用地面积")), ("rule", _("适用规则")))


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"), **more)


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files in one field."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=ManyFiles(), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        one = super().clean
        listed = data if isinstance(data, list | tuple) else [data] if data else []
        return [one(item, initial) for item in listed]


class ServeForm(forms.Form):
    """Results handed to firms, with one proof for those ticked."""

    served_on = _day(_("送达日期"), initial=timezone.localdate)
    how = forms.CharField(label=_("送达方式"), max_length=48, initial=_("直接送达"))
    proof = forms.FileField(label=_("送达凭证"))


class PublishForm(forms.Form):
    title = forms.CharField(label=_("标题"), max_length=200, required=False, help_text=_("不填用批次名称"))
    starts_on = _day(_("公示起"), initial=timezone.localdate)
    ends_on = _day(_("公示止"), help_text=_("不得短于本批次规定的公示期"))
    expires_on = _day(_("下架日期"), required=False, help_text=_("到期自动撤下；不填按本批次规定"))
    order = forms.ChoiceField(label=_("排序"), choices=(("town", _("按镇街")), ("uscc", _("按信用代码"))),
                              help_text=_("公示名单不按得分排序"))
    place = forms.CharField(label=_("公示地点"), max_length=120, required=False)
    document = forms.FileField(label=_("公示文件"), required=False, help_text=_("盖章的公示通知；有办理流程的批次须上传"))

    def clean(self) -> dict[str, Any]:
        """Columns that somebody asks for all the same are refused, naming why."""
        asked = [name for field in ("more", "columns") for name in _all(self.data, field) if name not in COLUMNS]
        if asked:
            raise forms.ValidationError(only_three(str(WORDS.get(name, name)) for name in asked))
        return super().clean() or {}


def _all(data: Any, field: str) -> list[str]:
    return data.getlist(field) if hasattr(data, "getlist") else [data[field]] if field in data else []


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class AppealForm(forms.Form):
    ground = forms.ChoiceField(label=_("申诉事项"), choices=GROUNDS)
    text = forms.CharField(label=_("申诉内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    evidence = FilesField(label=_("证明材料"), required=False, help_text=_("最多 10 份"))


class OfficeAppealForm(AppealForm):
    source = forms.ChoiceField(label=_("来源"), choices=(
        ("电话", _("电话")), ("来访", _("来访")), ("信函", _("信函")), ("12345", _("12345 热线")), ("其他", _("其他"))))


class ReplyForm(forms.Form):
    outcome = forms.ChoiceField(label=_("处理结果"), choices=(("upheld", _("成立")), ("rejected", _("不成立"))))
    reply = forms.CharField(label=_("答复"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}), help_text=_(
        "写明核实经过和依据。成立只是认定，改变等级还要另行提出调档、由第二人批准"))
    verification = PaperField(label=_("核实材料"), help_text=_("现场或资料核实的记录；办理记录里已经交过的不用再交"))


class AdjustForm(forms.Form):
    to_grade = forms.ChoiceField(label=_("调整为"))
    reason = forms.CharField(label=_("调档理由"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    decision_number = forms.CharField(label=_("集体决定文号"), max_length=120)
    decision_dated = _day(_("决定日期"))
    document = forms.FileField(label=_("集体决定文件"))
    appeal = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, grades: tuple[str, ...], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.fields["to_grade"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(grade, grade) for grade in grades]


class FinalForm(forms.Form):
    minutes_number = forms.CharField(label=_("会议纪要文号"), max_length=120)
    minutes = forms.FileField(label=_("会议纪要"))


class ArchiveForm(forms.Form):
    notice = forms.FileField(label=_("公布文件"), required=False, help_text=_("公布等级的正式文件"))
