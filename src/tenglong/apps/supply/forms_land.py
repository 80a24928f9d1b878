"""Forms of replanning, reserve, batches, listings and offers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.registry.form_fields import PlotField, SquareMetresField, WanYuanField
from tenglong.apps.registry.forms import day_input
from tenglong.apps.registry.places import town_choices
from tenglong.apps.supply.models import DayCount, ListingMethod, ReserveEntry
from tenglong.apps.supply.queries import reserve
from tenglong.apps.supply.service import land_base
from tenglong.apps.supply.service import reserve as reserve_service
from tenglong.apps.supply.service.conditions import MEASURES
from tenglong.domain.landing.supply.tailored import OP_WORDS
from tenglong.domain.units import UnitError, exact

LINES = 6
OPS = {"at_least": _("不低于"), "at_most": _("不高于"), "equals": _("等于"), "begins": _("以此开头")}
assert OPS.keys() == OP_WORDS.keys()


def _today() -> Any:
    return timezone.localdate()


class Needed(forms.Form):
    """Number fields are optional by birth; `needed` names those that must be filled. Places are those of the person."""

    needed: tuple[str, ...] = ()
    division_code: forms.ChoiceField
    plot_id: PlotField

    def __init__(self, *args: Any, user: Any = None, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in self.needed:
            self.fields[name].required = True
        town, plot = self.fields.get("division_code"), self.fields.get("plot_id")
        if isinstance(town, forms.ChoiceField):
            town.choices = town_choices(user)
        if isinstance(plot, PlotField):
            plot.user = user

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        for name in self.needed:
            if held.get(name) is None and name not in self.errors:
                self.add_error(name, _now("这个字段必填"))
        return held


class RateField(forms.CharField):
    """A yearly rate in percent; cleans to exact decimal text as a fraction of one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=12, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def clean(self, value: Any) -> str:
        text = super().clean(value).strip().removesuffix("%")
        if not text:
            return "0"
        try:
            exact(text)
            rate = reserve_service.rate_of(Decimal(text) / 100)
        except (UnitError, ArithmeticError) as error:
            raise forms.ValidationError(_now("这里应填数，例如 3.45")) from error
        if rate is None:
            raise forms.ValidationError(_now("年利率应在 0 到 100 之间，小数不超过 10 位"))
        return rate


class MoneyLine(Needed):
    """Money laid out on land in stock."""

    on = forms.DateField(label=_("日期"), widget=day_input(), initial=_today)
    cost_fen = WanYuanField(label=_("金额"))
    rate = RateField(label=_("年利率"), help_text=_("百分数，如 3.45；不计息留空"))
    day_count = forms.ChoiceField(label=_("计息天数"), choices=DayCount.choices, initial=DayCount.ACT_365)
    paper = forms.CharField(label=_("依据文号"), max_length=160)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    needed: tuple[str, ...] = ("cost_fen",)


class LotForm(MoneyLine):
    title = forms.CharField(label=_("地块名称"), max_length=120)
    division_code = forms.ChoiceField(label=_("镇街"))
    plot_id = PlotField(label=_("地块码"), help_text=_("没有地块码可留空"))
    body_id = forms.TypedChoiceField(
        label=_("收储单位"), coerce=int, help_text=_("只列土地储备机构名录里的单位；国资公司的收购不是收储"))
    area_cm2 = SquareMetresField(label=_("入库面积"))

    needed = ("cost_fen", "area_cm2")
    field_order = (
        "title", "division_code", "plot_id", "body_id", "on", "area_cm2", "cost_fen", "rate", "day_count", "paper", "note")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        body = self.fields["body_id"]
        assert isinstance(body, forms.TypedChoiceField)
        body.choices = list(reserve.bodies(user).filter(delisted_on__isnull=True).values_list("pk", "name"))


class OutForm(Needed):
    on = forms.DateField(label=_("出库日期"), widget=day_input(), initial=_today)
    area_cm2 = SquareMetresField(label=_("出库面积"))
    paper = forms.CharField(label=_("依据文号"), max_length=160)
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    needed = ("area_cm2",)


