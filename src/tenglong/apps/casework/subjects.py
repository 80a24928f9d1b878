"""The record of the register that a case is about; cycles, plans and findings are told by the apps that own them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.casework.hooks import About, page_of
from tenglong.apps.casework.models import Case
from tenglong.apps.registry import places
from tenglong.apps.registry import queries as registry


def of_register(case: Case, user: Any) -> Iterator[About]:
    """A plot by its code and name, an enterprise by its name; nothing of one outside the user's reach."""
    if case.subject_id is None:
        return
    if case.subject_type == "plot":
        rows = registry.plots(user).filter(plot_id=case.subject_id).values_list("plot__ulid", "code", "name")
        for ulid, code, name in rows[:1]:
            yield About(_("地块"), f"{code} {name}".strip(), page_of(user, "registry:plot", ulid))
    if case.subject_type == "enterprise":
        for ulid, name in places.enterprise_names(user, [case.subject_id]).values():
            yield About(_("企业"), name, page_of(user, "registry:enterprise", ulid))
