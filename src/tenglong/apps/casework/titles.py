"""Words for definitions, as the cases in sight pinned them."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tenglong.apps.casework import queries


def definition_labels(user: Any) -> list[tuple[str, str]]:
    """(definition id, label) of the cases that the user sees; the newest pin gives the label."""
    rows = queries.cases(user).order_by("definition", "pinned_id").values_list("definition", "pinned__body__label").distinct()
    return [(name, _(label)) for name, label in dict(rows).items()]
