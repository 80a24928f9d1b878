"""Running cases of an older version: what moves, what cannot and why, and the button."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tenglong.apps.accounts.scope import can, requires
from tenglong.apps.casework import migrating, renaming
from tenglong.apps.casework.errors import CaseError
from tenglong.apps.casework.models import PinnedDefinition
from tenglong.apps.casework.titles import definition_labels
from tenglong.web.formats import listed

#: rows of each list on the page; the numbers above them are of all
SHOWN = 200


@require_GET
@requires("policy.edit")
def show(request: HttpRequest) -> HttpResponse:
    """`?from=<id of the pinned text>&renames=` shows the preview of that version."""
    chosen = [(row, count, label) for name, label in definition_labels(request.user)
              for row, count in migrating.versions(request.user, name)]
    words = renaming.part_words()
    older = [one for one in chosen if not migrating.in_force(one[0])]
    context: dict[str, Any] = {
        "versions": older, "running": sum(count for _row, count, _label in chosen), "renames": renaming.asked(request.GET),
        "shown": SHOWN, "words": listed(words), "first_word": words[0],
    }
    status = 200
    if request.GET.get("from"):
        row = next((one for one, _count, _label in chosen if str(one.pk) == request.GET["from"]), None)
        if row is None:
            raise Http404(_("没有这一版的在办案件。"))
        context["old"] = row
        try:
            context |= _shown(request, row)
        except CaseError as error:
            context["error"], status = str(error), 200
    return render(request, "casework/migrate.html", context, status=status)


def _shown(request: HttpRequest, row: PinnedDefinition) -> dict[str, Any]:
    renames = renaming.read_renames(renaming.asked(request.GET))
    change = migrating.preview(request.user, row, renames)
    found = change.preview
    return {
        "change": change, "gaps": migrating.gaps(row, renames),
        "ready": found.ready[:SHOWN], "stuck": found.stuck[:SHOWN], "n_ready": len(found.ready),
        "n_stuck": len(found.stuck), "n_all": len(found.moves), "flow": [(*pair, n) for pair, n in found.flow.items()],
        "reasons": list(found.reasons.items()), "unmapped": found.unmapped, "may": can(request.user, "policy.approve"),
    }


@require_POST
@requires("policy.approve")
def apply(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("from", "")
    row = PinnedDefinition.objects.filter(pk=int(text)).first() if text.isdecimal() and len(text) < 18 else None
    if row is None:
        raise Http404(_("没有这一版的在办案件。"))
    try:
        done = migrating.migrate(
            request.user, row, renaming.read_renames(request.POST.get("renames", "")), seen=request.POST.get("seen", ""))
        messages.success(request, _("已迁移 %(n)s 件，%(left)s 件留在原版") % {
            "n": len(done.preview.ready), "left": len(done.preview.stuck)})
    except CaseError as error:
        messages.error(request, str(error))
    return redirect("casework:migrate")
