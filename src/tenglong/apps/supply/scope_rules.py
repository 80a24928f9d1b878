"""Published deals are comparables for the whole county; one enterprise has no business with them."""

from __future__ import annotations

from django.db.models import Q

from tenglong.apps.accounts.scope import NOTHING, Scope, scope_rule


@scope_rule("supply.Deal")
def deals(scope: Scope) -> Q:
    return NOTHING if scope.kind in ("none", "own_enterprise") else Q()
