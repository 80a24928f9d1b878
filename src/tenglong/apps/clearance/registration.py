"""What clearance puts into the registries of the shell: each part wires its own addresses, menu entries and tabs."""

from __future__ import annotations


def register() -> None:
    """Called from `AppConfig.ready()`."""
