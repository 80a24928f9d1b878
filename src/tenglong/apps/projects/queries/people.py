"""Who may be given something to do on a project."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from tenglong.apps.accounts.roles import ROLE_VERBS


def serving(division_code: str, *verbs: str) -> list[Any]:
    """Active people of an office that looks after the place, who hold one of `verbs`."""
    roles = [role for role, held in ROLE_VERBS.items() if held & set(verbs)]
    people = get_user_model().objects.filter(is_active=True, grants__role__in=roles, grants__revoked=False)
    found = people.select_related("department").distinct().order_by("name", "pk")
    return [one for one in found if one.department and any(division_code.startswith(code) for code in one.department.divisions)]


def choices(division_code: str, *verbs: str) -> list[tuple[str, str]]:
    return [(str(one.pk), f"{one.name}（{one.department.name}）") for one in serving(division_code, *verbs)]
