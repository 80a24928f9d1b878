"""Tags of casework: `{% load casework %}`."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tenglong.apps.casework.titles import case_url
from tenglong.domain.casework.lights import Light

register = template.Library()
register.simple_tag(case_url, name="case_url")


@register.simple_tag
def light(one: Light, task: Any) -> SafeString:
    """The chip of a light, the working days left or over, and 未公布 where they were counted through such a year."""
    return _light(one, bool(task.unpublished), get_language() or "")


@lru_cache(maxsize=4_096)
def _light(one: Light, unpublished: bool, language: str) -> SafeString:
    """There are few different ones: a list of hundreds shows the same over and over."""
    parts = [format_html('<span class="chip {}">{}</span>', one.tone, _(one.word))]
    if one.left:
        parts.append(format_html(' <span class="small num">{}</span>', _("剩 %(n)s 个工作日") % {"n": one.left}))
    elif one.over:
        parts.append(format_html(' <span class="small num">{}</span>', _("超 %(n)s 个工作日") % {"n": one.over}))
    if unpublished:
        why = _("这一年的放假安排尚未公布，按周一至周五推算")
        parts.append(format_html(' <span class="chip warn" title="{}">{}</span>', why, _("未公布")))
    return mark_safe("".join(parts))  # noqa: S308 - each part was made by format_html
