"""Who sees which row of the renewal.

Findings and idle land follow their town; the holder sees what was found on its own land. Plans and site searches are for named
persons alone, whatever the role: office-rule 21.
"""

from __future__ import annotations

from django.db.models import Model, Q, QuerySet

from tenglong.apps.accounts.scope import NOTHING, Scope, by_owner, in_divisions, scope_rule
from tenglong.apps.renewal.models import Conversion, Finding, IdleLand, Plan, SecretReader, SiteSearch

EVERY = Q()
PREFIXES = (2, 4, 6, 9)


def _ids(model: type[Model], rule: Q, column: str = "pk") -> QuerySet[Model, object]:
    return model._default_manager.filter(rule).order_by().values(column)


def _offices(scope: Scope, column: str = "division_code") -> Q:
    if scope.kind == "all":
        return EVERY
    return by_owner(scope, division=column, department="", creator="")


def _or_own(scope: Scope, own: Q) -> Q:
    """What offices see, and the holder's own; Q() | own would be own alone."""
    return EVERY if scope.kind == "all" else _offices(scope) | own


def _own(scope: Scope, column: str) -> Q:
    return Q(**{f"{column}__in": sorted(scope.enterprise_ids)}) if scope.enterprise_ids else NOTHING


@scope_rule("renewal.FindingRun")
def runs(scope: Scope) -> Q:
    """Counts of a county: its offices and those inside it; a holder sees the runs that name its land."""
    if scope.kind == "all":
        return EVERY
    above = {code[:size] for code in scope.divisions for size in PREFIXES if len(code) >= size}
    offices = (in_divisions("division_code", scope.divisions) | Q(division_code__in=sorted(above))) if above else NOTHING
    return offices | Q(pk__in=_ids(Finding, _own(scope, "holder_id"), "run_id"))


@scope_rule("renewal.Finding")
def findings(scope: Scope) -> Q:
    return _or_own(scope, _own(scope, "holder_id"))


@scope_rule("renewal.FindingAppeal")
def appeals(scope: Scope) -> Q:
    return _or_own(scope, _own(scope, "enterprise_id"))


@scope_rule("renewal.FindingWaiver")
def waivers(scope: Scope) -> Q:
    return _offices(scope)


@scope_rule("renewal.IdleLand")
def idle(scope: Scope) -> Q:
    """Amounts are masked in `queries`; the holder reads its own land once an inquiry was served."""
    return _or_own(scope, _own(scope, "holder_id") & ~Q(state="clue"))


@scope_rule("renewal.IdleMember")
def idle_members(scope: Scope) -> Q:
    return Q(idle_id__in=_ids(IdleLand, _offices(scope)))


def _named(scope: Scope, what: str) -> Q:
    """Who made it or was named for it."""
    if scope.user_id is None or scope.enterprise_ids:
        return NOTHING
    admitted = Q(user_id=scope.user_id, **{f"{what}__isnull": False})
    return Q(created_by_id=scope.user_id) | Q(pk__in=_ids(SecretReader, admitted, what))


@scope_rule("renewal.Plan")
def plans(scope: Scope) -> Q:
    return _named(scope, "plan")


@scope_rule("renewal.PlanItem")
def plan_items(scope: Scope) -> Q:
    return Q(plan_id__in=_ids(Plan, plans(scope)))


@scope_rule("renewal.SiteSearch")
def sites(scope: Scope) -> Q:
    return _named(scope, "site")


@scope_rule("renewal.SecretReader")
def readers(scope: Scope) -> Q:
    return Q(plan_id__in=_ids(Plan, plans(scope))) | Q(site_id__in=_ids(SiteSearch, sites(scope)))


@scope_rule("renewal.Treated")
def treated(scope: Scope) -> Q:
    return _or_own(scope, _own(scope, "enterprise_id"))


@scope_rule("renewal.PlantTurn")
def plant_turns(scope: Scope) -> Q:
    return _offices(scope)


@scope_rule("renewal.Conversion")
def conversions(scope: Scope) -> Q:
    """Offices of the town and above; an enterprise sees what was made only when it is to let."""
    return _offices(scope)


@scope_rule("renewal.ConversionPart")
def conversion_parts(scope: Scope) -> Q:
    return Q(conversion_id__in=_ids(Conversion, conversions(scope)))
