"""From the page of a case to the cycle or the appeal that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from tenglong.apps.casework import service as casework
from tenglong.apps.evaluation.models import Appeal
from tenglong.apps.evaluation.queries.cycles import cycles, seen
from tenglong.apps.evaluation.service.case import APPEAL, CYCLE

#: characters of an appeal that name it
MOST: Final = 40


def of_case(case: Any, user: Any) -> Iterator[casework.About]:
    """The cycle; of an appeal also its own page, where the officer answers and the enterprise reads."""
    if case.definition == CYCLE:
        for cycle in cycles(user).filter(pk=case.subject_id):
            yield _cycle(user, cycle)
    if case.definition == APPEAL:
        for held in seen(user, Appeal.objects.filter(case_ulid=case.ulid).select_related("cycle")):
            pages = (casework.page_of(user, f"evaluation:{name}", held.ulid) for name in ("appeal", "own-appeal"))
            yield casework.About(_("申诉"), Truncator(held.text).chars(MOST), next(filter(None, pages), ""))
            yield _cycle(user, held.cycle)


def _cycle(user: Any, held: Any) -> casework.About:
    return casework.About(_("评价批次"), held.title, casework.page_of(user, "evaluation:cycle", held.ulid))
