"""Who sees which row of the projects: offices inside their towns; an enterprise its own once it is signed, without what is internal."""

from __future__ import annotations

from django.db.models import Model, Q, QuerySet

from tenglong.apps.accounts.scope import NOTHING, Scope, by_owner, scope_rule
from tenglong.apps.projects.models import Project, Stage

EVERY = Q()


def ids(model: type[Model], rule: Q, column: str = "pk") -> QuerySet[Model, object]:
    return model._default_manager.filter(rule).order_by().values(column)


def offices(scope: Scope, column: str = "division_code") -> Q:
    """Rows of the towns in scope; nothing for an enterprise."""
    return EVERY if scope.kind == "all" else by_owner(scope, division=column, department="", creator="")


def own(scope: Scope) -> Q:
    """The enterprise's own projects; what is only a lead is the office's affair."""
    return Q(enterprise_id__in=sorted(scope.enterprise_ids)) & ~Q(stage=Stage.LEAD) if scope.enterprise_ids else NOTHING


def of_projects(scope: Scope, *, firm: bool, column: str = "project_id") -> Q:
    """Rows that hang on a project in sight; `firm`: the enterprise reads them as well."""
    if scope.kind == "all":
        return EVERY
    return Q(**{f"{column}__in": ids(Project, projects(scope) if firm else offices(scope))})


@scope_rule("projects.Project")
def projects(scope: Scope) -> Q:
    return EVERY if scope.kind == "all" else offices(scope) | own(scope)


@scope_rule("projects.Phase")
def phases(scope: Scope) -> Q:
    return of_projects(scope, firm=True)


@scope_rule("projects.PhasePlot")
def phase_plots(scope: Scope) -> Q:
    return of_projects(scope, firm=True, column="phase__project_id")


@scope_rule("projects.Milestone")
def milestones(scope: Scope) -> Q:
    return of_projects(scope, firm=True)


@scope_rule("projects.MonthFigure")
def months(scope: Scope) -> Q:
    return of_projects(scope, firm=True)


@scope_rule("projects.Member")
def members(scope: Scope) -> Q:
    return of_projects(scope, firm=True)
