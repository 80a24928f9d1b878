"""Upload of a file that backs a record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tenglong.apps.registry.forms import day_input
from tenglong.web import formats

#: ending → first bytes; the content must say the same as the name
KNOWN: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "docx": (b"PK\x03\x04",),
    "xlsx": (b"PK\x03\x04",),
    "zip": (b"PK\x03\x04",),
    "ofd": (b"PK\x03\x04",),
    "doc": (b"\xd0\xcf\x11\xe0",),
    "xls": (b"\xd0\xcf\x11\xe0",),
    "wps": (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"),
    "et": (b"\xd0\xcf\x11\xe0", b"PK\x03\x04"),
}
MOST_BYTES = 50 * 1024 * 1024


class DocumentForm(forms.Form):
    """What the file is; its type is judged by name and content together."""

    file = forms.FileField(label=_("文件"), max_length=200)
    kind = forms.ChoiceField(label=_("类别"), choices=list(formats.CHOICES["document"].items()))
    number = forms.CharField(label=_("文号"), max_length=64, required=False)
    dated = forms.DateField(label=_("日期"), widget=day_input(), required=False)

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        ending = file.name.rpartition(".")[2].lower()
        if ending not in KNOWN:
            raise forms.ValidationError(
                _now("不收“.%(ending)s”文件，可收：%(known)s") % {"ending": ending, "known": "、".join(KNOWN)}
            )
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_now("文件超过 50 MB"))
        head = file.read(16)
        file.seek(0)
        if not head.startswith(KNOWN[ending]):
            raise forms.ValidationError(_now("文件内容不是 %(ending)s 格式，可能改过后缀或已损坏") % {"ending": ending})
        return file
