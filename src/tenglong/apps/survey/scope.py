"""Who sees which batch: the person who brought it, their department, the town it is for, or everybody's for those who may."""

from __future__ import annotations

from django.db.models import Q

from tenglong.apps.accounts.scope import NOTHING, Scope, by_owner, scope_rule

#: kinds of scope that reach business rows; anything else (no rows, one enterprise) sees no import at all
BUSINESS = frozenset({"self", "department", "department_tree", "custom", "all"})


def _owned(scope: Scope, prefix: str, division: bool = True) -> Q:
    if scope.kind not in BUSINESS:
        return NOTHING
    found = by_owner(
        scope,
        division=f"{prefix}division_code" if division else "",
        department=f"{prefix}department_id",
        creator=f"{prefix}created_by_id",
    )
    return found if scope.kind == "all" else found | Q(**{f"{prefix}created_by_id": scope.user_id})


@scope_rule("survey.ImportBatch")
def batches(scope: Scope) -> Q:
    return _owned(scope, "")


@scope_rule("survey.StagedRow")
def rows(scope: Scope) -> Q:
    return _owned(scope, "batch__")


@scope_rule("survey.StagedIssue")
def issues(scope: Scope) -> Q:
    return _owned(scope, "batch__")


@scope_rule("survey.Waiver")
def waivers(scope: Scope) -> Q:
    return _owned(scope, "issue__batch__")


@scope_rule("survey.MappingTemplate")
def templates(scope: Scope) -> Q:
    return _owned(scope, "", division=False)
