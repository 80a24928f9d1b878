"""Who sees which case: its town, its department, whoever opened it; its enterprise where the definition says so."""

from __future__ import annotations

from dataclasses import replace

from django.db.models import Q

from tenglong.apps.accounts.scope import NOTHING, Scope, by_owner, in_divisions, scope_rule
from tenglong.apps.casework.models import Case

BUSINESS = frozenset({"self", "department", "department_tree", "custom", "all"})


def _seen(scope: Scope, prefix: str = "") -> Q:
    found = NOTHING
    if scope.kind == "all":
        return Q()
    if scope.kind in BUSINESS:
        found |= by_owner(scope, f"{prefix}division_code", f"{prefix}department_id", f"{prefix}opened_by_id")
        found |= _above(scope, prefix)
    if scope.enterprise_ids:
        found |= Q(**{
            f"{prefix}visible_to_subject": True, f"{prefix}subject_type": "enterprise",
            f"{prefix}subject_id__in": sorted(scope.enterprise_ids),
        })
    return found


def _above(scope: Scope, prefix: str) -> Q:
    """Shared cases of the county are seen by the offices inside it."""
    above = {code[:size] for code in scope.divisions for size in range(2, len(code))}
    return Q(**{f"{prefix}shared": True, f"{prefix}division_code__in": sorted(above)}) if above else NOTHING


def reaches(scope: Scope, case: Case) -> bool:
    """The same rule for one case in hand, saved or not."""
    if scope.kind == "all":
        return True
    if scope.kind in BUSINESS:
        inside = scope.covers(case.division_code) or case.department_id in scope.department_ids
        own = scope.own_rows and scope.user_id is not None and case.opened_by_id == scope.user_id
        shared = case.shared and any(
            code.startswith(case.division_code) and 2 <= len(case.division_code) < len(code) for code in scope.divisions
        )
        if inside or own or shared:
            return True
    return case.visible_to_subject and case.subject_type == "enterprise" and case.subject_id in scope.enterprise_ids


@scope_rule("casework.Case")
def cases(scope: Scope) -> Q:
    return _seen(scope)


def apart(scope: Scope) -> list[Q]:
    """The rule of cases in parts that have no case in common: those of the divisions first, then every other way in.
    An index holds all that a count of the first part asks for; in one statement with the second it would not be used."""
    if scope.kind not in BUSINESS or scope.kind == "all" or not scope.divisions:
        return [cases(scope)]
    by_town = in_divisions("division_code", scope.divisions)
    return [by_town, _otherwise(scope) & ~by_town]


def _otherwise(scope: Scope) -> Q:
    return _seen(replace(scope, divisions=frozenset())) | (_above(scope, "") if scope.kind in BUSINESS else NOTHING)


@scope_rule("casework.Task")
def tasks(scope: Scope) -> Q:
    """The rule of cases by the task's own division, which an index serves; every other way in is a short list of cases."""
    if scope.kind == "all":
        return Q()
    *by_town, others = apart(scope)  # a task lies where its case does
    listed = Q(case__in=Case.objects.filter(others).order_by().values("pk"))
    return by_town[0] | listed if by_town else listed


@scope_rule("casework.CaseEvent")
def events(scope: Scope) -> Q:
    return _seen(scope, "case__")


@scope_rule("casework.Evidence")
def evidence(scope: Scope) -> Q:
    return _seen(scope, "case__")


@scope_rule("casework.Supervision")
def supervisions(scope: Scope) -> Q:
    """Offices only: an order is no letter to the enterprise."""
    return _seen_by_offices(scope, "case__")


@scope_rule("casework.SupervisionReply")
def replies(scope: Scope) -> Q:
    return _seen_by_offices(scope, "supervision__case__")


def _seen_by_offices(scope: Scope, prefix: str) -> Q:
    return _seen(replace(scope, enterprise_ids=frozenset()), prefix)


@scope_rule("casework.CaseBulletin")
def bulletins(scope: Scope) -> Q:
    """Figures of a whole reach: whoever has all, the office of that very reach, and whoever made it."""
    if scope.kind == "all":
        return Q()
    if scope.kind not in BUSINESS:
        return NOTHING
    own = Q(made_by_id=scope.user_id) if scope.user_id is not None else NOTHING
    return own | (in_divisions("division_code", scope.divisions) if scope.divisions else NOTHING)


@scope_rule("casework.PinnedDefinition")
def pinned(scope: Scope) -> Q:
    """The text of a procedure names no case."""
    return Q()
