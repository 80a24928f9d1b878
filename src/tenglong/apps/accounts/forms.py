"""Forms of people, departments and roles."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.locking import LockedForm
from tenglong.apps.accounts.models import Department, User
from tenglong.apps.accounts.roles import ROLE_CHOICES, SCOPE_CHOICES
from tenglong.web import choices


class CodesPicker(forms.SelectMultiple):
    """Names to choose from when somebody provides them (`web.choices`), else codes to type; codes outside the list stay."""

    def __init__(self, source: str) -> None:
        super().__init__(attrs={"size": 8})
        self.source = source

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        given = data.getlist(name) if hasattr(data, "getlist") else [data[name]] if name in data else []
        return " ".join(str(part) for part in given)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        known, held = choices.of(self.source), split_codes(value)
        if not known:
            return forms.Textarea(attrs={"rows": 2}).render(name, " ".join(held), attrs, renderer)
        strangers = [(code, code) for code in held if code not in dict(known)]
        self.choices = [(code, f"{label}（{code}）" if label != code else code) for code, label in [*known, *strangers]]
        return super().render(name, held, attrs, renderer)


def split_codes(value: Any) -> list[str]:
    codes = value if isinstance(value, list) else re.split(r"[\s,，、;；]+", str(value or "").strip())
    return [code for code in codes if code]


class CodesField(forms.CharField):
    """Codes parted by spaces, commas or lines ↔ a list; `source` names the list to pick from."""

    def __init__(self, *, source: str, **options: Any) -> None:
        super().__init__(widget=CodesPicker(source), **options)

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override]
        return split_codes(value)

    def prepare_value(self, value: Any) -> Any:
        return " ".join(value) if isinstance(value, list) else value


class DivisionsField(CodesField):
    """Prefixes of division codes: digits only."""

    def __init__(self, **options: Any) -> None:
        super().__init__(source="divisions", **options)

    def validate(self, value: Any) -> None:
        super().validate(value)
        if wrong := [code for code in value if not re.fullmatch(r"\d{2,12}", code)]:
            raise forms.ValidationError(_("区划代码只含数字，2 至 12 位：%(codes)s"), params={"codes": "、".join(wrong)})


class NewUserForm(forms.ModelForm):  # type: ignore[type-arg]
    phone = forms.CharField(label=_("手机"), required=False, max_length=20, help_text=_("加密保存，按角色遮掩"))

    class Meta:
        model = User
        fields = ["username", "name", "department"]


class UserForm(LockedForm):
    class Meta:
        model = User
        fields = ["name", "department", "is_active"]


class DepartmentForm(LockedForm):
    divisions = DivisionsField(label=_("镇街"), required=False, help_text=_("可选多个；选县区即整个县区"))
    zones = CodesField(label=_("片区"), required=False, source="zones")

    class Meta:
        model = Department
        fields = ["name", "short_name", "parent", "divisions", "zones", "contact", "is_active"]


class GrantForm(forms.Form):
    """What the service checks again."""

    role = forms.ChoiceField(label=_("角色"), choices=ROLE_CHOICES)
    scope = forms.ChoiceField(label=_("数据范围"), choices=[("", _("按角色默认")), *SCOPE_CHOICES], required=False)
    department = forms.ModelChoiceField(Department.objects.filter(is_active=True), label=_("部门"), required=False,
                                        help_text=_("不选则用其所在部门"))
    divisions = DivisionsField(label=_("自定镇街"), required=False)
    enterprise_id = forms.IntegerField(label=_("企业编号"), required=False, min_value=1)
    valid_from = forms.DateField(label=_("起"), initial=timezone.localdate, widget=forms.DateInput(attrs={"type": "date"}))
    valid_to = forms.DateField(label=_("止"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


class PasswordForm(forms.Form):
    """The old password, and the new one twice."""

    old = forms.CharField(label=_("原密码"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}))
    new = forms.CharField(label=_("新密码"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))
    again = forms.CharField(label=_("再输一遍"), widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}))

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_old(self) -> str:
        old = str(self.cleaned_data["old"])
        if not self.user.check_password(old):
            raise forms.ValidationError(_("原密码不对"))
        return old

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") and cleaned.get("again") and cleaned["new"] != cleaned["again"]:
            self.add_error("again", _("两次输入的新密码不一样"))
        return cleaned
