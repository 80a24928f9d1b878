"""Forms of sheets: delivered, objected, refused, overdue, and a pile of scans."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.registry.forms import day_input
from tenglong.files.scans.limits import ScanLimits

WAYS = (
    ("直接送达", _("直接送达")), ("留置送达", _("留置送达")), ("邮寄", _("邮寄")), ("电子送达", _("电子送达")),
    ("公告", _("公告")),
)
ENDINGS = ("pdf", "jpg", "jpeg", "png", "tif", "tiff", "zip")


class DeliverForm(forms.Form):
    on = forms.DateField(label=_("送达日期"), widget=day_input())
    how = forms.ChoiceField(label=_("送达方式"), choices=WAYS)
    due_on = forms.DateField(label=_("反馈期限"), widget=day_input(), required=False, help_text=_("不填按本批次的期限计算"))
    file = PaperField(label=_("送达凭证"), help_text=_("没有凭证的，逾期不能视为无异议"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = timezone.localdate()


class SheetObjectionForm(forms.Form):
    text = forms.CharField(label=_("异议内容"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
                           help_text=_("哪一项、应为多少、依据是什么"))
    file = PaperField(label=_("证明材料"))


class RefusedForm(forms.Form):
    note = forms.CharField(label=_("情况说明"), max_length=300, required=False)
    file = PaperField(label=_("拒签记录"), required=True)


class OverdueForm(forms.Form):
    clause = forms.CharField(label=_("写明“逾期视为无异议”的条款"), max_length=200)


class MatchForm(forms.Form):
    """Whose page it is, what stands on the paper, and whether the figures are those of the sheet in force."""

    firm = forms.CharField(label=_("企业名称或统一社会信用代码"), max_length=200)
    printed = forms.CharField(label=_("纸上的编号或版本号"), max_length=60, required=False, help_text=_(
        "右上角二维码旁印的一行；撕掉了、看不清就不填"))
    agrees = forms.ChoiceField(label=_("逐项核对纸面数字与现行单子"), choices=(
        ("", "—"), ("yes", _("一致")), ("no", _("不一致"))))
    reason = forms.CharField(label=_("不归档的理由"), max_length=300, required=False)


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class ScansField(forms.FileField):
    """Several files; cleans to a list."""

    def __init__(self, **options: Any) -> None:
        accept = ",".join(f".{one}" for one in ENDINGS)
        super().__init__(widget=ManyFiles(attrs={"multiple": True, "accept": accept}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        found = [super(ScansField, self).clean(one, initial) for one in files]
        odd = [one.name for one in found if one.name.rpartition(".")[2].lower() not in ENDINGS]
        if odd:
            told = {"names": _now("、").join(odd)}
            raise forms.ValidationError(_now("不收 %(names)s，可收 PDF、JPG、PNG、TIFF 或它们的 zip") % told)
        if sum(one.size for one in found) > ScanLimits().file_bytes:
            raise forms.ValidationError(_now("一批扫描件不能超过 1 GB，请分几批上传"))
        return found


class ScansForm(forms.Form):
    files = ScansField(  # type: ignore[assignment]  # the class takes its fields away, `form.files` stays the upload
        label=_("扫描件"), help_text=_("整叠扫成一个 PDF，或一页一张图片，或打成 zip；顺序不限"))
