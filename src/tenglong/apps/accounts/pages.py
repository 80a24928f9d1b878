"""Addresses with their verbs, and menu entries."""

from __future__ import annotations


def register() -> None:
    """Called from `AppConfig.ready()`."""
