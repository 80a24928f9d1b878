"""Forms of 履约监管. Land in m², money in 万元, shares in %."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.supply.service.covenants import NodeDay, Promise, measures_of
from tenglong.domain.landing.covenant.policy import CovenantPolicy
from tenglong.domain.units import to_cm2, to_fen
from tenglong.web.rule_names import RuleSelect

MODES: Final = [("single", _("单年度")), ("average", _("年平均")), ("cumulative", _("累计"))]
YES_NO: Final = [("", _("不清楚")), ("1", _("是")), ("0", _("否"))]


def day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


def text(label: Any, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), **more)


class NewForm(forms.Form):
    project_name = forms.CharField(label=_("项目名称"), max_length=200)
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18)
    plots = forms.CharField(label=_("地块码"), max_length=500, help_text=_("多块地用逗号或空格隔开"))
    land = forms.DecimalField(label=_("宗地面积"), min_value=1, max_digits=14, decimal_places=4)
    price = forms.DecimalField(label=_("出让价款"), min_value=0, max_digits=14, decimal_places=6, required=False)
    listing = forms.CharField(max_length=26, required=False, widget=forms.HiddenInput)

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        codes = data["plots"].replace("，", ",").replace("、", ",").replace(" ", ",").split(",")
        price = data["price"]
        return {"project_name": data["project_name"], "uscc": data["uscc"], "plot_codes": codes,
                "land_cm2": to_cm2(data["land"], "m2"), "price_fen": None if price is None else to_fen(price, "wan_yuan")}


class PaperForm(forms.Form):
    """A paper with a row for every indicator and node of the policy; an empty row is not agreed in this paper."""

    kind = forms.ChoiceField(label=_("文书"), widget=RuleSelect)
    number = forms.CharField(label=_("文号或合同编号"), max_length=120)
    signed_on = day(_("签订日期"))
    effective_on = day(_("生效日期"), required=False, help_text=_("不填即签订日期"))
    document = PaperField(label=_("文书扫描件"))
    note = forms.CharField(label=_("说明"), max_length=300, required=False)

    def __init__(self, policy: CovenantPolicy, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.policy = policy
        kinds = [(name, one.label) for name, one in policy.papers.items()]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        nodes = [("", "—"), *((name, one.label) for name, one in policy.nodes.items())]
        for name, rule in policy.indicators.items():
            self._line(name, nodes, rule.adds)
        for name in policy.nodes:
            self.fields[f"node-{name}"] = day(_("约定日期"), required=False)
            self.fields[f"permille-{name}"] = forms.DecimalField(
                label=_("每日违约金（‰）"), min_value=0, max_digits=8, decimal_places=4, required=False)

    def _line(self, name: str, nodes: list[tuple[str, str]], adds: bool) -> None:
        modes = MODES if adds else MODES[:2]
        self.fields[f"value-{name}"] = forms.DecimalField(label=_("约定值"), max_digits=18, decimal_places=6, required=False)
        self.fields[f"drop-{name}"] = forms.BooleanField(label=_("取消该指标"), required=False)
        self.fields[f"mode-{name}"] = forms.ChoiceField(label=_("考核方式"), choices=modes, required=False)
        self.fields[f"after-{name}"] = forms.ChoiceField(label=_("起算节点"), choices=nodes, required=False, widget=RuleSelect)
        self.fields[f"plus-{name}"] = forms.IntegerField(
            label=_("第几个完整年度"), min_value=0, max_value=20, required=False, initial=1)
        self.fields[f"first-{name}"] = forms.IntegerField(label=_("起始年度"), min_value=2000, max_value=2100, required=False)
        self.fields[f"years-{name}"] = forms.IntegerField(
            label=_("考核年数"), min_value=1, max_value=30, required=False, initial=1)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Bound fields of each indicator, for the table of the page."""
        for name, rule in self.policy.indicators.items():
            parts = {part: self[f"{part}-{name}"] for part in ("value", "drop", "mode", "after", "plus", "first", "years")}
            yield {"label": rule.label, "unit": rule.unit, **parts}

    def nodes(self) -> Iterator[dict[str, Any]]:
        for name, node in self.policy.nodes.items():
            yield {"label": node.label, "on": self[f"node-{name}"], "permille": self[f"permille-{name}"]}

    def promises(self) -> list[Promise]:
        """Rows that say something. Empty cells take what stands in a new form."""
        data, found = self.cleaned_data, []
        for name in self.policy.indicators:
            value, drop = data.get(f"value-{name}"), data.get(f"drop-{name}")
            if drop:
                found.append(Promise(name, ""))
            elif value is not None:
                found.append(Promise(
                    name, plain(value), data.get(f"mode-{name}") or "single", data.get(f"first-{name}"),
                    data.get(f"after-{name}") or "", _or(data.get(f"plus-{name}"), 1), _or(data.get(f"years-{name}"), 1)))
        return found

    def node_days(self) -> list[NodeDay]:
        data, found = self.cleaned_data, []
        for name in self.policy.nodes:
            on, rate = data.get(f"node-{name}"), data.get(f"permille-{name}")
            if on is not None:
                found.append(NodeDay(name, on, plain(rate) if rate else ""))
        return found


