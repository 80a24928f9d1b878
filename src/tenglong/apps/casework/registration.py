"""What casework puts into the registries of the shell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.accounts.roles import ROLE_VERBS, VERBS
from tenglong.domain.casework.definition import know_powers


def register() -> None:
    """Called from `AppConfig.ready()`."""
    know_powers([*ROLE_VERBS, *VERBS])
    assert _
