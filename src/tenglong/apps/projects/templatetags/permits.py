"""Permits of a project on the page of its firm: `{% load permits %}{% own_permits row %}`."""

from __future__ import annotations

from typing import Any

from django import template

from tenglong.apps.projects.queries import permits

register = template.Library()


@register.inclusion_tag("projects/_own_permits.html", takes_context=True)
def own_permits(context: Any, project: Any) -> dict[str, Any]:
    """Networks of the project that the reader may see."""
    return {"rows": permits.networks(context["request"].user).filter(project=project).order_by("phase__ordinal", "pk")}
