"""Numbers that only go up: serials of codes and revisions of map layers. Call inside the writing transaction."""

from __future__ import annotations

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.registry.errors import RegistryError
from tenglong.apps.registry.models import CodeSerial, Revision
from tenglong.domain.codes.plot import make_enterprise_codes, make_plot_codes

#: the serial has six digits
LAST_SERIAL = 999_999


def plot_codes(town: str, count: int) -> list[str]:
    """`count` new plot codes born in `town` (9 digits). Raises RegistryError when the serials are used up."""
    return make_plot_codes(town, _take("T", town, count))


def enterprise_codes(town: str, count: int) -> list[str]:
    """`count` new provisional keys of enterprises without a credit code."""
    return make_enterprise_codes(town, _take("E", town, count))


def note_given(code: str) -> None:
    """A plot code that came from outside: later serials of its township start behind it."""
    row = _locked(code[:10])
    if int(code[10:16]) > row.last:
        CodeSerial.objects.filter(pk=row.pk).update(last=int(code[10:16]))


def _take(letter: str, town: str, count: int) -> range:
    if len(town) != 9 or not town.isdigit():
        raise RegistryError(_("镇街代码应为 9 位数字，得到“%(town)s”，不能编码。请先确定所属镇街。") % {"town": town})
    row = _locked(letter + town)
    if row.last + count > LAST_SERIAL:
        raise RegistryError(
            _("镇街 %(town)s 的顺序号已用到 %(last)s，不够再编 %(n)s 个。") % {"town": town, "last": row.last, "n": count}
        )
    CodeSerial.objects.filter(pk=row.pk).update(last=row.last + count)
    return range(row.last + 1, row.last + count + 1)


def _locked(prefix: str) -> CodeSerial:
    CodeSerial.objects.get_or_create(prefix=prefix)
    return CodeSerial.objects.select_for_update().get(prefix=prefix)


def raise_revision(layer: str) -> int:
    """One more for `layer`; returns the new number. Tile addresses carry it."""
    Revision.objects.get_or_create(layer=layer, defaults={"number": 0})
    Revision.objects.filter(layer=layer).update(number=F("number") + 1, changed_at=timezone.now())
    return Revision.objects.values_list("number", flat=True).get(layer=layer)


def revisions(layers: list[str]) -> dict[str, int]:
    """Present number of each layer, 0 for one never written: equal numbers mean that nothing was written between."""
    found = dict(Revision.objects.filter(layer__in=layers).values_list("layer", "number"))
    return {layer: found.get(layer, 0) for layer in layers}
