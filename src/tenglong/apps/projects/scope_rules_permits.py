"""Networks, steps and papers follow their project; the enterprise reads its own, without what is internal (`queries`)."""

from __future__ import annotations

from django.db.models import Q

from tenglong.apps.accounts.scope import Scope, scope_rule
from tenglong.apps.projects.scope_rules import of_projects


@scope_rule("projects.PermitPolicy")
def policies(scope: Scope) -> Q:
    """The text of a network names no project."""
    return Q()


@scope_rule("projects.PermitNetwork")
def networks(scope: Scope) -> Q:
    return of_projects(scope, firm=True)


@scope_rule("projects.PermitStep")
def steps(scope: Scope) -> Q:
    return of_projects(scope, firm=True, column="network__project_id")


@scope_rule("projects.Receipt")
def receipts(scope: Scope) -> Q:
    return of_projects(scope, firm=True, column="network__project_id")


@scope_rule("projects.GivenMaterial")
def given(scope: Scope) -> Q:
    return of_projects(scope, firm=True)


@scope_rule("projects.StepMaterial")
def used(scope: Scope) -> Q:
    return of_projects(scope, firm=True, column="given__project_id")


@scope_rule("projects.OwedPaper")
def owed(scope: Scope) -> Q:
    return of_projects(scope, firm=True, column="network__project_id")
