"""The form of a new cycle: year, rule, area, day of the land survey."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.evaluation.scheme_tables import catalogue
from tenglong.apps.registry.county import facts
from tenglong.web.rule_names import RuleSelect

FIRST_YEAR = 2000
ATTRIBUTIONS = (
    ("location", _("属地镇街")), ("manager", _("管理平台")), ("tax", _("税收入库地")), ("statistics", _("统计归属")),
    ("production", _("实际生产地")),
)


class CycleForm(forms.Form):
    """`schemes`: what may be chosen, each with what it does not know."""

    title = forms.CharField(label=_("批次名称"), max_length=200, help_text=_("例如 2025 年度工业企业亩均效益综合评价"))
    year = forms.IntegerField(label=_("数据年度"), min_value=FIRST_YEAR)
    scheme = forms.ChoiceField(
        label=_("评价办法"), widget=RuleSelect, help_text=_("建批次时固定版本；冻结前可以说明理由更换"))
    measure_day = forms.DateField(
        label=_("用地核定日"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("按这一天有效的权证和用地关系核定面积；不填为数据年度 12 月 31 日"),
    )
    attribution = forms.ChoiceField(label=_("镇街排名按"), choices=ATTRIBUTIONS, help_text=_("各张排名表都会注明"))

    def __init__(self, user: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user
        self.schemes = sorted(catalogue(), key=lambda one: (bool(one["unknown"]), one["id"], one["version"]))
        this_year = timezone.localdate().year
        self.fields["year"].initial = this_year - 1
        self.fields["year"].widget.attrs["max"] = this_year
        chosen = self.fields["scheme"]
        assert isinstance(chosen, forms.ChoiceField)
        chosen.choices = [(f"{one['id']}@{one['version']}", self._label(one)) for one in self.schemes]

    @staticmethod
    def _label(one: dict[str, Any]) -> str:
        missing = len(one["unknown"])
        note = _now("不完整：缺 %(n)s 项") % {"n": missing} if missing else _now("完整")
        return f"{one['name']}（{one['id']}@{one['version']}，{note}）"

    def clean_year(self) -> int:
        year = int(self.cleaned_data["year"])
        if year > timezone.localdate().year:
            raise forms.ValidationError(_now("数据年度不能晚于今年"))
        return year

    def clean_measure_day(self) -> date | None:
        day: date | None = self.cleaned_data["measure_day"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_now("用地核定日不能晚于今天"))
        return day

    def clean(self) -> dict[str, Any]:
        if not area_of(self.user):
            raise forms.ValidationError(_now("登记册里还没有本县，请先建立本县（tenglong county）再建批次"))
        return self.cleaned_data

    def values(self) -> dict[str, Any]:
        """Arguments of `service.open_cycle`."""
        return {**self.cleaned_data, "division_code": area_of(self.user)}


def area_of(user: Any) -> str:
    """The county, or the widest area that this person may evaluate."""
    county = facts().code
    scope = scope_of(user, "evaluation.manage")
    if county and scope.covers(county):
        return county
    return min(scope.divisions, key=lambda code: (len(code), code), default=county)
