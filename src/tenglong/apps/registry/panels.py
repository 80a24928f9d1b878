"""What the register shows on the workbench."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenglong.apps.audit import queries as audit
from tenglong.apps.registry import queries
from tenglong.web import formats
from tenglong.web.counters import Reading

SINCE = timedelta(days=7)
MOST = 12
LOOKED_AT = 300
#: actions of whole imports that change the record; reading a mapping does not
WRITES = ("survey.confirm", "survey.withdraw")


def plots(user: Any) -> Reading | None:
    total = queries.plots(user).count()
    area = queries.plots(user).aggregate(total=Sum("surveyed_cm2"))["total"]
    return Reading(f"{total:,}", _("块"), _("%(area)s 亩（实测）") % {"area": formats.mu(area)}, reverse("registry:plots"))


def enterprises(user: Any) -> Reading | None:
    found = queries.enterprises(user)
    above = found.filter(scale="above_scale").count()
    return Reading(
        f"{found.count():,}", _("家"), _("其中规上 %(above)s 家") % {"above": f"{above:,}"}, reverse("registry:enterprises")
    )


def untitled(user: Any) -> Reading | None:
    found = queries.plots(user)
    total, count = found.count(), found.filter(title_status="untitled").count()
    area = found.filter(title_status="untitled").aggregate(total=Sum("surveyed_cm2"))["total"]
    text = _("占 %(total)s 块，%(area)s 亩") % {"total": f"{total:,}", "area": formats.mu(area or 0)}
    return Reading(f"{count:,}", _("块"), text, reverse("registry:plots") + "?title_status=untitled", "warn" if count else "")


def idle(user: Any) -> Reading | None:
    found = queries.plots(user)
    total, count = found.count(), found.filter(status="idle_suspected").count()
    url = reverse("registry:plots") + "?status=idle_suspected"
    return Reading(
        f"{count:,}", _("块"), _("占 %(total)s 块，只作线索") % {"total": f"{total:,}"}, url, "warn" if count else ""
    )


def shapeless(user: Any) -> Reading | None:
    """Silent when every plot has its boundary."""
    found = queries.plots(user)
    count = found.filter(shape_id=None).count()
    if not count:
        return None
    text = _("占 %(total)s 块，图上看不到") % {"total": f"{found.count():,}"}
    return Reading(f"{count:,}", _("块"), text, reverse("registry:plots") + "?no_shape=1", "warn")


#: kind of subject → (user, subjects) → {subject: (label, address)} of those that the user may see; higher apps add theirs
Finder = Callable[[Any, Iterable[str]], dict[str, tuple[str, str]]]
_finders: dict[str, Finder] = {}


def known(subject_type: str, finder: Finder) -> None:
    """Entries of the audit about `subject_type` stand among the recent changes."""
    _finders[subject_type] = finder


def changes(request: HttpRequest) -> str:
    """Audit entries of the last week about what the user may see: plots, enterprises, whole imports."""
    entries = audit.recent(("plot", "enterprise", *_finders), timezone.now() - SINCE, LOOKED_AT)
    places = {**_places(request.user, "plot", entries), **_places(request.user, "enterprise", entries)}
    for kind, finder in _finders.items():
        wanted = {entry.subject_id for entry in entries if entry.subject_type == kind and entry.action in WRITES}
        places |= {(kind, name): found for name, found in finder(request.user, wanted).items()}
    mine = [
        (entry, *places[entry.subject_type, entry.subject_id])
        for entry in entries
        if (entry.subject_type, entry.subject_id) in places and (entry.subject_type not in _finders or entry.action in WRITES)
    ]
    return render_to_string("registry/parts/changes.html", {"changes": mine[:MOST], "more": len(mine) - MOST}, request)


def _places(user: Any, kind: str, entries: list[Any]) -> dict[tuple[str, str], tuple[str, str]]:
    """(kind, subject) → (label, address); subjects are named by ulid."""
    wanted = {entry.subject_id for entry in entries if entry.subject_type == kind}
    rows: Iterable[tuple[str, str, str]]
    if kind == "plot":
        rows = queries.plots(user).filter(plot__ulid__in=wanted).values_list("plot__ulid", "name", "code")
    else:
        rows = queries.enterprises(user).filter(enterprise__ulid__in=wanted).values_list("enterprise__ulid", "name", "uscc")
    return {(kind, ulid): (name or code, reverse(f"registry:{kind}", args=[ulid])) for ulid, name, code in rows}
