"""Forms of plans: money and targets by year, locks, readers, exports."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.renewal.criteria_sets import of_run
from tenglong.apps.renewal.plan_asked import Amount, Asked, fill_words
from tenglong.apps.renewal.plan_policies import Rules
from tenglong.domain.renewal.portfolio.parts import Aim, Lock
from tenglong.domain.units import from_cm2, from_fen, to_cm2, to_fen
from tenglong.web.rule_names import rule_checks

AIMS = (
    (Aim.LEAST_SHORTFALL.value, _("目标缺口最小，其次净增收最多")), (Aim.MOST_UPLIFT.value, _("预算内净增收最多")),
    (Aim.CHEAPEST.value, _("达到目标花费最少")),
)
#: routes offered first: they need no premise, or the commonest one
USUAL = ("upgrade", "reserve", "rebuild", "close")
LOCKS = (("", _("不锁定")), ("in", _("必选")), ("out", _("不选")))
MOST_YEARS = 5
MOST_MEMBERS = 30
SPARE = 3


def _money(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=14, decimal_places=6, **more)


def _mu(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, min_value=0, max_digits=10, decimal_places=4, **more)


class PartsForm(forms.Form):
    """Budgets and targets of each year, targets of towns, and the lesser parts. `rows` and `town_rows` are for the page."""

    aim = forms.ChoiceField(label=_("目的"), choices=AIMS, initial=Aim.LEAST_SHORTFALL.value)
    expected = forms.BooleanField(label=_("增收按各组签约可能性折算"), required=False)
    budget_all = _money(_("各年合计预算"))
    target_all = _mu(_("各年合计目标"))
    relocation_m2 = forms.IntegerField(label=_("安置用房面积上限"), required=False, min_value=0)
    jobs_lost = forms.IntegerField(label=_("减少岗位上限"), required=False, min_value=0)
    min_mu = _mu(_("每个项目最小连片面积"))
    max_members = forms.IntegerField(
        label=_("每个项目最多地块数"), min_value=1, max_value=MOST_MEMBERS, initial=4,
        help_text=_("4 至 5 块以内逐一列出全部组合；再多时按相连的片求解，差距照样证明，但可能大一些"))
    premium = _money(_("连片价值：超过下面面积后每亩加"))
    above_mu = _mu(_("连片价值从多大面积算起"))
    holder_cost = _money(_("连片项目每户协调成本"))
    metre_value = _money(_("紧凑：项目内部共边每米加"))
    seconds = forms.IntegerField(label=_("求解时限"), min_value=1, max_value=600, initial=60)

    def __init__(self, years: tuple[int, ...], towns: list[str], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.years, self.towns = years[:MOST_YEARS], towns
        for year in self.years:
            self.fields[f"budget_{year}"] = _money(_now("%(year)s 年预算") % {"year": year})
            self.fields[f"target_{year}"] = _mu(_now("%(year)s 年目标") % {"year": year})
        for at, town in enumerate(towns):
            self.fields[f"town_{at}"] = _mu(_now("%(town)s 各年合计目标") % {"town": town})

    @property
    def rows(self) -> list[tuple[int, Any, Any]]:
        return [(year, self[f"budget_{year}"], self[f"target_{year}"]) for year in self.years]

    @property
    def town_rows(self) -> list[tuple[str, Any]]:
        return [(town, self[f"town_{at}"]) for at, town in enumerate(self.towns)]

    def parts(self) -> dict[str, Any]:
        """Fields of `Asked` that this form fills. Only valid once the form is."""
        data = self.cleaned_data
        return {
            "years": self.years, "aim": data["aim"], "expected": data["expected"], "budgets": tuple(self._budgets()),
            "targets": tuple(self._targets()), "capacities": tuple(self._capacities()), "min_cm2": _cm2(data["min_mu"]),
            "max_members": data["max_members"], "premium_fen": _fen(data["premium"]), "above_cm2": _cm2(data["above_mu"]),
            "holder_fen": _fen(data["holder_cost"]), "metre_fen": _fen(data["metre_value"]), "seconds": data["seconds"],
        }

    def _budgets(self) -> Any:
        for year in (*self.years, None):
            if (value := self.cleaned_data[f"budget_{year or 'all'}"]) is not None:
                yield Amount(_fen(value), year)

    def _targets(self) -> Any:
        for year in (*self.years, None):
            if value := self.cleaned_data[f"target_{year or 'all'}"]:
                yield Amount(_cm2(value), year)
        for at, town in enumerate(self.towns):
            if value := self.cleaned_data[f"town_{at}"]:
                yield Amount(_cm2(value), None, "town", town)

    def _capacities(self) -> Any:
        for name, measure in (("relocation_m2", "relocation"), ("jobs_lost", "jobs_lost")):
            if (value := self.cleaned_data[name]) is not None:
                yield Amount(value, measure=measure)


def initial_of(asked: Asked, towns: list[str]) -> dict[str, Any]:
    """A version as the form shows it."""
    found: dict[str, Any] = {
        "aim": asked.aim, "expected": asked.expected, "max_members": asked.max_members, "seconds": asked.seconds,
        "min_mu": _as_mu(asked.min_cm2), "premium": _as_wan(asked.premium_fen), "above_mu": _as_mu(asked.above_cm2),
        "holder_cost": _as_wan(asked.holder_fen), "metre_value": _as_wan(asked.metre_fen),
    }
    found |= {f"budget_{one.year or 'all'}": _as_wan(one.amount) or "0" for one in asked.budgets}
    found |= {f"target_{one.year or 'all'}": _as_mu(one.amount) for one in asked.targets if one.where == "all"}
    place = {town: at for at, town in enumerate(towns)}
    found |= {f"town_{place[one.name]}": _as_mu(one.amount) for one in asked.targets if one.name in place}
    names = {"relocation": "relocation_m2", "jobs_lost": "jobs_lost"}
    return found | {names[one.measure]: one.amount for one in asked.capacities if one.measure in names}


def initial_again(plan: Any, towns: list[str]) -> dict[str, Any]:
    """A version that could not be worked out, as its form was filled."""
    asked = Asked.of(plan.problem["asked"])
    return initial_of(asked, towns) | {
        "title": plan.title, "run": plan.finding_run.ulid if plan.finding_run else "", "routes": asked.routes,
        "premises": asked.premises, "fills": asked.fills, "road_m": asked.road_m, "shared_m": asked.shared_m}


class NewPlanForm(PartsForm):
    """Everything of a first version."""

    title = forms.CharField(label=_("方案名称"), max_length=120)
    run = forms.ChoiceField(label=_("候选地块"), help_text=_("取这次识别中结论为“疑似低效”的全部地块"))
    routes = forms.MultipleChoiceField(label=_("可用路径"), widget=forms.CheckboxSelectMultiple)
    premises = forms.MultipleChoiceField(label=_("本方案的前提"), required=False, widget=rule_checks(),
                                         help_text=_("勾选即对没有登记的候选地块按“是”处理，写入方案"))
    fills = forms.MultipleChoiceField(label=_("没有登记时的假定"), required=False, widget=rule_checks(),
                                      help_text=_("不勾选时，缺数的地块和路径不进入方案并写明原因；勾选后写明用在几块地"))
    road_m = forms.IntegerField(label=_("隔着窄于多少米的路也算相邻"), min_value=0, max_value=500, initial=30)
    shared_m = forms.IntegerField(label=_("共边至少多少米算相邻"), min_value=0, max_value=500, initial=5)

    def __init__(self, runs: list[Any], rules: Rules, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["run"].choices = [(one.ulid, _run_words(one)) for one in runs]  # type: ignore[attr-defined]
        book = rules.book
        self.fields["routes"].choices = [(one, _now(book.route(one).label)) for one in book.ids]  # type: ignore[attr-defined]
        self.fields["routes"].initial = [one for one in USUAL if one in book.ids]
        flags = [(name, one.label) for name, one in book.policy.inputs.items() if one.type == "flag"]
        self.fields["premises"].choices = flags  # type: ignore[attr-defined]
        self.fields["fills"].choices = fill_words()  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        data = self.cleaned_data
        return Asked(routes=tuple(data["routes"]), premises=tuple(data["premises"]), fills=tuple(data["fills"]),
                     road_m=data["road_m"], shared_m=data["shared_m"], **self.parts())


def _run_words(run: Any) -> str:
    return _now("%(year)s 年 %(policy)s（%(day)s）") % {
        "year": run.year, "policy": _now(of_run(run).label), "day": f"{run.created_at:%Y-%m-%d}"}


class LockForm(forms.Form):
    """One line of locks."""

    key = forms.CharField(label=_("地块码"), max_length=24, required=False)
    lock = forms.ChoiceField(label=_("锁定"), choices=LOCKS, required=False)
    route = forms.ChoiceField(label=_("路径"), required=False)
    year = forms.ChoiceField(label=_("年度"), required=False)
    reason = forms.CharField(label=_("理由"), max_length=120, required=False)

    def __init__(self, *args: Any, routes: list[tuple[str, str]], years: tuple[int, ...], **options: Any) -> None:
        """`routes`: (name in the problem, name for the reader)."""
        super().__init__(*args, **options)
        self.fields["route"].choices = [("", _now("不限")), *routes]  # type: ignore[attr-defined]
        if self.initial.get("key"):
            self.fields["key"].widget.attrs["readonly"] = True
        self.fields["year"].choices = [("", _now("不限")), *((str(one), str(one)) for one in years)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        if data.get("lock") and not data.get("key"):
            raise forms.ValidationError(_("请写明锁定哪块地。"))
        return data

    def told(self) -> Lock | None:
        data = self.cleaned_data
        if not data["lock"]:
            return None
        inside = data["lock"] == "in"
        year = int(data["year"]) if inside and data["year"] else None
        return Lock(inside, (data["route"] or None) if inside else None, year, data["reason"])


LockSet = forms.formset_factory(LockForm, extra=SPARE, max_num=200)


def locks_of(lines: Any, before: dict[str, Lock]) -> dict[str, Lock | None]:
    """Locks that differ from those of the version before; a lock that its line no longer says is taken off."""
    found = {one.cleaned_data["key"]: one.told() for one in lines if one.cleaned_data.get("key")}
    return {key: lock for key, lock in found.items() if lock != before.get(key)}


class ReaderForm(forms.Form):
    person = forms.ChoiceField(label=_("指定人员"))
    reason = forms.CharField(label=_("理由"), min_length=2, max_length=200)

    def __init__(self, people: list[Any], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["person"].choices = [(one.ulid, str(one)) for one in people]  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("理由"), min_length=2, max_length=200)


class ApproveForm(forms.Form):
    document = forms.FileField(label=_("批准文件"))


class GiveForm(forms.Form):
    """Every export asks to whom and why."""

    recipient = forms.CharField(label=_("报给"), max_length=80)
    purpose = forms.CharField(label=_("理由"), min_length=2, max_length=200)


def _fen(value: Decimal | None) -> int:
    return to_fen(value, "wan_yuan") if value else 0


def _cm2(value: Decimal | None) -> int:
    return to_cm2(value, "mu") if value else 0


def _as_mu(cm2: int) -> str | None:
    return _plain(from_cm2(cm2, "mu", 4)) if cm2 else None


def _as_wan(fen: int) -> str | None:
    return _plain(from_fen(fen, "wan_yuan")) if fen else None


def _plain(value: Decimal) -> str:
    """As people type it: no exponent, no zeros at the end."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
