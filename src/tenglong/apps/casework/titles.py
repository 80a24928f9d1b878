"""Words for definitions, as the cases in sight pinned them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.casework import queries
from tenglong.apps.casework.models import PinnedDefinition


def definition_labels(user: Any) -> list[tuple[str, str]]:
    """(definition id, label) of the cases that the user sees; the newest pin gives the label."""
    known = dict(PinnedDefinition.objects.order_by("pk").values_list("definition", "body__label"))
    return [(name, _(label)) for name, label in sorted(known.items()) if queries.cases(user).filter(definition=name).exists()]
