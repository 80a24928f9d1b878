"""The form of a site search."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.plan_asked import fill_words
from tenglong.apps.renewal.plan_policies import Rules
from tenglong.apps.renewal.service.sites import Wanted
from tenglong.domain.units import UnitError, to_cm2, to_fen
from tenglong.web.rule_names import rule_checks

AIMS = (
    ("", _("成本；没有成本时户数，再没有时用地")), ("cost", _("成本最低")), ("owners", _("户数最少")), ("land", _("用地最省")),
)

Pairs = list[tuple[str, str]]


class SiteForm(forms.Form):
    title = forms.CharField(label=_("选址名称"), max_length=120)
    min_mu = forms.DecimalField(label=_("至少多大"), required=False, min_value=Decimal("0.01"), max_digits=8, decimal_places=2)
    phases = forms.CharField(label=_("分期"), required=False, max_length=120,
                             help_text=_("各期至少多少亩，用逗号隔开，例如 300,250,231；每期相连，合起来也相连"))
    towns = forms.MultipleChoiceField(label=_("只在这些镇街"), required=False, widget=forms.CheckboxSelectMultiple)
    zones = forms.MultipleChoiceField(label=_("只在这些片区"), required=False, widget=forms.CheckboxSelectMultiple)
    control_line = forms.BooleanField(label=_("只取工业区块控制线内的地块"), required=False)
    within = forms.IntegerField(label=_("各块地都要在几个月内腾得出"), required=False, min_value=0, max_value=600)
    gate_m = forms.IntegerField(label=_("至少有一块地离道路不超过"), required=False, min_value=0, max_value=100000)
    span_m = forms.IntegerField(label=_("任两块地中心相距不超过"), required=False, min_value=1, max_value=1000000,
                                help_text=_("不填不限；限定可免得用地拉成长条"))
    route = forms.ChoiceField(label=_("成本和时间按哪条路径测算"), initial="reserve")
    aim = forms.ChoiceField(label=_("比什么"), choices=AIMS, required=False)
    owner_cost = forms.DecimalField(label=_("每户另计协调成本"), required=False, min_value=0, max_digits=12, decimal_places=6)
    fills = forms.MultipleChoiceField(label=_("没有登记时的假定"), required=False, widget=rule_checks(),
                                      help_text=_("不勾选时，缺数的地块算不出成本，写“—”；勾选后写明用在几块地"))
    alternatives = forms.IntegerField(label=_("要几个方案"), min_value=1, max_value=10, initial=3)
    road_m = forms.IntegerField(label=_("隔着窄于多少米的路也算相邻"), min_value=0, max_value=500, initial=30)
    shared_m = forms.IntegerField(label=_("共边至少多少米算相邻"), min_value=0, max_value=500, initial=5)
    seconds = forms.IntegerField(label=_("求解时限"), min_value=1, max_value=600, initial=9)

    def __init__(self, rules: Rules, towns: Pairs, zones: Pairs, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        book = rules.book
        routes = [(one, _now(book.route(one).label)) for one in rules.model.policy.routes if one in book.ids]
        listed = {"towns": towns, "zones": zones, "fills": fill_words(), "route": routes}
        for name, choices in listed.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_phases(self) -> tuple[int, ...]:
        text = self.cleaned_data["phases"].replace("，", ",").strip()
        try:
            found = tuple(to_cm2(Decimal(part.strip()), "mu") for part in text.split(",") if part.strip())
        except (InvalidOperation, UnitError, OverflowError, ValueError) as error:
            raise forms.ValidationError(_now("“%(text)s”不是用逗号隔开的亩数。") % {"text": text}) from error
        if any(one <= 0 for one in found):
            raise forms.ValidationError(_now("各期面积须大于 0。"))
        return found

    def clean(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        if not data.get("min_mu") and not data.get("phases") and "phases" in data:
            raise forms.ValidationError(_now("请写明至少多大，或写明各期。"))
        return data

    def wanted(self) -> Wanted:
        data = self.cleaned_data
        least = to_cm2(data["min_mu"], "mu") if data["min_mu"] else 0
        same = ("control_line", "within", "gate_m", "span_m", "route", "aim", "alternatives", "road_m", "shared_m", "seconds")
        return Wanted(
            max(least, sum(data["phases"])), data["phases"], tuple(data["towns"]), tuple(data["zones"]),
            fills=tuple(data["fills"]), owner_fen=to_fen(data["owner_cost"], "wan_yuan") if data["owner_cost"] else 0,
            **{name: data[name] for name in same})
