"""What evaluation puts into the registries of the shell."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tenglong.apps.evaluation import cycle_tabs, delta_words, wiring_after, wiring_before
from tenglong.web import access, menu
from tenglong.web.listing import register_access


def register() -> None:
    """Called from `AppConfig.ready()`."""
    from tenglong.apps.casework import service as casework
    from tenglong.apps.evaluation import case_links

    register_access("evaluation", "cycles", "evaluation.view")
    access.register("evaluation:cycle-new", "evaluation.manage")
    for name in ("cycle", "cycle-json"):
        access.register(f"evaluation:{name}", "evaluation.view")
    menu.register("evaluation", _("评价批次"), "evaluation:cycles", "evaluation.view", 10)
    cycle_tabs.register("home", _("概况"), "evaluation:cycle", "evaluation.view", 0)
    casework.about(case_links.of_case)
    delta_words.register()
    wiring_before.register()
    wiring_after.register()