class BodyForm(forms.Form):
    name = forms.CharField(label=_("机构名称"), max_length=120)
    uscc = forms.CharField(label=_("统一社会信用代码"), min_length=18, max_length=18)
    listed_on = forms.DateField(label=_("列入名录日期"), widget=day_input())
    listed_paper = forms.CharField(label=_("名录文号"), max_length=120)


class ChangeForm(Needed):
    title = forms.CharField(label=_("名称"), max_length=120)
    division_code = forms.ChoiceField(label=_("镇街"))
    plot_id = PlotField(label=_("地块码"), help_text=_("没有地块码可留空"))
    plan_unit = forms.CharField(label=_("控规单元"), max_length=64)
    area_cm2 = SquareMetresField(label=_("面积"))
    use_before = forms.CharField(label=_("现行用途"), max_length=64)
    use_after = forms.CharField(label=_("拟调整用途"), max_length=64)
    far_before = forms.CharField(label=_("现行容积率"), max_length=24, required=False)
    far_after = forms.CharField(label=_("拟调整容积率"), max_length=24, required=False)
    reason = forms.CharField(label=_("调整理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    needed = ("area_cm2",)


class BatchForm(Needed):
    title = forms.CharField(label=_("批次名称"), max_length=120)
    division_code = forms.ChoiceField(label=_("镇街"))
    planned_on = forms.DateField(label=_("计划供应日期"), widget=day_input(), required=False)


class LotField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.title)


class BatchPlotForm(Needed):
    lot = LotField(ReserveEntry.objects.none(), label=_("在库地块"))
    area_cm2 = SquareMetresField(label=_("供应面积"))
    land_use = forms.CharField(label=_("用途"), max_length=64, initial=_("工业用地"))

    needed = ("area_cm2",)

    def __init__(self, *args: Any, user: Any, town: str, **options: Any) -> None:
        super().__init__(*args, user=user, **options)
        lot = self.fields["lot"]
        assert isinstance(lot, forms.ModelChoiceField)
        lot.queryset = reserve.lots(user).filter(division_code__startswith=town)


class StandardForm(forms.Form):
    """An indicator table and one industry of it."""

    choice = forms.ChoiceField(label=_("标准地指标"))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["choice"]
        assert isinstance(field, forms.ChoiceField)
        tables = [(name, land_base.standard_of(name)) for name, _label in land_base.standards()]
        field.choices = [(table.name, [(f"{name}|{row.id}", row.label) for row in table.industries]) for name, table in tables]
        field.widget.attrs["lang"] = "zh-Hans"  # words of the policy

    def picked(self) -> tuple[str, str]:
        standard, _bar, row = self.cleaned_data["choice"].partition("|")
        return standard, row


class ListingForm(Needed):
    number = forms.CharField(label=_("公告编号"), max_length=64)
    title = forms.CharField(label=_("地块名称"), max_length=120)
    division_code = forms.ChoiceField(label=_("镇街"))
    plot_id = PlotField(label=_("地块码"), help_text=_("没有地块码可留空"))
    area_cm2 = SquareMetresField(label=_("面积"))
    land_use = forms.CharField(label=_("用途"), max_length=64, initial=_("工业用地"))
    term_years = forms.CharField(label=_("出让年限"), max_length=16, required=False)
    method = forms.ChoiceField(label=_("出让方式"), choices=ListingMethod.choices, initial=ListingMethod.LISTING)
    industry = forms.CharField(label=_("行业代码"), max_length=16, required=False)
    start_price_fen = WanYuanField(label=_("起始价"))
    deposit_fen = WanYuanField(label=_("竞买保证金"))
    closes_on = forms.DateField(
        label=_("报价截止日期"), widget=day_input(), required=False,
        help_text=_("公告写明的截止日期；之后收到的报价不登记，之前不能开启"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    needed = ("area_cm2", "start_price_fen")


class SupplementForm(Needed):
    """What a notice tells, as it shall be told from the supplementary notice on."""

    area_cm2 = SquareMetresField(label=_("面积"))
    land_use = forms.CharField(label=_("用途"), max_length=64)
    term_years = forms.CharField(label=_("出让年限"), max_length=16, required=False)
    start_price_fen = WanYuanField(label=_("起始价"))
    deposit_fen = WanYuanField(label=_("竞买保证金"))
    closes_on = forms.DateField(label=_("报价截止日期"), widget=day_input(), required=False, help_text=_("公告过的只能改晚"))
    reason = forms.CharField(label=_("变更理由"), min_length=2, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    needed = ("area_cm2", "start_price_fen")


class FloorCaseForm(forms.Form):
    """A case in which less than the lowest price is lawful, with its document. No case takes the declaration back."""

    key = forms.ChoiceField(label=_("情形"), required=False)
    document = forms.CharField(label=_("依据文号"), max_length=120, required=False)
    reason = forms.CharField(label=_("符合的理由"), max_length=500, required=False)
    file = PaperField(label=_("依据扫描件"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, cases: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["key"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((one.key, one.label) for one in cases)]
        field.widget.attrs["lang"] = "zh-Hans"  # words of the policy


class ConditionForm(forms.Form):
    text = forms.CharField(label=_("竞买条件（公告原文）"), max_length=300, required=False)
    measure = forms.ChoiceField(label=_("可核对的指标"), choices=[("", "—"), *MEASURES.items()], required=False)
    op = forms.ChoiceField(label=_("要求"), choices=[("", "—"), *OPS.items()], required=False)
    value = forms.CharField(label=_("数值"), max_length=24, required=False)

    def clean(self) -> dict[str, Any]:
        held = super().clean() or {}
        if held.get("measure") and not (held.get("op") and held.get("value")):
            raise forms.ValidationError(_now("选了可核对的指标，还要写明要求和数值"))
        if (held.get("measure") or held.get("value")) and not held.get("text"):
            raise forms.ValidationError(_now("请写明条件的原文"))
        return held


ConditionForms = forms.formset_factory(ConditionForm, extra=LINES, max_num=30, absolute_max=36)


class StepForm(forms.Form):
    step = forms.CharField(max_length=40, widget=forms.HiddenInput)
    on = forms.DateField(label=_("办理日期"), widget=day_input())
    paper = forms.CharField(label=_("文书"), max_length=160)
    file = PaperField(label=_("文书扫描件"))
    lock_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    winner = forms.CharField(label=_("竞得人"), max_length=26, required=False)
    contract_number = forms.CharField(label=_("合同编号"), max_length=64, required=False)


class CorrectionForm(forms.Form):
    """Another day, paper, file or contract number for a step that was written down wrongly."""

    step = forms.CharField(max_length=40, widget=forms.HiddenInput)
    on = forms.DateField(label=_("正确日期"), widget=day_input())
    paper = forms.CharField(label=_("文书"), max_length=160)
    file = PaperField(label=_("文书扫描件"))
    contract_number = forms.CharField(label=_("合同编号"), max_length=64, required=False)
    reason = forms.CharField(label=_("更正理由"), min_length=2, max_length=500)
    lock_version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class MoveForm(forms.Form):
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    reason = forms.CharField(label=_("理由"), max_length=500, required=False)


class PriceForm(forms.Form):
    fen = WanYuanField(label=_("底价"))
    paper = forms.CharField(label=_("定价依据"), max_length=160, help_text=_("集体决策的纪要或批复文号"))


class BidForm(forms.Form):
    bidder = forms.CharField(label=_("竞买人"), max_length=200)
    uscc = forms.CharField(label=_("统一社会信用代码"), min_length=18, max_length=18)
    received_on = forms.DateField(label=_("收到日期"), widget=day_input(), initial=_today)
    amount_fen = WanYuanField(label=_("报价"))
    deposit_paid_on = forms.DateField(label=_("保证金到账日期"), widget=day_input(), required=False)
