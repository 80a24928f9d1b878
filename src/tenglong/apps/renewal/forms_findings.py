"""Forms of findings and idle land."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.renewal.criteria_sets import choices
from tenglong.apps.renewal.words import FACTS
from tenglong.domain.renewal import idle as rule
from tenglong.domain.units import FEN_PER_YUAN
from tenglong.web.rule_names import RuleSelect


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def _text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **more)


class RunForm(forms.Form):
    """Year and criteria; sets whose values are still to be checked say so."""

    year = forms.IntegerField(label=_("年度"), min_value=2000)
    policy = forms.ChoiceField(label=_("识别标准"), widget=RuleSelect)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        found = [(one.reference, one.label + ("" if one.verified else f"（{_('待核')}）")) for one in choices()]
        self.fields["policy"].choices = found  # type: ignore[attr-defined]
        self.fields["year"].initial = timezone.localdate().year - 1


class AppealForm(forms.Form):
    text = _text(_("异议内容"), min_length=2)
    evidence = PaperField(label=_("证据材料"))


class ReplyForm(forms.Form):
    outcome = forms.ChoiceField(label=_("处理结果"), choices=[("upheld", _("异议成立")), ("rejected", _("异议不成立"))])
    text = _text(_("答复内容"), min_length=2)


class WaiverForm(forms.Form):
    criterion = forms.ChoiceField(label=_("豁免的条件"), required=False, widget=RuleSelect)
    reason = _text(_("豁免理由"), min_length=4)
    until = _day(_("有效期至"))
    document = PaperField(label=_("依据文件"), required=True)

    def __init__(self, hits: list[dict[str, Any]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        found = [("", _("全部命中的条件")), *((hit["criterion"], hit["label"]) for hit in hits)]
        self.fields["criterion"].choices = found  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=500, required=False)


class ClueForm(forms.Form):
    plot = forms.CharField(label=_("地块码"), max_length=64)
    note = _text(_("线索内容"), min_length=2)


class FactsForm(forms.Form):
    """What is left empty stays as it is; the document proves what is entered."""

    started = forms.NullBooleanField(label=FACTS["started"], required=False)
    agreed_start = _day(FACTS["agreed_start"], required=False)
    stopped = forms.NullBooleanField(label=FACTS["stopped"], required=False)
    stopped_on = _day(FACTS["stopped_on"], required=False)
    built_share = forms.DecimalField(label=FACTS["built_share"], min_value=0, max_value=100, required=False)
    invested_share = forms.DecimalField(label=FACTS["invested_share"], min_value=0, max_value=100, required=False)
    price = forms.DecimalField(label=_("出让（划拨）价款"), min_value=0, max_digits=16, decimal_places=2, required=False)
    document = PaperField(label=_("证明材料"), required=True)

    def values(self) -> dict[str, Any]:
        """As the service takes them: shares of 1."""
        data = {name: self.cleaned_data[name] for name in FACTS}
        for name in ("built_share", "invested_share"):
            data[name] = None if data[name] is None else data[name] / 100
        return data

    def price_fen(self) -> int | None:
        price = self.cleaned_data["price"]
        return None if price is None else int(price * FEN_PER_YUAN)


class CauseForm(forms.Form):
    cause = forms.ChoiceField(label=_("政府原因"), widget=RuleSelect)
    start = _day(_("起"))
    end = _day(_("止"), required=False)
    document = PaperField(label=_("证明材料"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        known = rule.load().causes
        self.fields["cause"].choices = [(name, one.label) for name, one in known.items()]  # type: ignore[attr-defined]


class StepForm(forms.Form):
    state = forms.CharField(max_length=32)
    on = _day(_("办理日期"), required=False)
    document = PaperField(label=_("文书"), required=True)


class MemberForm(forms.Form):
    username = forms.CharField(label=_("账号"), max_length=150)
