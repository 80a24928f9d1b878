"""Forms of projects: head, phases, dated events, months, task force."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.projects import policies
from tenglong.apps.projects.models import Duty, FigureKind, Phase, Project
from tenglong.apps.projects.queries import people
from tenglong.apps.registry import queries as registry
from tenglong.apps.registry import queries_premises as premises
from tenglong.apps.registry.form_fields import EnterpriseField, NumberField, WanYuanField, plainly
from tenglong.apps.registry.forms import day_input
from tenglong.apps.registry.places import town_choices, zone_choices
from tenglong.apps.supply import queries as supply
from tenglong.apps.supply.queries import covenants
from tenglong.domain.units import from_cm2, to_cm2

EXTRA, MOST_PHASES, MONTHS = 2, 20, 12


class MuField(NumberField):
    unit = _("亩")

    def to_store(self, number: Decimal) -> int:
        return to_cm2(number, "mu")

    def from_store(self, value: int) -> str:
        return plainly(from_cm2(value, "mu", 4))


class ProjectForm(forms.Form):
    name = forms.CharField(label=_("项目名称"), max_length=200)
    division_code = forms.ChoiceField(label=_("镇街"))
    zone_code = forms.ChoiceField(label=_("平台"), required=False)
    enterprise_id = EnterpriseField(label=_("企业"), help_text=_("企业编码、信用代码或全称；还没有注册的先空着"))
    industry = forms.CharField(label=_("行业代码"), max_length=16, required=False)
    total_investment_fen = WanYuanField(label=_("计划总投资"))
    land_cm2 = MuField(label=_("用地面积"))
    needs = forms.ChoiceField(label=_("落地方式"), choices=[("land", _("供地新建")), ("plant", _("租购厂房"))])
    park_key = forms.ChoiceField(label=_("园区"), required=False)
    cluster = forms.CharField(label=_("组团"), max_length=64, required=False)
    listing_id = forms.TypedChoiceField(label=_("出让地块"), required=False, coerce=int, empty_value=None)
    covenant_id = forms.TypedChoiceField(label=_("履约约定"), required=False, coerce=int, empty_value=None)
    on = forms.DateField(label=_("线索日期"), widget=day_input(), initial=timezone.localdate)
    note = forms.CharField(label=_("内部说明"), max_length=500, required=False, help_text=_("企业看不到"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    record = ("name", "division_code", "zone_code", "enterprise_id", "industry", "total_investment_fen", "land_cm2", "needs",
              "park_key", "cluster", "note", "listing_id", "covenant_id")

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["enterprise_id"].user = user  # type: ignore[attr-defined]
        parks = premises.parks(user).order_by("name").values_list("park__ulid", "name")
        told = {"division_code": town_choices(user), "zone_code": [("", "—"), *zone_choices(user)],
                "park_key": [("", _("不在园区里")), *parks]}
        for name, found in told.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]
        self._tied("listing_id", ((one.pk, f"{one.number} {one.title}") for one in supply.listings(user)))
        self._tied("covenant_id", ((one.pk, f"{one.number} {one.project_name}") for one in covenants.covenants(user)))

    def _tied(self, name: str, found: Iterable[tuple[int, str]]) -> None:
        """What the project is tied to already and this person does not see stays as it is: the field is left out."""
        choices = list(found)
        held = self.initial.get(name)
        if held is not None and held not in dict(choices):
            del self.fields[name]
            return
        self.fields[name].choices = [("", _("没有")), *choices]  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.record if name in self.fields}


class PhaseForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=80, required=False)
    land_cm2 = MuField(label=_("用地面积"))
    investment_fen = WanYuanField(label=_("计划投资"))
    output_fen = WanYuanField(label=_("达产年产值（预期）"))
    tax_fen = WanYuanField(label=_("达产年税收（预期）"))
    ramp_months = forms.IntegerField(label=_("投产到达产"), min_value=1, max_value=240, initial=36)
    expected_by = forms.CharField(label=_("预期的出处"), max_length=200, required=False)
    plots = forms.CharField(label=_("地块码"), max_length=1000, required=False, help_text=_("多块用空格分开"))
    keep = forms.BooleanField(label=_("有这一期"), required=False)

    record = ("name", "land_cm2", "investment_fen", "output_fen", "tax_fen", "ramp_months", "expected_by")

    @property
    def told(self) -> dict[str, Any] | None:
        """None for a line that was left empty."""
        data = self.cleaned_data
        return {name: data.get(name) for name in self.record} if data.get("keep") else None

    def plot_ids(self, user: Any) -> list[tuple[int, int | None]]:
        """Raises ValidationError naming a code that is not in sight."""
        found: list[tuple[int, int | None]] = []
        for code in self.cleaned_data.get("plots", "").upper().replace("，", " ").replace(",", " ").split():
            key = registry.plots(user).filter(code=code).values_list("plot_id", flat=True).first()
            if key is None:
                raise forms.ValidationError(_now("没有找到“%(text)s”，或不在您的管辖范围内") % {"text": code[:40]})
            found.append((key, None))
        return found


PhaseForms = forms.formset_factory(PhaseForm, extra=EXTRA, max_num=MOST_PHASES, absolute_max=MOST_PHASES)


def phase_choices(project: Project) -> list[tuple[str, Any]]:
    rows = project.phases.order_by("ordinal").values_list("ordinal", "name")
    return [("", _("整个项目")), *((str(n), _now("第 %(n)s 期 %(name)s") % {"n": n, "name": name}) for n, name in rows)]


def phase_of(project: Project, ordinal: str) -> Phase | None:
    return project.phases.filter(ordinal=int(ordinal)).first() if ordinal else None


class MilestoneForm(forms.Form):
    kind = forms.ChoiceField(label=_("节点"))
    phase = forms.ChoiceField(label=_("期次"), required=False)
    planned_on = forms.DateField(label=_("计划日期"), widget=day_input(), required=False)
    done_on = forms.DateField(label=_("完成日期"), widget=day_input(), required=False)
    document = PaperField(label=_("证明材料"))
    reason = forms.CharField(label=_("依据"), max_length=300, required=False, help_text=_("文号或会议纪要；更正日期必须写"))

    def __init__(self, project: Project, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        events = policies.in_force().body.events
        self.fields["kind"].choices = [(name, _now(one.label)) for name, one in events.items()]  # type: ignore[attr-defined]
        self.fields["phase"].choices = phase_choices(project)  # type: ignore[attr-defined]


class MemberForm(forms.Form):
    person = forms.TypedChoiceField(label=_("人员"), coerce=int)
    duty = forms.ChoiceField(label=_("职责"), choices=Duty.choices)
    phone = forms.CharField(label=_("办公电话"), max_length=24, required=False, help_text=_("企业能看到；不要填个人手机"))

    def __init__(self, project: Project, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found = people.choices(project.division_code, "project.work", "project.lead")
        self.fields["person"].choices = found  # type: ignore[attr-defined]


class StopForm(forms.Form):
    on = forms.DateField(label=_("终止日期"), widget=day_input(), initial=timezone.localdate)
    reason = forms.CharField(label=_("终止的理由"), max_length=300)


class MonthsForm(forms.Form):
    """Twelve months of one kind, planned and actual."""

    source = forms.CharField(label=_("来源"), max_length=120, required=False)

    def __init__(self, *args: Any, year: int, held: dict[date, tuple[int | None, int | None]], **options: Any) -> None:
        super().__init__(*args, **options)
        self.months = [date(year, at, 1) for at in range(1, MONTHS + 1)]
        today = timezone.localdate()
        for month in self.months:
            planned, actual = held.get(month, (None, None))
            self.fields[f"p{month.month}"] = WanYuanField(label=_("计划"), initial=planned)
            self.fields[f"a{month.month}"] = WanYuanField(label=_("实际"), initial=actual, disabled=month > today)

    @property
    def lines(self) -> Iterator[tuple[date, Any, Any]]:
        for month in self.months:
            yield month, self[f"p{month.month}"], self[f"a{month.month}"]

    def rows(self) -> list[tuple[date, int | None, int | None]]:
        data = self.cleaned_data
        return [(month, data[f"p{month.month}"], data[f"a{month.month}"]) for month in self.months]


KINDS = FigureKind.choices