def _or(value: int | None, other: int) -> int:
    return other if value is None else value


def plain(value: Decimal) -> str:
    """Exact decimal text without trailing zeros."""
    told = format(value, "f")
    return told.rstrip("0").rstrip(".") if "." in told else told


class NodeForm(forms.Form):
    kind = forms.ChoiceField(label=_("节点"), widget=RuleSelect)
    done_on = day(_("实际日期"))
    document = PaperField(label=_("证明材料"), required=True)

    def __init__(self, policy: CovenantPolicy, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [(name, one.label) for name, one in policy.nodes.items()]  # type: ignore[attr-defined]


class FirmForm(forms.Form):
    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=18)
    registered = forms.ChoiceField(label=_("在本宗地注册"), choices=YES_NO, required=False)
    producing = forms.ChoiceField(label=_("在本宗地生产"), choices=YES_NO, required=False)
    share = forms.DecimalField(
        label=_("计入比例"), min_value=0, max_value=100, max_digits=5, decimal_places=2, initial=100,
        help_text=_("一家企业有几宗地的，各宗地合计不超过 100%"))

    def values(self) -> dict[str, Any]:
        known = {"1": True, "0": False}
        data = self.cleaned_data
        return {"registered": known.get(data["registered"]), "producing": known.get(data["producing"]),
                "share_bp": int(data["share"] * 100)}


class FigureForm(forms.Form):
    measure = forms.ChoiceField(label=_("数据"), widget=RuleSelect)
    year = forms.IntegerField(label=_("年度"), min_value=2000, max_value=2100, required=False)
    value = forms.DecimalField(
        label=_("数值"), max_digits=18, decimal_places=6, help_text=_("按原始指标的单位：万元、吨、平方米"))
    so_far = forms.BooleanField(label=_("是从第一份文书起累计到该年的总数"), required=False)
    document = PaperField(label=_("证明材料"), required=True)

    def __init__(self, policy: CovenantPolicy, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["measure"].choices = list(measures_of(policy).items())  # type: ignore[attr-defined]


class ExtensionForm(forms.Form):
    kind = forms.ChoiceField(label=_("节点"), widget=RuleSelect)
    asked_on = day(_("申请延至"))
    reason = text(_("延期理由"), min_length=2)

    def __init__(self, policy: CovenantPolicy, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [(name, one.label) for name, one in policy.nodes.items()]  # type: ignore[attr-defined]


class StatementForm(forms.Form):
    text = text(_("陈述申辩"), min_length=2)


class MemberForm(forms.Form):
    username = forms.CharField(label=_("账号"), max_length=150)


class VoidForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=300, min_length=2)


class GiveForm(forms.Form):
    recipient = forms.CharField(label=_("报给谁"), max_length=80)
    purpose = forms.CharField(label=_("用途"), max_length=200)
