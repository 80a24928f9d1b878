"""What becomes of the plants of a finding: `{% load plants %}{% plants_of finding %}`."""

from __future__ import annotations

from typing import Any

from django import template

from tenglong.apps.accounts.scope import can
from tenglong.apps.renewal.queries import conversions
from tenglong.apps.renewal.service import plants

register = template.Library()


@register.inclusion_tag("renewal/_finding_premises.html", takes_context=True)
def plants_of(context: Any, finding: Any) -> dict[str, Any]:
    """Turns and conversions of the finding; the buttons for those who may register premises, where plants stand idle."""
    user = context["request"].user
    return {
        "request": context["request"], "finding": finding, "turns": plants.turns_of(user, finding),
        "conversions": conversions.conversions(user).filter(finding=finding),
        "may": can(user, "premises.edit") and plants.speaks_of_idleness(finding),
    }
