"""What 履约监管 refuses; every message is a sentence for the person at the screen."""

from __future__ import annotations


class CovenantError(Exception):
    """A step that the rules of covenants do not allow."""
