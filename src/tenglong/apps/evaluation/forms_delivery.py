"""Forms of departments: who is asked for what, which import was sent, why it goes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts import service as accounts
from tenglong.apps.evaluation.schemes import Pinned
from tenglong.apps.registry.forms import day_input
from tenglong.apps.survey import queries as survey
from tenglong.domain.measures import packaged

DAYS = 20
MOST_BATCHES = 200


class AskForm(forms.Form):
    """One department and the measures it answers for; those of the scheme stand first."""

    department = forms.CharField(label=_("部门"), max_length=48, help_text=_("与导入数据时填的部门名称一致，例如 税务局"))
    department_key: Any = forms.ModelChoiceField(
        label=_("对应机构"), queryset=None, required=False, empty_label=_("不对应"),
        help_text=_("这个机构的经办人可以自己登记报送"),
    )
    measures = forms.MultipleChoiceField(label=_("负责的指标"), widget=forms.CheckboxSelectMultiple)
    due_on = forms.DateField(label=_("截止日期"), widget=day_input())
    contact = forms.CharField(label=_("联系人"), max_length=100, required=False)

    def __init__(self, cycle: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        book = packaged()
        needed = measures_of(cycle)
        chosen = self.fields["measures"]
        assert isinstance(chosen, forms.MultipleChoiceField)
        chosen.choices = [(name, _now(book[name].label)) for name in needed] + [
            (name, _now(one.label)) for name, one in book.items() if name not in needed and "enterprise" in one.subject
        ]
        office = self.fields["department_key"]
        assert isinstance(office, forms.ModelChoiceField)
        office.queryset = accounts.departments()
        self.fields["due_on"].initial = timezone.localdate() + timedelta(days=DAYS)

    def values(self) -> dict[str, Any]:
        """Arguments of `service.Ask`."""
        data = dict(self.cleaned_data)
        office = data.pop("department_key")
        return {**data, "measures": tuple(data["measures"]), "department_key": office.pk if office else None}


def measures_of(cycle: Any) -> tuple[str, ...]:
    """Measures that the cycle's scheme reads; land is assessed, not asked for."""
    rule = Pinned.of(cycle.scheme_id, cycle.scheme_version, cycle.scheme_pin, cycle.scheme_text)
    return tuple(name for name in rule.compiled.measures if name != "land_mu" and name in packaged())


class ReceiveForm(forms.Form):
    """Which confirmed import it is."""

    batch = forms.ChoiceField(label=_("导入批次"), help_text=_("只列已经入库的“企业数据”批次"))

    def __init__(self, user: Any, held: set[int], *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        found = survey.batches(user).filter(kind="facts", state="done").exclude(pk__in=held)[:MOST_BATCHES]
        field = self.fields["batch"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [
            (one.ulid, f"{one.created_at:%Y-%m-%d} {one.file_name} {one.table_name} ({one.counts.get('rows', 0)})")
            for one in found
        ]
