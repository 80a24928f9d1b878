"""Filters of the pages of renewal: `{% load renewal %}`."""

from __future__ import annotations

from typing import Any

from django import template

from tenglong.apps.renewal.criteria_sets import of_run

register = template.Library()


@register.filter
def criteria_label(run: Any) -> str:
    """Name of the set by which a run of findings was made."""
    return of_run(run).label
