"""From the page of a case to the covenant and the check that it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can, scoped
from tenglong.apps.casework import service as casework
from tenglong.apps.supply.models import Extension
from tenglong.apps.supply.queries import covenants as queries
from tenglong.apps.supply.service import covenants_checks, covenants_extensions


def of_case(case: Any, user: Any) -> Iterator[casework.About]:
    """Nothing of money: amounts stand on the page of the check, for whom it is time."""
    if case.definition == covenants_checks.CASE:
        for row in queries.checks(user).filter(case=case).select_related("covenant"):
            page = casework.page_of(user, "supply:covenant-check", row.ulid)
            yield casework.About(_("履约核查"), f"{row.covenant.project_name} {row.on}", page)
    if case.definition == covenants_extensions.CASE:
        verb = queries.VIEW if can(user, queries.VIEW) else queries.OWN
        for held in scoped(user, Extension.objects.filter(case=case), verb).select_related("covenant"):
            pages = (casework.page_of(user, name, held.covenant.ulid) for name in ("supply:covenant", "supply:own-covenant"))
            yield casework.About(_("履约监管"), held.covenant.project_name, next(filter(None, pages), ""))
