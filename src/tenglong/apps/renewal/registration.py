"""What renewal puts into the registries of the shell: each part wires its own addresses, menu entries and tabs."""

from __future__ import annotations

from tenglong.apps.renewal import wiring_findings, wiring_plans, wiring_premises, wiring_treated


def register() -> None:
    """Called from `AppConfig.ready()`."""
    from tenglong.apps.casework import service as casework
    from tenglong.apps.renewal import case_links

    casework.about(case_links.of_case)
    wiring_findings.register()
    wiring_plans.register()
    wiring_treated.register()
    wiring_premises.register()
