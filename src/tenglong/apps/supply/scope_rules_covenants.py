"""Who sees which row of 履约监管: offices by town, the enterprise its own covenants, and of checks only what it was told of.

Amounts of a check are masked in `queries_covenants`; team members' names are for offices.
"""

from __future__ import annotations

from typing import Final

from django.db.models import Model, Q, QuerySet

from tenglong.apps.accounts.scope import NOTHING, Scope, by_owner, scope_rule
from tenglong.apps.supply.models import Covenant, CovenantCheck, CovenantPaper

#: stages in which the enterprise knows of a check
TOLD: Final = ("notified", "decided", "performed")


def _ids(model: type[Model], rule: Q) -> QuerySet[Model, object]:
    return model._default_manager.filter(rule).order_by().values("pk")


def _offices(scope: Scope) -> Q:
    return Q() if scope.kind == "all" else by_owner(scope, department="", creator="")


def _own(scope: Scope) -> Q:
    return Q(enterprise_id__in=sorted(scope.enterprise_ids)) if scope.enterprise_ids else NOTHING


@scope_rule("supply.Covenant")
def covenants(scope: Scope) -> Q:
    return Q() if scope.kind == "all" else _offices(scope) | _own(scope)


def _of_covenant(scope: Scope) -> Q:
    return Q(covenant_id__in=_ids(Covenant, covenants(scope)))


def _of_offices(scope: Scope) -> Q:
    return Q(covenant_id__in=_ids(Covenant, _offices(scope)))


@scope_rule("supply.CovenantPlot")
def plots(scope: Scope) -> Q:
    return _of_covenant(scope)


@scope_rule("supply.CovenantPaper")
def papers(scope: Scope) -> Q:
    return _of_covenant(scope)


@scope_rule("supply.Pledged")
def pledged(scope: Scope) -> Q:
    return Q(paper_id__in=_ids(CovenantPaper, papers(scope)))


@scope_rule("supply.Node")
def nodes(scope: Scope) -> Q:
    return Q(paper_id__in=_ids(CovenantPaper, papers(scope)))


@scope_rule("supply.NodeDone")
def nodes_done(scope: Scope) -> Q:
    return _of_covenant(scope)


@scope_rule("supply.CovenantFirm")
def firms(scope: Scope) -> Q:
    """Other firms on the land are no business of the enterprise."""
    own = Q(covenant_id__in=_ids(Covenant, _own(scope))) & _own(scope) if scope.enterprise_ids else NOTHING
    return _of_offices(scope) | own


@scope_rule("supply.ProvenFigure")
def figures(scope: Scope) -> Q:
    return _of_offices(scope)


@scope_rule("supply.CovenantCheck")
def checks(scope: Scope) -> Q:
    told = Q(covenant_id__in=_ids(Covenant, _own(scope)), stage__in=TOLD) if scope.enterprise_ids else NOTHING
    return _of_offices(scope) | told


@scope_rule("supply.CheckMember")
def members(scope: Scope) -> Q:
    return Q(check_row_id__in=_ids(CovenantCheck, _of_offices(scope)))


@scope_rule("supply.Extension")
def extensions(scope: Scope) -> Q:
    return _of_covenant(scope)


@scope_rule("supply.NodeReminder")
def reminders(scope: Scope) -> Q:
    return _of_covenant(scope)
