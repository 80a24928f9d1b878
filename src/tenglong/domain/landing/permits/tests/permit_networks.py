"""Networks, calendar and small helpers that the tests of permits share."""

from __future__ import annotations

from datetime import date

from tenglong.domain.landing.permits import catalogue
from tenglong.domain.landing.permits.network import Situation
from tenglong.domain.landing.permits.policy import Permits

CALENDAR = catalogue.calendar()
MONDAY = date(2026, 3, 2)
NETWORKS = [ref.stem for ref in catalogue.presets()]
WAITS = [(name, wait) for name in NETWORKS for wait in catalogue.load(name).waits()]
CLOCKS = [(name, step, kind) for name in NETWORKS for step, one in catalogue.load(name).steps.items()
          for kind in ("legal", "pledge") if getattr(one, kind) is not None]


def network(name: str) -> Permits:
    return catalogue.load(name)


def fresh(start: date = MONDAY) -> Situation:
    return Situation(start)
