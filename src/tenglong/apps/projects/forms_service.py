"""Forms of visits, promises, blockers and meetings."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.scope import scope_of
from tenglong.apps.evaluation.step_papers import PaperField
from tenglong.apps.projects.models import Field, Level, Project
from tenglong.apps.projects.queries import people
from tenglong.apps.registry.forms import day_input
from tenglong.apps.registry.places import all_divisions

PICTURES: Final = ("jpg", "jpeg", "png")
MOST_PICTURE_BYTES: Final = 15 * 1024 * 1024


class Pictures(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PictureField(PaperField):
    """Pictures from a phone: several at once, each judged by name and content like every paper."""

    widget = Pictures(attrs={"accept": "image/jpeg,image/png", "multiple": True})

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given and self.required:
            raise forms.ValidationError(self.error_messages["required"])
        return [self._one(file) for file in given]

    def _one(self, file: Any) -> Any:
        found = super().clean(file)
        if found.name.rpartition(".")[2].lower() not in PICTURES:
            raise forms.ValidationError(_now("照片请用 JPG 或 PNG"))
        if found.size > MOST_PICTURE_BYTES:
            raise forms.ValidationError(_now("一张照片不超过 15 MB"))
        return found


def _text(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": rows}), **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=day_input(), required=False, **more)


class VisitForm(forms.Form):
    """One visit; a question with its promise and a blocker are optional."""

    on = forms.DateField(label=_("走访日期"), widget=day_input(), initial=timezone.localdate)
    met = forms.CharField(label=_("接待人和职务"), max_length=120, help_text=_("不登记个人电话"))
    told = _text(_("走访情况"), max_length=2000)
    photos = PictureField(label=_("照片"), help_text=_("JPG 或 PNG，可选多张"))
    question = forms.CharField(label=_("企业提出的问题"), max_length=500, required=False)
    promise = forms.CharField(label=_("答复和承诺"), max_length=500, required=False)
    due_on = _day(_("期限"), help_text=_("空着按规定的答复期限"))
    blocker = forms.CharField(label=_("卡点"), max_length=120, required=False, help_text=_("现场解决不了的，写一句话记为卡点"))
    field = forms.ChoiceField(label=_("卡点类别"), choices=Field.choices, initial=Field.OTHER, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if (data.get("promise") or data.get("due_on")) and not data.get("question"):
            self.add_error("question", _now("写了承诺或期限，请同时写明是什么问题"))
        return data

    def promises(self) -> list[dict[str, Any]]:
        data = self.cleaned_data
        return [{name: data[name] for name in ("question", "promise", "due_on")}] if data["question"] else []


class PhotoForm(forms.Form):
    on = forms.DateField(label=_("拍摄日期"), widget=day_input(), initial=timezone.localdate)
    photos = PictureField(label=_("照片"), required=True)
    caption = forms.CharField(label=_("说明"), max_length=120, required=False)


class AnswerForm(forms.Form):
    text = _text(_("答复和承诺"), 2, max_length=500)
    due_on = _day(_("期限"))


class OutcomeForm(forms.Form):
    outcome = _text(_("办理结果"), 2, max_length=500)
    on = _day(_("办结日期"), initial=timezone.localdate)


class AskForm(forms.Form):
    question = _text(_("有什么事"), 3, max_length=500)


class BlockerForm(forms.Form):
    title = forms.CharField(label=_("卡点"), max_length=120, help_text=_("一句话：卡在哪里"))
    field = forms.ChoiceField(label=_("类别"), choices=Field.choices)
    detail = _text(_("情况"), max_length=1000, required=False)
    on = forms.DateField(label=_("发现日期"), widget=day_input(), initial=timezone.localdate)
    office = forms.CharField(label=_("责任单位"), max_length=120, required=False)
    owner = forms.TypedChoiceField(label=_("责任人"), coerce=int, empty_value=None, required=False)
    step = forms.ChoiceField(label=_("卡住的审批步骤"), required=False, help_text=_("选了以后，预计完成日期随卡点后移"))
    expected_on = _day(_("预计解决"))

    def __init__(self, project: Project, *args: Any, steps: Any = (), **options: Any) -> None:
        super().__init__(*args, **options)
        owners = people.choices(project.division_code, "project.work", "project.lead")
        self.fields["owner"].choices = [("", _("我自己")), *owners]  # type: ignore[attr-defined]
        self.fields["step"].choices = [("", "—"), *steps]  # type: ignore[attr-defined]


class BlockerChangeForm(BlockerForm):
    """What may change on the way; the rest was told when it was found."""

    def __init__(self, project: Project, *args: Any, **options: Any) -> None:
        super().__init__(project, *args, **options)
        for name in ("title", "field", "on"):
            del self.fields[name]
        self.fields["lock_version"] = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class UpForm(forms.Form):
    reason = forms.CharField(label=_("理由"), max_length=500)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class SolveForm(forms.Form):
    how = _text(_("怎么解决的"), 2, max_length=500)
    on = _day(_("解决日期"), initial=timezone.localdate)
    document = PaperField(label=_("证明材料"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class MeetingForm(forms.Form):
    title = forms.CharField(label=_("会议名称"), max_length=120)
    on = forms.DateField(label=_("会议日期"), widget=day_input(), initial=timezone.localdate)
    level = forms.ChoiceField(label=_("层级"), choices=Level.choices)
    division_code = forms.ChoiceField(label=_("镇街或县"))
    chair = forms.CharField(label=_("主持"), max_length=60, required=False)
    draw = forms.BooleanField(label=_("把这一层级没有解决的卡点列入议程"), required=False, initial=True)

    def __init__(self, *args: Any, user: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        scope = scope_of(user)
        mine = [(code, name) for code, name in all_divisions() if scope.covers(code)]
        self.fields["division_code"].choices = mine  # type: ignore[attr-defined]


class DecisionForm(forms.Form):
    decision = _text(_("议定"), 2, max_length=1000)
    office = forms.CharField(label=_("落实单位"), max_length=120, required=False)
    owner = forms.TypedChoiceField(label=_("落实人"), coerce=int, empty_value=None, required=False)
    due_on = _day(_("期限"))

    def __init__(self, project: Project, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        owners = people.choices(project.division_code, "project.work", "project.lead")
        self.fields["owner"].choices = [("", "—"), *owners]  # type: ignore[attr-defined]


class AgendaForm(forms.Form):
    code = forms.CharField(label=_("项目编号"), max_length=24)
    matter = forms.CharField(label=_("议题"), max_length=300)
