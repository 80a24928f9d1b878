"""What idle-land work says of plots, for the criteria: confirmed only from 认定 on."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_noop

from tenglong.apps.renewal.models import IdleLand
from tenglong.apps.renewal.rows.said import say
from tenglong.apps.renewal.service.idle import idleness
from tenglong.domain.renewal import idle as rule


def of_plots(on: date) -> dict[int, tuple[str, str, int | None]]:
    """Plot → (value of `idle`, source, days idle where the record tells); the newest matter of a plot counts."""
    book, found = rule.load(), dict[int, tuple[str, str, int | None]]()
    for one in IdleLand.objects.filter(created_at__date__lte=on).order_by("pk"):
        told = say(gettext_noop("闲置土地办理：%(label)s"), label=book.state(one.state).label)
        found[one.plot_id] = (rule.as_input(book, one.state), told, idleness(one, on).days)
    return found
