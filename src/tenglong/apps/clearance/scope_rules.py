"""Who sees which row of clearing: offices of the division of the project; an enterprise what is its own, once a paper has
started it. A survey is nobody's but the offices'.

Amounts and payees ask for `clearance.money` besides: `queries.money`. What a firm is shown of its own: `queries.own`.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from tenglong.apps.accounts.scope import Scope, by_owner, scope_rule

EVERY = Q()
#: states of an agreement that its own firm sees; drafts are the office's
OPEN_AGREEMENTS = ("approved", "signed")


def _offices(scope: Scope, column: str) -> Q:
    return EVERY if scope.kind == "all" else by_owner(scope, division=column, department="", creator="")


def _own(scope: Scope, column: str, holder: str, **more: Any) -> Q:
    """Rows of the offices; beside them those of one's own holding in a project that a paper has started. `holder`: path to it,
    with its `__`; `more`: what else has to hold for its firm."""
    found = _offices(scope, column)
    if scope.kind == "all" or not scope.enterprise_ids:
        return found
    mine = {f"{holder}enterprise_id__in": sorted(scope.enterprise_ids), f"{holder}clearance__started_on__isnull": False}
    return found | Q(**mine, **more)


@scope_rule("clearance.Clearance")
def clearances(scope: Scope) -> Q:
    return _offices(scope, "division_code")


@scope_rule("clearance.Step")
def steps(scope: Scope) -> Q:
    return _offices(scope, "clearance__division_code")


@scope_rule("clearance.ClearedHolder")
def holders(scope: Scope) -> Q:
    return _own(scope, "clearance__division_code", "")


@scope_rule("clearance.ClearedTarget")
def targets(scope: Scope) -> Q:
    return _own(scope, "clearance__division_code", "holder__")


@scope_rule("clearance.Valuation")
def valuations(scope: Scope) -> Q:
    return _offices(scope, "holder__clearance__division_code")


@scope_rule("clearance.Agreement")
def agreements(scope: Scope) -> Q:
    return _own(scope, "holder__clearance__division_code", "holder__", state__in=OPEN_AGREEMENTS)


@scope_rule("clearance.AgreementItem")
def agreement_items(scope: Scope) -> Q:
    return _offices(scope, "agreement__holder__clearance__division_code")


@scope_rule("clearance.Payment")
def payments(scope: Scope) -> Q:
    return _own(scope, "agreement__holder__clearance__division_code", "agreement__holder__",
                agreement__state__in=OPEN_AGREEMENTS)


@scope_rule("clearance.ClearancePaper")
def papers(scope: Scope) -> Q:
    """Of one's own holding; papers of steps that a firm may open: `queries.own`."""
    return _own(scope, "clearance__division_code", "holder__")


@scope_rule("clearance.Correction")
def corrections(scope: Scope) -> Q:
    return _offices(scope, "clearance__division_code")
