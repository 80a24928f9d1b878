"""Who sees which row of the projects: offices inside their towns, an enterprise its own and never what is internal."""

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


@scope_rule("projects.Visit")
def visits(scope: Scope) -> Q:
    """Notes of a visit are internal: no enterprise."""
    return of_projects(scope, firm=False)


@scope_rule("projects.VisitPhoto")
def photos(scope: Scope) -> Q:
    return of_projects(scope, firm=False)


@scope_rule("projects.Promise")
def promises(scope: Scope) -> Q:
    """What the firm asked and was promised is the firm's as well."""
    return of_projects(scope, firm=True)


@scope_rule("projects.Blocker")
def blockers(scope: Scope) -> Q:
    return of_projects(scope, firm=False)


@scope_rule("projects.BlockerStep")
def blocker_steps(scope: Scope) -> Q:
    return of_projects(scope, firm=False, column="blocker__project_id")


@scope_rule("projects.Meeting")
def meetings(scope: Scope) -> Q:
    return offices(scope)


@scope_rule("projects.MeetingItem")
def meeting_items(scope: Scope) -> Q:
    """By the project, not by the meeting: a meeting of the county speaks of many towns."""
    return of_projects(scope, firm=False)
