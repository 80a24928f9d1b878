"""Towers belong to the offices of their town, an enterprise has no page of them; so do the needs of a plant."""

from __future__ import annotations

from django.db.models import Q

from tenglong.apps.accounts.scope import Scope, scope_rule
from tenglong.apps.projects.models import Tower
from tenglong.apps.projects.scope_rules import EVERY, ids, of_projects, offices


def _of_towers(scope: Scope, column: str) -> Q:
    return EVERY if scope.kind == "all" else Q(**{f"{column}__in": ids(Tower, offices(scope))})


@scope_rule("projects.Tower")
def towers(scope: Scope) -> Q:
    return offices(scope)


@scope_rule("projects.TowerFloor")
def floors(scope: Scope) -> Q:
    return _of_towers(scope, "tower_id")


@scope_rule("projects.TowerTenancy")
def tenancies(scope: Scope) -> Q:
    return _of_towers(scope, "floor__tower_id")


@scope_rule("projects.PlantNeed")
def needs(scope: Scope) -> Q:
    return of_projects(scope, firm=False)
