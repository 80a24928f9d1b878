"""Forms of clearing. Days, document numbers and fixed choices; no free remarks about people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.clearance import policies
from tenglong.apps.clearance.models import HolderKind, ValuationCause, Way
from tenglong.apps.clearance.words import STAGES
from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.registry.form_fields import EnterpriseField, PlotField, WanYuanField
from tenglong.apps.registry.forms import AreaField, day_input
from tenglong.apps.registry.places import town_choices
from tenglong.domain.units import UnitError, from_fen, to_fen

#: stages that a plan may have
PLANNED: Final = ("signed", "vacated", "demolished", "delivered")
ITEM_ROWS, PAY_ROWS = 4, 2


class LockForm(forms.Form):
    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class PlanForm(LockForm):
    """First and last day of each stage; a stage without days has no plan."""

    def __init__(self, *args: Any, plan: dict[str, Any] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        held = plan or {}
        for stage in PLANNED:
            for at, end in enumerate(("first", "last")):
                word = _now("%(stage)s计划开始") if end == "first" else _now("%(stage)s计划完成")
                self.fields[f"{stage}_{end}"] = forms.DateField(
                    label=word % {"stage": STAGES[stage]}, widget=day_input(), required=False,
                    initial=held[stage][at] if stage in held else None)

    @property
    def plan(self) -> dict[str, Any]:
        found = {stage: (self.cleaned_data.get(f"{stage}_first"), self.cleaned_data.get(f"{stage}_last")) for stage in PLANNED}
        return {stage: ends for stage, ends in found.items() if all(ends)}

    @property
    def rows(self) -> list[Any]:
        return [self[f"{stage}_{end}"] for stage in PLANNED for end in ("first", "last")]


class NewForm(PlanForm):
    title = forms.CharField(label=_("项目名称"), max_length=120, min_length=2)
    kind = forms.ChoiceField(label=_("方式"))
    division_code = forms.ChoiceField(label=_("镇街"))
    surveyed_on = forms.DateField(label=_("摸底日期"), widget=day_input(), initial=timezone.localdate)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        kind, town = self.fields["kind"], self.fields["division_code"]
        assert isinstance(kind, forms.ChoiceField) and isinstance(town, forms.ChoiceField)
        kind.choices = [(name, one.label) for name, one in policies.current().kinds.items()]
        kind.widget.attrs["lang"] = "zh-Hans"
        town.choices = town_choices(user)

    def values(self) -> dict[str, Any]:
        head = {name: self.cleaned_data[name] for name in ("title", "kind", "division_code", "surveyed_on")}
        return {**head, "plan": self.plan}


class GatherForm(forms.Form):
    """Plot codes, one a line or separated by spaces or commas."""

    codes = forms.CharField(
        label=_("地块码"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("一行一个，或用空格、逗号分开"))
    on = forms.DateField(label=_("列入名单日期"), widget=day_input(), required=False)

    def clean_codes(self) -> list[str]:
        text = self.cleaned_data["codes"].replace("，", " ").replace(",", " ").replace("、", " ")
        return list(dict.fromkeys(word.upper() for word in text.split()))


class HolderForm(forms.Form):
    name = forms.CharField(label=_("权利人"), max_length=120, help_text=_("个人姓名加密保存，名单上只显示姓"))
    kind = forms.ChoiceField(label=_("类型"), choices=HolderKind.choices)
    enterprise_id = EnterpriseField(label=_("企业信用代码或名称"))
    plot_id = PlotField(label=_("地块码"))
    area_cm2 = AreaField(label=_("面积"))
    listed_on = forms.DateField(label=_("列入名单日期"), widget=day_input(), initial=timezone.localdate)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("enterprise_id", "plot_id"):
            self.fields[name].user = user  # type: ignore[attr-defined]


class PaperForm(LockForm):
    """A day and the number of the paper."""

    on = forms.DateField(label=_("日期"), widget=day_input(), initial=timezone.localdate)
    number = forms.CharField(label=_("文号"), max_length=120, min_length=2)


class FiledForm(PaperForm):
    """With the file of the paper. `amounts`: it tells money, whatever the policy says of the step."""

    file = PaperField(label=_("文件"))
    amounts = forms.BooleanField(label=_("含补偿金额或收款信息"), required=False)


class SoilPaperForm(PaperForm):
    file = PaperField(label=_("文件"))


class StepFileForm(forms.Form):
    step = forms.CharField(widget=forms.HiddenInput, max_length=32)
    file = PaperField(label=_("文件"), required=True)
    amounts = forms.BooleanField(label=_("含补偿金额或收款信息"), required=False)


class HolderFileForm(forms.Form):
    """`part`: the instalment of a voucher."""

    file = PaperField(label=_("文件"), required=True)
    part = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=99)


class StepForm(FiledForm):
    step = forms.CharField(widget=forms.HiddenInput, max_length=32)
    correct = forms.BooleanField(widget=forms.HiddenInput, required=False)
    paper = forms.CharField(label=_("正确文号"), max_length=120, required=False)


class DecideForm(forms.Form):
    """On a correction that somebody else asked for."""

    agree = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    number = forms.CharField(label=_("审定依据"), max_length=120, min_length=2)


class AsksForm(LockForm):
    """Whom the firms of a project ask."""

    asks = forms.CharField(label=_("对外联系部门和人员"), max_length=120, required=False)
    asks_phone = forms.CharField(label=_("对外联系电话"), max_length=40, required=False)


class EndForm(PaperForm):
    stop = forms.BooleanField(label=_("停止，不再实施"), required=False)


class DayForm(LockForm):
    on = forms.DateField(label=_("日期"), widget=day_input(), initial=timezone.localdate)


class CorrectForm(LockForm):
    stage = forms.ChoiceField(
        label=_("更正哪一项"), choices=[(one, STAGES[one]) for one in ("signed", "vacated", "demolished", "delivered")])
    on = forms.DateField(label=_("正确日期"), widget=day_input(), required=False, help_text=_("留空表示并未发生（签约除外）"))
    number = forms.CharField(label=_("更正依据"), max_length=120, min_length=2)


class ReasonForm(LockForm):
    reason = forms.ChoiceField(label=_("程序原因"), required=False)
    next_on = forms.DateField(label=_("下一步时间"), widget=day_input(), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((name, one.label) for name, one in policies.current().reasons.items())]
        field.widget.attrs["lang"] = "zh-Hans"


class ContactForm(LockForm):
    """Empty fields stay as they are."""

    person = forms.CharField(label=_("联系人"), max_length=60, required=False)
    phone = forms.CharField(label=_("电话"), max_length=30, required=False)
    id_number = forms.CharField(label=_("证件号码"), max_length=30, required=False)
    bank_account = forms.CharField(label=_("收款账号"), max_length=60, required=False)


class PurposeForm(forms.Form):
    purpose = forms.CharField(label=_("用途"), min_length=4, max_length=120, help_text=_("例如：通知评估结果"))


class GiveForm(forms.Form):
    recipient = forms.CharField(label=_("报给"), max_length=80)
    purpose = forms.CharField(label=_("用途"), min_length=2, max_length=200)


# ---- money


class ValuationForm(forms.Form):
    amount_fen = WanYuanField(label=_("评估金额"))
    on = forms.DateField(label=_("评估日期"), widget=day_input(), initial=timezone.localdate)
    appraiser = forms.CharField(label=_("评估机构"), max_length=120, min_length=2)
    number = forms.CharField(label=_("报告编号"), max_length=120, min_length=2)
    cause = forms.ChoiceField(label=_("原因"), choices=ValuationCause.choices)

    def clean_amount_fen(self) -> int:
        amount: int | None = self.cleaned_data["amount_fen"]
        if amount is None:
            raise forms.ValidationError(_now("请填评估金额"))
        return amount


class PartForm(PaperForm):
    """An instalment: funds in place, or paid out; `number` is the voucher."""

    ordinal = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=99)


class CorrectPartForm(forms.Form):
    """Empty: it did not happen."""

    ordinal = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=99)
    funded_on = forms.DateField(label=_("资金到位"), widget=day_input(), required=False)
    paid_on = forms.DateField(label=_("支付日期"), widget=day_input(), required=False)
    voucher = forms.CharField(label=_("凭证号"), max_length=120, required=False)
    number = forms.CharField(label=_("更正依据"), max_length=120, min_length=2)


class AgreementForm(LockForm):
    number = forms.CharField(label=_("协议编号"), max_length=120, min_length=2)
    way = forms.ChoiceField(label=_("补偿方式"), choices=Way.choices)
    basis = forms.CharField(label=_("超幅度依据文号"), max_length=120, required=False)
    vacate_by = forms.DateField(label=_("约定腾空日期"), widget=day_input(), required=False)


class ItemForm(forms.Form):
    kind = forms.ChoiceField(label=_("补偿项目"), required=False)
    quantity = forms.DecimalField(label=_("数量"), required=False, min_value=0, max_digits=16, decimal_places=4)
    unit_fen = forms.CharField(
        label=_("单价"), required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "—"), *((name, f"{one.label}（{one.unit}）") for name, one in policies.current().items.items())]
        field.widget.attrs["lang"] = "zh-Hans"
        price = self.initial.get("unit_fen")
        if isinstance(price, int):
            self.initial["unit_fen"] = f"{from_fen(price, 'yuan', 2):f}"

    def clean_unit_fen(self) -> int | None:
        text = self.cleaned_data["unit_fen"].replace(",", "").strip()
        try:
            price = to_fen(Decimal(text), "yuan") if text else None
        except (UnitError, ArithmeticError) as error:
            raise forms.ValidationError(_now("单价应为元，最多两位小数")) from error
        if price is not None and not 0 <= price < 10**15:
            raise forms.ValidationError(_now("数值不能为负，也不能大得离谱"))
        return price

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        given = [found.get(name) not in (None, "") for name in ("kind", "quantity", "unit_fen")]
        if any(given) and not all(given) and not self.errors:
            raise forms.ValidationError(_now("补偿项目、数量、单价要一起填"))
        return found

    @property
    def told(self) -> dict[str, Any] | None:
        return dict(self.cleaned_data) if self.cleaned_data.get("kind") else None


class InstalmentForm(forms.Form):
    amount_fen = WanYuanField(label=_("金额"))
    due_on = forms.DateField(label=_("应付日期"), widget=day_input(), required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(found.get("amount_fen")) != bool(found.get("due_on")) and not self.errors:
            raise forms.ValidationError(_now("金额和应付日期要一起填"))
        return found

    @property
    def told(self) -> dict[str, Any] | None:
        return dict(self.cleaned_data) if self.cleaned_data.get("amount_fen") else None


ItemForms = forms.formset_factory(ItemForm, extra=ITEM_ROWS, max_num=60, absolute_max=64)
InstalmentForms = forms.formset_factory(InstalmentForm, extra=PAY_ROWS, max_num=40, absolute_max=42)
