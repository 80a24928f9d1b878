"""Words of corrections for pages."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def changes(row: Any) -> list[tuple[str, str, str]]:
    """(what, as it was, as it is) of what a correction changes."""
    words = {"done_on": _("办理日期"), "number": _("文号"), "funded_on": _("资金到位"), "paid_on": _("支付日期"),
             "voucher": _("凭证号")}
    changed = {name: before for name, before in row.before.items() if row.after[name] != before}
    return [(words.get(name, name), before, row.after[name]) for name, before in changed.items()]
