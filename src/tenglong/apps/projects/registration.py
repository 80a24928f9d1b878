"""What projects puts into the registries of the shell: each part wires its own addresses, menu entries and tabs."""

from __future__ import annotations


def register() -> None:
    """Called from `AppConfig.ready()`; each part adds its scope rules here and its wiring below, one line each."""
    from tenglong.apps.projects import (
        scope_rules,
        scope_rules_permits,
        scope_rules_towers,
        wiring_matches,
        wiring_permits,
        wiring_projects,
        wiring_towers,
    )

    assert scope_rules and scope_rules_permits and scope_rules_towers  # imported for what they register
    wiring_projects.register()
    wiring_permits.register()
    wiring_towers.register()
    wiring_matches.register()
