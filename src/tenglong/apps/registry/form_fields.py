"""Fields that people fill in their own words: m², 万元, a plot code, an enterprise's code or name."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry import locate, queries
from tenglong.domain.units import UnitError, from_cm2, from_fen, to_cm2, to_fen


def plainly(number: Decimal) -> str:
    """Without trailing zeros or an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class NumberField(forms.CharField):
    """A decimal as people write it; cleans to the whole number that the store keeps, None when empty."""

    unit: Any = ""
    most = 10**15

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=24, widget=forms.TextInput(attrs={"inputmode": "decimal"}), **options)

    def to_store(self, number: Decimal) -> int:
        raise NotImplementedError

    def from_store(self, value: int) -> str:
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        return self.from_store(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).replace(",", "").strip()
        if not text:
            return None
        try:
            number = self.to_store(Decimal(text))
        except (UnitError, ArithmeticError) as error:
            raise forms.ValidationError(_now("这里应填数，例如 22.35")) from error
        if not 0 <= number < self.most:
            raise forms.ValidationError(_now("数值不能为负，也不能大得离谱"))
        return number


class SquareMetresField(NumberField):
    unit = "m²"

    def to_store(self, number: Decimal) -> int:
        return to_cm2(number, "m2")

    def from_store(self, value: int) -> str:
        return plainly(from_cm2(value, "m2", 4))


class WanYuanField(NumberField):
    unit = _("万元")

    def to_store(self, number: Decimal) -> int:
        return to_fen(number, "wan_yuan")

    def from_store(self, value: int) -> str:
        return plainly(from_fen(value, "wan_yuan", 6))


class KeyField(forms.CharField):
    """A record by the code people know; cleans to its key, None when empty. `user` is set by the form."""

    user: Any = None

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"required": False, "max_length": 200, **options})

    def find(self, text: str) -> int | None:
        raise NotImplementedError

    def say(self, pk: int) -> str:
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:
        return self.say(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip()
        if not text:
            return None
        found = self.find(text)
        if found is None:
            raise forms.ValidationError(_now("没有找到“%(text)s”，或不在您的管辖范围内") % {"text": text})
        return found


class PlotField(KeyField):
    def find(self, text: str) -> int | None:
        return queries.plots(self.user).filter(code=text.upper()).values_list("plot_id", flat=True).first()

    def say(self, pk: int) -> str:
        return queries.plots(self.user).filter(plot_id=pk).values_list("code", flat=True).first() or ""


class ParcelField(KeyField):
    def find(self, text: str) -> int | None:
        return queries.parcels(self.user).filter(parcel__code=text.upper()).values_list("parcel_id", flat=True).first()

    def say(self, pk: int) -> str:
        return queries.parcels(self.user).filter(parcel_id=pk).values_list("parcel__code", flat=True).first() or ""


class EnterpriseField(KeyField):
    """By code, or by full name when only one that the user may see bears it.

    A whole USCC is found anywhere in the county: a tenant may be registered in another town.
    """

    def find(self, text: str) -> int | None:
        code = text.upper()
        mine = queries.enterprises(self.user).filter(enterprise__key=code).values_list("enterprise_id", flat=True).first()
        if mine is not None:
            return mine
        if len(code) == 18 and (held := locate.enterprises_by_uscc([code]).get(code)):
            return held
        named = list(queries.enterprises(self.user).filter(name=text).values_list("enterprise_id", flat=True)[:2])
        if len(named) > 1:
            raise forms.ValidationError(_now("有几家企业叫“%(name)s”，请填信用代码") % {"name": text})
        return named[0] if named else None

    def say(self, pk: int) -> str:
        found = queries.enterprises(self.user).filter(enterprise_id=pk)
        return found.values_list("enterprise__key", flat=True).first() or ""
