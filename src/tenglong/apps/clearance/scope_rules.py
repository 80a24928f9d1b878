"""Who sees which row of clearing: offices of the division of the project. An enterprise sees none of it.

Amounts and payees ask for `clearance.money` besides: `queries.money`.
"""

from __future__ import annotations

from django.db.models import Q

from tenglong.apps.accounts.scope import Scope, by_owner, scope_rule

EVERY = Q()


def _offices(scope: Scope, column: str) -> Q:
    return EVERY if scope.kind == "all" else by_owner(scope, division=column, department="", creator="")


@scope_rule("clearance.Clearance")
def clearances(scope: Scope) -> Q:
    return _offices(scope, "division_code")


@scope_rule("clearance.Step")
def steps(scope: Scope) -> Q:
    return _offices(scope, "clearance__division_code")


@scope_rule("clearance.ClearedHolder")
def holders(scope: Scope) -> Q:
    return _offices(scope, "clearance__division_code")


@scope_rule("clearance.ClearedTarget")
def targets(scope: Scope) -> Q:
    return _offices(scope, "clearance__division_code")


@scope_rule("clearance.Valuation")
def valuations(scope: Scope) -> Q:
    return _offices(scope, "holder__clearance__division_code")


@scope_rule("clearance.Agreement")
def agreements(scope: Scope) -> Q:
    return _offices(scope, "holder__clearance__division_code")


@scope_rule("clearance.AgreementItem")
def agreement_items(scope: Scope) -> Q:
    return _offices(scope, "agreement__holder__clearance__division_code")


@scope_rule("clearance.Payment")
def payments(scope: Scope) -> Q:
    return _offices(scope, "agreement__holder__clearance__division_code")
