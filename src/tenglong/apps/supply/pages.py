"""What supply puts into the registries of the shell and of the import."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.supply import wiring_covenants, wiring_land, wiring_prices
from tenglong.apps.supply.applier import Deals
from tenglong.apps.survey import appliers
from tenglong.web import access, menu
from tenglong.web.listing import register_access


def register() -> None:
    """Called from `AppConfig.ready()`."""
    wiring_covenants.register()
    wiring_land.register()
    wiring_prices.register()
    appliers.register("deals", Deals())
    register_access("supply", "deals", "deal.view")
    access.register_all("deal.view", ["supply:deal", "supply:deal-json"])
    menu.register("supply", _("成交案例"), "supply:deals", "deal.view", 10)
