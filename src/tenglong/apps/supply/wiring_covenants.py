"""Verbs, menu entries, tabs, hooks and the chore of 履约监管."""

from __future__ import annotations


def register() -> None:
    """Called from the registration of supply."""
    from tenglong.apps.supply import scope_rules_covenants

    assert scope_rules_covenants  # imported for what it registers
