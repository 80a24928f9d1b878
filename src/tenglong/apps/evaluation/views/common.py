"""What the pages of a cycle share: the cycle as the user may see it, its head with stages and tabs, refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from tenglong.apps.accounts.scope import can
from tenglong.apps.evaluation import cycle_tabs, queries
from tenglong.apps.evaluation.errors import EvaluationError
from tenglong.apps.evaluation.stages import STAGES

#: JSON twins are read by people too
CHINESE = {"ensure_ascii": False}
#: stages that are not passed in order
APART = ("cancelled",)


def or_404(find: Callable[[], Any], told: str) -> Any:
    """What `find` gives. What is somebody else's is as absent as what never was."""
    try:
        return find()
    except ObjectDoesNotExist as error:
        raise Http404(told) from error


def cycle_or_404(request: HttpRequest, ulid: str) -> Any:
    """A cycle of somebody else's is as absent as one that never was."""
    found = queries.cycles(request.user).filter(ulid=ulid).first()
    if found is None:
        raise Http404(_("没有这个评价批次，或它不在您的管辖范围内。"))
    return found


def head(request: HttpRequest, cycle: Any, here: str) -> dict[str, Any]:
    """`cycle`, `stages` and `cycle_tabs` for `_cycle_head.html`; `here` is the id of a tab."""
    return {
        "cycle": cycle, "stages": ribbon(cycle.stage), "stage_label": STAGES.get(cycle.stage, cycle.stage),
        "cycle_tabs": cycle_tabs.of(cycle.ulid, here, lambda verb: can(request.user, verb)),
    }


def ribbon(stage: str) -> list[dict[str, Any]]:
    """Stages passed, here, ahead."""
    order = [name for name in STAGES if name not in APART or name == stage]
    at = order.index(stage) if stage in order else 0
    return [{"label": STAGES[name], "past": place < at, "here": place == at} for place, name in enumerate(order)]


def done(request: HttpRequest, step: Callable[[], Any], told: str) -> Any:
    """What `step` gave, with `told` as a toast; None when it was refused, with the reason as a toast."""
    try:
        found = step()
    except EvaluationError as error:
        messages.error(request, str(error))
        return None
    messages.success(request, told)
    return found
