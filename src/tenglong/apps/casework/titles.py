"""Words for definitions, as the cases in sight pinned them; the address of a case."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _

from tenglong.apps.casework import queries
from tenglong.apps.casework.models import PinnedDefinition


def definition_labels(user: Any) -> list[tuple[str, str]]:
    """(definition id, label) of the cases that the user sees; the newest pin gives the label. One statement."""
    seen = Exists(queries.cases(user).order_by().filter(definition=OuterRef("definition")).values("pk"))
    known = dict(PinnedDefinition.objects.filter(seen).order_by("pk").values_list("definition", "body__label"))
    return [(name, _(label)) for name, label in sorted(known.items())]


def case_url(ulid: str) -> str:
    """The page of a case; for lists of many, where `reverse` for each row would be dear."""
    return _frame().format(ulid)


@lru_cache(maxsize=1)
def _frame() -> str:
    return reverse("casework:case", args=["ULID"]).replace("ULID", "{}")
